"""What a limit or threshold of the rulebook is: its name, value, unit, bounds and source (SX-17, D-8).

The values the platform is delivered with stand in `core.defaults`. What the authority changed stands above them, in
`control.rulebook` by version, and for what answers and deliveries read in `plane.rulebook`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hutong.core.errors import Invalid, Missing
from hutong.core.labels import Both

Value = int | bool | str
"""A number in the limit's unit, whether a switch is on, or the letter of a rule."""

CHOICES: Mapping[str, tuple[str, ...]] = {"rule": ("A", "B")}
"""Unit whose values are words → the words."""


class LimitUnknown(Missing):
    """The rulebook has no value called {parameter}."""

    clause = "SX-17"


class LimitOutOfBounds(Invalid):
    """{parameter} cannot be {value}: it lies between {least} and {most}."""

    clause = "SX-17"


class LimitOfAnotherKind(Invalid):
    """{parameter} cannot be {value}: a value in {counted} is wanted."""

    clause = "SX-17"


class LimitBeyondWhole(Invalid):
    """{parameter} cannot be {value}: it is a part of {whole}, which is {most}."""

    clause = "SX-17"


class CountedIn(StrEnum):
    """What a value counts."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    CLOCK_HOURS = "clock_hours"
    MINUTES = "minutes"
    SECONDS = "seconds"
    YEARS = "years"
    COUNT = "count"
    PERCENT = "percent"
    BYTES = "bytes"
    LEVEL = "level"
    RULE = "rule"
    """One of two ways to count, `A` or `B` (D-7)."""
    SWITCH = "switch"
    """On or off."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A value by name, with the bounds within which the authority may set it."""

    name: str
    value: Value
    """As the platform is delivered."""
    unit: CountedIn
    source: str
    """The clause it comes from, or a source that `core.clauses` has words for."""
    about: Both
    """What it is about."""
    least: int = 1
    most: int = 1_000_000
    proposed: bool = False
    """建议值: the number is our proposal, the source gives none."""
    regional: bool = True
    """Whether a region may have its own; what one platform does for all regions has one value."""
    within: str = ""
    """The limit that this one is a part of, and is never more than."""


def check(limit: Limit, value: Value) -> None:
    """Refuse a value of another kind, with LimitOfAnotherKind, or outside the bounds, with LimitOutOfBounds."""
    if limit.unit is CountedIn.SWITCH:
        fits = isinstance(value, bool)
    elif limit.unit in CHOICES:
        fits = value in CHOICES[limit.unit]
    else:
        fits = type(value) is int
    if not fits:
        raise LimitOfAnotherKind(parameter=limit.name, value=str(value), counted=str(limit.unit))
    if type(value) is int and not limit.least <= value <= limit.most:
        raise LimitOutOfBounds(parameter=limit.name, value=str(value), least=str(limit.least), most=str(limit.most))


def check_parts(known: Iterable[Limit], values: Mapping[str, Value]) -> None:
    """Refuse `values`, one for each limit of `known`, of which a part is more than its whole: LimitBeyondWhole."""
    for limit in known:
        if limit.within and values[limit.name] > values[limit.within]:  # type: ignore[operator]
            raise LimitBeyondWhole(
                parameter=limit.name, value=str(values[limit.name]), whole=limit.within,
                most=str(values[limit.within]),
            )  # fmt: skip
