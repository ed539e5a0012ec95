"""Reads of purges and holds, for who takes their steps."""

from dataclasses import dataclass
from datetime import datetime

from hutong.audit import holds, purges, retention
from hutong.audit.events import RecordClass
from hutong.audit.holds import Hold, HoldFilters
from hutong.audit.purges import Purge, PurgeFilters
from hutong.audit.years import cut_off
from hutong.control.retention import rules
from hutong.control.retention.here import here
from hutong.control.rulebook import queries as rulebooks
from hutong.control.units import meanwhile
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.counting import COUNTED
from hutong.core.errors import Problem


@dataclass(frozen=True, slots=True)
class PurgePage:
    """A purge as its page shows it."""

    purge: Purge
    reached: int
    """How many records it would remove, counted up to COUNTED; 0 once it is done or dropped."""
    approving: Problem | None
    """Why the reader cannot agree to it; None where they can."""
    dropping: Problem | None
    going: Problem | None
    """Why its records cannot go now, though it were agreed to."""
    at: str
    """The state it is shown in (`meanwhile.shown`)."""


@dataclass(frozen=True, slots=True)
class HoldPage:
    """A hold as its page shows it."""

    hold: Hold
    at: str


@dataclass(frozen=True, slots=True)
class PurgeForm:
    """What the form of a purge begins with: from before when the records of each class may go; when it was opened."""

    cut_offs: dict[RecordClass, datetime]
    at: str


def years(record_class: RecordClass, *, now: datetime) -> int:
    """Return how long the rulebook has records of a class kept."""
    return rulebooks.in_force(beijing.day(now)).number(f"audit.{record_class}_years")


def listed(
    actor: Actor, filters: PurgeFilters, *, after: int | None = None, oldest: bool = False, limit: int
) -> list[Purge]:
    """Return a page of purges, the newest first; raises NotEntitledToPurge."""
    rules.check(actor)
    with here().transaction() as cur:
        return purges.page(cur, filters, after=after, oldest=oldest, limit=limit)


def counted(actor: Actor, filters: PurgeFilters, *, most: int = COUNTED + 1) -> int:
    """Return how many purges fit, counted up to `most`; raises NotEntitledToPurge."""
    rules.check(actor)
    with here().transaction() as cur:
        return purges.counted(cur, filters, most=most)


def holds_listed(
    actor: Actor, filters: HoldFilters, *, now: datetime, after: int | None = None, oldest: bool = False, limit: int
) -> list[Hold]:
    """Return a page of holds, the newest first; raises NotEntitledToPurge."""
    rules.check(actor)
    with here().transaction() as cur:
        return holds.page(cur, filters, now=now, after=after, oldest=oldest, limit=limit)


def holds_counted(actor: Actor, filters: HoldFilters, *, now: datetime, most: int = COUNTED + 1) -> int:
    """Return how many holds fit, counted up to `most`; raises NotEntitledToPurge."""
    rules.check(actor)
    with here().transaction() as cur:
        return holds.counted(cur, filters, now=now, most=most)


def page(number: int, *, actor: Actor, now: datetime) -> PurgePage:
    """Return a purge with what its reader may do; raises NotEntitledToPurge and NoSuchPurge."""
    rules.check(actor)
    with here().transaction() as cur:
        found = purges.read(cur, purge=number)
        kept = years(found.record_class, now=now)
        told = {
            step: retention.refusal(
                cur, found, step, by=actor.officer, seats=actor.platform_seats, now=now, years=kept
            )
            for step in ("approve", "drop", "purge")
        }
        open_still = found.done_at is None and found.dropped_at is None
        many = purges.reached(
            cur, record_class=found.record_class, before=found.before_at, most=COUNTED + 1
        ) if open_still else 0  # fmt: skip
    going = told["purge"] if isinstance(told["purge"], retention.KeptLonger | retention.UnderHold) else None
    at = meanwhile.shown(state(found), now=now)
    return PurgePage(found, many, told["approve"], told["drop"], going, at)


def hold(number: int, *, actor: Actor, now: datetime) -> HoldPage:
    """Return a hold; raises NotEntitledToPurge and NoSuchHold."""
    rules.check(actor)
    with here().transaction() as cur:
        found = holds.one(cur, hold=number)
    return HoldPage(found, meanwhile.shown(state_of_hold(found), now=now))


def form(*, actor: Actor, now: datetime) -> PurgeForm:
    """Return what the form of a purge begins with; raises NotEntitledToPurge."""
    rules.check(actor)
    cut_offs = {each: cut_off(now, each, years=years(each, now=now)) for each in RecordClass}
    return PurgeForm(cut_offs, meanwhile.shown(None, now=now))


def state(purge: Purge) -> dict[str, object]:
    """Return the state of a purge as a form carries it."""
    return {"state": purge.state}


def state_of_hold(found: Hold) -> dict[str, object]:
    """Return the state of a hold as a form carries it."""
    return {"lifted": found.lifted_at is not None}
