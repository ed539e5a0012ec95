"""Numbered `.sql` files, applied in order and never changed afterwards."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from hutong.core.errors import Conflicting
from hutong.db import rights, sql

statements = sql.load(__package__, "migrate.sql")


class MigrationChanged(Conflicting):
    """The migration {name} was changed after it had been applied to this database."""


class MigrationUnknown(Conflicting):
    """This database has the migration {name}, which this version of the software does not know."""


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
    """Apply those of `migrations` that the database lacks; all it makes belongs to hutong_owner."""
    with alone(url) as connection:
        missing = _missing(connection, migrations)
        for migration in missing:
            with connection.transaction():
                connection.execute(migration.text.encode())
                note(connection, migration)
        return [migration.name for migration in missing]


@contextmanager
def alone(url: str) -> Iterator[psycopg.Connection]:
    """Yield the owner's connection, which commits each statement, while nobody else changes this database's schema.

    The roles and the table of applied migrations are there by then; raises DatabaseRolesMissing.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statements.begin_alone)
        try:
            with connection.transaction(), connection.cursor() as cur:
                rights.prepare(cur)
            connection.execute(statements.own)
            connection.execute(statements.make)
            yield connection
        finally:
            if not connection.broken:
                connection.execute(statements.end_alone)


def note(connection: psycopg.Connection, migration: Migration) -> None:
    """Note that `migration` was applied."""
    connection.execute(statements.note, {"name": migration.name, "digest": migration.digest})


def _missing(connection: psycopg.Connection, migrations: Sequence[Migration]) -> list[Migration]:
    applied: dict[str, str] = dict(connection.execute(statements.applied).fetchall())
    known = {migration.name: migration.digest for migration in migrations}
    packages = {name.split("/")[0] for name in known}
    for name, digest in applied.items():
        if name not in known and name.split("/")[0] in packages:
            raise MigrationUnknown(name=name)
        if name in known and known[name] != digest:
            raise MigrationChanged(name=name)
    return [migration for migration in migrations if migration.name not in applied]
