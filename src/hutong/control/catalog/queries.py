"""Reads of the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, F, Func, JSONField, Q, QuerySet, TextField
from django.db.models.functions import Cast

from hutong.control.catalog.models import Entry
from hutong.core.errors import Missing

PAGE = 50


class NoSuchEntry(Missing):
    """There is no catalogue entry {code}."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the published entries that fit a search, by name."""

    entries: list[Entry]
    total: int
    """How many entries fit, on all pages."""
    skipped: int
    """How many of them stand before this page."""
    before: str = ""
    """The name the page before this one ends short of; empty on the first page."""
    after: str = ""
    """The name the next page begins after; empty on the last page."""


def search(
    words: str = "",
    *,
    provider: str = "",
    sharing_type: int | None = None,
    after: str = "",
    before: str = "",
    limit: int = 20,
) -> Found:
    """Return a page of the published entries in whose name, abstract, items, provider or code every word occurs.

    The page holds the entries that come after the name `after`, or else the last ones before the name `before`.
    Names are unique, so nothing is shown twice or left out, however long the list is.
    """
    fitting = _published().alias(item_names=_ITEM_NAMES)
    for word in words.split():
        fitting = fitting.filter(
            Q(name__icontains=word)
            | Q(abstract__icontains=word)
            | Q(item_names__icontains=word)
            | Q(provider__name__icontains=word)
            | Q(code__icontains=word)
        )
    if provider:
        fitting = fitting.filter(provider_id=provider)
    if sharing_type:
        fitting = fitting.filter(sharing_type=sharing_type)
    return _page(fitting, after=after, before=before, limit=limit)


def _page(fitting: QuerySet[Entry], *, after: str, before: str, limit: int) -> Found:
    total = fitting.count()
    if before and not after:
        entries = list(fitting.filter(name__lt=before).order_by("-name")[:limit])[::-1]
    else:
        entries = list(fitting.filter(name__gt=after).order_by("name")[:limit])
    if not entries:
        return Found([], total, total if after else 0)
    first, last = entries[0].name, entries[-1].name
    skipped = fitting.filter(name__lt=first).count()
    more = skipped + len(entries) < total
    return Found(entries, total, skipped, first if skipped else "", last if more else "")


def providers() -> list[tuple[str, str, int]]:
    """Return credit code, name and number of published entries of each unit that has any, by name."""
    counted = _published().order_by("provider__name").values_list("provider_id", "provider__name")
    return list(counted.annotate(count=Count("id")))


def _published() -> QuerySet[Entry]:
    found = Entry.objects.select_related("provider").filter(published_version__isnull=False)
    return found.exclude(state="WITHDRAWN")


_ITEM_NAMES = Cast(
    Func(F("items"), template="jsonb_path_query_array(%(expressions)s, '$[*].name')", output_field=JSONField()),
    TextField(),
)
"""The names of the items alone: the words of the keys beside them are nothing to find an entry by."""


def published(code: str) -> Entry:
    """Return one published entry; raises NoSuchEntry."""
    found = entry(code)
    if found.published_version is None or found.state == "WITHDRAWN":
        raise NoSuchEntry(code=code)
    return found


def entry(code: str) -> Entry:
    """Return one entry, whatever its state, as it is published if it ever was; raises NoSuchEntry."""
    found = Entry.objects.select_related("provider").filter(code=code).first()
    if found is None:
        raise NoSuchEntry(code=code)
    return found


def drafted(code: str) -> Entry:
    """Return one entry as the change under way will make it, to read and never to save; raises NoSuchEntry.

    For those who prepare or review the change; where none is under way it is `entry`.
    """
    found = entry(code)
    found.take_draft()
    return found


def names(codes: Iterable[str]) -> dict[str, tuple[str, dict[str, str]]]:
    """Return the name of each resource, and the names of its items by their codes; unknown codes are left out."""
    rows = Entry.objects.filter(code__in=set(codes)).values_list("code", "name", "items")
    return {code: (name, {item["code"]: item["name"] for item in items}) for code, name, items in rows}


def of_provider(
    org: str, *, words: str = "", state: str = "", after: str = "", limit: int = PAGE
) -> list[Entry]:
    """Return a page of a unit's entries by name, with what a list shows of them: those that follow the name `after`.

    Every word is in name or code.
    """
    found = _of_provider(org, words, state).filter(name__gt=after).order_by("name")
    return list(found.only("code", "name", "sharing_type", "state", "release_date")[:limit])


def counted(org: str, *, words: str = "", state: str = "") -> int:
    """Return how many of a unit's entries fit, on all pages."""
    return _of_provider(org, words, state).count()


def _of_provider(org: str, words: str, state: str) -> QuerySet[Entry]:
    found = Entry.objects.filter(provider_id=org)
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(code__icontains=word))
    return found.filter(state=state) if state else found


def supplied(org: str) -> list[Entry]:
    """Return the published entries that a unit supplies with data, by name (SX-06-a)."""
    return list(_published().filter(provider_id=org).exclude(sharing_type=3).order_by("name"))


def unsettled(org: str) -> list[Entry]:
    """Return the entries of a unit that are in the catalogue or under review; drafts that never were are not."""
    found = Entry.objects.filter(provider_id=org).exclude(state="WITHDRAWN")
    return list(found.exclude(state__in=("DRAFT", "RETURNED"), published_version__isnull=True).order_by("name"))


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
