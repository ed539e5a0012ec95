"""Keeping records beyond their years, for a complaint, a case or an audit: while a hold stands nothing goes (W13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg import Cursor

from hutong.audit import log
from hutong.audit.events import RecordClass
from hutong.core.errors import Invalid, Missing
from hutong.db import sql
from hutong.db.database import Database

queries = sql.load(__package__, "holds.sql")


class NoSuchHold(Missing):
    """There is no hold {hold}, or it is lifted already."""


class HoldWithoutReason(Invalid):
    """A hold is placed and lifted for a reason; none is given."""


class HoldEndsTooSoon(Invalid):
    """A hold until {until_at} would be over before it begins."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold on the records of a class, None for all, and how it ended if it was lifted."""

    id: int
    record_class: RecordClass | None
    reason: str
    until_at: datetime | None
    """Its end, excluded; None where it stands until it is lifted."""
    placed_by: str
    placed_at: datetime
    lifted_by: str | None
    lifted_at: datetime | None

    def stands(self, now: datetime) -> bool:
        """Whether it keeps records at `now`."""
        return self.lifted_at is None and (self.until_at is None or self.until_at > now)


def place(
    db: Database,
    *,
    record_class: RecordClass | None,
    reason: str,
    by: str,
    now: datetime,
    until_at: datetime | None = None,
) -> int:
    """Keep a class of records (None: all) from being purged until a moment, or until lifted; returns its number.

    Raises HoldWithoutReason and HoldEndsTooSoon.
    """
    _check_reason(reason)
    if until_at is not None and until_at <= now:
        raise HoldEndsTooSoon(until_at=until_at.isoformat(timespec="minutes"))
    with db.transaction() as cur:
        facts = {"class": record_class, "reason": reason, "until_at": until_at, "by": by, "now": now}
        cur.execute(queries.lock)
        ((hold,),) = cur.execute(queries.place, facts)
        until = until_at and until_at.astimezone(UTC).isoformat()
        record = {"hold": hold, "record_class": record_class, "reason": reason, "until_at": until, "by": by}
        log.append(cur, [log.Entry("audit.hold_placed", now, record)])
        return int(hold)


def lift(db: Database, *, hold: int, reason: str, by: str, now: datetime) -> None:
    """End a hold; raises NoSuchHold and HoldWithoutReason."""
    _check_reason(reason)
    with db.transaction() as cur:
        row = cur.execute(queries.lift, {"hold": hold, "by": by, "now": now}).fetchone()
        if row is None:
            raise NoSuchHold(hold=hold)
        record = {"hold": hold, "record_class": row[0], "reason": reason, "by": by}
        log.append(cur, [log.Entry("audit.hold_lifted", now, record)])


def every(cur: Cursor) -> list[Hold]:
    """Return every hold there ever was, the newest first."""
    return [_value(row) for row in cur.execute(queries.every)]


def standing(cur: Cursor, *, record_class: RecordClass, now: datetime) -> Hold | None:
    """Return the oldest hold on a class that stands, and let none be placed before this transaction ends."""
    cur.execute(queries.lock)
    row = cur.execute(queries.standing, {"class": record_class, "now": now}).fetchone()
    return None if row is None else _value(row)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise HoldWithoutReason


def _value(row: Sequence[Any]) -> Hold:
    number, record_class, *rest = row
    return Hold(number, record_class and RecordClass(record_class), *rest)
