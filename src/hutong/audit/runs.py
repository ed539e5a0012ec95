"""The record of what time does: every run of a task for a period, by whichever worker.

A worker that runs a task holds the task's lock. One that dies loses it at once, and another worker takes over what was
left unfinished. Every task may be run again from its beginning.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg import Cursor
from psycopg.rows import class_row

from hutong.audit import log
from hutong.db import sql
from hutong.db.database import Database

statements = sql.load(__package__, "runs.sql")

AGAIN = timedelta(minutes=10)
"""After how long a run that failed is tried again, while its period lasts."""
KEPT = timedelta(days=30)
"""How long runs are kept in the table."""
ENTERED = timedelta(hours=1)
"""Runs of tasks with a shorter period are entered in the log only where they did something or failed."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST = 500
"""Characters that are kept of what a run did."""


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when a run is for; the end is not in it."""

    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it is kept; `ended_at` is None while it runs, and where its worker died."""

    task: str
    from_at: datetime
    until_at: datetime
    worker: str
    began_at: datetime
    ended_at: datetime | None
    result: str | None
    told: str | None
    tries: int


def period(now: datetime, *, every: timedelta, begins: timedelta = timedelta()) -> Period:
    """Return the period that `now` lies in, where one of length `every` begins at `begins` after midnight (UTC)."""
    first = _EPOCH + begins
    start = first + (now - first) // every * every
    return Period(start, start + every)


def latest(cur: Cursor, *, limit: int = 50) -> list[Run]:
    """Return the newest run of every task, and the newest of those that failed or were left in the middle."""
    with cur.connection.cursor(row_factory=class_row(Run)) as rows:
        return rows.execute(statements.latest, {"limit": limit}).fetchall()


def forget(db: Database, *, now: datetime) -> int:
    """Drop the runs of long ago, and return how many."""
    with db.transaction() as cur:
        return cur.execute(statements.forget, {"before": now - KEPT}).rowcount


@contextmanager
def alone(locks: Database, *, task: str) -> Iterator[bool]:
    """Yield whether nobody else is at a task, and let nobody come to it before the block ends or this process dies."""
    with locks.transaction() as cur:
        found = cur.execute(statements.alone, {"task": task}).fetchone()
        yield bool(found and found[0])


def due(db: Database, *, task: str, period: Period, worker: str, now: datetime) -> list[Period]:
    """Take over what was left of the task, begin its period if nobody has, and return the periods to run for."""
    facts = {
        "task": task, "from_at": period.from_at, "until_at": period.until_at, "worker": worker, "now": now,
        "failed_before": now - AGAIN,
    }  # fmt: skip
    with db.transaction() as cur:
        left = [Period(*row) for row in cur.execute(statements.take_over, facts).fetchall()]
        fresh = [Period(*row) for row in cur.execute(statements.open, facts).fetchall()]
    return sorted(left, key=lambda each: each.from_at) + fresh


def close(
    db: Database, task: str, period: Period, *, worker: str, now: datetime, result: str, told: str, did: bool
) -> None:
    """Write down what came of a run, and enter it in the log; one of a short period that did nothing is not entered."""
    told = told[:LONGEST]
    with db.transaction() as cur:
        facts = {"task": task, "from_at": period.from_at, "now": now, "result": result, "told": told}
        cur.execute(statements.close, facts)
        if did or period.until_at - period.from_at >= ENTERED:
            record = {
                "task": task, "from_at": period.from_at.isoformat(), "until_at": period.until_at.isoformat(),
                "worker": worker, "result": result, "told": told, "by": log.PLATFORM,
            }  # fmt: skip
            log.append(cur, [log.LogEntry("worker.ran", now, record)])
