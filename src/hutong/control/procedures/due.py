"""What has to be done by a day: late, coming, or waiting for a year's calendar, each with its days as a clock has them.

Read are the turns and the clocks, and no other table (architecture 3.10). What has no limit stands on desks alone.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from hutong.control.procedures.handling import HEAD
from hutong.control.procedures.queries import PAGE, Place, Waiting
from hutong.core import beijing
from hutong.core.counting import COUNTED
from hutong.core.labels import Both
from hutong.core.lifecycle import Seat
from hutong.db import sql

statements = sql.load(__package__, "due.sql")

WEEK = timedelta(days=7)
"""How far ahead a week looks, today included."""


@dataclass(frozen=True, slots=True)
class Due(Waiting):
    """A case as it waits at a desk, with the days that its limit did not count and the clause that sets the limit."""

    skipped: tuple[tuple[str, Both], ...]
    """Each day that was not counted, and why, in their order."""
    limit_clause: str


@dataclass(frozen=True, slots=True)
class DueFilters:
    """The filters of what is due; empty for all."""

    lifecycle: str = ""
    clause: str = ""
    """Only limits that this clause sets."""
    from_at: datetime | None = None
    until_at: datetime | None = None
    """Only what becomes late after one moment, and at another at the latest."""
    undated: bool = False
    """Only what waits for a year's calendar (D-20)."""
    handlers: tuple[str, ...] | None = None
    """Only what one of these officers has; an empty name is what nobody has."""
    signing: bool = False
    """Only what waits for its last hand, or for the head of the unit."""
    reader: str = ""
    """Without what this officer has nothing to do about: kept apart, or having given a hand to what is under way."""
    words: str = ""
    """Only what has every word in its number or title."""


@dataclass(frozen=True, slots=True)
class DueCounts:
    """How much is due, and how much of it is late, comes within a week, within the month, waits for a calendar.

    Each is exact up to COUNTED.
    """

    due: int
    late: int
    week: int
    month: int
    undated: int


@dataclass(frozen=True, slots=True)
class HandlerDues:
    """What one officer has of what waits at some seats; without an officer what nobody has taken in a role."""

    handler: str
    role: str
    waiting: int
    late: int
    nearest_at: datetime | None
    """When the nearest becomes late, or did."""


def within_week(now: datetime) -> datetime:
    """Return the moment until which what comes within a week becomes late: seven days, today included."""
    return beijing.midnight(beijing.day(now) + WEEK)


def within_month(now: datetime) -> datetime:
    """Return the moment until which what comes within this month becomes late."""
    return beijing.midnight(beijing.month(beijing.day(now), ahead=1))


def due(
    seats: Collection[Seat], *, filters: DueFilters | None = None, after: Place | None = None, limit: int = PAGE
) -> list[Due]:
    """Return what has a limit at these seats, late first, what waits for a calendar last; at most `limit`.

    `after` is where the page before ended. A case stands once, at however many of the seats it waits.
    """
    asked = {
        **_asked(seats, filters or DueFilters()), "after_at": after[0] if after else None,
        "after_id": after[1] if after else 0, "limit": limit,
    }  # fmt: skip
    return [Due(**{**row, "skipped": _days(row["skipped"])}) for row in _rows(statements.due, asked)]


def counts(
    seats: Collection[Seat], *, now: datetime, filters: DueFilters | None = None, most: int = COUNTED + 1
) -> DueCounts:
    """Return how much `due` has on all its pages, and of what kind, each counted up to `most`."""
    asked = {
        **_asked(seats, filters or DueFilters()), "now": now, "week": within_week(now), "month": within_month(now),
        "most": most,
    }  # fmt: skip
    (found,) = _rows(statements.count, asked)
    return DueCounts(**found)


def by_handler(seats: Collection[Seat], *, now: datetime, most: int = COUNTED + 1) -> list[HandlerDues]:
    """Return who has what of all that waits at these seats, limits or none: who has most that is late comes first."""
    places = sorted(set(seats))
    asked = {
        "roles": [each.role for each in places], "units": [each.unit for each in places], "now": now, "most": most,
    }  # fmt: skip
    return [HandlerDues(**row) for row in _rows(statements.by_handler, asked)]


def _rows(statement: Any, asked: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cur:
        cur.execute(statement, asked)
        names = [column.name for column in cur.description]
        return [dict(zip(names, row, strict=True)) for row in cur.fetchall()]


def _days(kept: str) -> tuple[tuple[str, Both], ...]:
    return tuple((day, Both(zh, en)) for day, zh, en in json.loads(kept))


def _asked(seats: Collection[Seat], filters: DueFilters) -> dict[str, Any]:
    places = sorted(set(seats))
    return {
        "roles": [each.role for each in places],
        "units": [each.unit for each in places],
        "lifecycle": filters.lifecycle or None,
        "clause": filters.clause or None,
        "from_at": filters.from_at,
        "until_at": filters.until_at,
        "undated": filters.undated,
        "handlers": list(filters.handlers) if filters.handlers is not None else None,
        "signing": filters.signing,
        "head": HEAD,
        "reader": filters.reader,
        "words": filters.words.lower().split(),
    }
