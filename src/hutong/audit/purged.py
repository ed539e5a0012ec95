"""The purges an export tells of: what each let go of, if two officers agreed before it and its years were over.

Nothing is taken from the words of whoever is verified but what a leaf was made for; the years are counted by the clock
of whoever verifies (SX-10-c), and for each epoch by its own: a purge at the moment of a training clock excuses nothing
in an epoch on the real one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hutong.audit.events import EVENTS, RecordClass
from hutong.audit.lines import Line, LineMalformed
from hutong.audit.years import cut_off
from hutong.core.leaves import moment, object_in, told

_REQUESTED, _APPROVED, _DONE = (f"audit.purge_{what}" for what in ("requested", "approved", "done"))
_LIKE_A_PURGE = b'"event":"audit.purge_'  # as it stands among the columns of a line

LeafAt = Callable[[int], bytes | None]
Place = tuple[int, int]
"""Where an entry stands: in which epoch of the log, and at which position there."""


@dataclass(frozen=True, slots=True)
class PurgeEntry:
    """A request, an approval or a purge that was done: where its entry stands, when, and what its record says."""

    place: Place
    at: str
    event: str
    record: Mapping[str, Any]

    @property
    def of(self) -> tuple[object, ...]:
        """Which purge, of which class, from before which moment."""
        return tuple(self.record[name] for name in ("purge", "record_class", "before_at"))


@dataclass(frozen=True, slots=True)
class LoggedPurge:
    """A purge that was asked for, approved and done: which class, before which moment, how many, where it stands."""

    place: Place
    record_class: str
    before: str
    removed: int

    def covers(self, *, record_class: str, at: str, place: Place) -> bool:
        """Return whether it let go of such a record; a purge takes only what was placed before it."""
        return record_class == self.record_class and at < self.before and place < self.place


class Purges:
    """All purges of a log, by which it is told whether a record that is gone was let go of as the rule has it.

    What was requested or approved in one epoch of the log may be done in a later one.
    """

    def __init__(self, entries: Iterable[PurgeEntry], *, clocks: Mapping[int, datetime]) -> None:
        """Take the entries of purges of all epochs; `clocks` says the moment it is for each epoch."""
        self._unagreed: list[Place] = []
        self._purges = [*self._agreed(list(entries))]
        self._keep_from = {
            (number, str(each)): moment(cut_off(now, each)) for number, now in clocks.items() for each in RecordClass
        }
        self._gone: Counter[str] = Counter()

    def of(self, epoch: int, *, last: bool = True) -> "PurgesOf":
        """Return what explains the records that are gone of an epoch; what is so of all is told with the `last`."""
        return PurgesOf(self, epoch, last)

    def explain(self, public: Mapping[str, str], *, place: Place) -> str | None:
        """Return what is wrong with a record that is not there, None where its years were over and it was let go of."""
        record_class, at = public["class"], public["at"]
        if at >= self._keep_from.get((place[0], record_class), ""):
            return "missing_too_soon"
        if not any(each.covers(record_class=record_class, at=at, place=place) for each in self._purges):
            return "missing_unpurged"
        self._gone[record_class] += 1
        return None

    def unagreed(self, epoch: int) -> Iterator[tuple[str, str]]:
        """Yield the purges of an epoch that nobody agreed to."""
        yield from (("purge_unagreed", f"entry {seq}") for number, seq in self._unagreed if number == epoch)

    def too_many(self) -> Iterator[tuple[str, str]]:
        """Yield the classes of which more is gone than all purges together removed."""
        for record_class, count in self._gone.items():
            if count > sum(each.removed for each in self._purges if each.record_class == record_class):
                yield "missing_too_many", f"class {record_class}"

    def _agreed(self, entries: list[PurgeEntry]) -> Iterator[LoggedPurge]:
        for done in entries:
            if done.event == _DONE:
                if _agreed(done, entries) and (purge := _purge(done)):
                    yield purge
                else:
                    self._unagreed.append(done.place)


@dataclass(frozen=True, slots=True)
class PurgesOf:
    """What explains the records that are gone of one epoch."""

    purges: Purges
    epoch: int
    last: bool

    def explain(self, public: Mapping[str, str], *, seq: int) -> str | None:
        """Return what is wrong with a record that is not there, None where its years were over and it was let go of."""
        return self.purges.explain(public, place=(self.epoch, seq))

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong when all records of the epoch were asked for, and of what."""
        yield from self.purges.unagreed(self.epoch)
        if self.last:
            yield from self.purges.too_many()


def entries(path: Path, leaf_at: LeafAt, *, epoch: int) -> Iterator[PurgeEntry]:
    """Yield the entries of purges among the lines of an epoch's records, those that the leaf at their place is of."""
    with path.open("rb") as file:
        for line in file:
            if _LIKE_A_PURGE in line:
                try:
                    kept = Line.parse(line)
                except LineMalformed:
                    continue  # verifying reports this fault elsewhere
                if found := _entry(kept, leaf_at(kept.seq), epoch=epoch):
                    yield found


def _entry(line: Line, leaf: bytes | None, *, epoch: int) -> PurgeEntry | None:
    public = told(leaf) if leaf else None
    if public is None or line.fault(public) is not None or public["event"] not in (_REQUESTED, _APPROVED, _DONE):
        return None
    record = object_in(line.record.encode()) or {}
    if record.keys() != EVENTS[public["event"]].fields:
        return None
    return PurgeEntry((epoch, line.seq), public["at"], public["event"], record)


def _agreed(done: PurgeEntry, entries: Iterable[PurgeEntry]) -> bool:
    """Return whether somebody asked for a purge before it was done, and another agreed in between."""
    before = [each for each in entries if each.of == done.of and each.place < done.place and each.at <= done.at]
    return any(
        asked.place < agreed.place and asked.at <= agreed.at and _two(asked, agreed, done)
        for asked in before if asked.event == _REQUESTED
        for agreed in before if agreed.event == _APPROVED
    )  # fmt: skip


def _two(asked: PurgeEntry, agreed: PurgeEntry, done: PurgeEntry) -> bool:
    by, other = asked.record["by"], agreed.record["by"]
    told = (agreed.record["requested_by"], done.record["requested_by"], done.record["approved_by"])
    return by != other and told == (by, by, other)


def _purge(done: PurgeEntry) -> LoggedPurge | None:
    """Return what a purge let go of: what was younger than its years then is not, whatever it says."""
    try:
        record_class, removed = RecordClass(done.record["record_class"]), int(done.record["removed"])
        latest = cut_off(datetime.fromisoformat(done.at), record_class)
        before = min(datetime.fromisoformat(done.record["before_at"]), latest)
    except (TypeError, ValueError, OverflowError):
        return None
    return LoggedPurge(done.place, record_class, moment(before), removed)
