"""Alarms: what an answer has noticed and an officer is to look at. A machine opens them and decides nothing further."""

from datetime import datetime

from psycopg import Cursor

from hutong.audit import log
from hutong.db import sql, trips

statements = sql.load(__package__, "alarms.sql")


def open_alarm(
    cur: Cursor, *, limit: str, consumer: str, seen: int, most: int, now: datetime, code: str = "", provider: str = ""
) -> None:
    """Open an alarm of a limit of the rulebook for a unit, of one resource where `code` names it, and enter it.

    The caller has seen, under a lock, that the same does not stand open.
    """
    given = {"name": limit, "consumer": consumer, "code": code, "seen": seen, "most": most, "now": now}
    trips.leave(cur, (statements.open, given))
    record = {"limit": limit, "unit": consumer, "resource": code or None, "seen": seen, "most": most}
    log.append(cur, [log.LogEntry("plane.alarm_opened", now, record, consumer, provider or None)])
