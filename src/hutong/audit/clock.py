"""The platform's clock, watched: where it is set back that is entered, and told until it is past its latest moment."""

from datetime import UTC, datetime, timedelta

from psycopg import Cursor

from hutong.audit import log
from hutong.db import sql
from hutong.db.database import Database

statements = sql.load(__package__, "clock.sql")

TOLERATED = timedelta(seconds=2)
"""By how much clocks of several machines may differ, and one may be set right, without a word."""


def watch(db: Database, *, now: datetime) -> timedelta | None:
    """Note the moment the clock shows; returns by how much it was set back since it was last looked at, if it was.

    That is entered in the log.
    """
    with db.transaction() as cur:
        ((latest, last),) = cur.execute(statements.read)
        cur.execute(statements.note, {"latest": max(latest or now, now), "now": now})
        if last is None or now >= last - TOLERATED:
            return None
        record = {"from_at": _text(last), "to_at": _text(now), "latest_at": _text(latest), "by": log.PLATFORM}
        log.append(cur, [log.LogEntry("audit.clock_set_back", now, record)])
        return timedelta(seconds=(last - now).total_seconds())


def swept(cur: Cursor, *, noted_before: datetime | None = None) -> datetime | None:
    """Return up to which end of requests their nonces may have been swept, if that was noted before a moment."""
    row = cur.execute(statements.swept, {"noted_before": noted_before}).fetchone()
    return None if row is None else row[0]


def note_swept(cur: Cursor, *, before: datetime, oldest: datetime | None, now: datetime) -> None:
    """Note up to which end nonces may be swept from now on; `oldest` is the first end of those that are kept.

    It never goes back, and where the clock jumps ahead it does not follow at once.
    """
    cur.execute(statements.note_swept, {"before": before, "oldest": oldest, "now": now})


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
