"""Writes of changes of a front-end server; a step leaves one `nodes.change_moved` entry (SX-14-b, W9)."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.db import transaction

from hutong.control.nodes import operations, queries, rules
from hutong.control.nodes.lifecycle import CHANGE
from hutong.control.nodes.models import FrontEndServer, ServerChange
from hutong.control.nodes.procedure import SERVER_CHANGES, SERVERS
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

PREFIX = "PZ"
"""With what the numbers of changes of a configuration begin."""
_SAID = (
    "reason", "urgent", "window_from_at", "window_until_at", "items", "before", "after", "executed_at", "executed_by",
    "done",
)  # fmt: skip
"""What the form of a change says, by its columns."""


def draft(
    server_no: str, told: Mapping[str, object], *, actor: Actor, now: datetime, judging: Judging | None = None,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Write down an application to change a server's configuration and return its number (SX-14-b).

    `told` has `reason`, `urgent`, the window, `password_changes`, what `rules.declared` reads, as it is to
    be, and of an emergency on the unit's own server what `rules.check_executed` asks for. All that is wrong is told at
    once, with what reading it found (`judging`). What the same form wrote down before (`meant_for`) stays the only one.
    Raises NoSuchServer, NotYourRole, UnitStopped, ServerNotRunning, and what `rules.check_change` keeps.
    """
    judging = judging or Judging()
    with transaction.atomic():
        server = queries.server(server_no, actor=actor)  # nobody learns of one that is not theirs to see
        if not rules.applies(actor, unit=server.unit_id):
            raise NotYourRole(role=rules.APPLYING, officer=actor.name)
        members.require_active(server.unit_id)
        _check_running(server)
        said = _read(told, server, now=now, judging=judging)
        judging.end()
        made = ServerChange(
            server=server, managed=server.managed, state=CHANGE.start, entered_at=now, written_by=[actor.officer],
            **said,
        )  # fmt: skip
        same = [{"server": server_no, "digest": digest(made)}]
        before = meanwhile.made("nodes.change_drafted", "change", meant_for, name=server_no, same=same, actor=actor)
        if before is not None:
            return before
        made.no = no = numbers.following(SERVER_CHANGES, PREFIX, now=now)
        made.save()
        entry = {
            "change": no, "server": server_no, "unit": server.unit_id, "parts": made.items, "emergency": made.urgent,
            "digest": digest(made), "by": actor.officer,
        }  # fmt: skip
        record("nodes.change_drafted", entry, now=now, unit=server.unit_id)
        procedures.put_on_desks(SERVER_CHANGES, made)
    return no


def amend(
    no: str, told: Mapping[str, object], *, actor: Actor, now: datetime, judging: Judging | None = None,
    meant_for: str | None = None,
) -> None:  # fmt: skip
    """Change what an application says that is not handed in yet; what it takes and tells is as `draft` has it.

    Raises NoSuchServerChange, NotYourRole, ServerChangeNotEditable, and what `since.check` raises.
    """
    judging = judging or Judging()
    with transaction.atomic():
        queries.change(no, actor=actor)  # nobody learns of one that is not theirs to see
        found: ServerChange = procedures.locked(SERVER_CHANGES, no)  # type: ignore[assignment]
        if not rules.applies(actor, unit=found.server.unit_id):
            raise NotYourRole(role=rules.APPLYING, officer=actor.name)
        said = _read(told, found.server, now=now, judging=judging)
        since.check(
            SERVER_CHANGES, found, meant_for, doing=since.EDIT, actor=actor,
            already=lambda: all(getattr(found, name) == said[name] for name in _SAID),
        )  # fmt: skip
        if found.state not in CHANGE.editable:
            raise rules.ServerChangeNotEditable(no=no, case_state=CHANGE.states[found.state].name)
        judging.end()
        before = digest(found)
        for name in _SAID:
            setattr(found, name, said[name])
        found.written_by = sorted({*found.written_by, actor.officer})
        found.save()
        entry = {"change": no, "before": before, "after": digest(found), "by": actor.officer}
        record("nodes.change_edited", entry, now=now, unit=found.server.unit_id)
        procedures.edited(SERVER_CHANGES, found, actor=actor, now=now)


def take(
    no: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds,
    executed: Mapping[str, object] | None = None, judging: Judging | None = None, meant_for: str | None = None,
) -> str:  # fmt: skip
    """Take one step of a change and return its state; `calendar` holds the packaged years.

    Carrying it out says when, by whom and what (`executed`); whether that was in its window and after its approval is
    computed and kept. What is verified the server declares from then on (SX-14-c). Raises what
    `procedures.operations.take` raises, ServerNotRunning, and what `rules.check_executed` keeps.
    """
    judging = judging or Judging()
    with transaction.atomic():
        found: ServerChange = procedures.locked(SERVER_CHANGES, no)  # type: ignore[assignment]
        more: dict[str, object] = {"server": found.server.no, "unit": found.server.unit_id, "parts": found.items}
        also: Also = {
            "submit": partial(_submitted, more=more),
            "approve": _approved,
            "execute": partial(_executed, told=executed or {}, judging=judging, more=more),
            "verify": partial(_verified, more=more),
        }
        procedures.take(
            SERVER_CHANGES, found, action, actor=actor, now=now, calendar=calendar, grounds=grounds, also=also,
            more=_evidence(more), meant_for=meant_for,
        )  # fmt: skip
        if action == "approve":
            _by_time(found, now=now, calendar=calendar)
    return found.state


def come_about(no: str, *, now: datetime, calendar: Calendar) -> str:
    """Let a change's window begin, or end, where it has, and return the state it is in."""
    with transaction.atomic():
        found: ServerChange = procedures.locked(SERVER_CHANGES, no)  # type: ignore[assignment]
        _by_time(found, now=now, calendar=calendar)
    return found.state


def _by_time(found: ServerChange, *, now: datetime, calendar: Calendar) -> None:
    for state, at, action, holds in (
        ("APPROVED", found.window_from_at, "begin_window", "window_began"),
        ("IN_WINDOW", found.window_until_at, "end_window", "window_over"),
    ):
        if found.state == state and at is not None and at <= now:
            more = _evidence({"server": found.server.no, "unit": found.server.unit_id, "parts": found.items})
            procedures.come_about(
                SERVER_CHANGES, found, action, holds=holds, now=now, calendar=calendar, more=more
            )


def digest(change: ServerChange) -> str:
    """Return the digest of what an application says, as its entries have it."""
    return canonical.digest_of_facts({name: getattr(change, name) for name in _SAID})


def _read(
    told: Mapping[str, object], server: FrontEndServer, *, now: datetime, judging: Judging
) -> dict[str, object]:
    """Return what an application says, by the columns of _SAID; what is wrong is kept in `judging`."""
    rules.check_change(told, judging=judging)
    facts, password = server.facts, bool(told.get("password_changes"))
    kept = {**told, "password_date": facts["password_date"]}
    wanted = rules.declared(kept, today=beijing.day(now), judging=judging)
    if wanted["system"] != facts["system"]:
        operations.check_system(wanted, unit=server.unit_id, judging=judging, besides=server.no)
    names = [*rules.changed(facts, wanted), *(["password_date"] if password else [])]
    if not judging.found and not names:
        judging.add(rules.NothingToChange())
    executed: dict[str, object] = {"executed_at": None, "executed_by": "", "done": ""}
    if told.get("urgent") and server.managed == "SELF":
        rules.check_executed(told, now=now, judging=judging)
        executed = {name: told.get(name) for name in executed}
    after = {name: wanted[name] for name in names if name != "password_date"}
    if password:
        after["password_date"] = None  # the day on which it is carried out
    urgent = bool(told.get("urgent"))
    return {
        "reason": told.get("reason"), "urgent": urgent,
        "window_from_at": None if urgent else told.get("window_from_at"),
        "window_until_at": None if urgent else told.get("window_until_at"),
        "items": rules.items_of(names), "before": {name: facts[name] for name in names}, "after": after, **executed,
    }  # fmt: skip


def _submitted(found: ServerChange, step: Taking, *, more: dict[str, object]) -> None:
    _check_running(found.server)
    found.submitted_at = step.now
    if step.move.after == "EXECUTED":
        _set_executed(found, more=more)


def _approved(found: ServerChange, step: Taking) -> None:
    found.approved_at = step.now


def _executed(
    found: ServerChange, step: Taking, *, told: Mapping[str, object], judging: Judging, more: dict[str, object]
) -> None:
    rules.check_executed(told, now=step.now, judging=judging)
    judging.end()
    found.executed_at, found.executed_by, found.done = told["executed_at"], told["executed_by"], told["done"]
    _set_executed(found, more=more)


def _set_executed(found: ServerChange, *, more: dict[str, object]) -> None:
    """Compute whether a change was carried out after its approval and in its window; an emergency had neither to be."""
    at = found.executed_at
    if not found.urgent:
        found.approved_before = found.approved_at is not None and found.approved_at <= at
        found.in_window = found.window_from_at <= at < found.window_until_at
    if "password_date" in found.after:
        found.after = {**found.after, "password_date": beijing.day(at).isoformat()}
    more |= {"executed_at": at.isoformat(), "in_window": found.in_window, "approved_before": found.approved_before}


def _verified(found: ServerChange, step: Taking, *, more: dict[str, object]) -> None:
    """Let the server declare from now on what was changed, as its next version; the one before stays readable."""
    server: FrontEndServer = procedures.locked(SERVERS, found.server.no)  # type: ignore[assignment]
    server.facts = {**server.facts, **found.after}
    server.managed = server.facts["managed"]
    server.save()
    more["digest"] = operations.declare(server, now=step.now, change=found).digest


def _check_running(server: FrontEndServer) -> None:
    if server.state != "ACTIVE":
        raise queries.not_running(server)


def _evidence(more: dict[str, object]) -> dict[str, object]:
    """Return what the entry of a step says besides, each of its fields set; what the step finds out is set in it."""
    for name in ("executed_at", "in_window", "approved_before", "digest"):
        more.setdefault(name, None)
    return more
