"""The platform in numbers and the head of its evidence log, as plain values. Nothing here reads a store."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor

from hutong.db import sql

statements = sql.load(__package__, "portal.sql")


@dataclass(frozen=True, slots=True)
class LogHead:
    """The newest checkpoint of the evidence log."""

    size: int
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The platform in numbers; `head` is missing until the first entry is placed."""

    resources: int
    providers: int
    records: int
    head: LogHead | None


def overview(cur: Cursor) -> Overview:
    """Return the platform in numbers."""
    row = cur.execute(statements.overview).fetchone()
    assert row is not None
    resources, providers, records = row
    return Overview(resources, providers, records, head(cur))


def head(cur: Cursor) -> LogHead | None:
    """Return the newest checkpoint, if there is one."""
    row = cur.execute(statements.head).fetchone()
    return None if row is None else LogHead(*row)
