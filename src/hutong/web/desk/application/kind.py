"""Applications as a kind of case: how a step is taken, and which of them are alike."""

from datetime import datetime

from hutong.control.procedures.operations import Grounds
from hutong.control.sharing import operations, queries
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units.rules import Actor
from hutong.core.workdays import Calendar
from hutong.web.desk.room import CaseKind


def take(
    number: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds, meant_for: str
) -> str:
    """Take one step of an application; returns its state and raises what `sharing.operations.take` raises."""
    return operations.take(
        number, action, actor=actor, now=now, calendar=calendar, reason=grounds.reason, basis=grounds.basis,
        opinion=grounds.opinion, agrees=grounds.agrees, meant_for=meant_for,
    )  # fmt: skip


KIND = CaseKind(
    APPLICATIONS, "application", take, find=queries.application, editable=queries.editable, alike=queries.alike
)  # fmt: skip
