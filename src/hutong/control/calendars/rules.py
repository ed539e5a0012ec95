"""Which calendar may be loaded: a year that is known stays as it is, unless it is loaded again on purpose."""

from typing import Protocol

from hutong.core.errors import Conflicting, Refused

PACKAGE = "chinese_calendar"
"""The source of the years the package knows."""


ENTITLED = ("operator", "authority")
"""Roles that load a year's calendar."""


class Loader(Protocol):
    """Who loads: an officer as `control.orgs.rules.Actor` has one."""

    @property
    def officer(self) -> str:
        """The account."""

    @property
    def name(self) -> str:
        """The officer's name."""

    def has_role(self, role: str) -> bool:
        """Whether the officer has a role."""


class CalendarNotYours(Refused):
    """A year's calendar is loaded by {role}; {officer} does not act for them."""


class CalendarYearKnown(Conflicting):
    """The calendar of {year} is known already, from {source}."""


def check_may_load(actor: Loader) -> None:
    """Refuse everybody but the operator and the authority."""
    if not any(actor.has_role(role) for role in ENTITLED):
        raise CalendarNotYours(role=", ".join(ENTITLED), officer=actor.name)


def check_new(year: int, *, source: str | None, again: bool) -> None:
    """Refuse with CalendarYearKnown a year known from `source` (None: not known), unless it is loaded `again`.

    The State Council does amend a notice.
    """
    if source is not None and not again:
        raise CalendarYearKnown(year=year, source=source)
