"""The rulebook as its pages show it: what holds in a region, one version, and the form of the authority."""

from dataclasses import dataclass
from datetime import date

from hutong.control.calendars import queries as calendars
from hutong.control.calendars.queries import Year
from hutong.control.rulebook import queries, rules
from hutong.control.rulebook.queries import Difference, Rulebook, VersionShown
from hutong.control.rulebook.rules import Decider, RulebookNotYours
from hutong.core.workdays import Calendar


@dataclass(frozen=True, slots=True)
class RulebookPage:
    """The values in force in a region, and what stands beside them."""

    book: Rulebook
    regions: list[str]
    """Those that have values of their own."""
    newest: list[VersionShown]
    years: list[Year]
    """Those whose working days are known."""
    may: bool
    """Whether the reader may change the values of the region."""


@dataclass(frozen=True, slots=True)
class RulebookVersion:
    """A version, every value as it was then, and what it changed."""

    made: VersionShown
    book: Rulebook
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class RulebookForm:
    """The values that a change begins from."""

    book: Rulebook
    refusal: RulebookNotYours | None
    """Why the reader may not change them."""


def page(region: str, *, day: date, actor: Decider, known: Calendar, newest: int) -> RulebookPage:
    """Return what holds in a region on a day, and as many of the versions; `known` has the packaged years."""
    return RulebookPage(
        queries.in_force(day, region),
        regions=queries.regions(),
        newest=queries.versions(limit=newest),
        years=calendars.years(known),
        may=rules.may_change(actor, region=region),
    )


def version(number: int) -> RulebookVersion:
    """Return a version with what it changed; raises NoSuchRulebookVersion."""
    made = queries.version(number)
    book = queries.at(number, made.region)
    return RulebookVersion(made, book, queries.differences(queries.before(made), book))


def form(region: str, *, day: date, actor: Decider) -> RulebookForm:
    """Return the values in force in a region, which a change begins from."""
    may = rules.may_change(actor, region=region)
    return RulebookForm(queries.in_force(day, region), None if may else RulebookNotYours(officer=actor.name))
