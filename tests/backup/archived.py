"""An archiver whose rounds a test makes itself, of a cluster and for a platform that are two here."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from places import OWNER, real

from hutong.backup import place, standing
from hutong.backup.archiving import Archiver, ArchiverConfig
from hutong.backup.place import BackupPlace
from hutong.backup.programs import Source
from hutong.core.errors import Problem
from hutong.db.database import Database


@contextmanager
def archiver(root: Path, source: Source | None, db: Database, **other: object) -> Iterator[Archiver]:
    """Yield an archiver that was not begun; what it starts ends with the block, and its slot goes."""
    data = root.parent / "data"
    (data / "keys" / "heads").mkdir(parents=True, exist_ok=True)
    retention = Database(db.url, role="retention", size=2)
    given = ArchiverConfig(
        root=root, owner=OWNER, data=data, disks=(), db=retention, source=source, clock=real, now=real, hutong="0.1.0"
    )
    one = Archiver(replace(given, **other))
    try:
        yield one
    finally:
        one.close()
        if one._at_sets is not None:
            one._at_sets.join()
        retention.close()
        if source is not None:
            with source.connect() as connection:
                connection.execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots")


def until(one: Archiver, true: Callable[[list[Problem]], object]) -> list[Problem]:
    """Make rounds until something is so of what is wanting, and return that; a test that waits for good is ended."""
    while True:
        wanting = one.look()
        if true(wanting):
            return wanting
        time.sleep(0.05)


def codes(wanting: list[Problem]) -> set[str]:
    """Return the codes of what is wanting, but for what is so of every place of a test."""
    return {each.code for each in wanting} - {"PLACE_ON_SAME_DISK", "PLACE_FILLING", "RECOVERY_MISSING"}


def told(db: Database) -> set[str]:
    """Return what the doors tell, but for what is so of every place of a test."""
    with db.transaction() as cur:
        return codes(standing.wanting(cur, now=real()))


def here(root: Path) -> BackupPlace:
    """Return the place of the platform of these tests."""
    return BackupPlace(root / place.named(OWNER.platform))


def arrived(root: Path, position: int) -> bool:
    """Return whether all up to a position of the log is noted to be at the place."""
    found = here(root).archived()
    return found is not None and found.received >= position


def write(source: Source, *, mib: int = 1) -> int:
    """Let the cluster write so much to its log, and return the position after it."""
    with source.connect() as connection:
        for _ in range(mib):
            connection.execute("select pg_logical_emit_message(true, 'test', repeat('x', 1 << 20))")
        row = connection.execute("select pg_current_wal_flush_lsn()::text as at").fetchone()
        assert row is not None
        return place.lsn(row["at"])
