"""Who fills in or filled in as a deputy, of all units (D-24)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from hutong.control.procedures.queries import PAGE, by_number
from hutong.control.units.models import Deputy
from hutong.core.counting import COUNTED


@dataclass(frozen=True, slots=True)
class Deputyship:
    """One officer who fills in or did: in which role, for which unit's officers, from when, until when and why."""

    id: int
    role: str
    unit: str
    unit_name: str
    username: str
    name: str
    own_unit_name: str
    from_at: datetime
    until_date: date
    ended_at: datetime | None
    named_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeputyFilters:
    """Which are listed: every word in a name or the reason; in a role; of now or of before; empty for all."""

    words: str = ""
    role: str = ""
    now: bool | None = None


def listed(
    wanted: DeputyFilters | None = None, *, after: int | None = None, oldest: bool = False, limit: int = PAGE
) -> list[Deputyship]:
    """Return deputies, the last named first: those that follow the one with the number `after`."""
    rows = by_number(_fitting(wanted or DeputyFilters()), after=after, oldest=oldest)
    return [
        Deputyship(
            row.pk, row.role, row.unit_id, row.unit.name, row.officer.user.username, row.officer.name,
            row.officer.unit.name, row.from_at, row.until_date, row.ended_at, row.named_by, row.reason,
        )
        for row in rows.select_related("unit", "officer__user", "officer__unit")[:limit]
    ]  # fmt: skip


def counted(wanted: DeputyFilters, *, most: int = COUNTED + 1) -> int:
    """Return how many deputies fit, counted up to `most`."""
    return _fitting(wanted)[:most].count()


def _fitting(wanted: DeputyFilters) -> QuerySet[Deputy]:
    found = Deputy.objects.all() if wanted.now is None else Deputy.objects.filter(ended_at__isnull=wanted.now)
    for word in wanted.words.split():
        found = found.filter(
            Q(officer__name__icontains=word) | Q(officer__unit__name__icontains=word) | Q(unit__name__icontains=word)
            | Q(reason__icontains=word)
        )  # fmt: skip
    return found.filter(role=wanted.role) if wanted.role else found
