"""Keeping records beyond their years, for a complaint, a case or an audit: while a hold stands nothing goes (W13)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import Cursor

from hutong.audit import log
from hutong.audit.events import RecordClass
from hutong.audit.lifecycle import HOLD
from hutong.core import beijing, lifecycle
from hutong.core.blanks import is_blank
from hutong.core.errors import Invalid, Missing, Refused
from hutong.core.lifecycle import Seat, StepRefusal
from hutong.db import sql
from hutong.db.database import Database

statements = sql.load(__package__, "holds.sql")


class NoSuchHold(Missing):
    """There is no hold {hold}, or it has been lifted or is over already."""


class NotEntitledToHold(Refused):
    """Placing and lifting holds belongs to {role}; {by} holds none of these roles."""

    clause = "SX-10-c"


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

    def state(self, now: datetime) -> str:
        """Return the state of `lifecycle.HOLD` that it is in at `now`."""
        if self.lifted_at is not None:
            return "lifted"
        return "placed" if self.until_at is None or self.until_at > now else "ended"

    def stands(self, now: datetime) -> bool:
        """Whether it keeps records at `now`."""
        return self.state(now) == "placed"


def place(
    db: Database,
    *,
    record_class: RecordClass | None,
    reason: str,
    by: str,
    seats: Collection[Seat],
    now: datetime,
    until_at: datetime | None = None,
) -> int:
    """Keep a class of records (None: all) from being purged until a moment, or until lifted; returns its number.

    `seats` are those of `by`. Raises NotEntitledToHold, HoldWithoutReason, HoldEndsTooSoon and DayFarOff.
    """
    _decide(HOLD.start, "place", hold=None, by=by, seats=seats)
    _check_reason(reason)
    if until_at is not None and until_at <= now:
        raise HoldEndsTooSoon(until_at=until_at.isoformat(timespec="minutes"))
    if until_at is not None:
        beijing.check(until_at - timedelta(days=1), field="until_at")  # its last day
    with db.transaction() as cur:
        facts = {"class": record_class, "reason": reason, "until_at": until_at, "by": by, "now": now}
        cur.execute(statements.lock)
        ((hold,),) = cur.execute(statements.place, facts)
        until = until_at and until_at.astimezone(UTC).isoformat()
        record = {"hold": hold, "record_class": record_class, "reason": reason, "until_at": until, "by": by}
        log.append(cur, [log.LogEntry("audit.hold_placed", now, record)])
        return int(hold)


def lift(db: Database, *, hold: int, reason: str, by: str, seats: Collection[Seat], now: datetime) -> None:
    """End a hold that stands; raises NoSuchHold, NotEntitledToHold and HoldWithoutReason."""
    _check_reason(reason)
    with db.transaction() as cur:
        row = cur.execute(statements.read_locked, {"hold": hold}).fetchone()
        if row is None:
            raise NoSuchHold(hold=hold)
        placed = _value(row)
        _decide(placed.state(now), "lift", hold=hold, by=by, seats=seats)
        cur.execute(statements.lift, {"hold": hold, "by": by, "now": now})
        record = {"hold": hold, "record_class": placed.record_class, "reason": reason, "by": by}
        log.append(cur, [log.LogEntry("audit.hold_lifted", now, record)])


def every(cur: Cursor) -> list[Hold]:
    """Return every hold there ever was, the newest first."""
    return [_value(row) for row in cur.execute(statements.every)]


@dataclass(frozen=True, slots=True)
class HoldFilters:
    """Which holds are listed: those that keep a class of records, those that stand; empty for all."""

    record_class: str = ""
    standing: bool = False


def page(
    cur: Cursor, filters: HoldFilters, *, now: datetime, after: int | None = None, oldest: bool = False, limit: int
) -> list[Hold]:
    """Return holds, the newest first or the oldest, at most `limit` that follow the hold `after`."""
    asked = {**_asked(filters, now=now), "after": after, "oldest": oldest, "limit": limit}
    return [_value(row) for row in cur.execute(statements.page, asked)]


def counted(cur: Cursor, filters: HoldFilters, *, now: datetime, most: int) -> int:
    """Return how many holds fit, counted up to `most`."""
    ((many,),) = cur.execute(statements.count, {**_asked(filters, now=now), "most": most})
    return int(many)


def one(cur: Cursor, *, hold: int) -> Hold:
    """Return a hold, over or not; raises NoSuchHold."""
    row = cur.execute(statements.one, {"hold": hold}).fetchone()
    if row is None:
        raise NoSuchHold(hold=hold)
    return _value(row)


def _asked(filters: HoldFilters, *, now: datetime) -> dict[str, Any]:
    return {"class": filters.record_class or None, "standing": filters.standing, "now": now}


def standing(cur: Cursor, *, record_class: RecordClass, now: datetime) -> Hold | None:
    """Return the oldest hold on a class that stands, and let none be placed before this transaction ends."""
    cur.execute(statements.lock)
    row = cur.execute(statements.standing, {"class": record_class, "now": now}).fetchone()
    return None if row is None else _value(row)


def _decide(state: str, action: str, *, hold: int | None, by: str, seats: Collection[Seat]) -> None:
    facts = {"over": state == "ended"}
    found = lifecycle.decide(HOLD, state, action, officer=by, seats=seats, parties={}, facts=facts, acted={})
    if found is StepRefusal.SEAT:
        raise NotEntitledToHold(role=", ".join(lifecycle.takers(HOLD, action)), by=by)
    if isinstance(found, StepRefusal):
        raise NoSuchHold(hold=hold)


def _check_reason(reason: str) -> None:
    if is_blank(reason):
        raise HoldWithoutReason


def _value(row: Sequence[Any]) -> Hold:
    number, record_class, *rest = row
    return Hold(number, record_class and RecordClass(record_class), *rest)
