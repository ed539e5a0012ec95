"""The second place of a platform: what lies there, whose it is, and what of it is whole.

A folder for each platform, so that several share a disk: sets of the whole database (`sets/`), the log the database
writes ahead of its changes (`log/`, a folder for each cluster), the heads the signer has signed, settings, and the keys
wrapped for two officers. Names are numbered: a clock that was set back mixes nothing.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hutong.backup import apart, files, macs, ours
from hutong.backup.files import PLACE_FORMAT, SET_FORMAT, PlaceUnreadable
from hutong.backup.macs import Macs
from hutong.core import beijing
from hutong.core.errors import Conflicting, Missing, Unavailable
from hutong.db import lasting

Clock = Callable[[], datetime]
"""What tells the machine's own time, whatever a training clock says: so the database's log has it too."""

_NUMBERED = re.compile(r"(\d{6,})-\d{8}T\d{6}Z")
_SEGMENT = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})(\.zst|\.partial)?")
SEGMENT_BYTES = 16 << 20
"""Bytes of a segment of the database's log, as every cluster of ours is made."""
_OF_A_FILE = 2**32 // SEGMENT_BYTES  # segments of a file, as PostgreSQL counts them in the last part of their names


class PlaceAway(Unavailable):
    """The backup place {folder} is not there: no folder, or another disk than that with this platform's backups."""


class PlaceMissing(Missing):
    """In {folder} there is no backup of a platform."""


class PlaceUnclear(Conflicting):
    """In {folder} lie backups of several platforms: {found}"""


class PlaceOfAnother(Conflicting):
    """The folder {folder} holds the backups of another platform ({platform})."""


class PlaceTakenOver(Conflicting):
    """Another instance of this platform ({instance}, on {machine}) writes its backups to {folder} since {since}."""


class SetMissing(Missing):
    """In {folder} there is no backup set {number}."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose backups they are: the platform, and which running copy of it writes here."""

    platform: str
    instance: str
    county: str
    log_name: str
    machine: str
    folder: str
    macs: Macs | None = field(default=None, repr=False, compare=False)
    """By which it knows what it wrote itself; None for who has no keys."""


@dataclass(frozen=True, slots=True)
class PartFile:
    """One file of a set: its name, its bytes as they lie there, and their SHA-256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BackupSet:
    """A whole copy of the database, as its `set.json` has it; moments are those of the machine's own clock.

    `log_size` and `log_root` are of the newest checkpoint before it began: at least so much of the evidence is in it.
    """

    folder: Path
    number: int
    began_at: datetime
    ended_at: datetime
    start_lsn: int
    stop_lsn: int
    timeline: int
    system: str
    """The cluster's own number, which every segment of its log bears too."""
    postgres: int
    """Major version of the PostgreSQL whose files these are."""
    hutong: str
    log_size: int
    log_root: str
    files: tuple[PartFile, ...]

    @property
    def bytes(self) -> int:
        """Bytes of all its files."""
        return sum(each.bytes for each in self.files)

    @property
    def paths(self) -> list[Path]:
        """Its files in their order: their contents, one after the other, are one tar archive."""
        return [self.folder / each.name for each in self.files]


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of the database's log at the place: `.zst` once it is finished, `.partial` as it is received."""

    path: Path
    timeline: int
    number: int
    """Its place in the log: `number * SEGMENT_BYTES` is its first byte."""

    @property
    def name(self) -> str:
        """What PostgreSQL calls the segment."""
        return self.path.name[:24]

    @property
    def finished(self) -> bool:
        """Whether it is whole."""
        return self.path.suffix != ".partial"

    @property
    def compressed(self) -> bool:
        """Whether it is whole and as it stays."""
        return self.path.suffix == ".zst"


@dataclass(frozen=True, slots=True)
class Archived:
    """How far the log has come: all that was committed before `at` is at the place."""

    received: int
    at: datetime
    system: str = ""
    """Of which cluster, and on which timeline, where that is known."""
    timeline: int = 0
    log_epoch: int = 0
    log_size: int = 0
    """How many entries were signed by then, of which epoch of the evidence log."""


@dataclass(frozen=True, slots=True)
class BackupPlace:
    """The folder of one platform at the second place; with `macs` nothing is believed that the platform did not write.

    What is read then raises PlaceAltered, a PlaceUnreadable, for everything else.
    """

    folder: Path
    macs: Macs | None = field(default=None, repr=False, compare=False)

    def owner(self) -> dict[str, Any]:
        """Return what `platform.json` says: platform, county, log_name, instance, instances; raises PlaceUnreadable."""
        return self.facts("platform.json", files.PlaceFacts)

    def sets(self) -> list[BackupSet]:
        """Return the sets that were finished, by number; one whose `set.json` is not there or unreadable is none."""
        found = []
        for folder in self._finished():
            with suppress(PlaceUnreadable):
                found.append(self._set(folder))
        return found

    def unreadable(self) -> list[PlaceUnreadable]:
        """Return what is wrong with the sets that were finished and cannot be read any more."""
        found = []
        for folder in self._finished():
            try:
                self._set(folder)
            except PlaceUnreadable as problem:
                found.append(problem)
        return found

    def unfinished(self) -> list[Path]:
        """Return the folders of sets that were never finished."""
        return [folder for _, folder in self._numbered() if not (folder / "set.json").exists()]

    def set(self, number: int | None = None) -> BackupSet:
        """Return the set of this number, or the newest; raises SetMissing."""
        found = [each for each in self.sets() if number in (None, each.number)]
        if not found:
            raise SetMissing(folder=str(self.folder), number=number or "")
        return found[-1]

    def next_set(self, now: datetime) -> Path:
        """Return the folder of the next set, which is not there yet."""
        last = max((number for number, _ in self._numbered()), default=0)
        return self.sets_folder / f"{last + 1:06}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    @property
    def sets_folder(self) -> Path:
        """Folder of the sets."""
        return self.folder / "sets"

    @property
    def heads(self) -> Path:
        """Folder of copies of what the log's key has signed, as `keys/heads` has them."""
        return self.folder / "heads"

    def log(self, system: str) -> Path:
        """Return the folder of the log of the cluster `system`: segments and history files."""
        return self.folder / "log" / system

    def segments(self, system: str) -> list[Segment]:
        """Return the segments of the cluster's log that are at the place, by timeline and number."""
        named = ((_SEGMENT.fullmatch(path.name), path) for path in _listed(self.log(system)))
        found = [Segment(path, int(each[1], 16), segment_number(path.name)) for each, path in named if each is not None]
        return sorted(found, key=lambda each: (each.timeline, each.number, each.path.name))

    def archived(self) -> Archived | None:
        """Return how far the log has come; None where none was ever received. Raises PlaceUnreadable."""
        if not (self.folder / "archive.json").exists():
            return None
        told = self.facts("archive.json", files.ArchiveFacts)
        return Archived(
            lsn(told["received"]), datetime.fromisoformat(told["at"]), told["system"], told["timeline"],
            told["log_epoch"], told["log_size"],
        )  # fmt: skip

    def note_archived(self, archived: Archived) -> None:
        """Keep how far the log has come."""
        told = asdict(archived) | {"received": lsn_text(archived.received), "at": archived.at.isoformat()}
        self.put("archive.json", told)

    def write_set(self, found: BackupSet) -> None:
        """Write the `set.json` of a set whose files are all on the disk: from then on it is one."""
        self.put(f"sets/{found.folder.name}/set.json", _told_set(found))

    def put(self, name: str, told: Mapping[str, Any]) -> None:
        """Put a file of facts in place, by its name within the place, lasting, as this platform writes it."""
        whole = told if self.macs is None else self.macs.signed(told, name=name)
        content = (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()
        lasting.put(self.folder / name, content, owner=None)

    def facts(self, name: str, kind: type[files.Struct]) -> dict[str, Any]:
        """Return what a file of facts says, by its name within the place; raises PlaceUnreadable."""
        told = files.facts(self.folder / name, kind)
        if self.macs is not None:
            self.macs.check(told, name=name, path=self.folder / name)
        return {key: each for key, each in told.items() if key != macs.FIELD}

    def _set(self, folder: Path) -> BackupSet:
        found = _read_set(folder, self.facts(f"sets/{folder.name}/set.json", files.SetFacts))
        if found.stop_lsn < found.start_lsn or int(folder.name.split("-")[0]) != found.number:
            raise PlaceUnreadable(file=str(folder / "set.json"))
        return found

    def _finished(self) -> list[Path]:
        return [folder for _, folder in self._numbered() if (folder / "set.json").exists()]

    def _numbered(self) -> list[tuple[int, Path]]:
        found = [(named, path) for path in _listed(self.sets_folder) if (named := _NUMBERED.fullmatch(path.name))]
        return sorted((int(named[1]), path) for named, path in found)


def named(platform: str) -> str:
    """Return what the folder of a platform is called."""
    return f"hutong-{platform[:8]}"


def find(root: Path, *, platform: str | None = None) -> BackupPlace:
    """Return the place of a platform at `root`, or of the only one there is; `root` may be that folder itself.

    For who has nothing but the second place. Raises PlaceMissing, PlaceUnclear and PlaceUnreadable.
    """
    folders = [root] if (root / "platform.json").exists() else [*root.glob("hutong-*/platform.json")]
    places = [BackupPlace(each if each.is_dir() else each.parent) for each in folders]
    found = [each for each in places if platform is None or each.owner()["platform"] == platform]
    if not found:
        raise PlaceMissing(folder=str(root))
    if len(found) > 1:
        told = ", ".join(f"{each.folder.name} ({each.owner()['county']})" for each in found)
        raise PlaceUnclear(folder=str(root), found=told)
    return found[0]


def own(root: Path, owner: Owner) -> BackupPlace:
    """Return the place of this platform, where it is this instance that writes to it.

    Raises PlaceInside, PlaceAway where there is none, PlaceForeign, PlaceOfAnother, PlaceTakenOver and PlaceUnreadable.
    """
    apart.check(root, Path(owner.folder))
    place = BackupPlace(root / named(owner.platform), owner.macs)
    ours.check(place.folder)
    if not (place.folder / "platform.json").exists():
        raise PlaceAway(folder=str(root))
    told = place.owner()
    if told["platform"] != owner.platform:
        raise PlaceOfAnother(folder=str(place.folder), platform=told["platform"])
    if told["instance"] != owner.instance:
        since: dict[str, Any] = next((each for each in told["instances"] if each["instance"] == told["instance"]), {})
        raise PlaceTakenOver(
            folder=str(place.folder), instance=told["instance"][:8], machine=since.get("machine", "?"),
            since=beijing.shown(datetime.fromisoformat(since["since"])) if since else "?",
        )  # fmt: skip
    return place


def begin(root: Path, owner: Owner, *, now: datetime) -> BackupPlace:
    """Make the place of this platform at `root`, for its owner alone, where it is not there yet, and return it.

    `root` has to be there: it is a disk's folder, and where that is away no other is to be filled. What the place says
    of its owner, the county's name for one, is as the owner says it now. Raises as `own`.
    """
    apart.check(root, Path(owner.folder))
    place = BackupPlace(root / named(owner.platform), owner.macs)
    if not root.is_dir():
        raise PlaceAway(folder=str(root))
    ours.check(place.folder)
    if not (place.folder / "platform.json").exists():
        for folder in (place.folder, place.sets_folder, place.folder / "log", place.heads):
            folder.mkdir(mode=0o700, exist_ok=True)
        place.put("platform.json", _told(owner, [_instance(owner, now=now)]))
    own(root, owner)
    told = place.owner()
    if (after := _told(owner, told["instances"])) != told:
        place.put("platform.json", after)
    return place


def take_over(place: BackupPlace, owner: Owner, *, restored_from: Mapping[str, Any], now: datetime) -> None:
    """Let this instance write to the place from now on, and no other: what `restored_from` says it came from."""
    before = place.owner()["instances"]
    place.put("platform.json", _told(owner, [*before, _instance(owner, now=now, restored_from=restored_from)]))


def _read_set(folder: Path, told: Mapping[str, Any]) -> BackupSet:
    return BackupSet(
        folder=folder, number=told["number"], began_at=datetime.fromisoformat(told["began"]),
        ended_at=datetime.fromisoformat(told["ended"]), start_lsn=lsn(told["start_lsn"]),
        stop_lsn=lsn(told["stop_lsn"]), timeline=told["timeline"], system=told["system"],
        postgres=told["postgres"], hutong=told["hutong"], log_size=told["log_size"], log_root=told["log_root"],
        files=tuple(PartFile(each["name"], each["bytes"], each["sha256"]) for each in told["files"]),
    )  # fmt: skip


def _told_set(found: BackupSet) -> dict[str, Any]:
    return {
        "format": SET_FORMAT, "number": found.number, "began": found.began_at.isoformat(),
        "ended": found.ended_at.isoformat(), "start_lsn": lsn_text(found.start_lsn),
        "stop_lsn": lsn_text(found.stop_lsn), "timeline": found.timeline, "system": found.system,
        "postgres": found.postgres, "hutong": found.hutong, "log_size": found.log_size, "log_root": found.log_root,
        "files": [asdict(each) for each in found.files],
    }  # fmt: skip


def segment_name(timeline: int, number: int) -> str:
    """Return what PostgreSQL calls a segment of its log."""
    return f"{timeline:08X}{number // _OF_A_FILE:08X}{number % _OF_A_FILE:08X}"


def segment_number(name: str) -> int:
    """Return the number of a segment by what PostgreSQL calls it, whatever follows that; raises ValueError."""
    return int(name[8:16], 16) * _OF_A_FILE + int(name[16:24], 16)


def lsn(text: str) -> int:
    """Return a position in the database's log as a number; raises ValueError."""
    high, _, low = text.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def lsn_text(position: int) -> str:
    """Return a position in the database's log as PostgreSQL writes it."""
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:08X}"


def _told(owner: Owner, instances: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": PLACE_FORMAT, "platform": owner.platform, "county": owner.county, "log_name": owner.log_name,
        "instance": owner.instance, "instances": instances,
    }  # fmt: skip


def _instance(owner: Owner, *, now: datetime, restored_from: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {
        "instance": owner.instance, "since": now.isoformat(timespec="seconds"), "machine": owner.machine,
        "folder": owner.folder, "restored_from": restored_from,
    }  # fmt: skip


def _listed(folder: Path) -> list[Path]:
    try:
        return [Path(each.path) for each in os.scandir(folder)]
    except FileNotFoundError:
        return []
