"""The lines of the database's log: each restore begins one more, and what is written on one it left is none of its own.

PostgreSQL calls a line a timeline. Its history says from where to where of which lines it is made; a segment of another
line at the same position holds what was written by a server that was given up.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hutong.backup import compressing, files, place
from hutong.backup.compressing import FrameCut, FrameDamaged
from hutong.backup.files import PlaceUnreadable
from hutong.backup.place import SEGMENT_BYTES, BackupPlace, BackupSet, Segment

_HISTORY = re.compile(r"([0-9A-F]{8})\.history(\.zst)?")
_STRETCH = re.compile(r"\s*(\d{1,9})\s+([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})(\s|$)")
HISTORY_BYTES = 1 << 20
UNREADABLE = (PlaceUnreadable, FrameDamaged, FrameCut, IsADirectoryError)
"""What reading a history file raises that is none: what lies there instead says nothing."""

History = tuple[tuple[int, int], ...]
"""What a history says: which lines came before, the first one first, and where each was left."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a line: on which timeline it was written, from where to where; `end` is None where it goes on."""

    timeline: int
    begin: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A line of the log from its very beginning, in the stretches it is made of, the newest first."""

    number: int
    stretches: tuple[Stretch, ...]

    def includes(self, timeline: int, position: int) -> bool:
        """Return whether what was written on a timeline up to a position is part of this line."""
        return any(
            each.timeline == timeline and each.begin <= position and (each.end is None or position <= each.end)
            for each in self.stretches
        )

    def of_segment(self, number: int) -> list[Stretch]:
        """Return the stretches that reach into a segment, the newest first."""
        first, after = number * SEGMENT_BYTES, (number + 1) * SEGMENT_BYTES
        return [each for each in self.stretches if each.begin < after and (each.end is None or first < each.end)]

    def segments(self, found: Iterable[Segment]) -> dict[int, list[tuple[Stretch, Segment]]]:
        """Return the segments of this line by their numbers: those of the newest stretch first, whole ones
        before one that is being received.
        """
        kept: dict[int, list[tuple[Stretch, Segment]]] = {}
        for each in found:
            for stretch in self.of_segment(each.number):
                if stretch.timeline == each.timeline:
                    kept.setdefault(each.number, []).append((stretch, each))
        for here in kept.values():
            here.sort(key=lambda pair: (-pair[0].timeline, not pair[1].finished, not pair[1].compressed))
        return kept


def known(folder: Path) -> dict[int, History]:
    """Return what the history files in a folder say, by timeline; one that cannot be read says nothing.

    Raises OSError.
    """
    said = {timeline: _read(path) for timeline, path in files_of(folder).items()}
    return {
        timeline: stretches for timeline, stretches in said.items()
        if stretches and all(before < timeline for before, _ in stretches)
    }  # fmt: skip


def files_of(folder: Path) -> dict[int, Path]:
    """Return the history files in a folder, by timeline; raises OSError."""
    named = ((_HISTORY.fullmatch(path.name), path) for path in sorted(folder.glob("*.history*")))
    return {int(found[1], 16): path for found, path in named if found is not None}


def content(path: Path) -> bytes:
    """Return what a history file says; raises OSError, PlaceUnreadable, FrameDamaged and FrameCut."""
    if path.suffix != ".zst":
        return files.content(path, most=HISTORY_BYTES)
    with files.open_regular(path) as file:
        return b"".join(compressing.content(file, name=path, most=HISTORY_BYTES))


def _read(path: Path) -> History:
    try:
        told = map(_STRETCH.match, content(path).decode("utf-8", "replace").splitlines())
    except UNREADABLE:
        return ()
    return tuple((int(each[1]), place.lsn(each[2])) for each in told if each is not None)


def of(histories: Mapping[int, History], timeline: int) -> Timeline:
    """Return a line by its timeline; of one without a history it is not known what came before."""
    stretches, begin = [], 0
    for before, end in histories.get(timeline, ()):
        stretches.append(Stretch(before, begin, end))
        begin = end
    stretches.append(Stretch(timeline, begin, None))
    return Timeline(timeline, tuple(reversed(stretches)))


def newest(histories: Mapping[int, History], *, timeline: int, position: int) -> Timeline:
    """Return the newest line that goes on from what was written on a timeline up to a position."""
    found = (of(histories, each) for each in {timeline, *histories})
    fitting = (each for each in found if each.includes(timeline, position))
    return max(fitting, key=lambda each: each.number, default=of(histories, timeline))


def after(at: BackupPlace, found: BackupSet) -> Timeline:
    """Return the newest line that goes on from a set, as far as the place knows."""
    return newest(known(at.log(found.system)), timeline=found.timeline, position=found.stop_lsn)
