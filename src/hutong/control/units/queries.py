"""Reads of units and officers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet

from hutong.control.procedures.handling import HEAD
from hutong.control.rulebook import queries as rulebook
from hutong.control.units import competence
from hutong.control.units.models import Deputy, GivenPassword, Officer, RoleAssignment, SecondFactor, Unit
from hutong.control.units.rules import EXAMINER, OFFICES, Actor, Days, Examined, Tries, apart, counting, region_begins
from hutong.core import beijing
from hutong.core.errors import Missing
from hutong.core.lifecycle import Seat
from hutong.db import sql

statements = sql.load(__package__, "queries.sql")

MARKED = Q(begun_at__isnull=False, ended_at__isnull=True)
"""The condition of a role that a pass has begun and not ended. The table of turns alone goes by it."""


class NoSuchOfficer(Missing):
    """There is no active officer {username}."""


class NoSuchUnit(Missing):
    """There is no unit {unit}."""


@dataclass(frozen=True, slots=True)
class UnitShown:
    """A unit as a page shows it."""

    credit_code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class UnitDetails:
    """What is registered of a unit and may change; whether it is `active` is not changed with the rest."""

    name: str
    kind: str
    region_code: str
    competent: str | None
    active: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What is registered of an officer: `roles` count now, `given` also those whose first day is still to come."""

    name: str
    unit: str
    roles: frozenset[str]
    active: bool
    given: Mapping[str, Days]


@dataclass(frozen=True, slots=True)
class OfficerChoice:
    """An officer as a list offers one."""

    username: str
    name: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class Factor:
    """An officer's second factor: since when, and how many recovery codes are left."""

    set_at: datetime
    recovery_left: int


def counts(now: datetime) -> Q:
    """Return the condition of a role that counts today: by its days, whether the pass has been there or not."""
    return Q(ended_at__isnull=True, from_date__lte=beijing.day(now)) & not_over(now)


def not_over(now: datetime) -> Q:
    """Return the condition of a role whose last day is not over."""
    return Q(until_date__isnull=True) | Q(until_date__gte=beijing.day(now))


def check_officer(username: str) -> None:
    """Refuse a name that no account has; raises NoSuchOfficer."""
    if not Officer.objects.filter(user__username=username).exists():
        raise NoSuchOfficer(username=username)


def actor(username: str, *, now: datetime) -> Actor:
    """Return who `username` is, in the roles that count today: one statement; raises NoSuchOfficer."""
    with connection.cursor() as cur:
        cur.execute(statements.actor, {"username": username, "day": beijing.day(now)})
        found = cur.fetchone()
    if found is None:
        raise NoSuchOfficer(username=username)
    name, own_unit, own_unit_name, given, filled, held, units, classes = found
    if units is not None:  # an examiner, whose days may be over
        reads = EXAMINER in given
        examined = Examined(frozenset(units), frozenset(classes)) if reads else Examined()
        return Actor(username, name, "", own_unit_name, frozenset({EXAMINER} if reads else ()), examined=examined)
    there = {(role, unit) for unit, role, _ in held}
    own = frozenset((role, region) for unit, role, region in held if unit == own_unit and role in given)
    deputises = frozenset(
        Seat(role, unit)
        for role, unit in filled
        if not apart([*given, role]) and (role not in OFFICES or (role, unit) in there)
    )
    others = frozenset((role, region) for unit, role, region in held if Seat(role, unit) in deputises)
    return Actor(username, name, own_unit, own_unit_name, counting(given, offices=own), deputises, own, others)


def staff(seats: Collection[Seat], *, now: datetime | None = None) -> dict[Seat, frozenset[str]]:
    """Return who sits at each of these seats: active officers of active units, and deputies; usernames.

    With `now` the days of their roles decide. Without it the marks of the last pass do: the table of turns goes by
    those, and no rule that lets somebody act does. A deputy who was given a role since that may not meet the seat's
    role sits there no more (D-24).
    """
    found: dict[Seat, set[str]] = {each: set() for each in seats}
    if not found:
        return {}
    asked = {
        "roles": [each.role for each in found], "units": [each.unit for each in found],
        "day": beijing.day(now) if now else None,
    }  # fmt: skip
    with connection.cursor() as cur:
        cur.execute(statements.staff, asked)
        for role, unit, username, beside in cur.fetchall():
            if not beside or not apart([*beside, role]):
                found[Seat(role, unit)].add(username)
    return {place: frozenset(people) for place, people in found.items()}


def stopped(units: Collection[str]) -> frozenset[str]:
    """Return which of these units are stopped."""
    with connection.cursor() as cur:
        cur.execute(statements.stopped, {"units": list(units)})
        return frozenset(unit for (unit,) in cur.fetchall())


def people(usernames: Collection[str]) -> dict[str, str]:
    """Return the name of each of these officers, by username."""
    found = Officer.objects.filter(user__username__in=list(usernames))
    return dict(found.values_list("user__username", "name"))


def officers() -> list[OfficerChoice]:
    """Return every active officer of an active unit, by unit and name."""
    there = Officer.objects.filter(active=True, user__is_active=True, unit__active=True)
    rows = there.order_by("unit__name", "name", "pk").values_list("user__username", "name", "unit__name")
    return [OfficerChoice(*row) for row in rows]


def desks(unit: str) -> frozenset[Seat]:
    """Return where a unit's active officers sit, and who fills in for them: a seat for each role one of them has.

    By the marks that the table of turns goes by, so that what waits there is found.
    """
    assignments = RoleAssignment.objects.filter(MARKED, unit=unit, officer__active=True, officer__user__is_active=True)
    filled = Deputy.objects.filter(unit_id=unit, ended_at__isnull=True).values_list("role", flat=True)
    return frozenset(Seat(role, unit) for role in {*filled, *assignments.values_list("role", flat=True)})


def headed(actor: Actor) -> frozenset[Seat]:
    """Return the seats of the officers whose head the actor is, or fills in for: the head may give what waits there."""
    return frozenset[Seat]().union(*(desks(unit) for unit in actor.units_as(HEAD)))


def officers_with(role: str, *, unit: str, now: datetime) -> dict[str, str]:
    """Return the names of a unit's active officers with `role`, by username."""
    rows = _assigned(role, [unit], now=now).order_by("officer__user__username")
    return dict(rows.values_list("officer__user__username", "officer__name"))


def officers_by_unit(role: str, *, units: Collection[str], now: datetime) -> dict[str, list[str]]:
    """Return the names of the active officers with `role` in each of these units, by unit; none where nobody has it."""
    found: dict[str, list[str]] = {}
    rows = _assigned(role, units, now=now).order_by("unit", "officer__user__username")
    for unit, name in rows.values_list("unit", "officer__name"):
        found.setdefault(unit, []).append(name)
    return found


def _assigned(role: str, units: Collection[str], *, now: datetime) -> QuerySet[RoleAssignment]:
    """Return by which assignments active officers of these units have `role`."""
    return RoleAssignment.objects.filter(
        counts(now), unit__in=list(units), role=role, officer__active=True, officer__user__is_active=True
    )


def colleagues(unit: str) -> QuerySet[Officer]:
    """Return the active officers of a unit, in no order."""
    return Officer.objects.filter(unit=unit, active=True, user__is_active=True)


def registered(credit_code: str) -> UnitDetails | None:
    """Return a unit as registered, active or not; None where there is none."""
    row = Unit.objects.filter(pk=credit_code).first()
    return row and UnitDetails(row.name, row.kind, row.region_code, competence.department(credit_code), row.active)


def code_of(unit: str) -> str:
    """Return the credit code of the unit that `unit` is the code or the name of; raises NoSuchUnit."""
    found = Unit.objects.filter(Q(pk=unit) | Q(name=unit)).first()
    if found is None:
        raise NoSuchUnit(unit=unit)
    return found.pk


def account(username: str, *, now: datetime) -> Account | None:
    """Return an officer's account, active or not, with the roles that count or will; None where there is none."""
    row = Officer.objects.filter(user__username=username).first()
    if row is None:
        return None
    today = beijing.day(now)
    assignments = list(row.assignments.filter(not_over(now), ended_at__isnull=True).order_by("role"))
    given = {each.role: Days(each.from_date, each.until_date) for each in assignments}
    roles = frozenset(role for role, days in given.items() if days.meet(Days(today, today)))
    return Account(row.name, row.unit_id, roles, row.active, given)


def has_officers() -> bool:
    """Whether anybody has an account, active or not."""
    return Officer.objects.exists()


def factor(username: str) -> Factor | None:
    """Return an officer's second factor; None where there is none."""
    row = SecondFactor.objects.filter(officer__user__username=username).first()
    return row and Factor(row.set_at, len(row.recovery))


def password_given(username: str) -> bool:
    """Whether an officer's password was made by another, and is to be changed before anything is done."""
    return GivenPassword.objects.filter(officer__user__username=username).exists()


def of_regions(actor: Actor) -> list[str]:
    """Return the units of the regions whose cases an officer reads for an office; none where the officer reads all."""
    if actor.everywhere or not actor.regions:
        return []
    there = Q()
    for region in actor.regions:
        there |= Q(region_code__startswith=region_begins(region))
    return list(Unit.objects.filter(there).order_by("pk").values_list("pk", flat=True))


def theirs(actor: Actor, *names: str) -> Q:
    """Return the condition that a row is of the actor's unit or of one `of_regions`; none for who reads all.

    The unit stands in one of the columns `names`; where none is named, in `unit_id`.
    """
    found = Q()
    if not actor.everywhere:
        units = [actor.unit, *of_regions(actor)]
        for name in names or ("unit_id",):
            found |= Q(**{f"{name}__in": units})
    return found


def units() -> list[UnitShown]:
    """Return every active unit by name."""
    rows = Unit.objects.filter(active=True).order_by("name")
    return [UnitShown(row.credit_code, row.name, row.kind) for row in rows]


def names() -> dict[str, str]:
    """Return the name of each unit by credit code."""
    return dict(Unit.objects.values_list("credit_code", "name"))


def tries(now: datetime) -> Tries:
    """Return how many failures shut the door, by the rulebook in force."""
    book = rulebook.in_force(beijing.day(now))
    return Tries(
        book.number("login.attempts"),
        book.number("login.stranger_attempts"),
        book.number("login.codes"),
        timedelta(minutes=book.number("login.pause_minutes")),
        timedelta(minutes=book.number("login.within_minutes")),
    )


def recovery_codes(now: datetime) -> int:
    """Return how many recovery codes an account is given, by the rulebook in force."""
    return rulebook.in_force(beijing.day(now)).number("login.recovery_codes")


def idle(now: datetime) -> timedelta:
    """Return for how long a login may stay unused, by the rulebook in force."""
    return timedelta(minutes=rulebook.in_force(beijing.day(now)).number("login.idle_minutes"))


def roles_of(officer: str, count: Q) -> ArraySubquery:
    """Return the roles of the officer whom a row names in this field that fulfil a condition (`counts`)."""
    return ArraySubquery(
        RoleAssignment.objects.filter(count, officer=OuterRef(officer)).order_by("role").values("role")
    )
