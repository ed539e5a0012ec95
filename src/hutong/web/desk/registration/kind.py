"""Registrations as a kind of case: how a step is taken."""

from datetime import datetime

from hutong.control.procedures.operations import Grounds
from hutong.control.registration import operations, queries
from hutong.control.registration.models import Registration
from hutong.control.registration.procedure import REGISTRATIONS
from hutong.control.sharing import hit
from hutong.control.units.rules import Actor
from hutong.core.workdays import Calendar
from hutong.web.desk.room import CaseKind
from hutong.web.wording import hit as words


def take(
    number: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds, meant_for: str
) -> str:
    """Take one step of a registration; returns its state and raises what `registration.operations.take` raises."""
    return operations.take(
        number, action, actor=actor, now=now, calendar=calendar, reason=grounds.reason, basis=grounds.basis,
        opinion=grounds.opinion, agrees=grounds.agrees, meant_for=meant_for,
    )  # fmt: skip


def named_by(registration: Registration, action: str) -> list[str]:
    """Return which grants name what is locked, unlocked or cancelled."""
    if action not in ("lock", "unlock", "cancel"):
        return []
    return [*words.named(hit.of_registered(registration.kind, registration.code, unit=registration.unit_id))]


KIND = CaseKind(
    REGISTRATIONS, "registration", take, find=queries.registration, editable=queries.editable, consequences=named_by
)
