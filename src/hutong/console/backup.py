"""What the commands on backups do: one is taken, those that are there are listed and read back."""

import socket
from pathlib import Path

from hutong.audit import checkpoint
from hutong.backup import place, reading_back, taking
from hutong.backup.place import BackupPlace, BackupSet, Owner
from hutong.backup.programs import Source
from hutong.backup.reading_back import ReadBack
from hutong.console import opening
from hutong.core import versions
from hutong.core.beijing import BEIJING
from hutong.core.errors import Invalid, Unavailable
from hutong.db import postmaster
from hutong.installation import identity
from hutong.installation.identity import Identity
from hutong.installation.opening import Installation, PlatformMissing
from hutong.settings import Settings, clock

LOCK = "backup.lock"
MIB = 1 << 20


class BackupNotSet(Invalid):
    """HUTONG_BACKUP names no backup place: whatever destroys this machine's disk destroys everything."""


class BackupElsewhere(Unavailable):
    """The database is no part of this platform: whoever runs the PostgreSQL of HUTONG_DATABASE_URL backs it up."""


def take(installation: Installation) -> BackupSet:
    """Take a set of the embedded database, read it back, tell of it and return it.

    Raises BackupNotSet, BackupElsewhere, what `place.begin` and `taking.take` raise, and what was found wrong.
    """
    settings, real = installation.settings, clock()
    root = _root(settings)
    if installation.server is None:
        raise BackupElsewhere
    at = place.begin(root, owner(settings), now=real())
    with opening.database(installation, role="auditor") as db, db.transaction() as cur:
        head = checkpoint.newest(cur)
    source = Source(installation.server.superuser_url(), postmaster.binaries_of(installation.server.cluster))
    lock = settings.data / LOCK
    found = taking.take(at, source, head=head, hutong=versions.own(), lock=lock, clock=real)
    opening.show("console.backup.taken", number=found.number, mib=found.bytes // MIB, folder=found.folder)
    _tell(found, reading_back.read(found))
    return found


def listed(settings: Settings) -> None:
    """Print the sets at the second place, the newest first; raises BackupNotSet, PlaceMissing and PlaceUnreadable."""
    at = _place(settings)
    for each in reversed(at.sets()):
        opening.show("console.backup.list.line", **_facts(each))
    for left in at.unfinished():
        opening.show("console.backup.list.unfinished", folder=left.name)
    if not at.sets():
        opening.show("console.backup.list.none")


def check(settings: Settings, *, number: int | None) -> bool:
    """Read a set back and return whether it is whole; raises as `listed`, and SetMissing."""
    found = _place(settings).set(number)
    read = reading_back.read(found)
    if read.problem is not None:
        opening.warn(read.problem)
        return False
    _tell(found, read)
    return True


def owner(settings: Settings) -> Owner:
    """Return whose backups this platform's are."""
    told = _identity(settings.data)
    return Owner(
        platform=str(told.platform), instance=str(told.instance), county=settings.county, log_name=settings.log_name,
        machine=socket.gethostname(), folder=str(settings.data),
    )  # fmt: skip


def _identity(data: Path) -> Identity:
    if (found := identity.check(data)) is None:
        raise PlatformMissing(data=data)
    return found


def _root(settings: Settings) -> Path:
    if settings.backup is None:
        raise BackupNotSet
    return settings.backup


def _place(settings: Settings) -> BackupPlace:
    return place.find(_root(settings), platform=str(_identity(settings.data).platform))


def _tell(found: BackupSet, read: ReadBack) -> None:
    if read.problem is not None:
        raise read.problem
    opening.show("console.backup.read", number=found.number, files=read.files, mib=read.bytes // MIB)


def _facts(found: BackupSet) -> dict[str, object]:
    return {
        "number": found.number, "ended": f"{found.ended_at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}",
        "mib": found.bytes // MIB, "entries": found.log_size, "postgres": found.postgres,
    }  # fmt: skip
