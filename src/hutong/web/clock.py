"""The time at the door of the pages: the moment, the day and the working-day calendar."""

from datetime import UTC, date, datetime

from django.conf import settings

from hutong.core import beijing
from hutong.core.workdays import Calendar


def now() -> datetime:
    """Return the moment, by the training clock where there is one."""
    return settings.CLOCK()


def real() -> datetime:
    """Return the moment by the clock that telephones keep, whatever the training clock says."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day in China."""
    return beijing.day(now())


def calendar() -> Calendar:
    """Return the working-day calendar."""
    return Calendar.official()
