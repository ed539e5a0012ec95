"""What the commands on backups do: one is taken, those that are there are listed and read back."""

from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from hutong.audit import backups, checkpoint
from hutong.backup import archiving, copying, foreign, nightly, place, reading_back, taking, taking_over, whose
from hutong.backup.place import BackupPlace, BackupSet
from hutong.backup.reading_back import ReadBack
from hutong.backup.standing import BackupNotSet
from hutong.console import opening
from hutong.core import beijing, versions
from hutong.core.errors import Unavailable
from hutong.installation import finding, whereabouts
from hutong.installation.opening import Installation
from hutong.settings import Settings, clock, keep

if TYPE_CHECKING:
    from hutong.control.units.rules import Actor

MIB = 1 << 20


class BackupElsewhere(Unavailable):
    """The database is no part of this platform: whoever runs the PostgreSQL of HUTONG_DATABASE_URL backs it up."""


def take(installation: Installation, *, anew: bool = False) -> BackupSet:
    """Take a set of the embedded database, read it back, tell of it and return it.

    The place is made where this platform never had one in that folder, or `anew`. With a database that is another's,
    what is of the platform itself is copied, and told what is seen of that database's own archive. Raises BackupNotSet,
    BackupElsewhere, as `place.own` and `taking.take`, and what was found wrong.
    """
    data = installation.settings.data
    with opening.database(installation, role="retention") as db:
        given = whose.given(installation, db=db, clock=clock())
        at = archiving.place_of(given, anew=anew)
        copying.copy(at, heads=data / "keys" / archiving.HEADS, settings=data / copying.SETTINGS)
        if given.source is None:
            opening.show("console.backup.copied", folder=at.folder)
            with db.transaction() as cur:
                wanting = foreign.wanting(cur)
            for problem in wanting:
                opening.warn(problem)
            _keep(installation)
            raise BackupElsewhere
        found, read = given.keeper(at, given.source).take()
    _keep(installation)
    _tell(found, read)
    _tell_restart(installation, at)
    return found


def _keep(installation: Installation) -> None:
    """Have the folder keep where the place is, now that it was seen to work."""
    keep(installation.settings.data, {"HUTONG_BACKUP": str(installation.settings.backup)})


def take_over(installation: Installation, *, reason: str, by: "Actor") -> Path:
    """Begin the place anew for this instance and return where lies now what another one wrote there.

    Raises BackupNotSet and what `taking_over.take_over` raises.
    """
    settings, real, now = installation.settings, clock()(), installation.clock()
    if settings.backup is None:
        raise BackupNotSet
    own = whose.owner(installation)
    with opening.database(installation, role="control") as db, db.transaction() as cur:
        aside = taking_over.take_over(cur, settings.backup, own, reason=reason, by=by, real=real, now=now)
    folder = str(settings.backup / place.named(own.platform))
    with opening.database(installation, role="retention") as db, db.transaction() as cur:
        for each in backups.sets(cur, folder=folder):
            backups.note_dropped(cur, folder=folder, number=each.number, dropped_at=real, now=now)
    return aside


def _tell_restart(installation: Installation, at: BackupPlace) -> None:
    """Say that doors which run bring the log elsewhere, or nowhere, until they are started anew."""
    settings = installation.settings
    with opening.database(installation, role="retention") as db, db.transaction() as cur:
        known = backups.archiving(cur)
    before = known.folder if known else None
    if whereabouts.running(settings) is not None and before != str(at.folder):
        told = "console.backup.restart" if before else "console.backup.restart_none"
        opening.show(told, before=before or "", folder=at.folder)


def take_unnoted(installation: Installation) -> BackupSet:
    """Take a set and read it back, as `take`, of a database whose tables may be of a version before: it notes nothing.

    The archiver notes it later. Raises BackupNotSet, BackupElsewhere, as `place.own` and `taking.take`, and what was
    found wrong.
    """
    settings, real = installation.settings, clock()
    source = whose.source(installation)
    if settings.backup is None:
        raise BackupNotSet
    if source is None:
        raise BackupElsewhere
    at = _place_before(installation)
    with opening.database(installation, role="auditor") as db, db.transaction() as cur:
        head = checkpoint.newest(cur)
    lock = settings.data / archiving.LOCK
    found = taking.take(at, source, head=head, hutong=versions.own(), lock=lock, clock=real)
    _tell(found, reading_back.read(found))
    return found


def _place_before(installation: Installation) -> BackupPlace:
    """Return the place, as `archiving.place_of`; a database of before there were backups knows of none."""
    with opening.database(installation, role="retention") as db:
        given = whose.given(installation, db=db, clock=clock())
        try:
            return archiving.place_of(given)
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
            return place.begin(given.root, given.owner, now=given.clock())


def count_sets(installation: Installation) -> None:
    """Note the sets that nothing was noted of, and let the oldest of them go beyond the number that is kept.

    Where another takes a set at this moment, that one does it.
    """
    with opening.database(installation, role="retention") as db:
        given = whose.given(installation, db=db, clock=clock())
        at = place.own(given.root, given.owner)
        if given.source is None:
            return
        keeper = given.keeper(at, given.source)
        with db.transaction() as cur:
            known = backups.sets(cur, folder=str(at.folder))
        keeper.adopt(known)
        try:
            keeper.drop()
        except taking.BackupRunning as running:
            opening.warn(running)


def listed(settings: Settings) -> None:
    """Print the sets at the second place, the newest first.

    Raises PlatformMissing, BackupNotSet, PlaceMissing and PlaceUnreadable.
    """
    finding.check(settings)
    at = whose.find(settings.backup, settings.data)
    for each in reversed(at.sets()):
        opening.show("console.backup.list.line", **_facts(each))
    for left in at.unfinished():
        opening.show("console.backup.list.unfinished", folder=left.name)
    for problem in at.unreadable():
        opening.warn(problem)
    if not at.sets():
        opening.show("console.backup.list.none")
    if (archived := at.archived()) is not None:
        opening.show("console.backup.list.archived", at=beijing.shown(archived.at))


def check(settings: Settings, *, number: int | None) -> None:
    """Read a set back, with the log that follows it, and tell that all is whole.

    Raises PlatformMissing, BackupNotSet, PlaceMissing, PlaceUnreadable, SetMissing, and what is found wrong.
    """
    finding.check(settings)
    at = whose.find(settings.backup, settings.data)
    found = at.set(number)
    read = reading_back.read(found)
    if problem := read.problem or nightly.broken(at, found):
        raise problem
    opening.show("console.backup.read", number=found.number, files=read.files, mib=read.bytes // MIB)


def _tell(found: BackupSet, read: ReadBack) -> None:
    opening.show("console.backup.taken", number=found.number, mib=found.bytes // MIB, folder=found.folder)
    if read.problem is not None:
        raise read.problem
    opening.show("console.backup.read", number=found.number, files=read.files, mib=read.bytes // MIB)


def _facts(found: BackupSet) -> dict[str, object]:
    return {
        "number": found.number, "ended": beijing.shown(found.ended_at),
        "mib": found.bytes // MIB, "entries": found.log_size, "postgres": found.postgres,
    }  # fmt: skip
