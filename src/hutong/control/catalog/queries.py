"""Reads of the catalogue: what is published, a unit's own entries, and their changes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Func, JSONField, Prefetch, Q, QuerySet, TextField
from django.db.models.functions import Cast

from hutong.control.catalog import rules
from hutong.control.catalog.lifecycle import UNDER_WAY
from hutong.control.catalog.models import Change, Entry, Version
from hutong.control.procedures.queries import by_number
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core.counting import COUNTED
from hutong.core.errors import Missing
from hutong.db import database
from hutong.plane import tables
from hutong.plane.definition import Form

PAGE = 50


class NoSuchEntry(Missing):
    """There is no catalogue entry {code}."""


class NoSuchChange(Missing):
    """There is no change {change} of a catalogue entry that you may see."""


class NoSuchVersion(Missing):
    """There is no published version {version} of {code}."""


@dataclass(frozen=True, slots=True)
class Search:
    """Which published entries are looked for; empty where all are.

    Every word occurs in name, abstract, items, provider or code.
    """

    words: str = ""
    provider: str = ""
    sharing_type: int | None = None
    method: int | None = None


ORDERS = {
    "name": ("name",),
    "name_back": ("-name",),
    "newest": ("-published_at", "-id"),
    "oldest": ("published_at", "id"),
}
"""Order of the published entries → what they stand by; their names are unique."""


def search(
    wanted: Search | None = None, *, order: str = "name", after: Sequence[Any] | None = None, limit: int = 20
) -> list[Version]:
    """Return a page of what is published of the entries that fit, in one of ORDERS.

    `after` is where the page before ended: what its last row stands by. Nothing is shown twice or left out, however
    long the list is.
    """
    fitting, by = _fitting(wanted or Search()), ORDERS[order]
    if after is not None:
        fitting = fitting.filter(_following(by, after))
    return list(fitting.order_by(*by)[:limit])


def found(wanted: Search | None = None, *, most: int = COUNTED + 1) -> int:
    """Return how many published entries fit, on all pages, counted up to `most`."""
    return _fitting(wanted or Search())[:most].count()


def _following(by: tuple[str, ...], after: Sequence[Any]) -> Q:
    """Return the condition of the rows that follow one, in an order whose parts all turn the same way."""
    follows, same = Q(), dict[str, Any]()
    for part, value in zip(by, after, strict=True):
        name, turn = part.lstrip("-"), "lt" if part.startswith("-") else "gt"
        follows |= Q(**same, **{f"{name}__{turn}": value})
        same[name] = value
    return follows


def _fitting(wanted: Search) -> QuerySet[Version]:
    fitting = _published().alias(item_names=_ITEM_NAMES)
    for word in wanted.words.split():
        fitting = fitting.filter(
            Q(name__icontains=word)
            | Q(abstract__icontains=word)
            | Q(item_names__icontains=word)
            | Q(entry__provider__name__icontains=word)
            | Q(entry__code__icontains=word)
        )
    asked = {
        "entry__provider_id": wanted.provider, "sharing_type": wanted.sharing_type, "method": wanted.method,
    }  # fmt: skip
    return fitting.filter(**{name: value for name, value in asked.items() if value})


def providers() -> list[tuple[str, str, int]]:
    """Return credit code, name and number of published entries of each unit that has any, by name."""
    unit = ("entry__provider_id", "entry__provider__name")
    counted = _published().order_by("entry__provider__name").values_list(*unit)
    return list(counted.annotate(count=Count("id")))


def _published() -> QuerySet[Version]:
    return Version.objects.select_related("entry__provider").filter(current_of__state="PUBLISHED")


_ITEM_NAMES = Cast(
    Func(F("items"), template="jsonb_path_query_array(%(expressions)s, '$[*].name')", output_field=JSONField()),
    TextField(),
)
"""The names of the items alone: nobody looks for an entry by the keys of the JSON around them."""


def published(code: str) -> Version:
    """Return what is published of an entry that is in the catalogue; raises NoSuchEntry."""
    found = _published().filter(entry__code=code).first()
    if found is None:
        raise NoSuchEntry(code=code)
    return found


def entry(code: str) -> Entry:
    """Return one entry, whatever its state, with the version published last, if any; raises NoSuchEntry."""
    found = Entry.objects.select_related("provider", "current").filter(code=code).first()
    if found is None:
        raise NoSuchEntry(code=code)
    return found


def change(no: str) -> Change:
    """Return one change with its entry and the version it began from; raises NoSuchChange."""
    found = Change.objects.select_related("provider", "entry__current", "base").filter(no=no).first()
    if found is None:
        raise NoSuchChange(change=no)
    return found


def under_way(code: str) -> Change | None:
    """Return the change of an entry that is still to be decided; there is one at most."""
    return Change.objects.filter(entry__code=code, state__in=UNDER_WAY).first()


def changes(
    code: str, *, kind: str = "", state: str = "", after: int | None = None, oldest: bool = False,
    limit: int | None = None,
) -> list[Change]:  # fmt: skip
    """Return changes of an entry by its unit, with the version that came of it, if one did; the newest first.

    Those that follow the change with the number `after`; of a kind and in a state, where these are given.
    """
    found = by_number(_changes(code, kind, state), after=after, oldest=oldest).select_related("version")
    return list(found.defer("items", "abstract", "version__items", "version__abstract")[:limit])


def changes_counted(code: str, *, kind: str = "", state: str = "", most: int = COUNTED + 1) -> int:
    """Return how many changes `changes` has, counted up to `most`."""
    return _changes(code, kind, state)[:most].count()


def _changes(code: str, kind: str, state: str) -> QuerySet[Change]:
    asked = {name: value for name, value in (("kind", kind), ("state", state)) if value}
    return Change.objects.filter(entry__code=code, provider=F("entry__provider"), **asked)


def versions(code: str) -> list[Version]:
    """Return the published versions of an entry, the newest first."""
    found = Version.objects.select_related("change").filter(entry__code=code)
    return list(found.defer("items", "abstract", "change__items", "change__abstract").order_by("-number"))


def version(code: str, number: int) -> Version:
    """Return one published version of an entry, also of one that was withdrawn; raises NoSuchVersion."""
    found = Version.objects.select_related("entry__provider", "change").filter(entry__code=code, number=number).first()
    if found is None:
        raise NoSuchVersion(code=code, version=number)
    return found


def body(found: Version) -> bytes:
    """Return the canonical JSON of a published version: its digest is of these bytes."""
    return rules.body(
        found, code=found.entry.code, provider=found.entry.provider_id, number=found.number,
        release_date=found.release_date.isoformat(),
    )  # fmt: skip


def names(versions: Iterable[tuple[str, int | None]]) -> dict[tuple[str, int | None], tuple[str, dict[str, str]]]:
    """Return what each version, a code with a number, calls its resource, and its items by their codes.

    Without a number it is the version published last. What was never published is left out.
    """
    asked = set(versions)
    fitting = Q(number__in={number for _, number in asked if number}) | Q(current_of__isnull=False)
    rows = Version.objects.filter(fitting, entry__code__in={code for code, _ in asked})
    found = {}
    for code, number, current, name, items in rows.values_list("entry__code", "number", "current_of", "name", "items"):
        said = name, {item["code"]: item["name"] for item in items}
        found.update({(code, each): said for each in (number, None if current else number)})
    return {version: said for version, said in found.items() if version in asked}


@dataclass(frozen=True, slots=True)
class EntryFilters:
    """Which entries are listed: every word in name or code; of a provider, in a state; empty narrows nothing."""

    words: str = ""
    provider: str = ""
    state: str = ""


def visible(
    actor: Actor,
    filters: EntryFilters | None = None,
    *,
    after: tuple[int, str] | str | None = None,
    limit: int = PAGE,
) -> list[Entry]:
    """Return a page of the entries the actor opens, with what a list shows of them.

    They stand by name, following the place `after`, an id and a name; by code where that is a code, from the first one
    where it is empty. `under_way` of an entry is its change that is still to be decided, alone in a list.
    """
    found = _visible(actor, filters or EntryFilters())
    order: tuple[str, ...] = ("name", "id")
    if isinstance(after, str):
        found, order = found.filter(code__gt=after), ("code",)
    elif after is not None:
        id, name = after
        found = found.filter(Q(name__gt=name) | Q(name=name, id__gt=id), name__gte=name)
    shown = Change.objects.filter(state__in=UNDER_WAY).only("no", "state", "kind", "entry_id", "sharing_type", "method")
    found = found.select_related("provider", "current")
    found = found.prefetch_related(Prefetch("changes", shown, to_attr="under_way"))
    shown_of_current = ("current__sharing_type", "current__method", "current__release_date")
    return list(found.only("code", "name", "state", "provider__name", *shown_of_current).order_by(*order)[:limit])


def counted(actor: Actor, filters: EntryFilters | None = None, *, most: int = COUNTED + 1) -> int:
    """Return how many entries `visible` has on all its pages, counted up to `most`."""
    return _visible(actor, filters or EntryFilters())[:most].count()


def _visible(actor: Actor, filters: EntryFilters) -> QuerySet[Entry]:
    """Return the entries of the actor's units; of authority and operator those of their regions; of an auditor all."""
    theirs = sorted({*actor.units, *members.of_regions(actor)})
    found = Entry.objects.all() if actor.everywhere else Entry.objects.filter(provider_id__in=theirs)
    for word in filters.words.split():
        found = found.filter(Q(name__icontains=word) | Q(code__icontains=word))
    if filters.provider:
        found = found.filter(provider_id=filters.provider)
    return found.filter(state=filters.state) if filters.state else found


def supplied(units: Collection[str]) -> list[Version]:
    """Return what is published of the entries that these units supply with data, by unit and name (SX-06-a).

    An interface is not among them: nothing of it is stored.
    """
    stored = [method for method, form in rules.FORM_OF_METHOD.items() if form is not Form.INTERFACE]
    found = _published().filter(entry__provider_id__in=list(units), method__in=stored)
    return list(found.exclude(sharing_type=rules.NOT_SHARED).order_by("entry__provider_id", "name"))


def unsettled(unit: str) -> list[Entry]:
    """Return the entries of a unit that are in the catalogue or under review, without drafts never submitted."""
    reviewed = Change.objects.filter(provider_id=unit, state__in=("SUBMITTED", "REGISTERED")).values("entry")
    found = Entry.objects.filter(Q(state="PUBLISHED") | Q(pk__in=reviewed), provider_id=unit)
    return list(found.order_by("name"))


def stored(code: str) -> dict | None:
    """Return rows and moment of the newest data the platform holds of a resource; None where it holds none."""
    with transaction.atomic(), database.joined(connection) as cur:
        return tables.filled(cur, code=code)
