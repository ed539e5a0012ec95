"""What an emergency plan says: the facts of its form, what they lack, and their digest."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from hutong.control.procedures import unfinished
from hutong.control.security import rules
from hutong.control.security.models import EmergencyPlan
from hutong.control.units import operations as members
from hutong.core import beijing, canonical
from hutong.core.errors import Judging, Problem


def judged(facts: Mapping[str, object], *, now: datetime, judging: Judging) -> Problem | None:
    """Return what an unfinished plan lacks, with what reading it found; None where it lacks nothing."""
    with transaction.atomic():
        judge(facts, judging, now=now)
    return unfinished.found(judging)


def judge(facts: Mapping[str, object], judging: Judging, *, now: datetime) -> None:
    """Keep in `judging` what a plan does not say that it must, and a unit that could not answer for it."""
    rules.check_plan(facts, today=beijing.day(now), judging=judging)
    with judging.of("unit"):
        members.require_active(str(facts["unit"]))


def columns(facts: Mapping[str, object]) -> dict[str, object]:
    """Return facts by the columns that have them."""
    told = {name: facts.get(name, "") for name in rules.PLAN_FACTS}
    return {("unit_id" if name == "unit" else name): value for name, value in told.items()}


def digest(plan: EmergencyPlan) -> str:
    """Return the digest of what a plan says, as entries have it; of an unfinished one, of what was typed."""
    if plan.unfinished is not None:
        return unfinished.digest(plan.unfinished)
    told = {name: getattr(plan, name) for name in columns({})}
    return canonical.digest({**told, "rehearsal_date": plan.rehearsal_date.isoformat()})
