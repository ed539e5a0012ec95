"""Writes of front-end servers: a function is a transaction, a step leaves a `nodes.server_moved` entry (SX-13-a)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from hutong.control.nodes import queries, rules, standing
from hutong.control.nodes.lifecycle import SERVER, UNUSED
from hutong.control.nodes.models import DeclaredVersion, FrontEndServer, ServerChange
from hutong.control.nodes.procedure import SERVERS
from hutong.control.procedures import numbers, since
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.operations import Grounds
from hutong.control.procedures.procedure import Also, Taking
from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.control.units import meanwhile
from hutong.control.units import operations as members
from hutong.control.units.rules import Actor
from hutong.core import beijing, canonical
from hutong.core.errors import Judging
from hutong.core.workdays import Calendar

PREFIX = "QZ"
"""With what the numbers of front-end servers begin."""


def draft(
    told: Mapping[str, object], *, actor: Actor, now: datetime, judging: Judging | None = None,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Write down a front-end server of the actor's unit and return its number; it is submitted after that (SX-13-a).

    `told` has its `name`, its `code` and what `rules.declared` reads. All that is wrong is told at once, with what
    reading it found (`judging`), as Faults where there are several. What the same form wrote down before (`meant_for`)
    stays the only one. Raises NotYourRole, UnitStopped, ServerCodeTaken, and what `rules.declared` keeps.
    """
    judging = judging or Judging()
    if not queries.registers(actor):
        raise NotYourRole(role=rules.APPLYING, officer=actor.name)
    facts = _read(told, now=now, judging=judging)
    with transaction.atomic():
        members.require_active(actor.unit)
        said = _digest(told, facts) if not judging.found else ""
        same = [{"unit": actor.unit, "code": told.get("code"), "digest": said}] if said else []
        before = meanwhile.made("nodes.server_drafted", "server", meant_for, name=actor.unit, same=same, actor=actor)
        if before is not None:
            return before
        no = numbers.following(SERVERS, PREFIX, now=now)  # nobody else writes one down until this ends
        _check_free(str(told.get("code")), unit=actor.unit, judging=judging)
        check_system(facts, unit=actor.unit, judging=judging)
        judging.end()
        made = FrontEndServer.objects.create(
            no=no, unit_id=actor.unit, state=SERVER.start, entered_at=now, code=told["code"], name=told["name"],
            managed=facts["managed"], facts=facts, written_by=[actor.officer],
        )  # fmt: skip
        entry = {
            "server": no, "unit": actor.unit, "code": made.code, "name": made.name, "digest": said, "by": actor.officer,
        }  # fmt: skip
        record("nodes.server_drafted", entry, now=now, unit=actor.unit)
        procedures.put_on_desks(SERVERS, made)
    return no


def amend(
    no: str, told: Mapping[str, object], *, actor: Actor, now: datetime, judging: Judging | None = None,
    meant_for: str | None = None,
) -> None:  # fmt: skip
    """Change what a server says that is not submitted yet; what it takes and tells is as `draft` has it.

    Raises NoSuchServer, NotYourRole, ServerNotEditable, ServerCodeTaken, and what `since.check` raises.
    """
    judging = judging or Judging()
    with transaction.atomic():
        queries.server(no, actor=actor)  # nobody learns of one that is not theirs to see
        found: FrontEndServer = procedures.locked(SERVERS, no)  # type: ignore[assignment]
        if not rules.applies(actor, unit=found.unit_id):
            raise NotYourRole(role=rules.APPLYING, officer=actor.name)
        facts = _read(told, now=now, judging=judging)
        since.check(
            SERVERS, found, meant_for, doing=since.EDIT, actor=actor,
            already=lambda: (found.code, found.name, found.facts) == (told["code"], told["name"], facts),
        )  # fmt: skip
        if found.state not in SERVER.editable:
            raise rules.ServerNotEditable(no=no, case_state=SERVER.states[found.state].name)
        numbers.following(SERVERS, PREFIX, now=now)
        if told.get("code") != found.code:
            _check_free(str(told.get("code")), unit=found.unit_id, judging=judging)
        check_system(facts, unit=found.unit_id, judging=judging, besides=no)
        judging.end()
        before = _digest({"code": found.code, "name": found.name}, found.facts)
        found.code, found.name, found.facts = str(told["code"]), str(told["name"]), facts
        found.managed = str(facts["managed"])
        found.written_by = sorted({*found.written_by, actor.officer})
        found.save()
        entry = {"server": no, "before": before, "after": _digest(told, facts), "by": actor.officer}
        record("nodes.server_edited", entry, now=now, unit=found.unit_id)
        procedures.edited(SERVERS, found, actor=actor, now=now)


def take(
    no: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Take one step of a server and return its state; raises what `procedures.operations.take` raises.

    With its registration begins the first version of what it declares.
    """
    with transaction.atomic():
        found: FrontEndServer = procedures.locked(SERVERS, no)  # type: ignore[assignment]
        procedures.take(
            SERVERS, found, action, actor=actor, now=now, calendar=calendar, grounds=grounds, also=_ALSO,
            more={"unit": found.unit_id, "code": found.code, "digest": rules.digest(found.facts)}, meant_for=meant_for,
        )  # fmt: skip
    return found.state


def declare(server: FrontEndServer, *, now: datetime, change: ServerChange | None = None) -> DeclaredVersion:
    """Keep what a server declares from now on as its next version, in the caller's transaction."""
    made: DeclaredVersion = DeclaredVersion.objects.create(
        server=server, number=server.versions.count() + 1, from_at=now, facts=server.facts,
        digest=rules.digest(server.facts), change=change,
    )  # fmt: skip
    return made


def _read(told: Mapping[str, object], *, now: datetime, judging: Judging) -> dict[str, object]:
    rules.check_named(told, judging=judging)
    return rules.declared(told, today=beijing.day(now), judging=judging)


def _digest(told: Mapping[str, object], facts: Mapping[str, object]) -> str:
    return canonical.digest({"code": told["code"], "name": told["name"], "facts": dict(facts)})


def check_system(facts: Mapping[str, object], *, unit: str, judging: Judging, besides: str = "") -> None:
    """Keep in `judging` that a server cannot sign as it declares: ServerSystemUnknown and ServerSystemTaken.

    It signs as a registered system of its unit that is in use, and that no other server (`besides` it) signs as.
    """
    code = str(facts.get("system") or "")
    if not code or not judging.spared("system"):
        return
    if code not in dict(standing.systems(unit)):
        judging.add(rules.ServerSystemUnknown(value=code[:40]))
    elif (other := standing.signing_as(code, besides=besides)) is not None:
        judging.add(rules.ServerSystemTaken(value=code, no=other.no))


def _check_free(code: str, *, unit: str, judging: Judging) -> None:
    there = FrontEndServer.objects.filter(unit=unit, code=code).exclude(state__in=UNUSED)
    if judging.spared("code") and there.exists():
        judging.add(rules.ServerCodeTaken(code=code))


def _registered(found: FrontEndServer, step: Taking) -> None:
    declare(found, now=step.now)


_ALSO: Also = {"approve": _registered}
"""Action → what happens with it, besides that the server moves."""
