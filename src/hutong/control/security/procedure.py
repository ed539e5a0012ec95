"""The procedures of emergency plans and restore drills: their lifecycles, where their cases lie, and their facts."""

from collections.abc import Sequence

from django.db.models import Model

from hutong.control.procedures.procedure import Procedure, Seen, nothing
from hutong.control.security.lifecycle import DRILL, PLAN
from hutong.control.security.models import Drill, EmergencyPlan
from hutong.control.units import offices
from hutong.control.units import queries as members


def plans_seen(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of plans, in their order: two statements, however many they are."""
    found = EmergencyPlan.objects.in_bulk([case.pk for case in cases])
    current_offices = offices.current()
    return [
        Seen(
            number=each.no,
            title=f"{each.title}（第 {each.version} 版）",
            state=each.state,
            entered_at=each.entered_at,
            parties=current_offices.parties(each.region),
            facts={"rehearsal_near": False, "succeeded": each.successor_id is not None},
            dates={"rehearsal": each.rehearsal_date},
            acted={"draft": frozenset(each.written_by)},
            region=each.region,
            unit=current_offices.unit_of("operator", region=each.region) or "",
            counterpart=current_offices.unit_of("authority", region=each.region),
        )
        for each in (found[case.pk] for case in cases)
    ]


def drills_seen(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of drills, in their order: two statements, however many they are."""
    found = Drill.objects.in_bulk([case.pk for case in cases])
    current_offices = offices.current()
    return [
        Seen(
            number=each.no,
            title=f"{each.planned_date:%Y-%m-%d}：{each.scope[:60]}",
            state=each.state,
            entered_at=each.entered_at,
            parties=current_offices.parties(each.region),
            facts={},
            dates={"planned": each.planned_date},
            acted={"plan": frozenset(each.written_by)},
            region=each.region,
            unit=each.unit_id,
            counterpart=current_offices.unit_of("authority", region=each.region),
        )
        for each in (found[case.pk] for case in cases)
    ]


PLANS = Procedure(
    life=PLAN,
    model=EmergencyPlan,
    number="no",
    event="security.plan_moved",
    number_field="plan",
    seen=plans_seen,
    concerned=nothing(EmergencyPlan),
    staff=members.staff,
    stopped=members.stopped,
    of_offices=True,
)
DRILLS = Procedure(
    life=DRILL,
    model=Drill,
    number="no",
    event="security.drill_moved",
    number_field="drill",
    seen=drills_seen,
    concerned=nothing(Drill),
    staff=members.staff,
    stopped=members.stopped,
    of_offices=True,
)
