"""Who may change the rulebook, and to what: predicates over plain values."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from hutong.core import beijing, defaults, limits
from hutong.core.blanks import is_blank
from hutong.core.errors import Conflicting, Invalid, Judging, Refused
from hutong.core.limits import Value

REGION_DIGITS = 6
"""Digits of a region's code."""


class RulebookNotYours(Refused):
    """Only the authority changes the rulebook; {officer} does not act for it."""

    clause = "SX-17"


class ChangeWithoutReason(Invalid):
    """A change of the rulebook needs a reason: the decision it follows and its number."""

    clause = "SX-17"
    at = ("reason",)


class ChangeBackdated(Invalid):
    """A change of the rulebook holds from today at the earliest, not from {day}: deadlines already set stay as told."""

    clause = "SX-17"


class NothingChanged(Conflicting):
    """Every value given is the one that holds on {day} anyway."""


class LimitNotRegional(Invalid):
    """{parameter} has one value for the whole platform; a region has none of its own."""


class RegionUnreadable(Invalid):
    """{region} is no code of a region: six digits."""


class RulebookChanged(Conflicting):
    """{parameter} was changed after this page was made: {officer} made version {version} at {moment}."""


class RulebookChangedAlready(Conflicting):
    """Version {version} says that already, by {officer} at {moment}; it was not made a second time."""


def check_region(region: str) -> None:
    """Refuse what is neither empty, for the whole platform, nor the code of a region; raises RegionUnreadable."""
    if region and not (len(region) == REGION_DIGITS and region.isascii() and region.isdigit()):
        raise RegionUnreadable(region=region)


class Decider(Protocol):
    """Who decides: an officer as `control.units.rules.Actor` has one."""

    @property
    def officer(self) -> str:
        """The account."""

    @property
    def name(self) -> str:
        """The officer's name."""

    def answers_for(self, role: str, *, region: str) -> bool:
        """Whether the officer acts in the office of a region, or of one above it."""


def check_may_change(actor: Decider, *, region: str) -> None:
    """Refuse everybody but the authority, which interprets the rules (SX-17): of the region, or of one above it."""
    if not may_change(actor, region=region):
        raise RulebookNotYours(officer=actor.name)


def may_change(actor: Decider, *, region: str) -> bool:
    """Whether the officer may change the rulebook of a region; an empty one is the whole installation."""
    return actor.answers_for("authority", region=region)


def check_change(
    values: Mapping[str, Value],
    *,
    before: Mapping[str, Value],
    region: str,
    from_date: date,
    reason: str,
    today: date,
    judging: Judging | None = None,
) -> dict[str, Value]:
    """Return the values that differ from those in force `before`; refuse what cannot be made a version.

    All that is wrong is told at once, with what reading it found (`judging`), as Faults where there are several. Raises
    LimitUnknown, LimitOfAnotherKind, LimitOutOfBounds, LimitNotRegional, RegionUnreadable, ChangeWithoutReason,
    DayFarOff, ChangeBackdated and NothingChanged.
    """
    judging = judging or Judging()
    with judging.of("region"):
        check_region(region)
    for name, value in values.items():
        with judging.of(name):
            limit = defaults.limit(name)
            limits.check(limit, value)
            if region and not limit.regional:
                raise LimitNotRegional(parameter=name)
    if judging.spared("reason") and is_blank(reason):
        judging.add(ChangeWithoutReason())
    if judging.spared("from_date"):
        with judging.of("from_date"):
            beijing.check(from_date, field="from_date")
            if from_date < today:
                raise ChangeBackdated(day=from_date.isoformat())
    judging.end()
    changed = {name: value for name, value in values.items() if before[name] != value}
    if not changed:
        raise NothingChanged(day=from_date.isoformat())
    return changed
