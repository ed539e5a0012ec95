"""Which calendar may be loaded: a year that is known stays as it is, unless it is loaded again on purpose."""

from hutong.core.errors import Conflicting

PACKAGE = "chinese_calendar"
"""The source of the years the package knows."""


class CalendarYearKnown(Conflicting):
    """The calendar of {year} is known already, from {source}."""


def check_new(year: int, *, source: str | None, again: bool) -> None:
    """Refuse with CalendarYearKnown a year known from `source` (None: not known), unless it is loaded `again`.

    The State Council does amend a notice.
    """
    if source is not None and not again:
        raise CalendarYearKnown(year=year, source=source)
