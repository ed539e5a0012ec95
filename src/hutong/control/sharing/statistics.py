"""How often what was used, in sums: by month, by unit and by resource, as far as an officer reads them."""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from hutong.audit import rollups
from hutong.audit.rollups import Month, MonthSpan, Share
from hutong.control.catalog import queries as catalog
from hutong.control.orgs import queries as orgs
from hutong.control.orgs.rules import Actor
from hutong.core import beijing
from hutong.db import database

MONTHS = 12
"""Months that are told of, the one under way included."""
FEWEST = 6
"""At least so many months are told of, also where nothing was used."""
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
class Statistics:
    """Uses of the last months: by month, by who asked and by resource, the most first."""

    months: list[Month]
    units: list[Named]
    resources: list[Named]
    other_units: Named
    other_resources: Named
    everybody: bool
    """Whether they are of all units, or of those the officer reads alone."""

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
        return _every(rollups.months(cur, _span(actor, today=today)), today=today)


def statistics(actor: Actor, *, today: date, named: int = NAMED) -> Statistics:
    """Return the uses of the last months, of all units or of those the actor reads; so many of each are named."""
    span = _span(actor, today=today)
    with transaction.atomic(), database.joined(connection) as cur:
        by_month = _every(rollups.months(cur, span), today=today)
        by_unit = rollups.by_unit(cur, span, limit=named)
        by_resource = rollups.by_resource(cur, span, limit=named)
    names = catalog.names((share.key, None) for share in by_resource)
    units, resources = orgs.names(), {code: name for (code, _), (name, _) in names.items()}
    return Statistics(
        by_month, _named(by_unit, units), _named(by_resource, resources), _rest(by_month, by_unit),
        _rest(by_month, by_resource), span.units is None,
    )  # fmt: skip


def _span(actor: Actor, *, today: date) -> MonthSpan:
    units = None if actor.everywhere else {*actor.units, *orgs.of_regions(actor)}
    return MonthSpan(beijing.month(today, ahead=1 - MONTHS), beijing.month(today), units)


def _every(found: list[Month], *, today: date) -> list[Month]:
    """Return each month from the first in which something was used, and at least the last few."""
    by_day = {each.month: each for each in found}
    count = next((n for n in range(MONTHS, FEWEST, -1) if beijing.month(today, ahead=1 - n) in by_day), FEWEST)
    days = [beijing.month(today, ahead=-back) for back in range(count - 1, -1, -1)]
    return [by_day.get(day, Month(day, 0, 0)) for day in days]


def _named(shares: list[Share], names: dict[str, str]) -> list[Named]:
    return [Named(each.key, names.get(each.key, each.key), each.answered, each.refused) for each in shares]


def _rest(by_month: list[Month], named: list[Share]) -> Named:
    """Return what is left of all uses beside those that are named."""
    answered = sum(each.answered for each in by_month) - sum(each.answered for each in named)
    refused = sum(each.refused for each in by_month) - sum(each.refused for each in named)
    return Named("", "", answered, refused)
