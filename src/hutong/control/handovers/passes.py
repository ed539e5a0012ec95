"""What time does to hand-overs: on its day what is open is handed over."""

from datetime import datetime

from hutong.control.handovers import operations, queries
from hutong.core.workdays import Calendar


def take_effect(*, now: datetime, calendar: Calendar) -> list[str]:
    """Hand over what was arranged for a day that has come; returns the numbers. `calendar` has the packaged years."""
    return [no for no in queries.due(now=now) if operations.take_effect(no, now=now, calendar=calendar)]
