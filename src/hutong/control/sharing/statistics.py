"""How often what was used, in sums: by month, by unit and by resource, as far as an officer reads them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection, transaction
from psycopg import Cursor

from hutong.audit import rollups
from hutong.audit.rollups import Month, MonthSpan, NamedKeys, Share, Sum, SumFilters
from hutong.control.catalog import queries as catalog
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.db import database

MONTHS = 12
"""Months that are told of, the one under way included."""
NAMED = 10
"""Units and resources that are named; the others are summed."""


@dataclass(frozen=True, slots=True)
class Named:
    """Uses of a unit or of a resource, with its name; empty where a refusal came before either was known."""

    key: str
    name: str
    answered: int
    refused: int


@dataclass(frozen=True, slots=True)
class Others:
    """Uses of the units or resources that are not named: how many those are, and what was answered and refused."""

    many: int
    answered: int
    refused: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Uses of the last months: by month, by who asked and by resource, the most first."""

    months: list[Month]
    units: list[Named]
    resources: list[Named]
    other_units: Others
    other_resources: Others
    everybody: bool
    """Whether they are of all units, or of those the officer reads alone."""
    period: MonthSpan
    cut: bool
    """Whether more months were asked for than are told of at once."""

    @property
    def answered(self) -> int:
        """Uses that were answered."""
        return sum(month.answered for month in self.months)

    @property
    def refused(self) -> int:
        """Uses that were refused."""
        return sum(month.refused for month in self.months)


def months(actor: Actor, *, today: date) -> list[Month]:
    """Return the uses of the last months, one after the other, of all units or of those the actor reads."""
    with transaction.atomic(), database.joined(connection) as cur:
        return _every(rollups.months(cur, _span(actor, today=today)), last=beijing.month(today))


def statistics(
    actor: Actor, *, today: date, first: date | None = None, last: date | None = None, named: int = NAMED
) -> Statistics:
    """Return the uses of the months from `first` to `last`, of all units or of those the actor reads.

    Told of are MONTHS at most, the last of those asked for: they end with the month under way where no last one is
    given. So many units and resources are `named`.
    """
    ends = min(last or date.max, beijing.month(today))
    begins = beijing.month(ends, ahead=1 - MONTHS)
    span = replace(_span(actor, today=today), first=max(first or begins, begins), last=ends)
    with transaction.atomic(), database.joined(connection) as cur:
        by_month = _every(rollups.months(cur, span), last=ends)
        by_unit = rollups.by_unit(cur, span, limit=named)
        by_resource = rollups.by_resource(cur, span, limit=named)
        units_used, resources_used = rollups.keys(cur, span)
    units, resources = members.names(), resource_names(share.key for share in by_resource)
    return Statistics(
        by_month, _named(by_unit, units), _named(by_resource, resources), _rest(by_month, by_unit, of=units_used),
        _rest(by_month, by_resource, of=resources_used), span.units is None, span,
        cut=first is not None and first < begins,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SumsAsked:
    """Which sums an officer asks for: from one month to another, of a unit, of a mode, with words in the names."""

    first: date | None = None
    last: date | None = None
    unit: str = ""
    mode: str = ""
    words: str = ""


def sums(
    actor: Actor, asked: SumsAsked, *, today: date, after: tuple[int, str, str, str] | None, fewest: bool, limit: int
) -> list[Sum]:
    """Return the uses of a period by who asked, resource and mode, of all units or of those the actor reads."""
    with transaction.atomic(), database.joined(connection) as cur:
        wanted = _wanted(cur, actor, asked, today=today)
        return rollups.sums(cur, wanted, after=after, fewest=fewest, limit=limit)


def summed(actor: Actor, asked: SumsAsked, *, today: date) -> tuple[int, int, int]:
    """Return how many `sums` there are, and how often was answered and refused in all of them."""
    with transaction.atomic(), database.joined(connection) as cur:
        return rollups.summed(cur, _wanted(cur, actor, asked, today=today))


def used_months(actor: Actor, *, today: date) -> list[date]:
    """Return every month from the first in which anything was used to the one under way."""
    with transaction.atomic(), database.joined(connection) as cur:
        begun = rollups.first(cur, _span(actor, today=today))
    count = 12 * (today.year - begun.year) + today.month - begun.month + 1 if begun else 0
    return [beijing.month(today, ahead=-back) for back in range(count - 1, -1, -1)]


def resource_names(codes: Iterable[str]) -> dict[str, str]:
    """Return what resources are called by their codes; what was never published is left out."""
    return {code: name for (code, _), (name, _) in catalog.names((code, None) for code in codes).items()}


def _wanted(cur: Cursor, actor: Actor, asked: SumsAsked, *, today: date) -> SumFilters:
    span = replace(
        _span(actor, today=today), first=asked.first or date.min, last=asked.last or beijing.month(today)
    )
    if not asked.words.strip():
        return SumFilters(span, asked.unit, asked.mode)
    units, resources = rollups.named(cur, span)
    of_units, of_resources = members.names(), resource_names(resources)
    words = [
        NamedKeys(
            [each for each in units if word in f"{of_units.get(each, '')} {each}".lower()],
            [each for each in resources if word in f"{of_resources.get(each, '')} {each}".lower()],
        )
        for word in asked.words.lower().split()
    ]
    return SumFilters(span, asked.unit, asked.mode, words)


def _span(actor: Actor, *, today: date) -> MonthSpan:
    units = None if actor.everywhere else {*actor.units, *members.of_regions(actor)}
    return MonthSpan(beijing.month(today, ahead=1 - MONTHS), beijing.month(today), units)


def _every(found: list[Month], *, last: date) -> list[Month]:
    """Return each month from the first in which something was used to the `last`; none where nothing was."""
    by_day = {each.month: each for each in found}
    count = next((n for n in range(MONTHS, 0, -1) if beijing.month(last, ahead=1 - n) in by_day), 0)
    days = [beijing.month(last, ahead=-back) for back in range(count - 1, -1, -1)]
    return [by_day.get(day, Month(day, 0, 0)) for day in days]


def _named(shares: list[Share], names: dict[str, str]) -> list[Named]:
    return [Named(each.key, names.get(each.key, each.key), each.answered, each.refused) for each in shares]


def _rest(by_month: list[Month], named: list[Share], *, of: int) -> Others:
    """Return what is left of all uses beside those that are named, which are some `of` so many."""
    answered = sum(each.answered for each in by_month) - sum(each.answered for each in named)
    refused = sum(each.refused for each in by_month) - sum(each.refused for each in named)
    return Others(of - len(named), answered, refused)
