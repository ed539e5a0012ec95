"""The official calendar of a year the package does not know: loaded by the operator, counted by from then on (D-20).

The rooms above know which deadlines waited for it. Whoever loads a calendar says with `also` how those are computed,
and that is done in the same transaction.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from hutong.control.calendars import queries, rules
from hutong.control.calendars.models import CalendarYear
from hutong.control.recording import record
from hutong.core import holiday_notice
from hutong.core.workdays import Calendar
from hutong.db import locks

Recompute = Callable[[Calendar], int]
"""Computes by a calendar the deadlines that waited for it, in the caller's transaction; returns how many."""


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
    actor: rules.Loader,
    now: datetime,
    also: Recompute,
    year: int | None = None,
    again: bool = False,
    meant_for: str | None = None,
) -> Loaded:
    """Load a year's notice (`core.holiday_notice`), compute the deadlines that waited for it, and enter both.

    `source` is the notice's number or the file's name. The same file again changes nothing. A year that is known
    is refused with CalendarYearKnown, unless `again`, or unless it is known as a page showed it, which `meant_for` says
    (`queries.state`). Deadlines that were computed before keep their day: it was told
    to both sides, who planned by it, and moved it would make late who was in time (decision 0099).
    Raises CalendarNotYours and what `holiday_notice.read` and `Calendar.with_year` raise.
    """
    rules.check_may_load(actor)
    read = holiday_notice.read(content, year=year)
    known.with_year(read.year, read.days_off, read.makeup)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        lock()
        before = CalendarYear.objects.filter(year=read.year).first()
        if before is None or before.digest != digest:
            packaged = rules.PACKAGE if read.year in known.years else None
            again = again or meant_for == queries.state(read.year, known=known)
            rules.check_new(read.year, source=before.source if before else packaged, again=again)
            _keep(read, source=source[:200], digest=digest, by=actor.officer, now=now)
        return Loaded(read.year, len(read.days_off), len(read.makeup), computed=also(queries.calendar(known)))


def catch_up(known: Calendar, *, also: Recompute) -> int:
    """Compute the deadlines that waited for a year the package has come to know; returns how many."""
    with transaction.atomic():
        lock()
        return also(queries.calendar(known))


def lock(*, shared: bool = False) -> None:
    """Let nobody else load a calendar before this transaction ends; unless `shared`, nobody else counts by one either.

    So no deadline is left waiting by a step that was taken while its year was loaded.
    """
    with connection.cursor() as cur:
        locks.take(cur, "hutong.calendar", shared=shared)


def _keep(read: holiday_notice.Notice, *, source: str, digest: str, by: str, now: datetime) -> None:
    CalendarYear.objects.update_or_create(
        year=read.year,
        defaults={
            "days_off": {day.isoformat(): name for day, name in read.days_off.items()},
            "makeup": [day.isoformat() for day in read.makeup],
            "source": source,
            "digest": digest,
            "loaded_at": now,
            "loaded_by": by,
        },
    )
    record("calendar.loaded", {"year": read.year, "digest": digest, "source": source, "by": by}, now=now)
