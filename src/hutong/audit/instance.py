"""Which platform a database is of, and which running copy of it: the doors tell it, the owner alone writes it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Cursor

from hutong.db import rows, sql

statements = sql.load(__package__, "instance.sql")


@dataclass(frozen=True, slots=True)
class Instance:
    """One running copy of a county's platform, and since when it is one, by the platform's clock."""

    platform: UUID
    instance: UUID
    since_at: datetime


def read(cur: Cursor) -> Instance | None:
    """Return whose this database is; None where nobody has said it yet."""
    cur.execute(statements.read)
    row = rows.only(cur)
    return None if row is None else Instance(**row)


def read_unmade(cur: Cursor) -> Instance | None:
    """Return whose a database is that may not have been brought up to date yet, or be empty."""
    made = cur.execute(statements.made).fetchone()
    return read(cur) if made and made[0] else None


def begin(cur: Cursor, *, platform: UUID, instance: UUID, now: datetime) -> None:
    """Say, as the owner, whose this database is; where that was said before it stays."""
    cur.execute(statements.begin, {"platform": platform, "instance": instance, "now": now})


def pass_on(cur: Cursor, *, platform: UUID, instance: UUID, now: datetime) -> bool:
    """Say, as the owner, that another instance of the same platform lives here now; returns whether it is that one."""
    cur.execute(statements.pass_on, {"platform": platform, "instance": instance, "now": now})
    return cur.rowcount == 1
