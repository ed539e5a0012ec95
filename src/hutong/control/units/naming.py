"""Who may name deputies, for which role of which unit and whom, as the authority's pages offer it (D-24)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from hutong.control.procedures.rules import NotYourRole
from hutong.control.units import deputyships, meanwhile, offices, queries
from hutong.control.units.deputyships import DeputyFilters, Deputyship
from hutong.control.units.models import Deputy, RoleAssignment, Unit
from hutong.control.units.queries import OfficerChoice, UnitShown
from hutong.control.units.rules import ADMINISTERING, OFFICES, ROLES, Actor, apart
from hutong.core.lifecycle import Seat

NAMED_FOR = tuple(role for role in ROLES if role not in ADMINISTERING)
"""Roles that somebody may fill in for: who administers or audits does so in person."""

Held = Collection[tuple[str, str, str]]
"""Offices that units hold: unit, role and region of each."""


@dataclass(frozen=True, slots=True)
class DeputyDesk:
    """What an officer of the authority may do about deputies, and those there are."""

    seats: frozenset[Seat]
    """For which role of which unit the officer names deputies."""
    units: list[UnitShown]
    """The units of these seats."""
    officers: list[OfficerChoice]
    """Who may fill in at one of these seats at least; never the officer."""
    deputies: list[tuple[Deputyship, bool]]
    """Who fills in now, the last named first, and whether the officer may end it."""
    at: str
    """The state in which each of them is shown."""


def may_name(actor: Actor) -> bool:
    """Whether the actor names deputies, in some region: the officers of an authority do."""
    return actor.has_role("authority")


def check(actor: Actor) -> None:
    """Refuse whoever names no deputies in any region; raises NotYourRole."""
    if not may_name(actor):
        raise NotYourRole(role="authority", officer=actor.name)


def answers(actor: Actor, seat: Seat, *, region: str, held: Held) -> bool:
    """Whether the actor names and ends deputies at a seat of a unit that is in `region` and holds the offices `held`.

    Of an office its own region counts, not that of the unit (D-23).
    """
    of_office = [each for unit, role, each in held if (role, unit) == (seat.role, seat.unit)]
    return all(actor.answers_for("authority", region=each) for each in of_office or [region])


def is_there(seat: Seat, *, held: Held) -> bool:
    """Whether a unit has this seat: one of an office only while it holds the office (D-23)."""
    return seat.role not in OFFICES or any((role, unit) == (seat.role, seat.unit) for unit, role, _ in held)


def stuck_at(actor: Actor) -> frozenset[Seat]:
    """Return the seats where the actor finds what nobody can act on; raises NotYourRole."""
    check(actor)
    return frozenset(seat for seat in actor.seats if seat.role == "authority")


def offered(actor: Actor, seats: Collection[Seat]) -> frozenset[Seat]:
    """Return those of these seats at which the actor may name a deputy; none of units that are stopped."""
    if not (seats and may_name(actor)):
        return frozenset()
    regions = _regions([seat.unit for seat in seats])
    held = offices.of_units(regions)
    return frozenset(
        seat
        for seat in seats
        if seat.unit in regions
        and seat.role in NAMED_FOR
        and is_there(seat, held=held)
        and answers(actor, seat, region=regions[seat.unit], held=held)
    )


def desk(actor: Actor, *, now: datetime, newest: int) -> DeputyDesk:
    """Return what the actor may do about deputies, and the `newest` there are; raises NotYourRole."""
    check(actor)
    units = queries.units()
    seats = offered(actor, [Seat(role, unit.credit_code) for unit in units for role in NAMED_FOR])
    there, roles = {seat.unit for seat in seats}, {seat.role for seat in seats}
    return DeputyDesk(
        seats,
        [unit for unit in units if unit.credit_code in there],
        [each for each in _fitting(roles, now=now) if each.username != actor.officer],
        _ending(deputyships.listed(DeputyFilters(now=True), limit=newest), actor=actor),
        meanwhile.shown(_STANDS, now=now),
    )


_STANDS = {"ended": False}


def standing(found: Deputy) -> dict[str, bool]:
    """Return the state of a deputyship, as a page shows it."""
    return {"ended": found.ended_at is not None}


def _ending(found: list[Deputyship], *, actor: Actor) -> list[tuple[Deputyship, bool]]:
    regions = _regions([each.unit for each in found], active=False)
    held = offices.of_units(regions)
    return [
        (each, answers(actor, Seat(each.role, each.unit), region=regions[each.unit], held=held)) for each in found
    ]


def _fitting(roles: Collection[str], *, now: datetime) -> list[OfficerChoice]:
    """Return the officers who may have one of these roles at least beside those of their own (SX-11-a)."""
    own: dict[str, set[str]] = {}
    given = RoleAssignment.objects.filter(queries.counts(now)).values_list("officer__user__username", "role")
    for username, role in given:
        own.setdefault(username, set()).add(role)
    return [
        each
        for each in queries.officers()
        if any(apart([*own.get(each.username, ()), role]) is None for role in roles)
    ]


def _regions(units: Collection[str], *, active: bool = True) -> Mapping[str, str]:
    """Return the region of each of these units, by its code."""
    found = Unit.objects.filter(pk__in=set(units))
    return dict((found.filter(active=True) if active else found).values_list("pk", "region_code"))
