"""Offices (职责单位): which unit is the authority, the operator, the government of a region, now and before (D-23)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from hutong.control.procedures.queries import by_number
from hutong.control.units.models import Office
from hutong.control.units.rules import OFFICES, regions_above
from hutong.core.counting import COUNTED
from hutong.db import sql

statements = sql.load(__package__, "queries.sql")


NEEDED = ("authority", "operator")
"""Offices whose steps cases wait for."""


@dataclass(frozen=True, slots=True)
class Offices:
    """Which unit holds which office: role and region → credit code; an empty region is the whole installation."""

    units: Mapping[tuple[str, str], str]

    def unit_of(self, role: str, *, region: str) -> str | None:
        """Return the unit that holds the office of a region, or of the nearest above it; None where none does."""
        named = ((role, each) for each in regions_above(region))
        return next((self.units[each] for each in named if each in self.units), None)

    def parties(self, region: str) -> dict[str, str | None]:
        """Return the offices of a case of this region, as its procedure asks for them."""
        return {role: self.unit_of(role, region=region) for role in OFFICES}


@dataclass(frozen=True, slots=True)
class Tenure:
    """For how long a unit held, or holds, an office, and why it was given to it."""

    role: str
    region: str
    unit: str
    unit_name: str
    from_at: datetime
    until_at: datetime | None
    given_by: str
    reason: str
    id: int


def current() -> Offices:
    """Return which unit holds which office now: one statement, however many there are."""
    with connection.cursor() as cur:
        cur.execute(statements.offices)
        return Offices({(role, region): unit for role, region, unit in cur.fetchall()})


def of_units(units: Collection[str]) -> frozenset[tuple[str, str, str]]:
    """Return the offices that these units hold now: unit, role and region of each."""
    rows = Office.objects.filter(until_at=None, unit__in=list(units))
    return frozenset(rows.values_list("unit_id", "role", "region"))


@dataclass(frozen=True, slots=True)
class TenureFilters:
    """Which holdings are listed: every word in unit, region or reason; of an office; held now or not; empty for all."""

    words: str = ""
    role: str = ""
    now: bool | None = None


def history(
    wanted: TenureFilters | None = None, *, after: int | None = None, oldest: bool = False, limit: int | None = None
) -> list[Tenure]:
    """Return units that hold or held an office, the last given first; those that follow the holding `after`."""
    rows = by_number(_fitting(wanted or TenureFilters()), after=after, oldest=oldest)
    return [
        Tenure(
            row.role, row.region, row.unit_id, row.unit.name, row.from_at, row.until_at, row.given_by, row.reason,
            row.pk,
        )
        for row in rows.select_related("unit")[:limit]
    ]  # fmt: skip


def counted(wanted: TenureFilters, *, most: int = COUNTED + 1) -> int:
    """Return how many holdings fit, counted up to `most`."""
    return _fitting(wanted)[:most].count()


def _fitting(wanted: TenureFilters) -> QuerySet[Office]:
    found = Office.objects.all() if wanted.now is None else Office.objects.filter(until_at__isnull=wanted.now)
    for word in wanted.words.split():
        found = found.filter(Q(unit__name__icontains=word) | Q(region__startswith=word) | Q(reason__icontains=word))
    return found.filter(role=wanted.role) if wanted.role else found


def lacking() -> list[str]:
    """Return the offices that no unit holds for the whole installation, of those whose steps cases wait for.

    Without an authority, a case that nobody is left to act in would wait on no desk.
    """
    current_offices = current()
    return [role for role in NEEDED if current_offices.unit_of(role, region="") is None]
