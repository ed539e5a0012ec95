"""What is settled and happens by itself on a day to come: hand-overs, and changes of a unit's contact (W8, W11)."""

from dataclasses import dataclass
from datetime import date

from hutong.control.handovers.models import Handover
from hutong.control.handovers.procedure import HANDOVERS
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
    """One case that takes effect by itself on its day, with the clause by which it does."""

    lifecycle: str
    number: str
    title: str
    state: str
    day: date
    clause: str
    lead: Clock | None
    """How many working days ahead it had to be told, as its clock has it; None where none are asked for."""


def of_unit(actor: Actor) -> list[Coming]:
    """Return what comes by itself at the actor's unit, the nearest first, at most SHOWN."""
    found = [*_waiting(HANDOVERS, Handover, actor), *_waiting(CONTACT_CHANGES, ContactChange, actor)]
    return sorted(found, key=lambda each: (each.day, each.number))[:SHOWN]


def _waiting(procedure: Procedure, model: type[Handover | ContactChange], actor: Actor) -> list[Coming]:
    life = procedure.life
    rows = list(model.objects.filter(unit=actor.unit, state=life.start).order_by("effective_date", "id")[:SHOWN])
    numbers = [row.no for row in rows]
    leads = {each.case: each for each in Clock.objects.filter(lifecycle=life.name, case__in=numbers, name="lead")}
    clause = next(move.clause for move in life.moves if move.role == TIME)
    return [
        Coming(life.name, each.number, each.title, each.state, each.dates["effective"], clause, leads.get(each.number))
        for each in procedure.seen(rows)
    ]
