"""What is settled and comes on a day: hand-overs, changes of a unit's contact and of its servers (W8, W9, W11)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from hutong.control.handovers.models import Handover
from hutong.control.handovers.procedure import HANDOVERS
from hutong.control.nodes.models import ServerChange
from hutong.control.nodes.procedure import SERVER_CHANGES
from hutong.control.notices.models import ContactChange
from hutong.control.notices.procedure import CONTACT_CHANGES
from hutong.control.procedures.models import Clock
from hutong.control.procedures.procedure import Procedure
from hutong.control.units.rules import Actor
from hutong.core.lifecycle import TIME

SHOWN = 20
"""Cases that stand there, the nearest first."""


@dataclass(frozen=True, slots=True)
class Coming:
    """One case about which nobody has to do anything before its day, with the clause by which it goes on then."""

    lifecycle: str
    number: str
    title: str
    state: str
    day: date
    clause: str
    lead: Clock | None
    """How many working days ahead it had to be told, as its clock has it; None where none are asked for."""


def of_unit(actor: Actor) -> list[Coming]:
    """Return what is settled and comes at the actor's unit, the nearest first, at most SHOWN."""
    handovers = Handover.objects.filter(unit=actor.unit, state=HANDOVERS.life.start)
    contacts = ContactChange.objects.filter(unit=actor.unit, state=CONTACT_CHANGES.life.start)
    changes = ServerChange.objects.filter(server__unit=actor.unit, state="APPROVED")
    found = [
        *_waiting(HANDOVERS, handovers.order_by("effective_date", "id"), day="effective"),
        *_waiting(CONTACT_CHANGES, contacts.order_by("effective_date", "id"), day="effective"),
        *_waiting(SERVER_CHANGES, changes.order_by("window_from_at", "id"), day="from"),
    ]
    return sorted(found, key=lambda each: (each.day, each.number))[:SHOWN]


def _waiting(procedure: Procedure, rows: QuerySet, *, day: str) -> list[Coming]:
    life, there = procedure.life, procedure.seen(list(rows[:SHOWN]))
    told = Clock.objects.filter(lifecycle=life.name, case__in=[each.number for each in there], name="lead")
    leads = {each.case: each for each in told.order_by("id")}
    clause = {move.before: move.clause for move in reversed(life.moves) if move.role == TIME}
    return [
        Coming(
            life.name, each.number, each.title, each.state, each.dates[day], clause[each.state],
            leads.get(each.number),
        )
        for each in there
    ]  # fmt: skip
