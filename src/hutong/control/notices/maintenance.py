"""Writes of notices of maintenance. One function is one transaction; a step leaves one entry (SX-15-a).

What the unit tells is told the operator, and besides the units with grants on its resources: for them stands an entry
of its own, `notices.announced`.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.db import transaction

from hutong.control.notices import maintained, rules
from hutong.control.notices.lifecycle import MAINTENANCE
from hutong.control.notices.models import MaintenanceNotice
from hutong.control.notices.procedure import MAINTENANCE_NOTICES
from hutong.control.procedures import numbers
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.operations import Grounds
from hutong.control.procedures.procedure import Also, Taking
from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.control.units import meanwhile, offices
from hutong.control.units import operations as members
from hutong.control.units.rules import Actor
from hutong.core import canonical
from hutong.core.errors import Judging
from hutong.core.workdays import Calendar

PREFIX = "WH"
"""With what the numbers of notices of maintenance begin."""


def notify(
    facts: Mapping[str, object], *, actor: Actor, now: datetime, calendar: Calendar, judging: Judging | None = None,
    meant_for: str | None = None, changes: str = "",
) -> str:  # fmt: skip
    """Tell of planned work of the actor's unit, and return the notice's number.

    `facts` are those of `rules.WORK_FACTS`; `calendar` holds the packaged years. Where it `changes` the time of another
    notice, that ends with it. All that is wrong is told at once, with what reading it found (`judging`), as Faults
    where there are several. What the same form told before (`meant_for`) stays the only one. Raises NotYourRole,
    UnitStopped, NoSuchMaintenance, NotToldAnew, and what `rules.check_work` keeps.
    """
    judging, actor = judging or Judging(), maintained.acting(actor)
    if not actor.has_role(rules.TELLING):
        raise NotYourRole(role=rules.TELLING, officer=actor.name)
    rules.check_work(facts, judging=judging)
    judging.end()
    with transaction.atomic():
        members.require_active(actor.unit)
        said = canonical.digest_of_facts(facts)
        before = meanwhile.made(
            "notices.maintenance_told", "case", meant_for, name=actor.unit, same=[{"unit": actor.unit, "digest": said}],
            actor=actor,
        )  # fmt: skip
        if before is not None:
            return before
        former = _former(changes, actor=actor) if changes else None
        made = MaintenanceNotice.objects.create(
            no=numbers.following(MAINTENANCE_NOTICES, PREFIX, now=now), unit_id=actor.unit, state=MAINTENANCE.start,
            entered_at=now, former=former, told_at=now, told_by=actor.officer,
            told_units=maintained.consumers(actor.unit, now=now), **{name: facts[name] for name in rules.WORK_FACTS},
        )  # fmt: skip
        procedures.begin(MAINTENANCE_NOTICES, made, now=now, calendar=calendar)
        told = {
            "lifecycle": MAINTENANCE.name, "case": made.no, "digest": said, "kind": made.kind,
            "former": changes or None, **_told_of(made), "by": actor.officer,
        }  # fmt: skip
        operator = offices.current().unit_of("operator", region=made.unit.region_code)
        record("notices.maintenance_told", told, now=now, unit=actor.unit, counterpart=operator)
        _announce(made, "notify", before="", actor=actor, now=now)
        if former is not None:
            procedures.take(
                MAINTENANCE_NOTICES, former, "change", actor=actor, now=now, calendar=calendar,
                more=_told_of(former), follows=True,
            )  # fmt: skip
            _announce(former, "change", before=MAINTENANCE.start, actor=actor, now=now)
    return made.no


def take(
    no: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds,
    happened_at: datetime | None = None, judging: Judging | None = None, meant_for: str | None = None,
) -> str:  # fmt: skip
    """Take one step and return the state of the notice; `calendar` as `notify` has it.

    A step that begins or ends the work says when it `happened_at`; what reading that found is in `judging`. Raises
    what `procedures.operations.take` raises and `rules.check_happened` keeps.
    """
    actor = maintained.acting(actor)
    with transaction.atomic():
        found: MaintenanceNotice = procedures.locked(MAINTENANCE_NOTICES, no)  # type: ignore[assignment]
        told, before = _told_of(found), found.state
        happened = partial(_happened, happened_at=happened_at, judging=judging or Judging(), told=told)
        also: Also = {"begin": happened, "complete": happened}
        procedures.take(
            MAINTENANCE_NOTICES, found, action, actor=actor, now=now, calendar=calendar, grounds=grounds, also=also,
            more=told, meant_for=meant_for,
        )  # fmt: skip
        _announce(found, action, before=before, actor=actor, now=now)
    return found.state


def _former(no: str, *, actor: Actor) -> MaintenanceNotice:
    """Return the notice that another takes the place of, which nobody else moves until the transaction ends."""
    maintained.notice(no, actor=actor)  # nobody learns of one that is not theirs to see
    found: MaintenanceNotice = procedures.locked(MAINTENANCE_NOTICES, no)  # type: ignore[assignment]
    if found.unit_id != actor.unit:
        raise NotYourRole(role=rules.TELLING, officer=actor.name)
    if found.state != MAINTENANCE.start:
        raise rules.NotToldAnew(no=no, case_state=MAINTENANCE.states[found.state].name)
    return found


def _happened(
    found: MaintenanceNotice, step: Taking, *, happened_at: datetime | None, judging: Judging, told: dict[str, object]
) -> None:
    """Write down when the work began or ended, and say it in the entry (`told`)."""
    rules.check_happened(happened_at, begun_at=found.begun_at, now=step.now, judging=judging)
    judging.end()
    if step.move.action == "begin":
        found.begun_at = happened_at
    else:
        found.ended_at = happened_at
    told.update(_told_of(found))


def _told_of(found: MaintenanceNotice) -> dict[str, object]:
    moments = {name: getattr(found, name) for name in ("from_at", "until_at", "begun_at", "ended_at")}
    return {
        "unit": found.unit_id, "in_time": maintained.leads([found.no])[found.no].in_time,
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
    }  # fmt: skip


def _announce(found: MaintenanceNotice, action: str, *, before: str, actor: Actor, now: datetime) -> None:
    """Enter for the units with grants on the unit's resources what it tells them; nothing where there are none."""
    if found.told_units:
        said = {
            "lifecycle": MAINTENANCE.name, "case": found.no, "unit": found.unit_id, "action": action,
            "from_state": before, "to_state": found.state, "by": actor.officer,
        }  # fmt: skip
        record("notices.announced", said, now=now, others=found.told_units)
