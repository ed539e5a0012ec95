"""Refusals of somebody known: each is entered, and of a flood the number (SX-10-b, architecture 3.6).

Twenty a minute of one kind by one caller are entered singly. What is beyond them is counted, and once the minute is
over entered as one entry with number, first and last. The count is in the transaction of the refusal: nothing is lost
with a process.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor
from psycopg.rows import class_row

from hutong.audit import log
from hutong.audit.events import EVENTS
from hutong.audit.log import LogEntry
from hutong.db import sql
from hutong.db.database import Database

statements = sql.load(__package__, "refusals.sql")

SINGLY = 20
"""Refusals of one kind, of one caller, within one minute, that have an entry each."""
FOLDED: Mapping[str, tuple[str, str, str]] = {
    "auth.failed": ("auth.failed_many", "source", "reason"),
    "desk.refused": ("desk.refused_many", "by", "code"),
    "gateway.refused": ("gateway.refused_many", "by", "code"),
}
"""Event of one refusal → the event of many, and the fields of both that have the caller and the kind."""


def enter(cur: Cursor, event: str, record: Mapping[str, object], *, unit: str | None, now: datetime) -> None:
    """Enter one refusal in the caller's transaction, or count it where its caller had too many within this minute."""
    if count(cur, event, record, unit=unit, more=1, spans=(now, now)) <= SINGLY:
        log.append(cur, [LogEntry(event, now, record, unit)])


def count(
    cur: Cursor,
    event: str,
    record: Mapping[str, object],
    *,
    unit: str | None,
    more: int,
    spans: tuple[datetime, datetime],
) -> int:
    """Count refusals from a first to a last, of one minute, and return how many of their kind it has by now."""
    _, caller, code = FOLDED[event]
    facts = {
        "event": event, "caller": record[caller], "code": record[code], "unit": unit, "more": more, "singly": SINGLY,
    }  # fmt: skip
    (counted,) = cur.execute(statements.count, {**facts, "first_at": spans[0], "last_at": spans[1]}).fetchone() or (1,)
    return int(counted)


def enter_many(db: Database, *, now: datetime) -> int:
    """Enter what was counted in minutes that are over, one entry a caller, kind and minute; returns how many."""
    with db.transaction() as cur, cur.connection.cursor(row_factory=class_row(_Many)) as rows:
        found = rows.execute(statements.take, {"now": now, "singly": SINGLY}).fetchall()
        log.append(cur, [each.entry(now) for each in found])
    return len(found)


@dataclass(frozen=True, slots=True)
class _Many:
    event: str
    caller: str
    code: str
    unit: str | None
    count: int
    first_at: datetime
    last_at: datetime

    def entry(self, now: datetime) -> LogEntry:
        many, caller, code = FOLDED[self.event]
        record: dict[str, object] = {caller: self.caller, code: self.code, "count": self.count}
        record |= {"first_at": self.first_at.isoformat(), "last_at": self.last_at.isoformat()}
        if "unit" in EVENTS[many].fields:
            record["unit"] = self.unit
        return LogEntry(many, now, record, self.unit)
