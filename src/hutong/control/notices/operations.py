"""Writes of notices. One function is one transaction; a step leaves one `notices.contact_moved` entry (SX-12-b)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from hutong.control.notices import queries, rules
from hutong.control.notices.lifecycle import CONTACT_CHANGE
from hutong.control.notices.models import ContactChange
from hutong.control.notices.procedure import CONTACT_CHANGES
from hutong.control.procedures import numbers
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.operations import Grounds
from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.control.units import meanwhile, offices
from hutong.control.units import operations as members
from hutong.control.units import queries as units_read
from hutong.control.units.models import Officer
from hutong.control.units.rules import Actor
from hutong.core import beijing, canonical
from hutong.core.errors import Judging
from hutong.core.workdays import Calendar

PREFIX = "LX"
"""With what the numbers of notices of contacts begin."""


def notify(
    facts: Mapping[str, object], *, actor: Actor, now: datetime, calendar: Calendar, judging: Judging | None = None,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Tell that another officer is the contact of the actor's unit from a day on, and return the notice's number.

    `facts` are those of `rules.FACTS`; `calendar` holds the packaged years. All that is wrong is told at once, with
    what reading it found (`judging`), as Faults where there are several. What the same form told before (`meant_for`)
    stays the only one. Where its day is not ahead it comes into effect with it. Raises NotYourRole, UnitStopped,
    ContactChangeUnderWay, and what `rules.check` keeps, NotOfYourUnit and ContactAlready with it.
    """
    judging = judging or Judging()
    if not actor.has_role(rules.TELLING):
        raise NotYourRole(role=rules.TELLING, officer=actor.name)
    rules.check(facts, today=beijing.day(now), judging=judging)
    with transaction.atomic():
        members.require_active(actor.unit)
        officer = _officer(facts, actor=actor, judging=judging)
        judging.end()
        said = canonical.digest_of_facts(facts)
        before = meanwhile.made(
            "notices.contact_told", "case", meant_for, name=actor.unit, same=[{"unit": actor.unit, "digest": said}],
            actor=actor,
        )  # fmt: skip
        if before is not None:
            return before
        no = numbers.following(CONTACT_CHANGES, PREFIX, now=now)  # nobody else tells of one until this ends
        other = ContactChange.objects.filter(unit=actor.unit, state=CONTACT_CHANGE.start).first()
        if other is not None:
            raise rules.ContactChangeUnderWay(no=other.no)
        present = queries.named(actor.unit)
        if present is not None and officer is not None and present.officer_id == officer.pk:
            raise rules.ContactAlready(officer=officer.name)
        made = ContactChange.objects.create(
            no=no, unit_id=actor.unit, state=CONTACT_CHANGE.start, entered_at=now, officer=officer,
            phone=facts["phone"], former_id=present.officer_id if present else None,
            effective_date=facts["effective_date"], reason=facts["reason"], emergency=bool(facts["emergency"]),
            told_at=now, told_by=actor.officer,
        )  # fmt: skip
        procedures.begin(CONTACT_CHANGES, made, now=now, calendar=calendar)
        told = {
            "lifecycle": CONTACT_CHANGE.name, "case": no, "unit": actor.unit, "officer": str(facts["officer"]),
            "digest": said,
            "effective_date": made.effective_date.isoformat(), "emergency": made.emergency, "in_time": _in_time(made),
            "by": actor.officer,
        }  # fmt: skip
        operator = offices.current().unit_of("operator", region=made.unit.region_code)
        record("notices.contact_told", told, now=now, unit=actor.unit, counterpart=operator)
        _take_effect(made, now=now, calendar=calendar)
    return no


def take(
    no: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Take one step and return the state of the notice; raises what `procedures.operations.take` raises."""
    with transaction.atomic():
        found: ContactChange = procedures.locked(CONTACT_CHANGES, no)  # type: ignore[assignment]
        procedures.take(
            CONTACT_CHANGES, found, action, actor=actor, now=now, calendar=calendar, grounds=grounds,
            more=_told_of(found), meant_for=meant_for,
        )  # fmt: skip
    return found.state


def take_effect(no: str, *, now: datetime, calendar: Calendar) -> bool:
    """Let a notice come into effect whose day has come, and return whether it has; `calendar` as `notify` has it."""
    with transaction.atomic():
        found: ContactChange = procedures.locked(CONTACT_CHANGES, no)  # type: ignore[assignment]
        return _take_effect(found, now=now, calendar=calendar)


def _take_effect(found: ContactChange, *, now: datetime, calendar: Calendar) -> bool:
    if found.state != CONTACT_CHANGE.start or found.effective_date > beijing.day(now):
        return False
    if _in_time(found) is None:
        return False
    procedures.come_about(
        CONTACT_CHANGES, found, "take_effect", holds="day_came", now=now, calendar=calendar, more=_told_of(found)
    )
    return True


def _in_time(found: ContactChange) -> bool | None:
    """Return whether a notice came far enough ahead (SX-12-b): the first contact of a unit changes nobody."""
    return True if found.former_id is None else queries.leads([found.no])[found.no].in_time


def _officer(facts: Mapping[str, object], *, actor: Actor, judging: Judging) -> Officer | None:
    if not judging.spared("officer"):
        return None
    found = units_read.colleagues(actor.unit).filter(user__username=facts["officer"]).first()
    if found is None:
        judging.add(rules.NotOfYourUnit(officer=facts["officer"]))
    return found


def _told_of(found: ContactChange) -> dict[str, object]:
    return {"unit": found.unit_id, "effective_date": found.effective_date.isoformat(), "in_time": _in_time(found)}
