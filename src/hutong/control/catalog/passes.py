"""What time does to versions: consumers of a former version are reminded before its last day (P-6)."""

from datetime import datetime

from django.db import connection, transaction

from hutong.control.calendars.queries import calendar as whole_calendar
from hutong.control.catalog import reminding
from hutong.core.workdays import Calendar
from hutong.db import database
from hutong.plane import versions


def remind_to_switch(*, now: datetime, calendar: Calendar) -> int:
    """Give the reminders that are due before the last days of former versions, and return how many.

    The first is given so many working days ahead, the last again nearer the day (`version.first_reminder_days`,
    `version.last_reminder_days`). Each is entered once for a last day: for every consumer its own grants, which it
    alone reads, and for the provider all of them; an entry names at most `reminding.MOST_NAMED` beside their number.
    The desks show it too. Where the calendar of the year is not loaded, none is given before it is. `calendar` holds
    the packaged years.
    """
    whole = whole_calendar(calendar)
    with transaction.atomic(), database.joined(connection) as cur:
        found = versions.ending(cur, now=now)
    return sum(reminding.remind(each, now=now, calendar=whole) for each in found)
