"""The one time zone of China, in which days begin and end: of quotas, deadlines and evidence (D-10)."""

from datetime import date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


def day(moment: datetime) -> date:
    """Return the day that a moment falls on."""
    return moment.astimezone(BEIJING).date()
