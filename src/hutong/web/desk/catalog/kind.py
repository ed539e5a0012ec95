"""Changes of entries, and entries, as kinds of cases: how a step is taken. Each is decided by itself."""

from datetime import datetime

from hutong.control.catalog import operations, reading, rules
from hutong.control.catalog.models import Change, Entry
from hutong.control.catalog.procedure import CHANGES, ENTRIES
from hutong.control.procedures.operations import Grounds
from hutong.control.units.rules import Actor
from hutong.core.workdays import Calendar
from hutong.web.desk.room import CaseKind


def take(
    number: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds, meant_for: str
) -> str:
    """Take one step of a change; returns its state and raises what `catalog.operations.take` raises."""
    return operations.take(
        number, action, actor=actor, now=now, calendar=calendar, reason=grounds.reason, opinion=grounds.opinion,
        agrees=grounds.agrees, meant_for=meant_for,
    )  # fmt: skip


def take_of_entry(
    number: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds, meant_for: str
) -> str:
    """Take one step of an entry; returns its state and raises what `catalog.operations.take_of_entry` raises."""
    return operations.take_of_entry(
        number, action, actor=actor, now=now, calendar=calendar, reason=grounds.reason, opinion=grounds.opinion,
        agrees=grounds.agrees, meant_for=meant_for,
    )  # fmt: skip


def editable(change: Change, *, actor: Actor) -> bool:
    """Return whether the actor may alter now what a change says."""
    return rules.editable(change.state, actor=actor, provider=change.provider_id)


def never(entry: Entry, *, actor: Actor) -> bool:
    """Return that nobody alters what an entry says, but by a change of it."""
    return False


CHANGE_KIND = CaseKind(CHANGES, "change", take, find=reading.change, editable=editable)
ENTRY_KIND = CaseKind(ENTRIES, "entry", take_of_entry, find=reading.entry, editable=never)
