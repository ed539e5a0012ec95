"""Proposing a purge, agreeing to it, dropping it, placing a hold and lifting it, by officers on pages (SX-10-c, W13).

Nothing is removed here: the door of the pages has no right to (decision 0123). What two officers agreed to is carried
out by a command, which sees for itself that they did.
"""

from datetime import UTC, date, datetime

from django.db import transaction

from hutong.audit import holds, purges, retention
from hutong.audit.events import RecordClass
from hutong.control.retention import queries, rules
from hutong.control.retention.here import here
from hutong.control.units import meanwhile
from hutong.control.units.meanwhile import Thing
from hutong.control.units.rules import Actor
from hutong.core import beijing


def request(record_class: RecordClass, before: date, *, actor: Actor, now: datetime, meant_for: str) -> int:
    """Ask that records of a class from before a day (Beijing) be purged, and return the purge's number.

    What the same form asked for before is not asked for again. Raises DayFarOff, KeptLonger, UnderHold,
    NotEntitledToPurge and ShownStateMissing; a refusal is entered in the log.
    """
    beijing.check(before, field="before")
    moment = beijing.midnight(before)
    same = {"record_class": str(record_class), "before_at": moment.astimezone(UTC).isoformat()}
    with transaction.atomic():
        made = meanwhile.made(
            "audit.purge_requested", "purge", meant_for, name="purge", same=[same], actor=actor
        )  # fmt: skip
    if made is not None:
        return int(made)
    return retention.request(
        here(), record_class=record_class, before=moment, by=actor.officer, seats=actor.platform_seats, now=now,
        years=queries.years(record_class, now=now),
    )  # fmt: skip


def agree(number: int, *, actor: Actor, now: datetime, meant_for: str) -> None:
    """Agree to a purge that another requested; nothing is removed yet.

    Raises NoSuchPurge, PurgeMovedOn, NotEntitledToPurge, ApproverIsRequester, and what `meanwhile.check` raises.
    """
    _check(number, "audit.purge_approved", actor=actor, now=now, meant_for=meant_for)
    retention.approve(here(), purge=number, by=actor.officer, seats=actor.platform_seats, now=now)


def drop(number: int, *, reason: str, actor: Actor, now: datetime, meant_for: str) -> None:
    """End a purge that is not done, for a reason; whoever requested it may, too.

    Raises DropWithoutReason, NoSuchPurge, PurgeMovedOn, NotEntitledToPurge, and what `meanwhile.check` raises.
    """
    _check(number, "audit.purge_dropped", actor=actor, now=now, meant_for=meant_for)
    retention.drop(here(), purge=number, reason=reason, by=actor.officer, seats=actor.platform_seats, now=now)


def place(
    record_class: RecordClass | None, *, reason: str, until: date | None, actor: Actor, now: datetime, meant_for: str
) -> int:
    """Keep a class of records (None: all) to the end of a day (Beijing), or until lifted; returns the hold's number.

    Raises NotEntitledToHold, HoldWithoutReason, HoldEndsTooSoon, DayFarOff and ShownStateMissing.
    """
    end = None
    if until is not None:
        beijing.check(until, field="until")
        end = beijing.over(until)
        if end <= now:
            raise holds.HoldEndsTooSoon(until_at=f"{until}")
    same = {"record_class": record_class and str(record_class), "reason": reason}
    with transaction.atomic():
        made = meanwhile.made("audit.hold_placed", "hold", meant_for, name="hold", same=[same], actor=actor)
    if made is not None:
        return int(made)
    return holds.place(
        here(), record_class=record_class, reason=reason, until_at=end, by=actor.officer, seats=actor.platform_seats,
        now=now,
    )  # fmt: skip


def lift(number: int, *, reason: str, actor: Actor, now: datetime, meant_for: str) -> None:
    """End a hold that stands, for a reason.

    Raises NotEntitledToPurge, NoSuchHold, HoldWithoutReason, and what `meanwhile.check` raises.
    """
    rules.check(actor)

    def state() -> object:
        with here().transaction() as cur:
            return queries.state_of_hold(holds.one(cur, hold=number))

    thing = Thing(f"{number}", ("audit.hold_lifted",), ({"hold": number},))
    with transaction.atomic():
        meanwhile.check(
            thing, meant_for, state=state, doing="audit.hold_lifted", same={"hold": number}, actor=actor, now=now
        )
    holds.lift(here(), hold=number, reason=reason, by=actor.officer, seats=actor.platform_seats, now=now)


_EVENTS = ("audit.purge_approved", "audit.purge_dropped", "audit.purge_done")


def _check(number: int, doing: str, *, actor: Actor, now: datetime, meant_for: str) -> None:
    """Refuse what was meant for another state of a purge than it is in."""

    def state() -> object:
        with here().transaction() as cur:
            return queries.state(purges.read(cur, purge=number))

    with transaction.atomic():
        thing = Thing(f"{number}", _EVENTS, ({"purge": number},))
        meanwhile.check(thing, meant_for, state=state, doing=doing, same={"purge": number}, actor=actor, now=now)
