"""How long a record is kept, by class, and from when it may be let go."""

from calendar import isleap
from datetime import datetime

from hutong.audit.events import RecordClass
from hutong.core.beijing import BEIJING

# SX-10-c: usage logs not less than five years. What decided or secured a use is kept no shorter.
KEPT_YEARS: dict[RecordClass, int] = {
    RecordClass.USAGE: 5,
    RecordClass.OPERATION: 5,
    RecordClass.ADMINISTRATION: 10,
    RecordClass.SECURITY: 5,
}


def kept_until(at: datetime, record_class: RecordClass) -> datetime:
    """Return the moment until which a record of `at` is kept (Beijing time).

    A leap day has no counterpart in most years; its records are kept to the first of March at the same hour.
    """
    local = at.astimezone(BEIJING)
    year = local.year + KEPT_YEARS[record_class]
    if (local.month, local.day) == (2, 29) and not isleap(year):
        return local.replace(year=year, month=3, day=1)
    return local.replace(year=year)


def cut_off(now: datetime, record_class: RecordClass) -> datetime:
    """Return the latest moment such that every record before it has been kept long enough at `now`."""
    local = now.astimezone(BEIJING)
    year = local.year - KEPT_YEARS[record_class]
    if (local.month, local.day) == (3, 1) and isleap(year) and not isleap(local.year):
        return local.replace(year=year, month=2, day=29)  # records of the leap day come due hour by hour
    if (local.month, local.day) == (2, 29) and not isleap(year):
        return datetime(year, 3, 1, tzinfo=BEIJING)
    return local.replace(year=year)
