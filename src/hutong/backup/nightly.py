"""The sets of a place: when one is due, how it is taken and read back, which go as there are enough newer ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hutong.audit import backups, checkpoint
from hutong.audit.backups import KnownSet, TakenSet
from hutong.backup import reading_back, streaming, taking
from hutong.backup.place import BackupPlace, BackupSet, Clock
from hutong.backup.programs import Source
from hutong.backup.reading_back import ReadBack
from hutong.core import beijing
from hutong.core.errors import Conflicting, Problem
from hutong.db import postmaster
from hutong.db.database import Database
from hutong.plane import rulebook

HOUR = 2
"""At this hour of Beijing's day the set of the day is taken."""
AHEAD = timedelta(hours=1)
"""A set that began so far ahead of now was taken by a clock that was set back since: it is none of today."""


class LogSegmentMissing(Conflicting):
    """Of the database's log after backup set {number} the segment {segment} is missing at the backup place."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """What takes sets of one cluster to one place; `clock` is the machine's, `now` the platform's."""

    at: BackupPlace
    source: Source
    db: Database
    """Acts as `retention`."""
    lock: Path
    hutong: str
    clock: Clock
    now: Clock

    @property
    def _folder(self) -> str:
        return str(self.at.folder)

    def take(self) -> tuple[BackupSet, ReadBack]:
        """Take a set, note it, read it back and let older ones go.

        Raises as `taking.take`; what reading it back finds wrong is noted and returned.
        """
        try:
            with self.db.transaction() as cur:
                head = checkpoint.newest(cur)
            found = taking.take(
                self.at, self.source, head=head, hutong=self.hutong, lock=self.lock, clock=self.clock
            )
        except Problem as problem:
            with self.db.transaction() as cur:
                backups.note_failed(cur, problem, folder=self._folder, now=self.now())
            raise
        with self.db.transaction() as cur:
            backups.note_set(cur, _taken(found, folder=self._folder), now=self.now())
        read = self.read(found)
        if read.problem is None:
            self.drop()
        return found, read

    def adopt(self, known: Sequence[KnownSet]) -> None:
        """Note the sets of the place that the database does not know: it was set back, or restored, or upgraded."""
        numbers = {each.number for each in known}
        unknown = [each for each in self.at.sets() if each.number not in numbers]
        with self.db.transaction() as cur:
            for each in unknown:
                backups.note_set(cur, _taken(each, folder=self._folder), now=self.now())

    def read(self, found: BackupSet) -> ReadBack:
        """Read a set back, with the log that follows it, and note what came of it.

        Raises PlaceFailing where the place does not let itself be read: then nobody knows what the set is.
        """
        with taking.writing(self.at):
            read = reading_back.read(found)
            if read.problem is None and (problem := broken(self.at, found)) is not None:
                read = ReadBack(read.files, read.bytes, problem)
        with self.db.transaction() as cur:
            backups.note_read(
                cur, read.problem, folder=self._folder, number=found.number, read_at=self.clock(), now=self.now()
            )
        return read

    def drop(self) -> list[BackupSet]:
        """Take away the sets beyond the rulebook's number, the oldest first, and the log before the oldest that stays.

        Only whole ones count: a set that cannot be read pushes out none that can.
        """
        with taking.alone(self.lock), self.db.transaction() as cur:
            kept = rulebook.number(cur, "backup.sets", day=beijing.day(self.now()))
            known = {each.number: each for each in backups.sets(cur, folder=self._folder)}
            found = self.at.sets()
            whole = [each for each in found if each.number in known and known[each.number].code is None]
            gone = [each for each in found if each.number < whole[-kept].number] if len(whole) > kept else []
            for each in gone:
                postmaster.remove(each.folder)
                dropped_at = self.clock()
                backups.note_dropped(
                    cur, folder=self._folder, number=each.number, dropped_at=dropped_at, now=self.now()
                )
        left = [each for each in found if each not in gone]
        for system in streaming.clusters(self.at) if left else ():
            of_it = [each.start_lsn for each in left if each.system == system]
            if of_it:
                streaming.drop_before(self.at, system=system, position=min(of_it))
            elif gone and system != self.source.cluster().system:
                postmaster.remove(self.at.log(system))
        return gone


def _taken(found: BackupSet, *, folder: str) -> TakenSet:
    return TakenSet(
        folder, found.number, found.began_at, found.ended_at, found.bytes, found.log_size, found.postgres
    )  # fmt: skip


def due(found: Sequence[BackupSet], *, now: datetime) -> bool:
    """Return whether a set is to be taken: none began since the hour of the day, by the clock as it is now."""
    day = beijing.midnight(beijing.day(now)) + timedelta(hours=HOUR)
    since = day if now >= day else day - timedelta(days=1)
    return not any(since <= each.began_at <= now + AHEAD for each in found)


def unread(known: Sequence[KnownSet], found: Sequence[BackupSet], *, now: datetime, days: int) -> BackupSet | None:
    """Return the set that was not read back for longest, where that is longer than so many days."""
    read_at = {each.number: each.read_back_at for each in known if each.code is None}
    never = datetime.min.replace(tzinfo=now.tzinfo)
    oldest = min(found, key=lambda each: read_at.get(each.number) or never, default=None)
    if oldest is None:
        return None
    last = read_at.get(oldest.number)
    return oldest if last is None or now - last >= timedelta(days=days) else None


def broken(at: BackupPlace, found: BackupSet) -> Problem | None:
    """Return what is wrong with the log that follows a set, each segment read from the disk; None where it is whole."""
    gap = reading_back.log_break(at, found, look=lambda each: streaming.look(each, system=found.system))
    if gap is None:
        return None
    return gap.problem or LogSegmentMissing(number=found.number, segment=gap.segment)
