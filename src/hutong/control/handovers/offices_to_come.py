"""Offices that will be passed on on a day to come: told by the authority, done on the day, taken back before (D-23)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from hutong.control.handovers import rules
from hutong.control.handovers.models import PlannedOffice
from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.control.units import meanwhile, passing_on, queries
from hutong.control.units import operations as members
from hutong.control.units.passing_on import OfficeAlreadyTheirs
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.errors import Judging, Problem

LISTED = 200
"""So many are listed, the last told first."""
TAKEN_BACK = "TAKEN_BACK"
"""What stands for the code of a refusal where the authority took it back."""


@dataclass(frozen=True, slots=True)
class OfficeToCome:
    """An office that will be passed on, or would have been: to whom, from which day, why, and what came of it."""

    number: int
    role: str
    region: str
    unit_name: str
    from_date: date
    reason: str
    planned_by_name: str
    ended: bool
    code: str
    """Why it was not passed on; empty where it was, or is to come."""
    mine: bool
    """Whether the reader may take it back now."""


@dataclass(frozen=True, slots=True)
class OfficeDesk:
    """The offices to come, and the units that could hold one."""

    rows: tuple[OfficeToCome, ...]
    units: tuple[tuple[str, str], ...]
    may: bool
    """Whether the reader passes offices on, of some region."""


def desk(*, actor: Actor) -> OfficeDesk:
    """Return the offices to come and those that were, at most LISTED, and where they could go."""
    rows = list(PlannedOffice.objects.select_related("unit").order_by("-pk")[:LISTED])
    names = queries.people({row.planned_by for row in rows})
    found = tuple(
        OfficeToCome(
            row.pk, row.role, row.region, row.unit.name, row.from_date, row.reason,
            names.get(row.planned_by, row.planned_by), row.ended_at is not None, row.code,
            row.ended_at is None and actor.answers_for("authority", region=row.region),
        )
        for row in rows
    )  # fmt: skip
    units = tuple((each.credit_code, each.name) for each in queries.units())
    return OfficeDesk(found, units, passing_on.may_pass_on(actor))


def tell(
    facts: Mapping[str, object], *, actor: Actor, now: datetime, judging: Judging | None = None,
    meant_for: str | None = None,
) -> int:  # fmt: skip
    """Tell that an office will be passed on on a day to come; returns its number. Nothing changes before that day.

    `facts` are role, region, unit, from_date and reason. All that is wrong is told at once. Raises NotYourRole,
    OfficeToComeAlready, OfficeAlreadyTheirs, UnitStopped, DoneAlready, and what `passing_on.check` keeps, NoSuchUnit
    and OfficeDayNotToCome with it.
    """
    judging = judging or Judging()
    role, region, unit, reason = (str(facts[name]) for name in ("role", "region", "unit", "reason"))
    if not actor.answers_for("authority", region=region):
        raise NotYourRole(role="authority", officer=actor.name)
    with judging.of():
        passing_on.check(role=role, region=region, reason=reason, judging=judging)
    if judging.spared("unit") and unit not in queries.names():
        judging.add(queries.NoSuchUnit(unit=unit), "unit")
    day = facts["from_date"]
    if judging.spared("from_date") and (not isinstance(day, date) or day <= beijing.day(now)):
        judging.add(rules.OfficeDayNotToCome(day=f"{day or ''}"))
    judging.end()
    about = {"role": role, "region": region or None, "after": unit}
    with transaction.atomic():
        meanwhile.check(
            meanwhile.Thing(role, ("handovers.office_told",), (about,)), meant_for, state=lambda: None,
            doing="handovers.office_told", same={**about, "from_date": f"{day}"}, actor=actor, now=now,
        )  # fmt: skip
        members.require_active(unit)
        if passing_on.unit_of_office(role, region) == unit:
            raise OfficeAlreadyTheirs(unit=unit)
        if PlannedOffice.objects.filter(role=role, region=region, ended_at=None).exists():
            raise rules.OfficeToComeAlready(role=role)
        made = PlannedOffice.objects.create(
            role=role, region=region, unit_id=unit, from_date=day, reason=reason, planned_at=now,
            planned_by=actor.officer,
        )  # fmt: skip
        told = {**about, "from_date": f"{day}", "reason": reason, "by": actor.officer}
        record("handovers.office_told", told, now=now, unit=actor.unit, counterpart=unit)
    return int(made.pk)


def take_back(number: int, *, actor: Actor, now: datetime) -> None:
    """Take back that an office will be passed on, before its day; raises NotYourRole and NoOfficeToCome."""
    with transaction.atomic():
        found = PlannedOffice.objects.select_for_update(of=("self",)).filter(pk=number, ended_at=None).first()
        if found is None:
            raise rules.NoOfficeToCome(number=number)
        if not actor.answers_for("authority", region=found.region):
            raise NotYourRole(role="authority", officer=actor.name)
        found.ended_at, found.code = now, TAKEN_BACK
        found.save(update_fields=["ended_at", "code"])
        told = {
            "role": found.role, "region": found.region or None, "after": found.unit_id,
            "from_date": f"{found.from_date}", "by": actor.officer,
        }  # fmt: skip
        record("handovers.office_taken_back", told, now=now, unit=actor.unit, counterpart=found.unit_id)


def pass_on(*, now: datetime) -> list[str]:
    """Pass on the offices whose day has come, and return their roles; what is refused ends and says why.

    Each in a transaction of its own, with the entry of any office that is passed on.
    """
    due = PlannedOffice.objects.filter(ended_at=None, from_date__lte=beijing.day(now)).order_by("from_date", "pk")
    return [found.role for found in list(due) if _passed_on(found.pk, now=now)]


def _passed_on(number: int, *, now: datetime) -> bool:
    with transaction.atomic():
        found = PlannedOffice.objects.select_for_update(of=("self",)).filter(pk=number, ended_at=None).first()
        if found is None:
            return False
        why = ""
        try:
            with transaction.atomic():
                passing_on.give(
                    role=found.role, region=found.region, unit=found.unit_id, reason=found.reason, now=now,
                    by=found.planned_by,
                )  # fmt: skip
        except Problem as problem:
            why = problem.code
        found.ended_at, found.code = now, why
        found.save(update_fields=["ended_at", "code"])
    return not why
