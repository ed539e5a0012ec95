"""What time does to notices: on its day a change of contact comes into effect (SX-12-b)."""

from datetime import datetime

from hutong.control.notices import operations, queries
from hutong.core.workdays import Calendar


def take_effect(*, now: datetime, calendar: Calendar) -> list[str]:
    """Let each notice come into effect whose day has come, and return their numbers; `calendar` has the packaged years.

    One whose year has no calendar yet waits for it: whether it was told in time cannot be said before.
    """
    return [no for no in queries.due(now=now) if operations.take_effect(no, now=now, calendar=calendar)]
