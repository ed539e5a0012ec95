"""The arithmetic of clocks: from an event and a rule to a day, with every day that was skipped, and pauses.

A deadline is reckoned from facts that are kept (what it counts from, how much, when it stood still and why), so that it
can be reckoned again when a year's calendar becomes known, and by anybody whom it concerns. The words for it are made
here, in both languages, so that page, history and print say the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from hutong.core import beijing, workdays
from hutong.core.labels import Both, both, joined
from hutong.core.lifecycle import Counting
from hutong.core.workdays import Calendar, Rule

_DAY = timedelta(days=1)
LATE = -1
"""What is left of a clock that stood still when it was late already."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which a clock stood still: from a moment, until one (None: it still does), and why."""

    from_at: datetime
    until_at: datetime | None
    reason: str

    def plain(self) -> dict[str, object]:
        """Return it as JSON keeps it."""
        until = self.until_at.isoformat() if self.until_at else None
        return {"from_at": self.from_at.isoformat(), "until_at": until, "reason": self.reason}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Pause":
        """Return what `plain` made."""
        until = kept["until_at"]
        ended = datetime.fromisoformat(until) if until else None
        return cls(datetime.fromisoformat(kept["from_at"]), ended, kept["reason"])


@dataclass(frozen=True, slots=True)
class DeadlineFacts:
    """The facts a deadline is reckoned from. `amount` is in working days, or hours for HOURS; 0 for an order."""

    counting: Counting
    amount: int
    from_at: datetime
    day: date | None = None
    """Of LEAD the day something takes effect, of ORDER the last day in time."""
    rule: Rule = "A"
    """Of LEAD: how working days ahead are counted (D-7)."""
    pauses: tuple[Pause, ...] = ()

    @property
    def stands_still(self) -> bool:
        """Whether the clock is paused."""
        return bool(self.pauses) and self.pauses[-1].until_at is None

    def paused(self, at: datetime, *, reason: str) -> "DeadlineFacts":
        """Return it standing still from `at`."""
        return replace(self, pauses=(*self.pauses, Pause(at, None, reason)))

    def going_on(self, at: datetime) -> "DeadlineFacts":
        """Return it going on at `at` where it stood, never anew (D-4)."""
        return replace(self, pauses=(*self.pauses[:-1], replace(self.pauses[-1], until_at=at)))


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something has to be done, and how that was reached.

    `late_at` is the moment from which it is late, `day` the last day in time (Beijing); both are None while a year's
    calendar is not loaded (D-20) or the clock stands still. `left` is what was left when it stood still: working days,
    or minutes of a clock that counts hours.
    """

    day: date | None
    late_at: datetime | None
    told: Both
    """How the day was reached."""
    skipped: tuple[tuple[str, Both], ...] = ()
    """Each day that was not counted, and why."""
    left: int | None = None

    def result(self, *, at: datetime) -> str:
        """Return `met` or `late` for what is done at `at`; `open` where no day can be computed yet."""
        if self.left is not None:
            return "met" if self.left >= 0 else "late"
        if self.late_at is None:
            return "open"
        return "late" if at >= self.late_at else "met"


def reckon(event: DeadlineFacts, *, calendar: Calendar) -> Deadline:
    """Return the deadline that follows from an event by its rule; a year that is not loaded leaves it open (D-20)."""
    try:
        if event.counting is Counting.WORKING_DAYS:
            return _working_days(event, calendar)
        if event.counting is Counting.HOURS:
            return _hours(event)
        return _named_day(event, calendar)
    except workdays.YearNotLoaded as problem:
        return Deadline(None, None, both("deadlines.not_loaded", year=problem.facts["year"], amount=event.amount))


def _working_days(event: DeadlineFacts, calendar: Calendar) -> Deadline:
    start, left = beijing.day(event.from_at), event.amount
    told: list[Both] = []
    for pause in event.pauses:
        stopped = beijing.day(pause.from_at)
        if left >= 0 and stopped <= workdays.add_workdays(start, left, calendar=calendar).day:
            left -= workdays.workdays_between(start, stopped, calendar=calendar).workdays
            told.append(both("deadlines.paused.days", at=stopped, reason=pause.reason, left=left))
        else:
            left = LATE
            told.append(both("deadlines.paused.late", at=stopped, reason=pause.reason))
        if pause.until_at is None:
            return Deadline(None, None, joined(told), left=left)
        start = beijing.day(pause.until_at)
        told.append(both("deadlines.goes_on", at=start))
    if left == LATE:  # it was late before it stood still, and is so at once when it goes on
        return Deadline(start - _DAY, beijing.midnight(start), joined(told))
    found = workdays.add_workdays(start, left, calendar=calendar)
    told.append(found.explanation.told)
    return Deadline(
        found.day, beijing.midnight(found.day + _DAY), joined(told), _off(found.explanation.skipped)
    )


def _hours(event: DeadlineFacts) -> Deadline:
    start, left = event.from_at, timedelta(hours=event.amount)
    told = [both("deadlines.hours", at=_moment(start), amount=event.amount)]
    for pause in event.pauses:
        left -= pause.from_at - start
        minutes = max(left // timedelta(minutes=1), LATE)
        told.append(both("deadlines.paused.minutes", at=_moment(pause.from_at), reason=pause.reason, left=minutes))
        if pause.until_at is None:
            return Deadline(None, None, joined(told), left=minutes)
        start = pause.until_at
        told.append(both("deadlines.goes_on", at=_moment(start)))
    late_at = start + left
    told.append(both("deadlines.ends", at=_moment(late_at)))
    return Deadline(beijing.day(late_at), late_at, joined(told))


def _named_day(event: DeadlineFacts, calendar: Calendar) -> Deadline:
    if event.day is None:
        raise ValueError(f"a clock that counts {event.counting} needs the day that the case names")
    if event.counting is Counting.ORDER:
        after = beijing.midnight(event.day + _DAY)
        return Deadline(event.day, after, both("deadlines.ordered", day=event.day))
    found = workdays.latest_day_to_tell(event.day, event.amount, rule=event.rule, calendar=calendar)
    told, skipped = found.explanation.told, _off(found.explanation.skipped)
    return Deadline(found.day, beijing.midnight(found.day + _DAY), told, skipped)


def _off(days: Sequence[workdays.Day]) -> tuple[tuple[str, Both], ...]:
    return tuple((f"{day.day}", day.why()) for day in days)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(beijing.BEIJING):%Y-%m-%d %H:%M}"
