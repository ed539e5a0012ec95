"""What time does to versions: before the last day of a former one, who has not moved from it is named (P-6)."""

from datetime import datetime

from django.db import connection, transaction

from hutong.audit import log
from hutong.control.calendars.queries import calendar as whole_calendar
from hutong.control.catalog.models import Entry
from hutong.control.recording import record
from hutong.control.rulebook import queries as rulebooks
from hutong.core import beijing, workdays
from hutong.core.workdays import Calendar
from hutong.db import database
from hutong.plane import versions
from hutong.plane.versions import Ending


def name_unmoved(*, now: datetime, calendar: Calendar) -> int:
    """Give the notices that are due before the last days of former versions, and return how many.

    The first is given so many working days ahead, the last again nearer the day (`version.first_notice_days`,
    `version.last_notice_days`); each is entered once for a last day, with the units and grants, for all of them to
    read, and is seen at the desks. Where the calendar of the year is not loaded, none is given before it is.
    `calendar` holds the packaged years.
    """
    whole = whole_calendar(calendar)
    with transaction.atomic(), database.joined(connection) as cur:
        found = versions.ending(cur, now=now)
    return sum(_name(each, now=now, calendar=whole) for each in found)


def _name(each: Ending, *, now: datetime, calendar: Calendar) -> bool:
    entry = Entry.objects.select_related("provider").filter(code=each.code).first()
    today = beijing.day(now)
    try:
        left = workdays.workdays_between(today, each.until, calendar=calendar).workdays
    except workdays.YearNotLoaded:
        return False
    rulebook = rulebooks.in_force(today, region=entry.provider.region_code if entry else "")
    due = sum(left <= rulebook.number(f"version.{notice}_notice_days") for notice in ("first", "last"))
    with transaction.atomic(), database.joined(connection) as cur:
        if due <= each.notices or not versions.noticed(cur, each, notices=due):
            return False
        units = sorted(set(each.consumers))
        fields = {
            "resource": each.code, "version": each.version, "until": each.until.isoformat(), "days": left,
            "units": units, "grants": list(each.grants), "by": log.PLATFORM,
        }  # fmt: skip
        record("catalog.unmoved_named", fields, now=now, org=each.provider, others=units)
    return True
