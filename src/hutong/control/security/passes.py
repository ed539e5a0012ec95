"""What time does to emergency plans: the rehearsal whose day is near becomes the operator's turn (SX-11-c)."""

from datetime import datetime

from hutong.control.security import operations, queries
from hutong.core.workdays import Calendar


def bring_rehearsals_near(*, now: datetime, calendar: Calendar) -> list[str]:
    """Let each rehearsal whose day is near be the operator's turn, and return the plans; once each, until it was held.

    `calendar` holds the packaged years.
    """
    return [no for no in queries.near(now=now) if operations.bring_near(no, now=now, calendar=calendar)]
