"""The one time zone of China, in which days begin and end: of quotas, deadlines and evidence (D-10)."""

from datetime import date, datetime, time, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


def day(moment: datetime) -> date:
    """Return the day that a moment falls on."""
    return moment.astimezone(BEIJING).date()


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins."""
    return datetime.combine(day, time(), BEIJING)
