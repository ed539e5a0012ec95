"""Reads of notices of maintenance, and which time counts as maintenance that was told as it must be (SX-15-a)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import F, Q, QuerySet

from hutong.control.notices import queries, rules, windows
from hutong.control.notices.lifecycle import MAINTENANCE, MAINTENANCE_LEAD_DAYS
from hutong.control.notices.models import MaintenanceNotice
from hutong.control.notices.queries import Lead
from hutong.control.notices.windows import ExcludedSpan, Stray, WorkTime
from hutong.control.procedures import clocks, handling
from hutong.control.procedures.models import Clock
from hutong.control.procedures.queries import PAGE, in_order, waits_at, worded
from hutong.control.units import queries as members
from hutong.control.units.models import Unit
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.counting import COUNTED
from hutong.core.workdays import Calendar
from hutong.db import sql

statements = sql.load(__package__, "consumers.sql")

OPEN = ("NOTIFIED", "IN_PROGRESS")
"""States in which the work is still to be done."""


@dataclass(frozen=True, slots=True)
class WorkFilters:
    """What a list is narrowed to; empty where all is listed."""

    words: str = ""
    unit: str = ""
    kind: str = ""
    state: str = ""
    late: bool = False
    """Only what was told too late."""
    astray: bool = False
    """Only what strayed from its window."""


@dataclass(frozen=True, slots=True)
class NewWork:
    """What the form of a notice of maintenance begins from."""

    may: bool
    """Whether the reader tells for the own unit."""
    days: int
    """So many working days ahead it is told."""
    earliest: date | None
    """From which day what is told today is in time; None where the calendar does not reach so far."""
    consumers: tuple[str, ...]
    """The names of the units that are told besides the operator."""
    former: MaintenanceNotice | None
    """The notice in whose place another time is told."""


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A notice of maintenance, how far ahead it was told, how it strayed from its window, and whom it was told."""

    notice: MaintenanceNotice
    lead: Lead
    strays: tuple[Stray, ...]
    told: tuple[str, ...]
    """The names of the units it was told besides the operator, for who reads the unit's notices; else none."""
    later: str
    """The notice in its place; empty where there is none."""
    may_change: bool
    """Whether the reader puts it off by another notice."""


def tells(actor: Actor) -> bool:
    """Whether the actor tells of the own unit's maintenance: its administrator, and whom it named as its contact."""
    return rules.tells(acting(actor), unit=actor.unit)


def acting(actor: Actor) -> Actor:
    """Return the actor as one who tells for the own unit, where that named this officer as its contact (SX-12-a)."""
    return queries.acting(actor)


def consumers(unit: str, *, now: datetime) -> list[str]:
    """Return which units may use what a unit provides, by a grant in force; credit codes."""
    with connection.cursor() as cur:
        cur.execute(statements.consumers, {"unit": unit, "now": now})
        return [code for (code,) in cur.fetchall()]


def new_form(*, actor: Actor, now: datetime, calendar: Calendar, changes: str = "") -> NewWork:
    """Return what a notice of the actor's unit begins from; `calendar` holds the packaged years.

    Of one that `changes` another, that one; raises NoSuchMaintenance.
    """
    region = queries.region_of(actor.unit)
    days, earliest = clocks.told_ahead(MAINTENANCE_LEAD_DAYS, region=region, today=beijing.day(now), calendar=calendar)
    former = notice(changes, actor=actor) if changes else None
    return NewWork(tells(actor), days, earliest, _names(consumers(actor.unit, now=now)), former)


def notice(no: str, *, actor: Actor) -> MaintenanceNotice:
    """Return one notice of maintenance; raises NoSuchMaintenance, also where the actor may not see it."""
    found = MaintenanceNotice.objects.select_related("unit", "former").filter(no=no).first()
    if found is None or not _reads(found, actor):
        raise rules.NoSuchMaintenance(no=no)
    return found


def page(no: str, *, actor: Actor, now: datetime) -> WorkPage:
    """Return one notice with what its page says besides; raises NoSuchMaintenance."""
    found = notice(no, actor=actor)
    own = rules.sees(actor, unit=found.unit_id, region=found.unit.region_code)
    told = _names(found.told_units) if own else ()
    later = MaintenanceNotice.objects.filter(former=found).values_list("no", flat=True).first() or ""
    may_change = found.state == MAINTENANCE.start and rules.tells(acting(actor), unit=found.unit_id)
    return WorkPage(found, leads([no])[no], strays(found, now=now), told, later, may_change)


def leads(numbers: Collection[str]) -> dict[str, Lead]:
    """Return how far ahead each of these notices of maintenance was told, by number: one statement."""
    return dict(queries.leads(numbers, life=MAINTENANCE.name))


def strays(found: MaintenanceNotice, *, now: datetime) -> tuple[Stray, ...]:
    """Return how the work of a notice strays from the window that was told, as it is known now."""
    return windows.strays(_work(found), open=found.state in OPEN, now=now)


def excluded(unit: str, *, from_at: datetime, until_at: datetime) -> list[ExcludedSpan]:
    """Return the times between two moments that do not count against a unit, in order, none twice.

    Only what was told as far ahead as asked, and of that only what ran inside its window. Times whose notice waits for
    a year's calendar do not count until that is loaded.
    """
    in_time = Clock.objects.filter(lifecycle=MAINTENANCE.name, name="lead", result="met").values("case")
    there = MaintenanceNotice.objects.filter(
        unit=unit, no__in=in_time, from_at__lt=until_at, until_at__gt=from_at, ended_at__isnull=False
    )
    return windows.excluded(map(_work, there), from_at=from_at, until_at=until_at)


def visible(
    actor: Actor, asked: WorkFilters, *, now: datetime, after: tuple[datetime, int] | None = None,
    oldest: bool = False, limit: int = PAGE,
) -> list[MaintenanceNotice]:  # fmt: skip
    """Return a page of the notices of maintenance the actor may read, the newest first; `oldest` turns the order.

    Each of the words begins the number, or occurs in the unit's name, the work or what is affected. `after` is where
    the page before ended: `entered_at` and id of its last row.
    """
    found = in_order(_fitting(actor, asked, now=now), after=after, oldest=oldest)
    return list(found.select_related("unit")[:limit])


def counted(actor: Actor, asked: WorkFilters, *, now: datetime, most: int = COUNTED + 1) -> int:
    """Return how many notices fit, on all pages, counted up to `most`."""
    return _fitting(actor, asked, now=now)[:most].count()


def units(actor: Actor) -> list[tuple[str, str]]:
    """Return code and name of each unit whose notices the actor may read, by name; at most a page of them."""
    there = MaintenanceNotice.objects.filter(_readable(actor)).values("unit")
    return list(Unit.objects.filter(pk__in=there).order_by("name", "pk").values_list("pk", "name")[:COUNTED])


def editable(notice: MaintenanceNotice, *, actor: Actor) -> bool:
    """Whether the actor may change what a notice says: nobody may, another time is told by another notice."""
    return False


def _fitting(actor: Actor, asked: WorkFilters, *, now: datetime) -> QuerySet[MaintenanceNotice]:
    found = MaintenanceNotice.objects.filter(_readable(actor))
    found = worded(found, asked.words, "unit__name", "content", "affected")
    for name in ("unit", "kind", "state"):
        if value := getattr(asked, name):
            found = found.filter(**{name: value})
    if asked.late:
        late = Clock.objects.filter(lifecycle=MAINTENANCE.name, name="lead", result="late").values("case")
        found = found.filter(no__in=late)
    return found.filter(_astray(now)) if asked.astray else found


def _astray(now: datetime) -> Q:
    """Return the condition of what strayed from its window, as `windows.strays` has it."""
    outside = Q(begun_at__lt=F("from_at")) | Q(begun_at__gte=F("until_at")) | Q(ended_at__gt=F("until_at"))
    return outside | Q(state__in=OPEN, until_at__lte=now)


def _readable(actor: Actor) -> Q:
    if actor.everywhere:
        return Q()
    return members.theirs(actor) | Q(told_units__contains=[actor.unit])


def _reads(found: MaintenanceNotice, actor: Actor) -> bool:
    if rules.reads_work(actor, unit=found.unit_id, region=found.unit.region_code, told=found.told_units):
        return True
    if waits_at(MAINTENANCE.name, found.no, members.headed(actor)):
        return True
    return handling.consulted(MAINTENANCE.name, found.no, actor=actor)


def _names(units: Collection[str]) -> tuple[str, ...]:
    return tuple(Unit.objects.filter(pk__in=list(units)).order_by("name", "pk").values_list("name", flat=True))


def _work(found: MaintenanceNotice) -> WorkTime:
    return WorkTime(found.no, found.from_at, found.until_at, found.begun_at, found.ended_at)
