"""The official calendar of a year the package does not know: loaded by the operator, counted by from then on (D-20)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from hutong.control.recording import record
from hutong.control.sharing import operations, queries
from hutong.control.sharing.models import CalendarYear
from hutong.core import notice
from hutong.core.errors import Conflicting
from hutong.core.workdays import Calendar


class CalendarYearKnown(Conflicting):
    """The calendar of {year} is known already, from {source}."""


@dataclass(frozen=True, slots=True)
class Year:
    """A year whose calendar is known, and from where; `loaded_at` is None for what the package knows."""

    year: int
    days_off: int
    makeup: int
    source: str | None
    loaded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a calendar did: its year, and how many deadlines that waited could be computed."""

    year: int
    days_off: int
    makeup: int
    computed: int


def load(
    content: bytes,
    *,
    source: str,
    known: Calendar,
    by: str,
    now: datetime,
    year: int | None = None,
    again: bool = False,
) -> Loaded:
    """Load a year's notice (`core.notice`), compute the deadlines that waited for it, and enter both.

    `source` is the notice's number or the file's name. The same file again changes nothing. A year that is known
    is refused with CalendarYearKnown, unless `again`: the State Council does amend a notice. Deadlines that were
    computed before keep their day. Raises what `notice.read` and `Calendar.with_year` raise.
    """
    read = notice.read(content, year=year)
    known.with_year(read.year, read.days_off, read.makeup)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        operations.hold_calendar()
        before = CalendarYear.objects.filter(year=read.year).first()
        told = read.year, len(read.days_off), len(read.makeup)
        if before is not None and before.digest == digest:
            return Loaded(*told, computed=operations.recompute_deadlines(calendar=queries.calendar(known)))
        if not again and (before is not None or read.year in known.years):
            raise CalendarYearKnown(year=read.year, source=before.source if before else "chinese_calendar")
        CalendarYear.objects.update_or_create(
            year=read.year,
            defaults={
                "days_off": {day.isoformat(): name for day, name in read.days_off.items()},
                "makeup": [day.isoformat() for day in read.makeup],
                "source": source[:200],
                "digest": digest,
                "loaded_at": now,
                "loaded_by": by,
            },
        )
        record("calendar.loaded", {"year": read.year, "digest": digest, "source": source[:200], "by": by}, now=now)
        return Loaded(*told, computed=operations.recompute_deadlines(calendar=queries.calendar(known)))


def catch_up(known: Calendar) -> int:
    """Compute the deadlines that waited for a year the package has come to know; returns how many."""
    with transaction.atomic():
        operations.hold_calendar()
        return operations.recompute_deadlines(calendar=queries.calendar(known))


def years(known: Calendar) -> list[Year]:
    """Return every year whose calendar is known, in order."""
    loaded = {row.year: row for row in CalendarYear.objects.all()}
    calendar = queries.calendar(known)
    return [
        Year(
            year,
            sum(day.year == year for day in calendar.days_off),
            sum(day.year == year for day in calendar.makeup),
            loaded[year].source if year in loaded else None,
            loaded[year].loaded_at if year in loaded else None,
        )
        for year in sorted(calendar.years)
    ]
