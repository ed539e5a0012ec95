"""How long a record is kept, by class, and from when it may be let go."""

from calendar import isleap
from datetime import datetime

from hutong.audit.events import RecordClass
from hutong.core import defaults
from hutong.core.beijing import BEIJING

KEPT_YEARS: dict[RecordClass, int] = {each: defaults.number(f"audit.{each}_years") for each in RecordClass}
"""The least a record is kept: usage logs five years (SX-10-c), what decided or secured a use no shorter.

Whoever verifies an export alone knows these and insists on them. The rulebook may have records kept longer, never less.
"""


def kept_years(record_class: RecordClass, years: int | None = None) -> int:
    """Return the years a class is kept: `years`, but never fewer than the least."""
    return max(years or 0, KEPT_YEARS[record_class])


def kept_until(at: datetime, record_class: RecordClass) -> datetime:
    """Return the moment until which a record of `at` is kept (Beijing time).

    A leap day has no counterpart in most years; its records are kept to the first of March at the same hour.
    """
    local = at.astimezone(BEIJING)
    year = local.year + KEPT_YEARS[record_class]
    if (local.month, local.day) == (2, 29) and not isleap(year):
        return local.replace(year=year, month=3, day=1)
    return local.replace(year=year)


def cut_off(now: datetime, record_class: RecordClass, *, years: int | None = None) -> datetime:
    """Return the latest moment such that every record before it has been kept long enough at `now`.

    With `years` for at least so many; never fewer than the class's least.
    """
    local = now.astimezone(BEIJING)
    year = local.year - kept_years(record_class, years)
    if (local.month, local.day) == (3, 1) and isleap(year) and not isleap(local.year):
        return local.replace(year=year, month=2, day=29)  # records of the leap day come due hour by hour
    if (local.month, local.day) == (2, 29) and not isleap(year):
        return datetime(year, 3, 1, tzinfo=BEIJING)
    return local.replace(year=year)
