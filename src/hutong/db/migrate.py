"""Numbered `.sql` files, applied in order and never changed afterwards."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psycopg
from psycopg.errors import DeadlockDetected, LockNotAvailable

from hutong.core.errors import Conflicting, Unavailable
from hutong.db import rights, sql

statements = sql.load(__package__, "migrate.sql")


T = TypeVar("T")

LOCK_SECONDS = 2.0
"""How long a migration waits for a lock: who asks for one after it waits behind it, and no longer than that.

More than PostgreSQL takes (`deadlock_timeout`) to send away its own cleaning.
"""
PAUSE_SECONDS = 1.0
"""How long who waited behind a migration that gave up has the tables, before it is tried again."""
PATIENCE_SECONDS = 600.0
"""How long a migration is tried again."""


class MigrationChanged(Conflicting):
    """The migration {name} was changed after it had been applied to this database."""


class MigrationUnknown(Conflicting):
    """This database has the migration {name}, which this version of the software does not know."""


class SchemaBusy(Unavailable):
    """The migration {name} had no lock of the tables it changes for {seconds} seconds: others have them in use."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file: its name is `<package>/<file>`."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read(folders: Sequence[Path]) -> list[Migration]:
    """Return the migrations in `folders`, folder by folder and by number in each."""
    return [
        Migration(f"{folder.parent.name}/{file.name}", file.read_text(encoding="utf-8"))
        for folder in folders
        for file in sorted(folder.glob("[0-9]*.sql"))
    ]


def states(migrations: Sequence[Migration]) -> Iterator[list[Migration]]:
    """Yield every state a database may be found in, as the migrations it has: from none to all."""
    for count in range(len(migrations) + 1):
        yield list(migrations[:count])


def migrate(url: str, *, folders: Sequence[Path]) -> list[str]:
    """Apply what is missing, one transaction a file, and return the names applied.

    Several may run at once: they wait for each other. Raises MigrationChanged, MigrationUnknown before
    anything is applied, and DatabaseRolesMissing.
    """
    return apply(url, read(folders))


def apply(url: str, migrations: Sequence[Migration]) -> list[str]:
    """Apply those of `migrations` that the database lacks; all it makes belongs to hutong_owner.

    Each waits for a lock no longer than `LOCK_SECONDS`, lets go of all it has, and is tried again: those who ask
    meanwhile are answered. Raises SchemaBusy after `PATIENCE_SECONDS`; what was applied before stays.
    """
    with alone(url) as connection:
        applying = missing(connection, migrations)
        for migration in applying:
            patiently(lambda each=migration: _apply(connection, each), name=migration.name)  # type: ignore[misc]
        return [migration.name for migration in applying]


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    with connection.transaction():
        connection.execute(migration.text.encode())
        note(connection, migration)


def patiently(apply_one: Callable[[], T], *, name: str) -> T:
    """Return what `apply_one` returns; where it had no lock in time it is called again, after a pause.

    Raises SchemaBusy once `PATIENCE_SECONDS` are over.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return apply_one()
        except (LockNotAvailable, DeadlockDetected) as busy:
            if time.monotonic() > until:
                raise SchemaBusy(name=name, seconds=round(PATIENCE_SECONDS)) from busy
        time.sleep(PAUSE_SECONDS)


@contextmanager
def alone(url: str) -> Iterator[psycopg.Connection]:
    """Yield the owner's connection, which commits each statement, while nobody else changes this database's schema.

    The roles and the table of applied migrations are there by then, and no lock is waited for longer than
    `LOCK_SECONDS`; raises DatabaseRolesMissing.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statements.begin_alone)
        try:
            with connection.transaction(), connection.cursor() as cur:
                rights.prepare(cur)
            connection.execute(statements.own)
            connection.execute(statements.make)
            connection.execute(statements.bound, {"milliseconds": str(round(LOCK_SECONDS * 1000))})
            yield connection
        finally:
            if not connection.broken:
                connection.execute(statements.end_alone)


def note(connection: psycopg.Connection, migration: Migration) -> None:
    """Note that `migration` was applied."""
    connection.execute(statements.note, {"name": migration.name, "digest": migration.digest})


def missing(connection: psycopg.Connection, migrations: Sequence[Migration]) -> list[Migration]:
    """Return those of `migrations` that the database lacks, in their order; needs the owner's role.

    Raises MigrationChanged and MigrationUnknown.
    """
    applied: dict[str, str] = dict(connection.execute(statements.applied).fetchall())
    known = {migration.name: migration.digest for migration in migrations}
    packages = {name.split("/")[0] for name in known}
    for name, digest in applied.items():
        if name not in known and name.split("/")[0] in packages:
            raise MigrationUnknown(name=name)
        if name in known and known[name] != digest:
            raise MigrationChanged(name=name)
    return [migration for migration in migrations if migration.name not in applied]
