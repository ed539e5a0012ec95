"""Working days by the official calendar: deadlines, and the latest day for a notice.

Days off and make-up days come from the State Council's yearly notice, never from a rule: a year whose notice
is not loaded is refused, not guessed (D-20). The day of an event is not counted (Civil Code, article 201).
Every result carries an explanation that names the days left out and why.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from typing import Literal, Self

import chinese_calendar

from hutong.core.errors import Invalid, Unavailable
from hutong.core.labels import Both, both

Rule = Literal["A", "B"]
"""What "n working days ahead" means (D-7): A, the effective day is at the earliest the n-th working day after
the notice; B, n full working days lie between the two."""

_DAY = timedelta(days=1)
_NAMES = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
HOLIDAYS = {chinese: english for english, chinese in _NAMES.items()}
"""The holidays' names as notices give them, with those a `Calendar` keeps."""
_ALSO = {"清明节": "清明", "端午节": "端午", "中秋节": "中秋", "国庆": "国庆节", "劳动": "劳动节"}
HOLIDAYS |= {called: HOLIDAYS[name] for called, name in _ALSO.items()}


class YearNotLoaded(Unavailable):
    """The official calendar of {year} is not loaded, so nothing is computed for it."""


class CalendarDayOutside(Invalid):
    """{day} does not belong to the calendar of {year}, nor to the December before it."""


class CalendarDayTwice(Invalid):
    """{day} stands among the days off and among the make-up workdays of {year}."""


class MakeUpNotWeekend(Invalid):
    """{day} is named a make-up workday, but it is a working day already."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day as the calendar sees it; `holiday` is its English name where the notice gives it one."""

    day: date
    works: bool
    holiday: str = ""

    @property
    def make_up(self) -> bool:
        """A Saturday or Sunday on which the notice has people work."""
        return self.works and self.day.weekday() >= 5

    def why(self) -> Both:
        """Return in words why the day counts or does not."""
        if self.holiday and not self.works:
            return both("deadlines.day.holiday", name=Both(_NAMES.get(self.holiday, self.holiday), self.holiday))
        return both(f"deadlines.day.{'make_up' if self.make_up else 'works' if self.works else 'weekend'}")


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a result was reached: in words, and every day passed over, in order of time."""

    told: Both
    days: tuple[Day, ...]

    @property
    def skipped(self) -> tuple[Day, ...]:
        """The days that were not counted."""
        return tuple(day for day in self.days if not day.works)


@dataclass(frozen=True, slots=True)
class ComputedDay:
    """A day that was computed, and how."""

    day: date
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Span:
    """A number of working days that was counted, and how."""

    workdays: int
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days off and make-up days of the years whose official notice is loaded."""

    years: frozenset[int]
    days_off: Mapping[date, str]
    makeup: frozenset[date]

    @classmethod
    def official(cls) -> "Calendar":
        """Return the notices of 2004 to 2026, as the package chinese_calendar keeps them."""
        return _official()

    def with_year(
        self, year: int, days_off: Iterable[date] | Mapping[date, str], makeup: Iterable[date]
    ) -> Self:
        """Return this calendar with `year` loaded, or replaced where it was there.

        `days_off` may map each day to the holiday's name. A notice may also move days of the December before,
        as that of 2007 did. Raises CalendarDayOutside, CalendarDayTwice or MakeUpNotWeekend.
        """
        off = dict(days_off) if isinstance(days_off, Mapping) else dict.fromkeys(days_off, "")
        work = frozenset(makeup)
        for day in sorted({*off, *work}):
            if day.year != year and (day.year, day.month) != (year - 1, 12):
                raise CalendarDayOutside(day=day, year=year)
            if day in off and day in work:
                raise CalendarDayTwice(day=day, year=year)
            if day in work and day.weekday() < 5:
                raise MakeUpNotWeekend(day=day, year=year)
        kept = {day: name for day, name in self.days_off.items() if day.year != year and day not in work}
        worked = {day for day in self.makeup if day.year != year and day not in off}
        return type(self)(self.years | {year}, kept | off, frozenset(worked | work))

    def day(self, day: date) -> Day:
        """Return what `day` is; raises YearNotLoaded where the notice of its year is not loaded."""
        if day.year not in self.years:
            raise YearNotLoaded(year=day.year)
        if day in self.makeup:
            return Day(day, True)
        if day in self.days_off:
            return Day(day, False, self.days_off[day])
        return Day(day, day.weekday() < 5)

    def is_workday(self, day: date) -> bool:
        """Return whether people work on `day`; raises YearNotLoaded."""
        return self.day(day).works


@cache
def _official() -> Calendar:
    constants = chinese_calendar.constants
    years = {day.year for day in constants.holidays}
    return Calendar(frozenset(years), dict(constants.holidays), frozenset(constants.workdays))


def add_workdays(day: date, n: int, *, calendar: Calendar) -> ComputedDay:
    """Return the `n`-th working day after `day`, which itself is never counted, on whatever day it falls.

    With `n` = 0 that is `day`. Raises YearNotLoaded as soon as a day is needed that no notice covers.
    """
    passed, end = _walk(day, _enough(n), _DAY, calendar)
    told = both("deadlines.after", day=day, passed=_passages(passed), n=n, end=end, weekday=_weekday(end))
    return ComputedDay(end, Explanation(told, tuple(passed)))


def workdays_between(start: date, end: date, *, calendar: Calendar) -> Span:
    """Return how many working days lie after `start` up to and with `end`, none if `end` is no later."""
    days = [calendar.day(start + _DAY * i) for i in range(1, (end - start).days + 1)]
    number = sum(day.works for day in days)
    told = both("deadlines.between", start=start, end=end, passed=_passages(days), number=number)
    return Span(number, Explanation(told, tuple(days)))


def latest_day_to_tell(effective: date, n: int, *, rule: Rule = "A", calendar: Calendar) -> ComputedDay:
    """Return the latest working day on which notice `n` working days ahead of `effective` may be given.

    A notice given on a day off counts as given on the next working day (`given_on`). SX-12-b, SX-14-b,
    SX-15-a.
    """
    _enough(n)
    # Under A the effective day, if people work on it, is itself the n-th; under B it lies beyond the n.
    after = calendar.day(effective)
    within = rule == "A" and after.works
    passed, notice = _walk(effective, n if within else n + 1, -_DAY, calendar)
    between = sorted(passed[:-1], key=lambda day: day.day) + ([after] if rule == "A" else [])
    told = both(
        "deadlines.notice", effective=effective, rule=both(f"deadlines.rule.{rule}", n=n), passed=_passages(between),
        notice=notice, weekday=_weekday(notice),
    )  # fmt: skip
    return ComputedDay(notice, Explanation(told, tuple(between)))


def earliest_day_told(on: date, n: int, *, rule: Rule = "A", calendar: Calendar) -> ComputedDay:
    """Return the first working day for which a notice handed in `on` a day comes `n` working days ahead (D-7).

    It is the first for which `latest_day_to_tell` is that day or later. Raises YearNotLoaded.
    """
    return add_workdays(given_on(on, calendar=calendar), _enough(n) + (rule == "B"), calendar=calendar)


def given_on(day: date, *, calendar: Calendar) -> date:
    """Return the day a notice handed in on `day` counts as given: that day or the next working day."""
    while not calendar.is_workday(day):
        day += _DAY
    return day


def _enough(n: int) -> int:
    if n < 0:
        raise ValueError("a number of working days is never negative")
    return n


def _walk(day: date, n: int, step: timedelta, calendar: Calendar) -> tuple[list[Day], date]:
    passed: list[Day] = []
    while n > 0:
        day += step
        passed.append(calendar.day(day))
        n -= passed[-1].works
    return passed, day


def _passages(days: Iterable[Day]) -> Both:
    runs = [_passage(run) for run in _runs(days)]
    return Both("".join(run.zh for run in runs), "".join(run.en for run in runs))


def _passage(run: list[Day]) -> Both:
    first, last = run[0].day, run[-1].day
    span = f"{first}" if first == last else both("deadlines.run", first=first, last=last)
    return both(f"deadlines.{'counted' if run[0].works else 'skipped'}", span=span, why=run[0].why())


def _runs(days: Iterable[Day]) -> Iterator[list[Day]]:
    """Yield the runs of days worth a word: those off, and the make-up days."""
    for (usual, *_), run in groupby(days, key=_kind):
        if not usual:
            yield list(run)


def _kind(day: Day) -> tuple[bool, bool, str]:
    return day.works and not day.make_up, day.make_up, "" if day.works else day.holiday


def _weekday(day: date) -> Both:
    return both(f"deadlines.weekday.{day.isoweekday()}")
