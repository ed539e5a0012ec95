"""A log that lives on a training clock says so itself: its moments are no real ones."""

from datetime import datetime

from psycopg import Cursor

from hutong.audit import log
from hutong.db import sql
from hutong.db.database import Database

statements = sql.load(__package__, "training.sql")


def allow(cur: Cursor) -> None:
    """Note, as the owner, that a database lives on a training clock: what is removed once it is old believes it."""
    cur.execute(statements.allow)


def declare(db: Database, *, now: datetime) -> None:
    """Enter that the log begins on a training clock, at a moment of that clock: of a new log the first entry."""
    with db.transaction() as cur:
        log.append(cur, [entry(now)])


def entry(now: datetime) -> log.LogEntry:
    """Return the entry that says so of a log, or of an epoch of it, that begins at a moment of that clock."""
    record = {"from_at": now.isoformat(), "by": log.PLATFORM}
    return log.LogEntry("audit.training_clock_begun", now, record)
