"""Emergency plans and restore drills as kinds of cases: how a step is taken."""

from datetime import datetime

from django.utils.translation import gettext

from hutong.control.procedures.operations import Grounds
from hutong.control.security import operations, queries
from hutong.control.security.models import EmergencyPlan
from hutong.control.security.procedure import DRILLS, PLANS
from hutong.control.units.rules import Actor
from hutong.core.workdays import Calendar
from hutong.web import plane
from hutong.web.desk.room import CaseKind
from hutong.web.desk.security import recording

RECORDED = ("back_up", "verify", "drill")
"""Steps of a drill that say what was found: each has a form of its own."""


def take(
    number: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds, meant_for: str
) -> str:
    """Take one step of a drill; returns its state and raises what `security.operations.take_of_drill` raises."""
    return operations.take_of_drill(
        number, action, actor=actor, now=now, calendar=calendar, grounds=grounds, keyring=plane.keyring(),
        meant_for=meant_for,
    )  # fmt: skip


def replaced(plan: EmergencyPlan, action: str) -> list[str]:
    """Return which version stops being in force when a plan is adopted; nothing of other steps or a first version."""
    former = queries.in_force(plan.region) if action == "adopt" else None
    if former is None:
        return []
    said = gettext("现行有效的第 %(version)s 版（%(no)s）随即由本版替代。")
    return [said % {"version": former.version, "no": former.no}]


PLAN_KIND = CaseKind(
    PLANS, "plan", operations.take_of_plan, find=queries.plan, editable=queries.plan_editable, consequences=replaced
)
DRILL_KIND = CaseKind(
    DRILLS, "drill", take, find=queries.drill, editable=queries.drill_editable,
    forms=dict.fromkeys(RECORDED, "drill-record"), recorded=dict.fromkeys(RECORDED, recording.record),
)  # fmt: skip
