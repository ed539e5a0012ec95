"""What an installation tells the backups of itself: whose they are, its cluster, its place."""

import socket
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from hutong.backup import place
from hutong.backup.archiving import ArchiverConfig
from hutong.backup.macs import Macs
from hutong.backup.place import BackupPlace, Clock, Owner
from hutong.backup.programs import Source
from hutong.backup.standing import BackupNotSet
from hutong.core import versions
from hutong.db import postmaster
from hutong.db.database import Database
from hutong.installation import identity as identities
from hutong.installation import opening
from hutong.installation.identity import Identity
from hutong.installation.opening import Installation, PlatformMissing
from hutong.plane.keys import Keyring


def owner(installation: Installation) -> Owner:
    """Return whose backups this platform's are; raises what the key file's loading does."""
    settings = installation.settings
    told = identity(settings.data)
    return Owner(
        platform=str(told.platform), instance=str(told.instance), county=settings.county, log_name=settings.log_name,
        machine=socket.gethostname(), folder=str(settings.data), macs=Macs.of(Keyring.load(installation.keyring_path)),
    )  # fmt: skip


def identity(data: Path) -> Identity:
    """Return which platform and which instance of it a folder is of.

    Raises PlatformMissing, and as `installation.identity.check`.
    """
    if (found := identities.check(data)) is None:
        raise PlatformMissing(data=data)
    return found


def source(installation: Installation) -> Source | None:
    """Return the embedded cluster, whether this process opened it or was told of it; None where it is another's."""
    server = installation.server or opening.own_server(installation.settings)
    if conninfo_to_dict(installation.database_url).get("host") != str(server.socket_folder):
        return None
    return Source(server.superuser_url(), postmaster.binaries_of(server.cluster))


def given(installation: Installation, *, db: Database, clock: Clock) -> ArchiverConfig:
    """Return what the archiver is told; `db` acts as `retention`, `clock` is the machine's. Raises BackupNotSet."""
    settings = installation.settings
    if settings.backup is None:
        raise BackupNotSet
    disks = (settings.data, *([settings.database_folder] if settings.database_folder else []))
    return ArchiverConfig(
        root=settings.backup, owner=owner(installation), data=settings.data, disks=disks, db=db,
        source=source(installation), clock=clock, now=installation.clock, hutong=versions.own(),
    )  # fmt: skip


def find(backup: Path | None, data: Path) -> BackupPlace:
    """Return the place of the platform in the folder `data`, whichever instance writes to it.

    Raises PlatformMissing, BackupNotSet, PlaceMissing and PlaceUnreadable.
    """
    platform = str(identity(data).platform)  # first: a folder without a platform names no place either
    if backup is None:
        raise BackupNotSet
    return place.find(backup, platform=platform)
