"""What tests of backups share: whose they are, and a set taken in small files."""

from datetime import UTC, datetime

from hutong.backup import taking
from hutong.backup.place import BackupPlace, BackupSet, Owner
from hutong.backup.programs import Source

OWNER = Owner("a1b2c3d4-platform", "first", "青禾县", "log.example", "m1", "/data")


def real() -> datetime:
    return datetime.now(UTC)


def take(at: BackupPlace, source: Source, **other: object) -> BackupSet:
    """Take a set in small files."""
    given = {"head": None, "hutong": "0.1.0", "lock": at.folder.parent / "lock", "clock": real, "part_bytes": 8 << 20}
    return taking.take(at, source, **(given | other))
