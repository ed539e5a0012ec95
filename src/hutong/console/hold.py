"""Keeping records from being purged at the command line: an officer, by password, places a hold and lifts it (W13)."""

from datetime import date, datetime, timedelta

from rich.console import Console

from hutong.audit import holds
from hutong.audit.events import RecordClass
from hutong.audit.holds import Hold
from hutong.console import opening
from hutong.control.units.rules import Actor
from hutong.core import beijing, text
from hutong.core.labels import Both
from hutong.installation.opening import Installation
from hutong.terminal import speaking
from hutong.terminal.speaking import say


def place(
    installation: Installation,
    *,
    record_class: RecordClass | None,
    reason: str,
    until: date | None,
    by: Actor,
    console: Console,
) -> None:
    """Keep a class of records (None: all) to the end of a day (Beijing time) or until lifted, and tell its number.

    Raises HoldWithoutReason, HoldEndsTooSoon and DayFarOff.
    """
    if until is not None:
        beijing.check(until, field="--until")
    end = None if until is None else beijing.midnight(until) + timedelta(days=1)
    if end is not None and end <= installation.clock():
        raise holds.HoldEndsTooSoon(until_at=str(until))  # told as the day that was given
    with opening.database(installation, role="retention") as db:
        number = holds.place(
            db,
            record_class=record_class,
            reason=reason,
            until_at=end,
            by=by.officer,
            seats=by.platform_seats,
            now=installation.clock(),
        )
    speaking.show(
        console,
        "console.hold.place.done",
        what=_what(record_class),
        ending=_ending(end),
        number=number,
    )
    speaking.show(
        console,
        "console.hold.place.next",
        line=f"hutong audit hold lift {number}",
    )


def lift(installation: Installation, *, number: int, reason: str, by: Actor, console: Console) -> None:
    """End a hold and say so; raises NoSuchHold and HoldWithoutReason."""
    with opening.database(installation, role="retention") as db:
        holds.lift(db, hold=number, reason=reason, by=by.officer, seats=by.platform_seats, now=installation.clock())
    speaking.show(console, "console.hold.lift.done", number=number)


def show(installation: Installation, *, ended: bool, console: Console) -> None:
    """Tell which holds stand, and with `ended` those that stand no more."""
    now = installation.clock()
    with opening.database(installation, role="retention") as db, db.transaction() as cur:
        shown = [hold for hold in holds.every(cur) if ended or hold.stands(now)]
    for hold in shown:
        _tell(hold, now=now, console=console)
    if not shown:
        speaking.show(console, "console.hold.list.none_ever" if ended else "console.hold.list.none_stands")


def _tell(hold: Hold, *, now: datetime, console: Console) -> None:
    over = ""
    if hold.lifted_at is not None:
        lifted = "console.hold.list.lifted"
        over = say(lifted, day=_day(hold.lifted_at), by=hold.lifted_by)
    elif not hold.stands(now):
        over = say("console.hold.list.ended")
    speaking.show(
        console,
        "console.hold.list.line",
        number=hold.id,
        what=_what(hold.record_class),
        ending=_ending(hold.until_at),
        day=_day(hold.placed_at),
        by=hold.placed_by,
        reason=hold.reason,
        over=over,
    )


def _what(record_class: RecordClass | None) -> str:
    if record_class is None:
        return say("console.hold.all_records")
    return say("console.hold.records_of_class", record_class=Both(text.RECORD_CLASSES[record_class], record_class))


def _ending(until_at: datetime | None) -> str:
    if until_at is None:
        return say("console.hold.until_lifted")
    return say("console.hold.until_date", day=_day(until_at - timedelta(days=1)))


def _day(moment: datetime) -> str:
    return beijing.day(moment).isoformat()
