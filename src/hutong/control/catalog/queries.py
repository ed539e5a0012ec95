"""Reads of the catalogue."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Q

from hutong.control.catalog.models import Entry
from hutong.core.errors import Missing


class NoSuchEntry(Missing):
    """There is no catalogue entry {code}."""


def search(words: str = "", *, provider: str = "") -> list[Entry]:
    """Return published entries in whose name, abstract, items or provider every word occurs."""
    found = Entry.objects.select_related("provider").filter(published_version__isnull=False)
    found = found.exclude(state="WITHDRAWN")
    for word in words.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(abstract__icontains=word)
            | Q(items__icontains=word)
            | Q(provider__name__icontains=word)
            | Q(code__icontains=word)
        )
    if provider:
        found = found.filter(provider_id=provider)
    return list(found.order_by("name")[:200])


def published(code: str) -> Entry:
    """Return one published entry; raises NoSuchEntry."""
    found = entry(code)
    if found.published_version is None or found.state == "WITHDRAWN":
        raise NoSuchEntry(code=code)
    return found


def entry(code: str) -> Entry:
    """Return one entry, whatever its state; raises NoSuchEntry."""
    found = Entry.objects.select_related("provider").prefetch_related("moves").filter(code=code).first()
    if found is None:
        raise NoSuchEntry(code=code)
    return found


def of_provider(org: str) -> list[Entry]:
    """Return every entry of a unit."""
    return list(Entry.objects.select_related("provider").filter(provider_id=org).order_by("name"))


def in_states(states: Sequence[str]) -> list[Entry]:
    """Return the entries in any of these states, the longest waiting first."""
    return list(Entry.objects.select_related("provider").filter(state__in=states).order_by("entered_at"))


def holding(code: str) -> dict | None:
    """Return rows and moment of the newest data the platform holds of a resource; None where it holds none."""
    with connection.cursor() as cur:
        cur.execute(
            "select h.version, h.rows, h.loaded_at from plane.holding h join plane.resource r"
            " on r.code = h.code and r.version = h.version where h.code = %s",
            [code],
        )
        row = cur.fetchone()
    return None if row is None else {"version": row[0], "rows": row[1], "loaded_at": row[2]}
