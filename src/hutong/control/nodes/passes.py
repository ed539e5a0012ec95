"""What time does here: windows of changes begin and end (SX-14-c), and servers that drift are found (SX-14-a)."""

from datetime import datetime

from hutong.control.nodes import changing, drifting, queries
from hutong.core.workdays import Calendar


def windows(*, now: datetime, calendar: Calendar) -> list[str]:
    """Let each window begin or end that has, and return the numbers of those changes; `calendar` has packaged years."""
    found = dict.fromkeys(no for no, _ in queries.due(now=now))
    return [no for no in found if changing.come_about(no, now=now, calendar=calendar)]


def find_drifts(*, now: datetime, calendar: Calendar) -> list[str]:
    """Begin a case for each server that tells another digest than it declares, and return their numbers."""
    return drifting.find(now=now, calendar=calendar)
