"""Entries of the catalogue as a kind of case: how a step is taken. Each is decided by itself."""

from datetime import datetime

from hutong.control.catalog import operations, rules
from hutong.control.catalog.models import Entry
from hutong.control.catalog.procedure import ENTRIES
from hutong.control.orgs.rules import Actor
from hutong.control.procedures.operations import Grounds
from hutong.core.workdays import Calendar
from hutong.web.desk.catalog.reading import seen
from hutong.web.desk.room import Kind


def take(number: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds) -> str:
    """Take one step of an entry; returns its state and raises what `catalog.operations.take` raises."""
    return operations.take(
        number, action, actor=actor, now=now, calendar=calendar, reason=grounds.reason, opinion=grounds.opinion,
        agrees=grounds.agrees,
    )  # fmt: skip


def editable(entry: Entry, *, actor: Actor) -> bool:
    """Return whether the actor may change now what an entry says."""
    return rules.editable(entry.state, actor=actor, provider=entry.provider_id)


KIND = Kind(ENTRIES, "entry", take, find=seen, editable=editable)
