"""The reminder that a former version is answered from no longer after its last day, given to whom it concerns (P-6)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction
from psycopg import Cursor

from hutong.audit import log
from hutong.control.calendars.queries import calendar as whole_calendar
from hutong.control.catalog.models import Entry
from hutong.control.rulebook import queries as rulebooks
from hutong.core import beijing, workdays
from hutong.core.workdays import Calendar
from hutong.db import database
from hutong.plane import versions
from hutong.plane.versions import Ending

MOST_NAMED = 100
"""At most this many units and grants are named in an entry; the list of grants at the desk has all of them."""


def remind_of(cur: Cursor, code: str, *, version: int, now: datetime, calendar: Calendar) -> None:
    """Give the reminders that are due already when the last day of a version is set: the next night may be too late."""
    whole = whole_calendar(calendar)
    for each in versions.ending(cur, now=now):
        if (each.code, each.version) == (code, version):
            remind(each, now=now, calendar=whole)


def remind(each: Ending, *, now: datetime, calendar: Calendar) -> bool:
    """Give the reminder of a last day that is due by now, and return whether one was; `calendar` holds all years."""
    entry = Entry.objects.select_related("provider").filter(code=each.code).first()
    today = beijing.day(now)
    try:
        left = workdays.workdays_between(today, each.last_day, calendar=calendar).workdays
    except workdays.YearNotLoaded:
        return False
    rulebook = rulebooks.in_force(today, region=entry.provider.region_code if entry else "")
    due = sum(left <= rulebook.number(f"version.{reminder}_reminder_days") for reminder in ("first", "last"))
    with transaction.atomic(), database.joined(connection) as cur:
        if due <= each.reminders or not versions.note_reminder(cur, each, reminders=due):
            return False
        said = {
            "resource": each.code, "version": each.version, "last_day": each.last_day.isoformat(), "days": left,
            "by": log.PLATFORM,
        }  # fmt: skip
        event = "catalog.switch_reminded"
        log.append(cur, [log.LogEntry(event, now, said | named, unit) for unit, named in _told(each)])
    return True


def _told(each: Ending) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield whom to remind of which grants: the provider of all, then each consumer of its own."""
    by_unit: dict[str, list[str]] = {}
    for no, consumer in zip(each.grants, each.consumers, strict=True):
        by_unit.setdefault(consumer, []).append(no)
    yield each.provider, _named(sorted(by_unit), each.grants)
    for unit, grants in sorted(by_unit.items()):
        yield unit, _named([unit], grants)


def _named(units: Sequence[str], grants: Sequence[str]) -> dict[str, object]:
    return {"count": len(grants), "units": list(units[:MOST_NAMED]), "grants": list(grants[:MOST_NAMED])}
