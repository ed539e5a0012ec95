"""What waits for a year's calendar (D-20), and loading one: what it would change is shown first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.db.models import QuerySet

from hutong.control.calendars import operations as calendars
from hutong.control.calendars import queries, rules
from hutong.control.calendars.operations import Loaded
from hutong.control.calendars.queries import Year
from hutong.control.calendars.rules import Loader
from hutong.control.procedures import clocks, models, passes
from hutong.control.procedures.clocks import KeptDeadline
from hutong.core import holiday_notice
from hutong.core.counting import COUNTED
from hutong.core.errors import TooLarge
from hutong.core.workdays import Calendar

MOST = 1 << 18
"""Bytes of a notice; one of a year has some two thousand."""
KEPT = 50
"""Deadlines that keep another day than the calendar counts to, as far as they are shown."""


class CalendarFileTooLarge(TooLarge):
    """The calendar file has {size} bytes; a year's notice has {most} at most."""


@dataclass(frozen=True, slots=True)
class CalendarDesk:
    """The years whose calendar is known, and how many deadlines wait for another; who loads sees both."""

    may: bool
    years: list[Year]
    waiting: int
    """Running deadlines, counted up to COUNTED."""


@dataclass(frozen=True, slots=True)
class CalendarPreview:
    """What a notice says, and what loading it would change; nothing was changed."""

    year: int
    days_off: Mapping[date, str]
    makeup: tuple[date, ...]
    before: Year | None
    """Where the year is known: from where."""
    changed: tuple[date, ...]
    """Days of a known year on which people would work and do not by what is loaded now, or the other way round."""
    computed: int
    """How many running deadlines that wait could be computed."""
    kept: list[KeptDeadline]
    """Running deadlines that keep their day although this calendar counts to another (decision 0099)."""
    at: str
    """What was known of the year, for `load`."""


def desk(actor: Loader, *, known: Calendar) -> CalendarDesk:
    """Return what stands on the page from which calendars are loaded; `known` has the packaged years."""
    may = rules.may_load(actor)
    return CalendarDesk(may, queries.years(known), counted(actor, running=True) if may else 0)


def page(actor: Loader, *, words: str = "", running: bool = False, after: int | None, limit: int) -> list[models.Clock]:
    """Return deadlines that wait for a calendar, those that began first; every word occurs in the number of the case.

    Unless they are to be `running`, those of steps that were taken meanwhile are among them: whether they were in time
    is told once it is loaded. Raises CalendarNotYours for who loads no calendar.
    """
    return list(_waiting(actor, words, running=running).filter(pk__gt=after or 0).order_by("id")[:limit])


def counted(actor: Loader, *, words: str = "", running: bool = False, most: int = COUNTED + 1) -> int:
    """Return how many deadlines `page` has on all its pages, counted up to `most`; raises CalendarNotYours."""
    return int(_waiting(actor, words, running=running)[:most].count())


def preview(content: bytes, *, actor: Loader, known: Calendar, year: int | None = None) -> CalendarPreview:
    """Return what a notice says and what loading it would change; writes nothing.

    Raises CalendarNotYours, CalendarFileTooLarge, and what `holiday_notice.read` and `Calendar.with_year` raise.
    """
    rules.check_may_load(actor)
    _check(content)
    read = holiday_notice.read(content, year=year)
    present = queries.calendar(known)
    then = present.with_year(read.year, read.days_off, read.makeup)
    before = next((each for each in queries.years(known) if each.year == read.year), None)
    named = sorted({*read.days_off, *read.makeup, *_days(present, read.year)})
    changed = [
        day for day in named if day.year in present.years and present.is_workday(day) != then.is_workday(day)
    ] if before else []  # fmt: skip
    waiting = _waiting(actor, "", running=True).order_by("id")[: COUNTED + 1]
    return CalendarPreview(
        read.year, read.days_off, read.makeup, before, tuple(changed),
        sum(clocks.computable(row, calendar=then) for row in waiting),
        list(islice(clocks.kept(then, year=read.year), KEPT)), queries.state(read.year, known=known),
    )  # fmt: skip


def load(
    content: bytes, *, source: str, actor: Loader, known: Calendar, now: datetime, meant_for: str,
    year: int | None = None,
) -> Loaded:  # fmt: skip
    """Load a year's notice as its preview showed it, compute what waited for it, and enter both.

    `meant_for` is what the preview had as `at`: where the year became known meanwhile from elsewhere it is refused with
    CalendarYearKnown. The same file once more changes nothing. Raises what `preview` does.
    """
    _check(content)
    return calendars.load(
        content, source=source, known=known, actor=actor, now=now, also=passes.recompute_deadlines, year=year,
        meant_for=meant_for,
    )  # fmt: skip


def _check(content: bytes) -> None:
    if len(content) > MOST:
        raise CalendarFileTooLarge(size=len(content), most=MOST)


def _days(calendar: Calendar, year: int) -> set[date]:
    return {day for day in {*calendar.days_off, *calendar.makeup} if day.year == year}


def _waiting(actor: Loader, words: str, *, running: bool) -> QuerySet[models.Clock]:
    rules.check_may_load(actor)
    found = models.Clock.objects.filter(late_at__isnull=True, left__isnull=True)
    if running:
        found = found.filter(ended_at__isnull=True)
    for word in words.split():
        found = found.filter(case__icontains=word)
    return found
