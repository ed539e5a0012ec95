"""Which version of the software a database is of, and the upgrades that brought it there."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import Cursor

from hutong.audit import log
from hutong.db import sql

statements = sql.load(__package__, "upgrades.sql")


def version(cur: Cursor) -> str | None:
    """Return the version a database is of; None where none was noted: it is empty, or was not made to its end."""
    ((made,),) = cur.execute(statements.made).fetchall()
    row = cur.execute(statements.version).fetchone() if made else None
    return None if row is None else str(row[0])


def postgres(cur: Cursor) -> int | None:
    """Return the major version of PostgreSQL that the last upgrade entered, for the owner; None where none did."""
    row = cur.execute(statements.postgres).fetchone()
    return None if row is None else row[0]


def unnoted(cur: Cursor) -> list[str]:
    """Return the migrations that no row names yet, in the order of their names; needs the whole schema."""
    return [name for (name,) in cur.execute(statements.unnoted)]


def note(cur: Cursor, *, version: str, migrations: Sequence[str], now: datetime) -> None:
    """Note, as the owner, by which version a new database was made; nothing is entered: there was none before."""
    given = {"from_version": None, "to_version": version, "at": now, "by": None, "migrations": list(migrations)}
    cur.execute(statements.note, given)


def enter(
    cur: Cursor, *, from_version: str, to_version: str, postgres: tuple[int, int], migrations: Sequence[str],
    backup_set: int | None, by: str | None, now: datetime,
) -> None:  # fmt: skip
    """Note an upgrade as the owner and enter it, in the caller's transaction.

    `postgres` are the major versions before and after, `backup_set` the number of the set that was taken before.
    """
    migrations = list(migrations)
    cur.execute(
        statements.note,
        {"from_version": from_version, "to_version": to_version, "at": now, "by": by, "migrations": migrations},
    )
    record = {
        "from_version": from_version, "to_version": to_version, "from_postgres": postgres[0],
        "to_postgres": postgres[1], "migrations": migrations, "backup_set": backup_set, "by": by,
    }  # fmt: skip
    log.append(cur, [log.LogEntry("platform.upgraded", now, record)])
