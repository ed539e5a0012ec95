"""Reads of emergency plans and restore drills."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from hutong.control.procedures import handling, since
from hutong.control.procedures.queries import PAGE, in_order, worded
from hutong.control.rulebook import queries as rulebooks
from hutong.control.security import rules
from hutong.control.security.lifecycle import DRILL, IN_FORCE, PLAN, PREPARED
from hutong.control.security.models import Drill, EmergencyPlan
from hutong.control.units import offices
from hutong.control.units.rules import Actor, region_begins
from hutong.core import beijing
from hutong.core.counting import COUNTED
from hutong.core.errors import Problem


@dataclass(frozen=True, slots=True)
class PaperFilters:
    """What a list of plans or drills is narrowed to; empty where all is listed."""

    words: str = ""
    state: str = ""
    result: str = ""
    """Of drills: `passed`, `failed`, or `open` where it was not carried out yet."""


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan, and what its page says besides."""

    plan: EmergencyPlan
    editable: bool
    drills: list[Drill]
    """The newest drills that rehearsed it."""
    again: bool
    """Whether the reader may draft it again as it was: it was dropped, and no other is under way."""
    form: "PlanForm"
    """Its form, for what was typed of one that is not complete."""


@dataclass(frozen=True, slots=True)
class DrillPage:
    """A drill, and what its page says besides."""

    drill: Drill
    again: bool
    """Whether the reader may plan it again as it was: it was cancelled."""


@dataclass(frozen=True, slots=True)
class PlanForm:
    """A plan as its form begins."""

    plan: EmergencyPlan | None
    """The version that is changed; of a new one, the version in force that it follows."""
    regions: list[str]
    """The regions a new one may be for."""
    rehearsal_days: int
    """Within how many days a plan is rehearsed, by the rulebook."""
    refusal: Problem | None = None
    """Why who prepares plans cannot change it now."""
    at: str = ""
    """The state it is shown in (`since.point`); empty for a new one."""


@dataclass(frozen=True, slots=True)
class DrillForm:
    """What a form about a drill begins with."""

    regions: list[str]
    plan: EmergencyPlan | None = None
    """The version of the plan that is in force in the first of them."""
    former: Drill | None = None
    """The drill that is planned again; None where none is named."""


@dataclass(frozen=True, slots=True)
class DrillRecord:
    """A drill as the form begins that takes its next step."""

    drill: Drill
    may: bool
    """Whether the reader carries it out."""
    at: str
    """The state it is shown in (`since.point`)."""


NEWEST_DRILLS = 5
"""How many of its drills stand on the page of a plan."""


def plan(no: str, *, actor: Actor) -> EmergencyPlan:
    """Return one plan; raises NoSuchPlan, also where the actor may not see it."""
    found = EmergencyPlan.objects.select_related("unit", "successor").filter(no=no).first()
    if found is None or not _reads(actor, found.region, PLAN.name, no):
        raise rules.NoSuchPlan(no=no)
    return found


def drill(no: str, *, actor: Actor) -> Drill:
    """Return one drill; raises NoSuchDrill, also where the actor may not see it."""
    found = Drill.objects.select_related("unit", "plan").filter(no=no).first()
    if found is None or not _reads(actor, found.region, DRILL.name, no):
        raise rules.NoSuchDrill(no=no)
    return found


def _reads(actor: Actor, region: str, life: str, no: str) -> bool:
    return actor.reads_of(region) or handling.consulted(life, no, actor=actor)


def page_of_plan(no: str, *, actor: Actor) -> PlanPage:
    """Return a plan with what its page says of it; raises NoSuchPlan."""
    found = plan(no, actor=actor)
    drills = Drill.objects.filter(plan=found).order_by("-entered_at", "-id")[:NEWEST_DRILLS]
    other = EmergencyPlan.objects.filter(region=found.region, state__in=PREPARED)
    again = found.state == "DROPPED" and found.region in regions(actor) and not other.exists()
    form = PlanForm(found, [found.region], 0)
    return PlanPage(found, plan_editable(found, actor=actor), list(drills), again, form)


def page_of_drill(no: str, *, actor: Actor) -> DrillPage:
    """Return a drill with what its page says of it; raises NoSuchDrill."""
    found = drill(no, actor=actor)
    return DrillPage(found, found.state == "CANCELLED" and found.region in regions(actor))


def plan_editable(plan: EmergencyPlan, *, actor: Actor) -> bool:
    """Whether the actor may change what it says now."""
    return plan.state in PLAN.editable and rules.prepares(actor, region=plan.region, offices=offices.current())


def drill_editable(drill: Drill, *, actor: Actor) -> bool:
    """Whether the actor may change what it says: nobody may, each of its steps says its own."""
    return False


def prepares(actor: Actor) -> bool:
    """Whether the actor prepares plans and carries out drills, in some region, of those who read them.

    Raises PapersNotYours for everybody else.
    """
    if not rules.looks_after(actor):
        raise rules.PapersNotYours(officer=actor.name)
    return bool(regions(actor))


def regions(actor: Actor) -> list[str]:
    """Return the regions whose operator the actor acts for, the widest first."""
    return rules.regions(actor, offices=offices.current())


def form_of_plan(no: str | None, *, actor: Actor, now: datetime, again: str = "") -> PlanForm:
    """Return what the form of a plan begins with; raises NoSuchPlan.

    Of a new one that is what the version in force says, or the version `again` that was dropped.
    """
    own = regions(actor)
    if no is None:
        former = plan(again, actor=actor) if again else None
        region = former.region if former and former.region in own else own[0] if own else ""
        return PlanForm(former or in_force(region), own, rehearsal_days(region, now=now))
    found, refusal = plan(no, actor=actor), None
    mine = found.region in own
    if mine and found.state not in PLAN.editable:
        refusal = rules.PlanNotEditable(no=no, case_state=PLAN.states[found.state].name)
    at = str(since.point(PLAN.name, no, found))
    return PlanForm(found, [found.region] if mine else [], rehearsal_days(found.region, now=now), refusal, at)


def form_of_drill(*, actor: Actor, again: str = "") -> DrillForm:
    """Return what the form of a new drill begins with: the drill `again`, where one is named; raises NoSuchDrill."""
    own = regions(actor)
    return DrillForm(own, in_force(own[0]) if own else None, drill(again, actor=actor) if again else None)


def record_of_drill(no: str, *, actor: Actor) -> DrillRecord:
    """Return a drill whose next step is to be recorded; raises NoSuchDrill."""
    found = drill(no, actor=actor)
    may = rules.prepares(actor, region=found.region, offices=offices.current())
    return DrillRecord(found, may, str(since.point(DRILL.name, found.no, found)))


def rehearsal_days(region: str, *, now: datetime) -> int:
    """Return within how many days a plan of a region is rehearsed, by the rulebook in force."""
    return rulebooks.in_force(beijing.day(now), region=region).number("plan.rehearsal_days")


def in_force(region: str) -> EmergencyPlan | None:
    """Return the plan that is in force in a region; None where none is."""
    return EmergencyPlan.objects.select_related("unit").filter(region=region, state__in=IN_FORCE).first()


def near(*, now: datetime) -> list[str]:
    """Return the numbers of the plans in force whose next rehearsal is as near as the rulebook says."""
    found = EmergencyPlan.objects.filter(state="IN_FORCE").order_by("no").values_list("no", "region", "rehearsal_date")
    return [no for no, region, day in found if is_near(day, region=region, now=now)]


def is_near(day: date, *, region: str, now: datetime) -> bool:
    """Whether a day of rehearsal is as near now as the rulebook of its region says, or past."""
    ahead = rulebooks.in_force(beijing.day(now), region=region).number("plan.near_days")
    return day <= beijing.day(now) + timedelta(days=ahead)


def wanting(actor: Actor, *, now: datetime) -> list[Problem]:
    """Return what is wanting of the plans the actor looks after: none in force, or one that is to be rehearsed."""
    found = {each.region: each for each in EmergencyPlan.objects.filter(state__in=IN_FORCE)}
    held = {region for role, region in offices.current().units if role == rules.PREPARING}
    return [problem for region in sorted(held) if actor.reads_of(region)
            for problem in _wanting(region, found.get(region), now=now)]  # fmt: skip


def _wanting(region: str, plan: EmergencyPlan | None, *, now: datetime) -> Iterator[Problem]:
    if plan is None:
        yield rules.PlanMissingThere(region=region) if region else rules.PlanMissing()
    elif plan.rehearsal_date < beijing.day(now):
        yield rules.RehearsalLate(no=plan.no, day=plan.rehearsal_date.isoformat())
    elif plan.state == "REHEARSAL_DUE":
        yield rules.RehearsalDue(no=plan.no, day=plan.rehearsal_date.isoformat())


def plans(
    actor: Actor, asked: PaperFilters, *, after: tuple[datetime, int] | None = None, oldest: bool = False,
    limit: int = PAGE,
) -> list[EmergencyPlan]:  # fmt: skip
    """Return a page of the plans the actor may read, the newest first; `oldest` turns the order.

    Each of the words begins the number, or occurs in the title, the owner or the unit's name. `after` is where the page
    before ended: `entered_at` and id of its last row.
    """
    found = in_order(_plans(actor, asked), after=after, oldest=oldest)
    return list(found.select_related("unit")[:limit])


def plans_counted(actor: Actor, asked: PaperFilters, *, most: int = COUNTED + 1) -> int:
    """Return how many plans fit, on all pages, counted up to `most`."""
    return _plans(actor, asked)[:most].count()


def drills(
    actor: Actor, asked: PaperFilters, *, after: tuple[datetime, int] | None = None, oldest: bool = False,
    limit: int = PAGE,
) -> list[Drill]:  # fmt: skip
    """Return a page of the drills the actor may read, the newest first; `oldest` turns the order.

    Each of the words begins the number, or occurs in what was to be restored or in what failed.
    """
    found = in_order(_drills(actor, asked), after=after, oldest=oldest)
    return list(found.select_related("unit", "plan")[:limit])


def drills_counted(actor: Actor, asked: PaperFilters, *, most: int = COUNTED + 1) -> int:
    """Return how many drills fit, on all pages, counted up to `most`."""
    return _drills(actor, asked)[:most].count()


def _plans(actor: Actor, asked: PaperFilters) -> QuerySet[EmergencyPlan]:
    found = worded(EmergencyPlan.objects.filter(_readable(actor)), asked.words, "title", "owner", "unit__name")
    return found.filter(state=asked.state) if asked.state else found


RESULTS = {"passed": Q(passed=True), "failed": Q(passed=False), "open": Q(passed__isnull=True)}
"""Result of a drill, as a list is narrowed to it → its condition."""


def _drills(actor: Actor, asked: PaperFilters) -> QuerySet[Drill]:
    found = worded(Drill.objects.filter(_readable(actor)), asked.words, "scope", "failed_with")
    if asked.result:
        found = found.filter(RESULTS[asked.result])
    return found.filter(state=asked.state) if asked.state else found


def _readable(actor: Actor) -> Q:
    if actor.everywhere:
        return Q()
    return _any(Q(region__startswith=region_begins(region)) for region in sorted(actor.regions))


def _any(conditions: Iterator[Q] | Sequence[Q]) -> Q:
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found
