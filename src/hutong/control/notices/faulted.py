"""Reads of faults: what was told of each, and whether promptly; to whom only uses the unit's data, that it lasts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from hutong.control.notices import maintained, queries, rules
from hutong.control.notices.lifecycle import FAULT
from hutong.control.notices.models import FaultAccount, FaultCase
from hutong.control.procedures import handling
from hutong.control.procedures.models import Clock
from hutong.control.procedures.queries import PAGE, in_order, waits_at, worded
from hutong.control.rulebook import queries as rulebooks
from hutong.control.units import queries as members
from hutong.control.units.models import Unit
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.counting import COUNTED

REPORT_HOURS = "fault.report_hours"
"""Name in the rulebook of within how many hours a fault is told."""


@dataclass(frozen=True, slots=True)
class FaultFilters:
    """What a list is narrowed to; empty where all is listed."""

    words: str = ""
    unit: str = ""
    kind: str = ""
    state: str = ""
    late: bool = False
    """Only what was not told promptly."""


@dataclass(frozen=True, slots=True)
class NewFault:
    """What the forms of a fault begin from."""

    tells: bool
    """Whether the reader tells of the own unit's faults."""
    finds: bool
    """Whether the reader writes down what the operator noticed."""
    hours: int
    """Within so many hours it is told."""
    units: tuple[tuple[str, str], ...]
    """Code and name of the active units of which the operator notices faults."""


@dataclass(frozen=True, slots=True)
class FaultPage:
    """A fault, and what was told of it, the first account first."""

    fault: FaultCase
    whole: bool
    """Whether the reader reads what was told; else only that there is a fault, and when it was restored."""
    late: bool
    """Whether it was not told promptly."""
    accounts: tuple[FaultAccount, ...]
    told: tuple[str, ...]
    """The names of the units that are told of it besides the operator."""


def does(actor: Actor) -> dict[str, bool]:
    """Return whether the actor `tells` of the own unit's faults, and `finds` those that the operator notices."""
    return {"tells": maintained.tells(actor), "finds": actor.has_role("operator")}


def new_form(*, actor: Actor, now: datetime) -> NewFault:
    """Return what the forms of a fault begin from."""
    may = does(actor)
    there = Unit.objects.filter(active=True, pk__in=members.of_regions(actor)) if may["finds"] else Unit.objects.none()
    if may["finds"] and actor.everywhere:
        there = Unit.objects.filter(active=True)
    hours = rulebooks.in_force(beijing.day(now), region=queries.region_of(actor.unit)).number(REPORT_HOURS)
    units = tuple(there.order_by("name", "pk").values_list("pk", "name")[:COUNTED])
    return NewFault(**may, hours=hours, units=units)


def fault(no: str, *, actor: Actor) -> FaultCase:
    """Return one fault with all that was told of it; raises NoSuchFault, also where the actor may not read that."""
    found = FaultCase.objects.select_related("unit").filter(no=no).first()
    if found is None or not _reads(found, actor):
        raise rules.NoSuchFault(no=no)
    return found


def page(no: str, *, actor: Actor, now: datetime) -> FaultPage:
    """Return one fault as the actor may read it; raises NoSuchFault.

    Who uses the unit's data learns that there is a fault and when it was restored, and nothing that was told of it.
    """
    found = FaultCase.objects.select_related("unit").filter(no=no).first()
    if found is not None and actor.unit in found.told_units and not _reads(found, actor):
        return FaultPage(found, False, False, (), ())
    found = fault(no, actor=actor)
    told = tuple(Unit.objects.filter(pk__in=found.told_units).order_by("name", "pk").values_list("name", flat=True))
    return FaultPage(found, True, no in late([no], now=now), tuple(found.accounts.order_by("id")), told)


def late(numbers: Collection[str], *, now: datetime) -> set[str]:
    """Return which of these faults were not told within the hours that the rulebook gives, or are not yet."""
    return set(_late(now).filter(case__in=list(numbers)).values_list("case", flat=True))


def whole(faults: Collection[FaultCase], *, actor: Actor) -> set[str]:
    """Return the numbers of those of these faults of which the actor reads what was told."""
    return {
        each.no for each in faults if rules.sees(actor, unit=each.unit_id, region=each.unit.region_code)
    }


def visible(
    actor: Actor, asked: FaultFilters, *, now: datetime, after: tuple[datetime, int] | None = None,
    oldest: bool = False, limit: int = PAGE,
) -> list[FaultCase]:  # fmt: skip
    """Return a page of the faults of which the actor may know, the newest first; `oldest` turns the order.

    Each of the words begins the number, or occurs in the unit's name. `after` is where the page before ended:
    `entered_at` and id of its last row.
    """
    found = in_order(_fitting(actor, asked, now=now), after=after, oldest=oldest)
    return list(found.select_related("unit")[:limit])


def counted(actor: Actor, asked: FaultFilters, *, now: datetime, most: int = COUNTED + 1) -> int:
    """Return how many faults fit, on all pages, counted up to `most`."""
    return _fitting(actor, asked, now=now)[:most].count()


def units(actor: Actor) -> list[tuple[str, str]]:
    """Return code and name of each unit of whose faults the actor may know, by name."""
    there = FaultCase.objects.filter(_readable(actor)).values("unit")
    return list(Unit.objects.filter(pk__in=there).order_by("name", "pk").values_list("pk", "name")[:COUNTED])


def editable(fault: FaultCase, *, actor: Actor) -> bool:
    """Whether the actor may change what was told: nobody may, more is told with the next step."""
    return False


def _fitting(actor: Actor, asked: FaultFilters, *, now: datetime) -> QuerySet[FaultCase]:
    found = worded(FaultCase.objects.filter(_readable(actor)), asked.words, "unit__name")
    for name in ("unit", "kind", "state"):
        if value := getattr(asked, name):
            found = found.filter(**{name: value})
    if asked.late:
        found = found.filter(no__in=_late(now).values("case"))
    return found.filter(members.theirs(actor)) if asked.late or asked.state else found  # to others it tells neither


def _late(now: datetime) -> QuerySet[Clock]:
    there = Clock.objects.filter(lifecycle=FAULT.name, name="report")
    return there.filter(Q(result="late") | Q(ended_at__isnull=True, late_at__lte=now))


def _readable(actor: Actor) -> Q:
    return Q() if actor.everywhere else members.theirs(actor) | Q(told_units__contains=[actor.unit])


def _reads(found: FaultCase, actor: Actor) -> bool:
    if rules.sees(actor, unit=found.unit_id, region=found.unit.region_code):
        return True
    if waits_at(FAULT.name, found.no, members.headed(actor)):
        return True
    return handling.consulted(FAULT.name, found.no, actor=actor)
