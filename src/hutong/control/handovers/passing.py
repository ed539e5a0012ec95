"""How each kind of thing that is open goes from one officer to another, under the rights of who hands it over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hutong.control.handovers import rules
from hutong.control.handovers.belongings import Belonging
from hutong.control.handovers.models import Handover, HandoverPart
from hutong.control.procedures import handling
from hutong.control.procedures.procedure import installed
from hutong.control.units import deputies
from hutong.control.units import officers as administered
from hutong.control.units import queries as members
from hutong.control.units.models import Deputy
from hutong.control.units.rules import Actor, Days
from hutong.core import beijing
from hutong.core.errors import Problem, told


@dataclass(frozen=True, slots=True)
class Passing:
    """One thing that goes over: what it is, in which hand-over, to whom, and who handed it over."""

    belonging: Belonging
    handover: Handover
    to: Actor
    by: Actor
    now: datetime


def receiver(found: Handover, belonging: Belonging) -> str:
    """Return the account that a thing goes to by a hand-over; empty where it is not handed over."""
    return str(found.chosen.get(belonging.key, found.to.user.username))


def part(found: Handover, belonging: Belonging, *, problem: Problem | None = None) -> HandoverPart:
    """Return what became of a thing, not yet saved: it went to its receiver, or `problem` says why it stayed."""
    account = receiver(found, belonging)
    why = told(problem)[0] if problem is not None else None
    return HandoverPart(
        handover=found, kind=belonging.kind, lifecycle=belonging.lifecycle, case=belonging.case, title=belonging.title,
        role=belonging.role, unit=belonging.unit, late_at=belonging.late_at, to_officer=account,
        to_name=members.people([account]).get(account, account), passed=why is None, code=why.code if why else "",
        facts={name: str(value) for name, value in why.facts.items()} if why else {},
    )  # fmt: skip


def pass_on(found: Handover, belonging: Belonging, *, by: Actor, now: datetime) -> None:
    """Give a thing to its receiver, in the caller's transaction.

    A case and a draft go over as they are given out at a desk; a role, a deputyship only by whose task that is. Raises
    NotToBeHandedOver, NoSuchOfficer, MayNotHaveIt, and what refuses the gift itself.
    """
    account = receiver(found, belonging)
    if not account:
        raise rules.NotToBeHandedOver
    to = members.actor(account, now=now)
    if to.unit != found.unit_id:
        raise rules.HandedToNobodyThere(officer=to.name)
    _HOW[belonging.kind](Passing(belonging, found, to, by, now))


def _case(it: Passing) -> None:
    procedure = installed()[it.belonging.lifecycle]
    if not it.belonging.desks & it.to.seats:
        raise rules.MayNotHaveIt
    by = Actor(it.by.officer, it.by.name, it.by.unit, it.by.unit_name, frozenset())
    handling.give(
        procedure, it.belonging.case, to_officer=it.to.officer, to_name=it.to.name, to_seats=it.to.seats,
        heads=it.belonging.desks, actor=by, now=it.now, words=it.handover.reason,
    )  # fmt: skip


def _role(it: Passing) -> None:
    days = Days(beijing.day(it.now))
    administered.give(username=it.to.officer, role=it.belonging.role, days=days, actor=it.by, now=it.now)


def _deputy(it: Passing) -> None:
    until = Deputy.objects.get(pk=it.belonging.number).until_date
    deputies.end(it.belonging.number, actor=it.by, now=it.now)
    deputies.name(
        role=it.belonging.role, unit=it.belonging.unit, username=it.to.officer, until_date=until,
        reason=it.handover.reason, actor=it.by, now=it.now,
    )  # fmt: skip


def _contact(it: Passing) -> None:
    raise rules.NotToBeHandedOver  # it is told of when the hand-over is arranged, and what came up since by a notice


_HOW: Mapping[str, Callable[[Passing], None]] = {
    "case": _case, "draft": _case, "role": _role, "deputy": _deputy, "contact": _contact,
}  # fmt: skip
"""Kind of a thing → how it goes over."""
