"""Transfers of officers to another unit (调动): the one unit asks, and once the other accepts the officer has moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from hutong.control.handovers import rules
from hutong.control.handovers.lifecycle import TRANSFER
from hutong.control.handovers.models import Transfer
from hutong.control.handovers.procedure import TRANSFERS
from hutong.control.procedures import handling, numbers
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.operations import Grounds
from hutong.control.procedures.procedure import Taking
from hutong.control.procedures.queries import PAGE, in_order, waits_at, worded
from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.control.units import meanwhile, postings, queries
from hutong.control.units import operations as members
from hutong.control.units.models import Officer
from hutong.control.units.rules import Actor
from hutong.core.counting import COUNTED
from hutong.core.errors import Judging
from hutong.core.workdays import Calendar

PREFIX = "DD"
"""With what the numbers of transfers begin."""


@dataclass(frozen=True, slots=True)
class TransferFilters:
    """What a list is narrowed to; empty where all is listed."""

    words: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class NewTransfer:
    """What the form of a transfer begins from: whether the reader asks for the own unit, whom, and where to."""

    may: bool
    officers: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]


def new_form(*, actor: Actor) -> NewTransfer:
    """Return what a transfer begins from: the officers of the actor's unit but the actor, and the other units."""
    others = _transferable(actor).order_by("name", "pk")
    units = tuple((each.credit_code, each.name) for each in queries.units() if each.credit_code != actor.unit)
    officers = tuple(others.values_list("user__username", "name"))
    return NewTransfer(rules.arranges(actor, unit=actor.unit), officers, units)


def ask(
    facts: Mapping[str, str], *, actor: Actor, now: datetime, calendar: Calendar, judging: Judging | None = None,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Ask another unit to accept an officer of the actor's unit, and return the number of the transfer.

    `facts` are officer, unit and reason; `calendar` holds the packaged years. Nothing changes until the other unit
    accepts. Raises NotYourRole, UnitStopped, TransferUnderWay, and what is kept in `judging`: TransferIncomplete,
    NotOfYourUnitHere, NoSuchUnit.
    """
    judging = judging or Judging()
    if not rules.arranges(actor, unit=actor.unit):
        raise NotYourRole(role=rules.ARRANGING, officer=actor.name)
    judging.lacks(facts, ("officer", "unit", "reason"), rules.TransferIncomplete)
    if judging.spared("unit") and (facts["unit"] == actor.unit or facts["unit"] not in queries.names()):
        judging.add(queries.NoSuchUnit(unit=facts["unit"]), "unit")
    there = _transferable(actor)
    if judging.spared("officer") and not there.filter(user__username=facts["officer"]).exists():
        judging.add(rules.NotOfYourUnitHere(officer=facts["officer"]))
    judging.end()
    with transaction.atomic():
        said = {"unit": actor.unit, "officer": facts["officer"], "receiver": facts["unit"]}
        before = meanwhile.made(
            "handovers.transfer_asked", "case", meant_for, name=facts["officer"], same=[said], actor=actor
        )
        if before is not None:
            return before
        members.require_active(actor.unit, facts["unit"])
        officer = members.locked(facts["officer"])
        other = Transfer.objects.filter(officer=officer, state=TRANSFER.start).first()
        if other is not None:
            raise rules.TransferUnderWay(officer=officer.name, no=other.no)
        no = numbers.following(TRANSFERS, PREFIX, now=now)
        made = Transfer.objects.create(
            no=no, unit_id=actor.unit, receiver_id=facts["unit"], officer=officer, state=TRANSFER.start, entered_at=now,
            reason=facts["reason"], asked_at=now, asked_by=actor.officer,
        )  # fmt: skip
        procedures.begin(TRANSFERS, made, now=now, calendar=calendar)
        told = {"lifecycle": TRANSFER.name, "case": no, **said, "reason": facts["reason"], "by": actor.officer}
        record("handovers.transfer_asked", told, now=now, unit=actor.unit, counterpart=facts["unit"])
    return no


def _transferable(actor: Actor) -> QuerySet[Officer]:
    """Return whom the actor's unit may let go: its active officers but the actor."""
    return queries.colleagues(actor.unit).exclude(user__username=actor.officer)


def take(
    no: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Take one step and return the state of the transfer; accepting it moves the officer (`postings.move`).

    Raises what `procedures.operations.take` and `postings.move` raise.
    """
    with transaction.atomic():
        found: Transfer = procedures.locked(TRANSFERS, no)  # type: ignore[assignment]
        if action == "accept":  # units, then officers, before the turns
            members.require_active(found.receiver_id, found.unit_id)
            members.locked(found.officer.user.username)
        procedures.take(
            TRANSFERS, found, action, actor=actor, now=now, calendar=calendar, grounds=grounds,
            also={"accept": _move}, more=_told_of(found), looked_at=action == "accept", meant_for=meant_for,
        )  # fmt: skip
    return found.state


def _move(found: Transfer, taking: Taking) -> None:
    username, by = found.officer.user.username, taking.actor.officer
    postings.move(username=username, unit=found.receiver_id, reason=found.reason, now=taking.now, by=by)


def _told_of(found: Transfer) -> dict[str, object]:
    return {"unit": found.unit_id, "officer": found.officer.user.username, "receiver": found.receiver_id}


def transfer(no: str, *, actor: Actor) -> Transfer:
    """Return one transfer; raises NoSuchTransfer, also where the actor may not see it."""
    found = Transfer.objects.select_related("unit", "receiver", "officer__user").filter(no=no).first()
    if found is None or not _reads(found, actor):
        raise rules.NoSuchTransfer(no=no)
    return found


def _reads(found: Transfer, actor: Actor) -> bool:
    both = {found.unit_id, found.receiver_id}
    if actor.unit in both or actor.reads_of(found.unit.region_code) or actor.reads_of(found.receiver.region_code):
        return True
    if waits_at(TRANSFER.name, found.no, actor.seats | queries.headed(actor)):
        return True
    return handling.consulted(TRANSFER.name, found.no, actor=actor)


def visible(
    actor: Actor, asked: TransferFilters, *, after: tuple[datetime, int] | None = None, oldest: bool = False,
    limit: int = PAGE,
) -> list[Transfer]:  # fmt: skip
    """Return a page of the transfers the actor may read, the newest first; `oldest` turns the order.

    Each of the words begins the number, or occurs in the name of the officer or of one of the two units. `after` is
    where the page before ended: `entered_at` and id of its last row.
    """
    found = in_order(_fitting(actor, asked), after=after, oldest=oldest)
    return list(found.select_related("unit", "receiver", "officer")[:limit])


def counted(actor: Actor, asked: TransferFilters, *, most: int = COUNTED + 1) -> int:
    """Return how many transfers fit, on all pages, counted up to `most`."""
    return _fitting(actor, asked)[:most].count()


def _fitting(actor: Actor, asked: TransferFilters) -> QuerySet[Transfer]:
    found = Transfer.objects.filter(queries.theirs(actor, "unit_id", "receiver_id"))
    found = worded(found, asked.words, "unit__name", "receiver__name", "officer__name")
    return found.filter(state=asked.state) if asked.state else found


def editable(transfer: Transfer, *, actor: Actor) -> bool:
    """Whether the actor may change what a transfer says: nobody may, it is refused and asked for anew."""
    return False
