"""The lines of the database's log: each restore begins one more, and what is written on one it left is none of its own.

PostgreSQL calls a line a timeline. Its history says from where to where of which lines it is made; a segment of another
line at the same position holds what was written by a server that was given up.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hutong.backup import compressing, place
from hutong.backup.place import SEGMENT_BYTES, BackupPlace, BackupSet, Segment

_HISTORY = re.compile(r"([0-9A-F]{8})\.history(\.zst)?")
_SPAN = re.compile(r"\s*(\d{1,9})\s+([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})(\s|$)")
HISTORY_BYTES = 1 << 20

Spans = tuple[tuple[int, int], ...]
"""What a history says: which lines came before, the first one first, and where each was left."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line: on which timeline it was written, from where to where; `end` is None where it goes on."""

    timeline: int
    begin: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log from its very beginning, in the spans it is made of, the newest first."""

    timeline: int
    spans: tuple[Span, ...]

    def holds(self, timeline: int, position: int) -> bool:
        """Return whether what was written on a timeline up to a position is part of this line."""
        return any(
            each.timeline == timeline and each.begin <= position and (each.end is None or position <= each.end)
            for each in self.spans
        )

    def of_segment(self, number: int) -> list[Span]:
        """Return the spans that reach into a segment, the newest first."""
        first, after = number * SEGMENT_BYTES, (number + 1) * SEGMENT_BYTES
        return [each for each in self.spans if each.begin < after and (each.end is None or first < each.end)]

    def segments(self, found: Iterable[Segment]) -> dict[int, list[tuple[Span, Segment]]]:
        """Return the segments that are part of this line by their numbers: those of the newest span first, whole ones
        before one that is being received.
        """
        kept: dict[int, list[tuple[Span, Segment]]] = {}
        for each in found:
            for span in self.of_segment(each.number):
                if span.timeline == each.timeline:
                    kept.setdefault(each.number, []).append((span, each))
        for here in kept.values():
            here.sort(key=lambda pair: (-pair[0].timeline, not pair[1].finished, not pair[1].compressed))
        return kept


def known(folder: Path) -> dict[int, Spans]:
    """Return what the history files in a folder say, by timeline; one that cannot be read says nothing.

    Raises OSError, FrameDamaged and FrameCut.
    """
    found: dict[int, Spans] = {}
    for path in sorted(folder.glob("*.history*")):
        named = _HISTORY.fullmatch(path.name)
        if named is not None:
            spans = _read(path)
            timeline = int(named[1], 16)
            if spans and all(before < timeline for before, _ in spans):
                found[timeline] = spans
    return found


def _read(path: Path) -> Spans:
    with path.open("rb", buffering=0) as file:
        content = b""
        pieces = compressing.content(file, name=path) if path.suffix == ".zst" else iter(lambda: file.read(4096), b"")
        for piece in pieces:
            content += piece
            if len(content) > HISTORY_BYTES:
                return ()
    told = (_SPAN.match(line) for line in content.decode("utf-8", "replace").splitlines())
    return tuple((int(each[1]), place.lsn(each[2])) for each in told if each is not None)


def line(histories: Mapping[int, Spans], timeline: int) -> Line:
    """Return a line by its timeline; of one without a history it is not known what came before."""
    spans, begin = [], 0
    for before, end in histories.get(timeline, ()):
        spans.append(Span(before, begin, end))
        begin = end
    spans.append(Span(timeline, begin, None))
    return Line(timeline, tuple(reversed(spans)))


def newest(histories: Mapping[int, Spans], *, timeline: int, position: int) -> Line:
    """Return the newest line that goes on from what was written on a timeline up to a position."""
    lines = (line(histories, each) for each in {timeline, *histories})
    fitting = (each for each in lines if each.holds(timeline, position))
    return max(fitting, key=lambda each: each.timeline, default=line(histories, timeline))


def after(at: BackupPlace, found: BackupSet) -> Line:
    """Return the newest line that goes on from a set, as far as the place knows."""
    return newest(known(at.log(found.system)), timeline=found.timeline, position=found.stop_lsn)
