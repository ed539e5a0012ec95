"""Which calendar may be loaded: a year that is known stays as it is, unless it is loaded again on purpose."""

from typing import Protocol

from hutong.core.errors import Conflicting, Refused

PACKAGE = "chinese_calendar"
"""The source of the years the package knows."""


ENTITLED = ("operator", "authority")
"""Offices that load a year's calendar: those of the whole installation, for all its regions count by it."""


class Loader(Protocol):
    """Who loads: an officer as `control.units.rules.Actor` has one."""

    @property
    def officer(self) -> str:
        """The account."""

    @property
    def name(self) -> str:
        """The officer's name."""

    def answers_for(self, role: str, *, region: str) -> bool:
        """Whether the officer acts in the office of a region, or of one above it."""


class CalendarNotYours(Refused):
    """A year's calendar is loaded by {role}; {officer} does not act for them."""


class CalendarYearKnown(Conflicting):
    """The calendar of {year} is known already, from {source}."""


def may_load(actor: Loader) -> bool:
    """Whether the officer loads calendars: for the operator or the authority of the whole installation."""
    return any(actor.answers_for(role, region="") for role in ENTITLED)


def check_may_load(actor: Loader) -> None:
    """Refuse everybody but the operator and the authority of the whole installation."""
    if not may_load(actor):
        raise CalendarNotYours(role=", ".join(ENTITLED), officer=actor.name)


def check_new(year: int, *, source: str | None, again: bool) -> None:
    """Refuse with CalendarYearKnown a year known from `source` (None: not known), unless it is loaded `again`.

    The State Council does amend a notice.
    """
    if source is not None and not again:
        raise CalendarYearKnown(year=year, source=source)
