"""What goes on all the while beside the doors: the database's log comes to the backup place, sets are taken."""

import os
import stat
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from hutong.audit import backups, checkpoint, epochs
from hutong.backup import alone, copying, foreign, nightly, place, reading_back, recovery, streaming, taking
from hutong.backup.nightly import Keeper
from hutong.backup.place import Archived, BackupPlace, BackupSet, Clock, Owner
from hutong.backup.programs import Source
from hutong.backup.recovery import RecoveryMissing, RecoveryOutdated, RecoveryUnreadable
from hutong.backup.streaming import Connected, Receiver, SlotState
from hutong.backup.taking import BackupRunning
from hutong.core import beijing
from hutong.core.errors import Problem, Unavailable
from hutong.db.database import Database
from hutong.installation import watching
from hutong.messages import logger
from hutong.plane import rulebook

LOOK_SECONDS = 1.0
SLOWLY = 5
"""Every so many rounds it is looked at what changes slowly, and written down how far the log has come."""
AGAIN = timedelta(minutes=10)
"""After how long a set that could not be taken is tried again."""
HEADS, LOCK = "heads", "backup.lock"


class LogHasGap(Unavailable):
    """More of the database's log waited for the backup place than may wait: after {until} there is a gap in it."""


class PlaceOnSameDisk(Unavailable):
    """The backup place {folder} is on the disk of the platform itself: what destroys that disk destroys both."""


class PlaceFilling(Unavailable):
    """On the disk of the backup place {folder} are {free} MiB free, {percent} % of it."""


class PlaceOpen(Unavailable):
    """Others than its owner may read what lies at the backup place {folder} (mode {mode})."""


LASTING = (PlaceOnSameDisk.code, PlaceFilling.code, PlaceOpen.code, RecoveryMissing.code, RecoveryOutdated.code)
"""What hinders nothing yet: it is told, and no entry of the log."""


@dataclass(frozen=True, slots=True)
class ArchiverConfig:
    """What the archiver is told."""

    root: Path
    owner: Owner
    data: Path
    """The platform's own folder, of which keys/heads and settings are copied."""
    disks: tuple[Path, ...]
    """Folders of the platform and of its database: whether the place is on one disk with them."""
    db: Database
    """Acts as `retention`."""
    source: Source | None
    """The embedded cluster; None where the database is another's."""
    clock: Clock
    """The machine's own."""
    now: Clock
    """The platform's, by which entries are dated."""
    hutong: str

    def keeper(self, at: BackupPlace, source: Source) -> Keeper:
        """Return what takes sets of the cluster to a place."""
        return Keeper(
            at=at, source=source, db=self.db, lock=self.data / LOCK, hutong=self.hutong, clock=self.clock, now=self.now
        )


@dataclass(slots=True)
class Archiver:
    """The archiver of one platform: `run` goes on until `stop` is set, in the thread that begins it."""

    given: ArchiverConfig
    stop: threading.Event = field(default_factory=threading.Event)
    _receiver: Receiver | None = None
    _connection: Connected | None = None
    _system: str = ""
    _received_at: datetime | None = None
    """Until when all was at the place as this archiver began."""
    _looks: int = 0
    _slow: list[Problem] = field(default_factory=list)
    """What was found wanting when it was last looked at what changes slowly."""
    _aimed: tuple[int, datetime] | None = None
    """A position of the log: once it is at the place, so is all that was committed before that moment."""
    _archived: Archived | None = None
    _signed: tuple[int, int] = (0, 0)
    """The epoch of the evidence log, and how many entries of it were signed as it was last looked."""
    _hindered: Problem | None = None
    """Why the log does not come to the place; told until it has come up with what was then."""
    _gap: Problem | None = None
    _due: bool = False
    """Whether a set is due whatever the hour: the log begins anew."""
    _broken_after: int | None = None
    """Number of the set for whose broken log a new one was begun."""
    _at_sets: threading.Thread | None = None
    _failed: Problem | None = None
    """Why the last set could not be taken."""
    _again_at: datetime | None = None
    _number: str | None = None
    """What this process is known by at the place."""
    _told: frozenset[str] = frozenset()

    def run(self) -> None:
        """Look round once a second, whatever comes, until `stop` is set; what was started ends with it."""
        try:
            while not self.stop.is_set():
                try:
                    self.look()
                except (psycopg.Error, OSError) as fault:  # a database that is being started again, for example
                    logger.warning("archiver.look_failed", error=type(fault).__name__, reason=str(fault)[:300])
                    self._disconnect()
                self.stop.wait(LOOK_SECONDS)
        finally:
            self.close()

    def close(self) -> None:
        """End what was started."""
        if self._receiver is not None:
            self._receiver.stop()
        self._disconnect()

    def look(self) -> list[Problem]:
        """See to everything once and return what is wanting, which is noted for the doors; raises psycopg.Error."""
        wanting: list[Problem] = []
        waiting = 0
        source, slowly = self.given.source, self._looks % SLOWLY == 0
        self._looks += 1
        if source is not None and slowly:
            self._bound(source)
        try:
            at = self._place()
            with taking.writing(at):
                self._see_alone(at)
                if slowly:
                    self._look_slowly(at)
                if source is not None:
                    waiting = self._stream(at, source).waiting
                    if slowly:
                        self._tend_sets(at, source)
        except Problem as problem:
            wanting.append(problem)
            if self._receiver is not None:
                self._receiver.stop()
            if source is not None:
                waiting = self._waiting(source)
        wanting += [*self._slow, *(each for each in (self._hindered, self._gap, self._failed) if each is not None)]
        found = list({each.code: each for each in wanting}.values())
        codes = frozenset(each.code for each in found)
        if slowly or codes != self._told:
            self._note(found, waiting=waiting)
        return found

    def _place(self) -> BackupPlace:
        with taking.writing(BackupPlace(_folder(self.given))):
            return self._find_place()

    def _find_place(self) -> BackupPlace:
        if self._looks > 1:
            return place.own(self.given.root, self.given.owner)
        with self.given.db.transaction() as cur:
            known = backups.archiving(cur)
        self._told = frozenset(each["code"] for each in known.wanting) if known else frozenset()
        self._received_at = known.received_at if known else None
        return place_of(self.given)

    def _bound(self, source: Source) -> None:
        """See that of the log no more waits for the place than the rulebook says."""
        given = self.given
        with given.db.transaction() as cur:
            most = rulebook.number(cur, "backup.waiting_bytes", day=beijing.day(given.now()))
        streaming.bound(self._connected(source), most=most)

    def _waiting(self, source: Source) -> int:
        """Return how much of the log waits for a place that is away; where it is more than may, that is told at once.

        The log begins anew once the place is back.
        """
        state = streaming.slot(self._connected(source))
        if state is not None and state.lost:
            self._gap = _gap(self._archived.at if self._archived else self._received_at)
        return state.waiting if state is not None else 0

    def _see_alone(self, at: BackupPlace) -> None:
        """Write to the place as the only one; raises PlaceShared where another began after this process did."""
        if self._number is None:
            self._number = alone.begin(at, self.given.owner, now=self.given.clock())
        alone.check(at, self._number)

    def _look_slowly(self, at: BackupPlace) -> None:
        given = self.given
        copying.copy(at, heads=given.data / "keys" / HEADS, settings=given.data / copying.SETTINGS)
        day = beijing.day(given.now())
        with given.db.transaction() as cur:
            percent, free = (rulebook.number(cur, f"watch.disk_{name}", day=day) for name in ("percent", "bytes"))
            self._slow = foreign.wanting(cur) if given.source is None else []
            head, epoch = checkpoint.newest(cur), epochs.current(cur).number
            self._signed = (epoch, head.size) if head else (0, 0)
        self._slow += _disk(at, others=given.disks, percent=percent, least=free)
        self._slow += _recovery_copy(at, data=given.data)

    def _stream(self, at: BackupPlace, source: Source) -> SlotState:
        """See that the log comes to the place, and note how far it has come."""
        connection = self._connected(source)
        receiver = self._receiver = self._receiver or Receiver(source)
        state = streaming.slot(connection)
        if state is None or state.lost:
            receiver.stop()
            if state is not None:  # more waited than may: the log has a gap, and begins anew with a new set
                streaming.drop_slot(connection)
                until = self._archived or at.archived()
                self._gap = _gap(until.at if until else None)
            streaming.set_aside(at, system=self._system, since=f"{self.given.clock():%Y%m%dT%H%M%SZ}")
            streaming.make_slot(connection)
            self._due, self._aimed = True, None
            state = streaming.slot(connection)
            assert state is not None
        self._hindered = receiver.failure(at) or self._hindered
        receiver.start(at, system=self._system)
        streaming.compress(at, system=self._system)
        self._progress(at, state)
        return state

    def _progress(self, at: BackupPlace, state: SlotState) -> None:
        if self._aimed is None:
            self._aimed = (state.current, state.now)
        position, moment = self._aimed
        if state.received < position:
            return
        self._aimed, self._hindered = None, None
        written = self._archived
        if written is None or (moment - written.at).total_seconds() >= SLOWLY * LOOK_SECONDS or moment < written.at:
            epoch, size = self._signed
            self._archived = Archived(position, moment, self._system, state.timeline, epoch, size)
            at.note_archived(self._archived)

    def _tend_sets(self, at: BackupPlace, source: Source) -> None:
        """Begin to take a set, or to read one back, in a thread of its own, where it is time."""
        given, now = self.given, self.given.clock()
        if (self._at_sets is not None and self._at_sets.is_alive()) or (self._again_at and now < self._again_at):
            return
        keeper = given.keeper(at, source)
        with given.db.transaction() as cur:
            days = rulebook.number(cur, "backup.read_days", day=beijing.day(given.now()))
            known = backups.sets(cur, folder=str(at.folder))
        keeper.adopt(known)
        sets = at.sets()
        if self._due or nightly.due(sets, now=now) or self._broken(at, sets[-1]):
            self._begin(keeper.take)
        elif (stale := nightly.unread(known, sets, now=now, days=days)) is not None:
            self._begin(lambda: keeper.read(stale))

    def _broken(self, at: BackupPlace, newest: BackupSet) -> bool:
        """Return whether of the log after the newest set a part is missing, by name: once for a set.

        Who began the log anew may have been killed before the set that belongs to it was taken.
        """
        if self._broken_after == newest.number or reading_back.log_break(at, newest) is None:
            return False
        if reading_back.log_break(at, newest) is None:  # a file that was given its name meanwhile
            return False
        self._broken_after = newest.number
        return True

    def _begin(self, work: Callable[[], object]) -> None:
        self._at_sets = threading.Thread(target=self._do, args=(work,), name="sets", daemon=True)
        self._at_sets.start()

    def _do(self, work: Callable[[], object]) -> None:
        try:
            work()
            self._failed, self._again_at, self._due, self._gap = None, None, False, None
        except BackupRunning:  # by hand, at this moment
            pass
        except (Problem, psycopg.Error, OSError) as fault:
            logger.warning("archiver.set_failed", error=type(fault).__name__, reason=str(fault)[:300])
            self._failed = fault if isinstance(fault, Problem) else self._failed
            self._again_at = self.given.clock() + AGAIN

    def _note(self, wanting: list[Problem], *, waiting: int) -> None:
        given = self.given
        folder = str(_folder(given))
        codes = frozenset(each.code for each in wanting)
        with given.db.transaction() as cur:
            backups.note_archiving(
                cur, folder=folder, embedded=given.source is not None,
                received_at=self._archived.at if self._archived else None, waiting=waiting, wanting=wanting,
                seen_at=given.clock(),
            )  # fmt: skip
            for each in wanting:
                if each.code not in self._told | {*LASTING} and each is not self._failed:
                    backups.note_failed(cur, each, folder=folder, now=given.now())
        self._told = codes

    def _connected(self, source: Source) -> Connected:
        if self._connection is None or self._connection.closed:
            self._connection = source.connect()
            self._system = source.cluster().system
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def place_of(given: ArchiverConfig, *, anew: bool = False) -> BackupPlace:
    """Return the place; it is made where nothing of this platform ever came to this folder, or `anew`.

    So a disk that is away is told, and no other is filled. Raises as `place.own`, and psycopg.OperationalError.
    """
    folder = str(_folder(given))
    with given.db.transaction() as cur:
        known = backups.archiving(cur)
        sets = backups.sets(cur, folder=folder)
    if anew or not (sets or (known is not None and known.folder == folder and known.received_at)):
        return place.begin(given.root, given.owner, now=given.clock())
    return place.own(given.root, given.owner)


def settle(given: ArchiverConfig) -> None:
    """See to the place before the archiver begins and note what is wanting of it, so that it is told from the first."""
    wanting: list[Problem] = []
    try:
        with taking.writing(BackupPlace(_folder(given))):
            wanting += _disk(place_of(given), others=given.disks, percent=0, least=0)
    except Problem as problem:
        wanting.append(problem)
    with given.db.transaction() as cur:
        backups.note_archiving(
            cur, folder=str(_folder(given)), embedded=given.source is not None, received_at=None, waiting=0,
            wanting=wanting, seen_at=given.clock(),
        )  # fmt: skip


def _gap(until: datetime | None) -> LogHasGap:
    return LogHasGap(until=beijing.shown(until))


def _folder(given: ArchiverConfig) -> Path:
    return given.root / place.named(given.owner.platform)


def _recovery_copy(at: BackupPlace, *, data: Path) -> list[Problem]:
    """Return what is wanting of the keys' recovery copy at a place: it is missing, damaged, or older than a key."""
    try:
        copy = recovery.read(at.folder / recovery.FILE)
    except (RecoveryMissing, RecoveryUnreadable) as problem:
        return [problem]
    if copy.fits(data):
        return []
    return [RecoveryOutdated(wrapped_at=beijing.shown(copy.wrapped_at))]


def _disk(at: BackupPlace, *, others: tuple[Path, ...], percent: int, least: int) -> list[Problem]:
    """Return what is wanting of the disk of a place: that it is another one, has room, and shows nothing to others."""
    found: list[Problem] = []
    seen = at.folder.stat()
    if seen.st_mode & 0o077:  # a network storage may know no rights, and tell those it was mounted with
        found.append(PlaceOpen(folder=str(at.folder), mode=f"{stat.S_IMODE(seen.st_mode):04o}"))
    above = at.folder.parent.stat().st_mode
    if above & 0o002 and not above & stat.S_ISVTX:  # whoever writes there puts another folder in its place
        found.append(PlaceOpen(folder=str(at.folder.parent), mode=f"{stat.S_IMODE(above):04o}"))
    if seen.st_dev in {each.stat().st_dev for each in others if each.exists()}:
        found.append(PlaceOnSameDisk(folder=str(at.folder)))
    disk = watching.disk((), os.statvfs(at.folder))
    if disk.percent < percent or disk.free < least:
        found.append(PlaceFilling(folder=str(at.folder), free=disk.free // watching.MIB, percent=disk.percent))
    return found
