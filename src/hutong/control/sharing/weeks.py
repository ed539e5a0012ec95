"""The week that an officer prints: the own, and of the contact of a unit what is due there (P-29)."""

from dataclasses import dataclass
from datetime import datetime

from hutong.control.notices import queries as notices
from hutong.control.procedures import due, messages
from hutong.control.procedures.due import Due, DueCounts, DueFilters
from hutong.control.procedures.handling import HEAD
from hutong.control.procedures.messages import Week
from hutong.control.units import dues
from hutong.control.units.rules import Actor
from hutong.core.lifecycle import Seat

ON_PAPER = 200
"""Cases of a unit that are printed."""


@dataclass(frozen=True, slots=True)
class UnitWeek:
    """What is late at the desks of a unit, and what comes there within seven days, the nearest first."""

    rows: list[Due]
    more: bool
    counts: DueCounts
    seats: frozenset[Seat]


@dataclass(frozen=True, slots=True)
class WeekPage:
    """An officer's week, and that of the unit where the officer is its contact."""

    own: Week
    unit: UnitWeek | None


def page(actor: Actor, *, now: datetime) -> WeekPage:
    """Return the week of an officer, with that of the unit for its contact."""
    return WeekPage(messages.week(actor, now=now), _of_unit(actor, now=now) if is_contact(actor) else None)


def is_contact(actor: Actor) -> bool:
    """Whether an officer is the contact of the own unit: whom it named, or its head while it named nobody (SX-12-a)."""
    named = notices.named(actor.unit)
    return actor.has_role(HEAD) if named is None else named.officer.user.get_username() == actor.officer


def _of_unit(actor: Actor, *, now: datetime) -> UnitWeek:
    filters = DueFilters(until_at=due.within_week(now))
    rows = dues.page(dues.UNIT, actor, filters=filters, after=None, limit=ON_PAPER + 1)
    counts = dues.counts(dues.UNIT, actor, now=now, filters=filters)
    return UnitWeek(rows[:ON_PAPER], len(rows) > ON_PAPER, counts, dues.seats(dues.UNIT, actor))
