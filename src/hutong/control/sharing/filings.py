"""The register of filings (备案台账): every application that was filed, by its place in it (SX-08-f, P-11)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from hutong.control.sharing import queries
from hutong.control.sharing.models import Application, PurposeFinding
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.counting import COUNTED


@dataclass(frozen=True, slots=True)
class FilingFilters:
    """What the register is narrowed to; empty where all is listed. The last day is included."""

    words: str = ""
    mode: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Filing:
    """A filed application, and what was found of its purpose; None where it was filed before that was kept."""

    application: Application
    finding: PurposeFinding | None


def visible(
    actor: Actor, filters: FilingFilters, *, after: int | None = None, oldest: bool = False, limit: int = queries.PAGE
) -> list[Filing]:
    """Return a page of the filings the actor may read, the newest first: those that follow the place `after`.

    Each of the words begins the number of the filing or the application or the resource's code, or occurs in the name
    of the resource, its provider or the consumer.
    """
    order = "register_no" if oldest else "-register_no"
    beyond = Q() if after is None else Q(register_no__gt=after) if oldest else Q(register_no__lt=after)
    whole = Application.objects.select_related("consumer", "entry__provider").order_by(order)
    found = {row.pk: row for part in _parts(actor, filters) for row in whole.filter(part & beyond)[:limit]}
    rows = sorted(found.values(), key=lambda row: row.register_no or 0, reverse=not oldest)[:limit]
    filed = PurposeFinding.objects.filter(application__in=rows, action="file").order_by("id")
    findings = {each.application_id: each for each in filed}
    return [Filing(row, findings.get(row.pk)) for row in rows]


def counted(actor: Actor, filters: FilingFilters, *, most: int = COUNTED + 1) -> int:
    """Return how many filings fit that the actor may read, counted up to `most`."""
    first, *rest = [_ids(part, most) for part in _parts(actor, filters)]
    return int((first.union(*rest) if rest else first)[:most].count())


def _ids(part: Q, most: int) -> QuerySet:
    return Application.objects.filter(part).order_by().values("pk")[:most]


def _parts(actor: Actor, filters: FilingFilters) -> list[Q]:
    """Return conditions, one of which holds of each filing that fits and the actor may read."""
    fit = Q(register_no__isnull=False)
    if filters.mode:
        fit &= Q(mode=filters.mode)
    if filters.first:
        fit &= Q(filed_at__gte=beijing.midnight(filters.first))
    if filters.last:
        fit &= Q(filed_at__lt=beijing.over(filters.last))
    for word in filters.words.split():
        fit &= Q(filing_no__startswith=word.upper()) | queries.fitting(word)
    return [part & fit for part in queries.readable(actor)]
