"""Writes of hand-overs. One function is one transaction; a step leaves one `handovers.moved` entry (SX-11-a)."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from hutong.control.calendars import operations as calendars
from hutong.control.handovers import belongings, passing, queries, rules
from hutong.control.handovers.belongings import Belonging
from hutong.control.handovers.lifecycle import HANDOVER
from hutong.control.handovers.models import Handover, HandoverPart
from hutong.control.handovers.procedure import HANDOVERS
from hutong.control.notices import operations as notices
from hutong.control.notices.procedure import CONTACT_CHANGES
from hutong.control.procedures import numbers, turns
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.operations import Grounds
from hutong.control.procedures.procedure import installed
from hutong.control.recording import record
from hutong.control.units import ended_tokens, meanwhile
from hutong.control.units import operations as members
from hutong.control.units import queries as units_read
from hutong.control.units.models import Deputy, Officer
from hutong.control.units.rules import Actor
from hutong.core import beijing, canonical
from hutong.core.errors import Conflicting, Judging, Problem, Refused
from hutong.core.workdays import Calendar

PREFIX = "JJ"
"""With what the numbers of hand-overs begin."""


def hand_over(
    facts: Mapping[str, object], *, actor: Actor, now: datetime, calendar: Calendar, judging: Judging | None = None,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Hand over what is open in an officer's name on a day, and return the hand-over's number.

    `facts` are those of `rules.FACTS`, `chosen` the account for each part (`Belonging.key`) that does not go to `to`;
    `calendar` holds the packaged years. All that is wrong is told at once, with what reading it found (`judging`). Of
    today it takes effect at once. Where the officer is the unit's contact the change is told of at once, whatever the
    day (SX-12-b). Raises NotYoursToHandOver, NoSuchOfficer, UnitStopped, HandoverUnderWay, NothingToHandOver, and what
    `rules.check` keeps, HandedToNobodyThere with it.
    """
    judging, today = judging or Judging(), beijing.day(now)
    rules.check(facts, today=today, judging=judging)
    officer = queries.officer(str(facts["officer"]), actor=actor) if judging.spared("officer") else None
    to = _colleague(facts, officer=officer, judging=judging)
    judging.end()
    if officer is None or to is None:
        raise rules.NoSuchHandover(no="")  # judged above
    with transaction.atomic():
        said = canonical.digest_of_facts(facts)
        before = meanwhile.made(
            "handovers.arranged", "case", meant_for, name=str(facts["officer"]), actor=actor,
            same=[{"unit": officer.unit_id, "digest": said}],
        )  # fmt: skip
        if before is not None:
            return before
        chosen = dict(facts["chosen"]).values()  # type: ignore[call-overload]
        _lock(officer, to, alone=facts["effective_date"] == today, now=now, chosen=chosen)
        no = numbers.following(HANDOVERS, PREFIX, now=now)
        made = _made(no, facts, officer=officer, to=to, actor=actor, now=now)
        procedures.begin(HANDOVERS, made, now=now, calendar=calendar)
        arranged = {
            "lifecycle": HANDOVER.name, "case": no, "unit": made.unit_id, "officer": str(facts["officer"]),
            "to": str(facts["to"]), "digest": said, "effective_date": made.effective_date.isoformat(),
            "by": actor.officer,
        }  # fmt: skip
        record("handovers.arranged", arranged, now=now, unit=made.unit_id)
        _tell_of_contact(made, actor=actor, now=now, calendar=calendar)
        _take_effect(made, now=now, calendar=calendar)
    return no


def take(
    no: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Take one step and return the state of the hand-over; raises what `procedures.operations.take` raises."""
    with transaction.atomic():
        found: Handover = procedures.locked(HANDOVERS, no)  # type: ignore[assignment]
        procedures.take(
            HANDOVERS, found, action, actor=actor, now=now, calendar=calendar, grounds=grounds, more=_told_of(found),
            meant_for=meant_for,
        )  # fmt: skip
    return found.state


def take_effect(no: str, *, now: datetime, calendar: Calendar) -> bool:
    """Hand over what was arranged, where its day has come; returns whether it has. `calendar` as `hand_over` has it."""
    with transaction.atomic():
        found: Handover = procedures.locked(HANDOVERS, no)  # type: ignore[assignment]
        if found.state != HANDOVER.start or found.effective_date > beijing.day(now):
            return False
        _lock(found.officer, found.to, alone=True, now=now, chosen=found.chosen.values())
        return _take_effect(found, now=now, calendar=calendar)


def _made(
    no: str, facts: Mapping[str, object], *, officer: Officer, to: Officer, actor: Actor, now: datetime
) -> Handover:
    other = Handover.objects.filter(officer=officer, state=HANDOVER.start).first()
    if other is not None:
        raise rules.HandoverUnderWay(officer=officer.name, no=other.no)
    if facts["effective_date"] == beijing.day(now) and not belongings.of(officer, unit=officer.unit_id, now=now):
        raise rules.NothingToHandOver(officer=officer.name)
    made: Handover = Handover.objects.create(
        no=no, unit_id=officer.unit_id, state=HANDOVER.start, entered_at=now, officer=officer, to=to,
        chosen=facts["chosen"], phone=facts["phone"], effective_date=facts["effective_date"], reason=facts["reason"],
        told_at=now, told_by=actor.officer,
    )  # fmt: skip
    return made


def _take_effect(found: Handover, *, now: datetime, calendar: Calendar) -> bool:
    """Hand everything over that is open now: each part for itself, what is refused stays and says why."""
    if found.effective_date > beijing.day(now):
        return False
    by, told_before = _arranger(found, now=now), set(found.parts.values_list("kind", flat=True))
    parts: list[HandoverPart] = []
    for belonging in belongings.of(found.officer, unit=found.unit_id, now=now):
        if belonging.kind in told_before:
            continue
        try:
            with transaction.atomic():
                passing.pass_on(found, belonging, by=by, now=now)
        except Problem as problem:
            parts.append(passing.part(found, belonging, problem=problem))
        else:
            parts.append(passing.part(found, belonging))
    HandoverPart.objects.bulk_create(parts)
    ended_tokens.end_all(
        username=found.officer.user.username, reason=ended_tokens.HANDED, now=now, by=found.told_by
    )
    procedures.come_about(
        HANDOVERS, found, "take_effect", holds="day_came", now=now, calendar=calendar, more=_told_of(found)
    )
    return True


def _tell_of_contact(found: Handover, *, actor: Actor, now: datetime, calendar: Calendar) -> None:
    """Tell of the unit's new contact, where the officer is it; what refuses that stands in the hand-over."""
    there = belongings.of(found.officer, unit=found.unit_id, now=now)
    belonging = next((each for each in there if each.kind == "contact"), None)
    if belonging is None:
        return
    facts = {
        "officer": passing.receiver(found, belonging), "phone": found.phone, "effective_date": found.effective_date,
        "reason": found.reason, "emergency": False,
    }  # fmt: skip
    try:
        if not facts["officer"]:
            raise rules.NotToBeHandedOver
        with transaction.atomic():
            no = notices.notify(facts, actor=actor, now=now, calendar=calendar)
    except (Refused, Conflicting) as problem:
        passing.part(found, belonging, problem=problem).save()
    else:
        told = passing.part(found, belonging)
        told.title = no
        told.save()


def _colleague(facts: Mapping[str, object], *, officer: Officer | None, judging: Judging) -> Officer | None:
    """Return who is handed what is not given to somebody else; keeps HandedToNobodyThere in `judging`.

    So it does of whoever else is chosen for a part.
    """
    if officer is None:
        return None
    there = belongings.colleagues(officer, unit=officer.unit_id)
    for key, account in dict(facts["chosen"]).items():  # type: ignore[call-overload]
        field = f"{belongings.FIELD}{key}"
        if account and account not in there and judging.spared(field):
            wrong = rules.HandedToNobodyThere(officer=account)
            wrong.at = (field,)
            judging.add(wrong)
    if not judging.spared("to"):
        return None
    found = Officer.objects.filter(user__username=facts["to"]).first() if facts["to"] in there else None
    if found is None:
        judging.add(rules.HandedToNobodyThere(officer=facts["to"]))
    return found


def _lock(officer: Officer, to: Officer, *, alone: bool, now: datetime, chosen: Collection[str] = ()) -> None:
    """Let nobody else move what is handed over, in the order in which all take these locks (`turns`).

    `alone` where turns will be written anew: cases, units, officers, deputyships, numbers, calendar, turns.
    """
    there: list[Belonging] = belongings.of(officer, unit=officer.unit_id, now=now) if alone else []
    by_life: dict[str, list[str]] = {}
    for each in sorted(there, key=lambda each: (each.lifecycle, each.case)):
        if each.case:
            by_life.setdefault(each.lifecycle, []).append(each.case)
    for lifecycle, cases in by_life.items():
        list(installed()[lifecycle].cases(cases).order_by("pk").select_for_update(of=("self",)))
    members.require_active(officer.unit_id)
    for unit in sorted({each.unit for each in there if each.kind == "deputy"}):
        members.lock_unit(unit)
    accounts = {to.user.username, officer.user.username, *(each for each in chosen if each)}
    list(Officer.objects.select_for_update(of=("self",)).filter(user__username__in=accounts).order_by("pk"))
    if alone:
        numbered = [each.number for each in there if each.number]
        list(Deputy.objects.select_for_update(of=("self",)).filter(pk__in=numbered).order_by("pk"))
        numbers.following(CONTACT_CHANGES, notices.PREFIX, now=now)
        calendars.lock(shared=True)
        turns.lock(shared=False)


def _arranger(found: Handover, *, now: datetime) -> Actor:
    """Return who arranged a hand-over, in the roles of now; one who is no officer any more has none."""
    try:
        return units_read.actor(found.told_by, now=now)
    except units_read.NoSuchOfficer:
        name = units_read.people([found.told_by]).get(found.told_by, found.told_by)
        return Actor(found.told_by, name, found.unit_id, found.unit.name, frozenset())


def _told_of(found: Handover) -> dict[str, object]:
    parts = list(found.parts.values_list("passed", flat=True))
    return {
        "unit": found.unit_id, "officer": found.officer.user.username, "to": found.to.user.username,
        "effective_date": found.effective_date.isoformat(), "handed": parts.count(True), "left": parts.count(False),
    }  # fmt: skip
