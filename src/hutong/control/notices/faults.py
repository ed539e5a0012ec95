"""Writes of faults. One function is one transaction; a step leaves one `notices.fault_moved` entry (SX-15-b).

That there is a fault, and when it was restored, is told the units with grants on the unit's resources as well: for them
stands an entry of its own, `notices.announced`, without what the unit tells of it.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.db import transaction

from hutong.audit import log
from hutong.control.notices import faulted, maintained, rules
from hutong.control.notices.lifecycle import FAULT, OUT_OF_ORDER
from hutong.control.notices.models import FaultAccount, FaultCase
from hutong.control.notices.procedure import FAULTS
from hutong.control.procedures import numbers
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.operations import Grounds
from hutong.control.procedures.procedure import Also, Taking
from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.control.units import meanwhile, offices
from hutong.control.units import operations as members
from hutong.control.units.models import Unit
from hutong.control.units.rules import Actor
from hutong.core import canonical
from hutong.core.errors import Judging
from hutong.core.workdays import Calendar

PREFIX = "GZ"
"""With what the numbers of faults begin."""
ANNOUNCED = frozenset({"restore", "dismiss"})
"""Steps that the units with grants are told."""


def report(
    facts: Mapping[str, object], told: Mapping[str, object], *, actor: Actor, now: datetime, calendar: Calendar,
    judging: Judging | None = None, meant_for: str | None = None,
) -> str:  # fmt: skip
    """Tell of a fault of the actor's unit with what is known of it, and return its number.

    Whether it was told promptly its clock says. `facts` are those of `rules.FAULT_FACTS`, `told` those of a report
    (`rules.TOLD_WITH`); `calendar` holds the packaged years. All that is wrong is told at once, with what reading it
    found (`judging`), as Faults where there are several. What the same form told before (`meant_for`) stays the only
    one. Raises NotYourRole, UnitStopped, and what `rules.check_fault` and `rules.check_told` keep.
    """
    judging, actor = judging or Judging(), maintained.acting(actor)
    if not actor.has_role(rules.TELLING):
        raise NotYourRole(role=rules.TELLING, officer=actor.name)
    rules.check_fault(facts, now=now, judging=judging)
    rules.check_told("report", told, noticed_at=now, now=now, judging=judging)
    judging.end()
    with transaction.atomic():
        members.require_active(actor.unit)
        before = _before(actor.unit, facts, meant_for, actor=actor)
        if before is not None:
            return before
        made = _detected(actor.unit, facts, source="unit", by=actor.officer, now=now, calendar=calendar)
        _take(made, "report", told, actor=actor, now=now, calendar=calendar, judging=judging)
    return made.no


def find(
    facts: Mapping[str, object], *, unit: str, actor: Actor, now: datetime, calendar: Calendar,
    judging: Judging | None = None, meant_for: str | None = None,
) -> str:  # fmt: skip
    """Write down a fault of another unit that the operator noticed, and return its number; the unit tells what it is.

    `facts` as `report` has them. Raises NotYourRole for who is not the operator of the unit's region, UnitStopped,
    NoSuchUnit, and what `rules.check_fault` keeps.
    """
    judging = judging or Judging()
    if not actor.has_role("operator"):
        raise NotYourRole(role="operator", officer=actor.name)
    rules.check_fault(facts, now=now, judging=judging)
    judging.end()
    with transaction.atomic():
        members.require_active(unit)
        if not actor.answers_for("operator", region=Unit.objects.get(pk=unit).region_code):
            raise NotYourRole(role="operator", officer=actor.name)
        before = _before(unit, facts, meant_for, actor=actor)
        if before is not None:
            return before
        return _detected(unit, facts, source="operator", by=actor.officer, now=now, calendar=calendar).no


def detect(unit: str, *, kind: str, symptom: str, noticed_at: datetime, now: datetime, calendar: Calendar) -> str:
    """Write down a fault that the platform noticed, e.g. a front-end server that was not heard of; return its number.

    To be called in the caller's transaction. Where a fault of this kind lasts that the platform noticed before, it is
    that one. Raises what `rules.check_fault` keeps.
    """
    facts, judging = {"kind": kind, "symptom": symptom, "noticed_at": noticed_at}, Judging()
    rules.check_fault(facts, now=now, judging=judging)
    judging.end()
    with transaction.atomic():
        Unit.objects.select_for_update(of=("self",)).get(pk=unit)  # nobody else writes the same one down meanwhile
        lasting = FaultCase.objects.filter(unit=unit, kind=kind, source="platform", state__in=OUT_OF_ORDER)
        if (found := lasting.order_by("id").first()) is not None:
            return str(found.no)
        return _detected(unit, facts, source="platform", by="", now=now, calendar=calendar).no


def take(
    no: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds,
    told: Mapping[str, object] | None = None, judging: Judging | None = None, meant_for: str | None = None,
) -> str:  # fmt: skip
    """Take one step and return the state of the fault; `told` is what the unit tells with it (`rules.TOLD_WITH`).

    What reading that found is in `judging`. Raises what `procedures.operations.take` raises and `rules.check_told`
    keeps.
    """
    actor = maintained.acting(actor)
    with transaction.atomic():
        found: FaultCase = procedures.locked(FAULTS, no)  # type: ignore[assignment]
        _take(
            found, action, told or {}, actor=actor, now=now, calendar=calendar, judging=judging or Judging(),
            grounds=grounds, meant_for=meant_for,
        )  # fmt: skip
    return found.state


def _before(unit: str, facts: Mapping[str, object], meant_for: str | None, *, actor: Actor) -> str | None:
    same = [{"unit": unit, "digest": canonical.digest_of_facts(facts)}]
    return meanwhile.made("notices.fault_detected", "case", meant_for, name=unit, same=same, actor=actor)


def _detected(
    unit: str, facts: Mapping[str, object], *, source: str, by: str, now: datetime, calendar: Calendar
) -> FaultCase:
    """Write a fault down; the hour in which the unit tells of it runs since it knew: it noticed, or was told now."""
    since = facts["noticed_at"] if source == "unit" else now
    made: FaultCase = FaultCase.objects.create(
        no=numbers.following(FAULTS, PREFIX, now=now), unit_id=unit, state=FAULT.start, entered_at=now, source=source,
        detected_at=now, detected_by=by, told_units=maintained.consumers(unit, now=now),
        **{name: facts[name] for name in rules.FAULT_FACTS},
    )  # fmt: skip
    procedures.begin(FAULTS, made, now=since, calendar=calendar)  # type: ignore[arg-type]
    said = {
        "lifecycle": FAULT.name, "case": made.no, "unit": unit, "kind": made.kind, "source": source,
        "noticed_at": made.noticed_at.isoformat(), "digest": canonical.digest_of_facts(facts), "by": by or log.PLATFORM,
    }  # fmt: skip
    operator = offices.current().unit_of("operator", region=made.unit.region_code)
    record("notices.fault_detected", said, now=now, unit=unit, counterpart=operator)
    _announce(made, "detect", before="", by=by or log.PLATFORM, now=now)
    return made


def _take(
    found: FaultCase, action: str, told: Mapping[str, object], *, actor: Actor, now: datetime, calendar: Calendar,
    judging: Judging, grounds: Grounds | None = None, meant_for: str | None = None,
) -> None:  # fmt: skip
    before, said = found.state, {"unit": found.unit_id, **dict.fromkeys(("restored_at", "digest", "in_time"))}
    keep = partial(_told, told=told, judging=judging, said=said)
    also: Also = dict.fromkeys(rules.TOLD_WITH, keep)
    procedures.take(
        FAULTS, found, action, actor=actor, now=now, calendar=calendar, grounds=grounds or Grounds(), also=also,
        more=said, meant_for=meant_for,
    )  # fmt: skip
    if action in ANNOUNCED:
        _announce(found, action, before=before, by=actor.officer, now=now)


def _told(
    found: FaultCase, step: Taking, *, told: Mapping[str, object], judging: Judging, said: dict[str, object]
) -> None:
    """Keep what the unit tells with a step, and say in its entry (`said`) its digest, and whether it came promptly."""
    action = step.move.action
    rules.check_told(action, told, noticed_at=found.noticed_at, now=step.now, judging=judging)
    judging.end()
    kept = {name: told[name] for name in rules.TOLD_WITH[action] if name != "happened_at"}
    restored_at = told.get("happened_at") if action == "restore" else None
    FaultAccount.objects.create(
        fault=found, action=action, at=step.now, by=step.actor.officer, by_name=step.actor.name,
        restored_at=restored_at, **kept,
    )  # fmt: skip
    if isinstance(restored_at, datetime):
        found.restored_at, said["restored_at"] = restored_at, restored_at.isoformat()
    said["digest"] = canonical.digest_of_facts(kept)
    if action == "report":
        said["in_time"] = not faulted.late([found.no], now=step.now)


def _announce(found: FaultCase, action: str, *, before: str, by: str, now: datetime) -> None:
    """Enter for the units with grants on the unit's resources what they are told; nothing where there are none."""
    if found.told_units:
        said = {
            "lifecycle": FAULT.name, "case": found.no, "unit": found.unit_id, "action": action, "from_state": before,
            "to_state": found.state, "by": by,
        }  # fmt: skip
        record("notices.announced", said, now=now, others=found.told_units)
