"""Who prepares, adopts and reads security papers, and what they must say."""

from collections.abc import Mapping
from datetime import date

from hutong.control.units.offices import Offices
from hutong.control.units.rules import Actor
from hutong.core.blanks import says_something
from hutong.core.errors import Conflicting, Invalid, Judging, Missing, Refused
from hutong.core.lifecycle import Seat

PREPARING = "operator"
"""Who prepares the plan, and carries drills out."""
ADOPTING = "authority"
"""Who adopts the plan, and is told how drills went."""
PLAN_FACTS = ("title", "unit", "owner", "rehearsal_date", "summary")
"""What is asked of a plan, in the order of its form."""


class NoSuchPlan(Missing):
    """There is no emergency plan {no} that you may see."""


class NoSuchDrill(Missing):
    """There is no restore drill {no} that you may see."""


class PapersNotYours(Refused):
    """Emergency plans and restore drills are read by the operator, the authority and the auditor; {officer} is none."""

    clause = "SX-11-c"


class NotOfThisRegion(Refused):
    """{officer} is not of the operator of the region {region}."""

    clause = "SX-11-c"


class PlanIncomplete(Invalid):
    """The emergency plan lacks {fields}."""

    clause = "SX-11-c"


class PlanWithoutFile(Invalid):
    """The text of emergency plan {no} is not attached."""

    clause = "SX-11-c"


class PlanUnderWay(Conflicting):
    """A version of the emergency plan is being prepared or decided already: {no}."""

    clause = "SX-11-c"


class PlanNotEditable(Conflicting):
    """Emergency plan {no} is in state {case_state} and cannot be edited."""


class RehearsalPast(Invalid):
    """The next rehearsal of the plan is set for {day}, which is not ahead."""

    clause = "SX-11-c"
    at = ("rehearsal_date",)


class DrillDayPast(Invalid):
    """A drill cannot be planned for {day}, which is past."""

    clause = "SX-11-c"
    at = ("planned_date",)


class DrillWithoutScope(Invalid):
    """The drill does not say what is to be restored."""

    clause = "SX-11-c"
    at = ("scope",)


class DrillBegun(Conflicting):
    """Drill {no} is in state {case_state}: what `hutong drill` measured is filed into one that is only planned."""


class DrillFiled(Conflicting):
    """This report was filed already, as drill {no}."""

    clause = "SX-11-c"


class PlanMissing(Missing):
    """No emergency plan is in force."""

    clause = "SX-11-c"


class PlanMissingThere(Missing):
    """No emergency plan is in force in the region {region}."""

    clause = "SX-11-c"


class RehearsalDue(Conflicting):
    """The emergency plan {no} is to be rehearsed by {day}."""

    clause = "SX-11-c"


class RehearsalLate(Conflicting):
    """The emergency plan {no} was to be rehearsed by {day}, and was not."""

    clause = "SX-11-c"


def prepares(actor: Actor, *, region: str, offices: Offices) -> bool:
    """Whether the actor sits, or fills in, at the operator of a region."""
    unit = offices.unit_of(PREPARING, region=region)
    return unit is not None and Seat(PREPARING, unit) in actor.seats


def regions(actor: Actor, *, offices: Offices) -> list[str]:
    """Return the regions whose operator the actor acts for, the widest first."""
    held = {region for (role, region), unit in offices.units.items()
            if role == PREPARING and Seat(role, unit) in actor.seats}  # fmt: skip
    return sorted(held, key=lambda region: (len(region.rstrip("0")), region))


def looks_after(actor: Actor) -> bool:
    """Whether the actor reads any security papers: authority, operator and auditor."""
    return actor.everywhere or bool(actor.regions)


def check_plan(told: Mapping[str, object], *, today: date, judging: Judging) -> None:
    """Keep in `judging` what a plan does not say that it must: PlanIncomplete, RehearsalPast. Its unit is looked up."""
    needed = [name for name in PLAN_FACTS if name not in ("summary", "unit")]
    judging.lacks(told, needed, PlanIncomplete)
    if judging.spared("rehearsal_date"):
        with judging.of():
            check_rehearsal(told["rehearsal_date"], today=today)  # type: ignore[arg-type]


def check_rehearsal(day: date, *, today: date) -> None:
    """Refuse a day for the next rehearsal that is not ahead; raises RehearsalPast."""
    if day <= today:
        raise RehearsalPast(day=day.isoformat())


def check_drill(*, planned_date: date | None, scope: str, today: date, judging: Judging) -> date:
    """Return the day of a drill that can be held; raises what `judging` has, DrillDayPast and DrillWithoutScope, or
    Faults of several. A day that was not read is None, and `judging` says why."""
    if judging.spared("scope") and not says_something(scope):
        judging.add(DrillWithoutScope())
    if planned_date is not None and judging.spared("planned_date") and planned_date < today:
        judging.add(DrillDayPast(day=planned_date.isoformat()))
    judging.end()
    assert planned_date is not None
    return planned_date
