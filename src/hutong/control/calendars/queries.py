"""Reads of the working-day calendar: which years are known, and from where."""

from dataclasses import dataclass
from datetime import date, datetime

from hutong.control.calendars.models import CalendarYear
from hutong.core.workdays import Calendar


@dataclass(frozen=True, slots=True)
class Year:
    """A year whose calendar is known, and from where; `loaded_at` is None for what the package knows."""

    year: int
    days_off: int
    makeup: int
    source: str | None
    loaded_at: datetime | None


def calendar(known: Calendar) -> Calendar:
    """Return the working-day calendar: the years `known` to the package, and those the operator loaded (D-20)."""
    for loaded in CalendarYear.objects.order_by("year"):
        off = {date.fromisoformat(day): name for day, name in loaded.days_off.items()}
        known = known.with_year(loaded.year, off, [date.fromisoformat(day) for day in loaded.makeup])
    return known


def state(year: int, *, known: Calendar) -> str:
    """Return what is known of a year as a page carries it: the digest of its file, `package`, or `none`."""
    loaded = CalendarYear.objects.filter(year=year).first()
    return loaded.digest if loaded else "package" if year in known.years else "none"


def years(known: Calendar) -> list[Year]:
    """Return every year whose calendar is known, in order."""
    loaded = {row.year: row for row in CalendarYear.objects.all()}
    whole = calendar(known)
    return [
        Year(
            year,
            sum(day.year == year for day in whole.days_off),
            sum(day.year == year for day in whole.makeup),
            loaded[year].source if year in loaded else None,
            loaded[year].loaded_at if year in loaded else None,
        )
        for year in sorted(whole.years)
    ]
