"""Whose dues an officer reads: the own, those of the own desks, those of the unit; and the page of a head (P-29)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from hutong.control.procedures import due
from hutong.control.procedures.due import Due, DueCounts, DueFilters, HandlerDues
from hutong.control.procedures.handling import HEAD
from hutong.control.procedures.queries import Place
from hutong.control.units import heads, queries
from hutong.control.units.rules import OFFICES, ROLES, Actor
from hutong.core.counting import COUNTED
from hutong.core.lifecycle import Seat

MINE, DESK, UNIT = "mine", "desk", "unit"
SCOPES = (MINE, DESK, UNIT)
"""What the reader has to do; what waits at the reader's desks, whoever has it; what waits at any desk of the unit."""
SHOWN = 20
"""Cases of each kind that stand on the page of a head."""


@dataclass(frozen=True, slots=True)
class HeadPage:
    """What the head of a unit looks at: how much there is, what is late, what the head signs, who has what."""

    counts: DueCounts
    late: list[Due]
    to_sign: list[Due]
    signing: DueCounts
    month: list[Due]
    """What comes within this month."""
    by_handler: list[HandlerDues]
    seats: frozenset[Seat]
    own: frozenset[Seat]


def seats(scope: str, actor: Actor) -> frozenset[Seat]:
    """Return the seats whose dues an officer reads.

    Of the unit those of every role: of the roles of an office only where the officer acts in it, or is the head, for
    what an office decides about others is read there alone.
    """
    if scope != UNIT:
        return actor.seats
    own = frozenset(Seat(role, actor.unit) for role in ROLES if role not in OFFICES)
    return actor.seats | own | queries.headed(actor)


def narrowed(scope: str, actor: Actor, *, filters: DueFilters) -> DueFilters:
    """Return the filters with what the scope narrows besides: the own dues are those that nobody else has in hand."""
    if scope != MINE:
        return filters
    return replace(filters, reader=actor.officer, handlers=filters.handlers or (actor.officer, ""))


def page(scope: str, actor: Actor, *, filters: DueFilters, after: Place | None, limit: int) -> list[Due]:
    """Return a page of what is due in a scope (`SCOPES`), the nearest first."""
    return due.due(seats(scope, actor), filters=narrowed(scope, actor, filters=filters), after=after, limit=limit)


def counts(scope: str, actor: Actor, *, now: datetime, filters: DueFilters, most: int = COUNTED + 1) -> DueCounts:
    """Return how much is due in a scope, and of what kind."""
    return due.counts(seats(scope, actor), now=now, filters=narrowed(scope, actor, filters=filters), most=most)


def choosable(actor: Actor | None) -> list[tuple[str, str]]:
    """Return the officers of the units whose head the actor is, by whom dues can be narrowed: account and name."""
    if actor is None or not heads.is_head(actor):
        return []
    found = (row for unit in sorted(actor.units_as(HEAD)) for row in _colleagues(unit))
    return sorted(found, key=lambda each: each[1])


def of_head(actor: Actor, *, now: datetime) -> HeadPage:
    """Return what a head looks at; raises NotYourRole for who is no head (P-29)."""
    there = heads.seats(actor) | {Seat(HEAD, unit) for unit in actor.units_as(HEAD)}
    signing = DueFilters(signing=True, reader=actor.officer)
    return HeadPage(
        due.counts(there, now=now),
        due.due(there, filters=DueFilters(until_at=now), limit=SHOWN),
        due.due(actor.seats, filters=signing, limit=SHOWN),
        due.counts(actor.seats, now=now, filters=signing),
        due.due(there, filters=DueFilters(from_at=now, until_at=due.within_month(now)), limit=SHOWN),
        due.by_handler(there, now=now),
        frozenset(there),
        actor.seats,
    )


def _colleagues(unit: str) -> Collection[tuple[str, str]]:
    return list(queries.colleagues(unit).values_list("user__username", "name"))
