"""What the public pages show, as plain values. Nothing here reads a holding: only what is published about it."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor

from hutong.core.errors import Malformed, Missing, TooLarge
from hutong.db import sql
from hutong.plane import definition as definitions
from hutong.plane import ladder
from hutong.plane.definition import Definition, Item, Mode

queries = sql.load(__package__, "portal.sql")

PAGE = 20
LONGEST = 100
"""Most characters of a search."""


class ResourceNotPublished(Missing):
    """There is no published resource with the code {code}."""


class SearchTooLong(TooLarge):
    """The search has {length} characters; at most {most} are allowed."""


class TextUnreadable(Malformed):
    """The address holds characters that cannot be part of a code or a search."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest checkpoint of the evidence log."""

    size: int
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The platform in numbers; `head` is missing until the first entry is placed."""

    resources: int
    providers: int
    records: int
    head: Head | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One resource in the list. `rows` and `loaded_at` are None until data of it are held."""

    definition: Definition
    modes: tuple[Mode, ...]
    """The modes at least one item is offered for, the least first."""
    rows: int | None
    loaded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One page of the list; `after` begins the next page, empty where this is the last."""

    listed: tuple[Listed, ...]
    total: int
    after: str


@dataclass(frozen=True, slots=True)
class ItemShown:
    """One item with the modes it may be used in, the least first."""

    item: Item
    key: bool
    modes: tuple[Mode, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as anyone may see it."""

    listed: Listed
    published_at: datetime
    items: tuple[ItemShown, ...]


def overview(cur: Cursor) -> Overview:
    """Return the platform in numbers."""
    row = cur.execute(queries.overview).fetchone()
    assert row is not None
    return Overview(*row, head=head(cur))


def head(cur: Cursor) -> Head | None:
    """Return the newest checkpoint, if there is one."""
    row = cur.execute(queries.head).fetchone()
    return None if row is None else Head(*row)


def catalogue(cur: Cursor, *, search: str = "", after: str = "", limit: int = PAGE) -> Catalogue:
    """Return the resources that hold every word of `search`, those whose codes come after `after`.

    Words are looked for in code, name and provider, and in the codes and names of items. Raises SearchTooLong,
    TextUnreadable.
    """
    if len(search) > LONGEST:
        raise SearchTooLong(length=len(search), most=LONGEST)
    asked = {"words": _readable(search).split(), "after": _readable(after), "limit": limit + 1}
    counted = cur.execute(queries.count, asked).fetchone()
    assert counted is not None
    rows = [_listed(*row) for row in cur.execute(queries.listed, asked)]
    page = tuple(rows[:limit])
    return Catalogue(page, counted[0], page[-1].definition.code if len(rows) > limit else "")


def resource(cur: Cursor, *, code: str) -> Resource:
    """Return one published resource, in the version that answers; raises ResourceNotPublished."""
    row = cur.execute(queries.resource, {"code": _readable(code)}).fetchone()
    if row is None:
        raise ResourceNotPublished(code=code)
    body, published_at, rows, loaded_at = row
    listed = _listed(body, rows, loaded_at)
    key = listed.definition.key
    shown = tuple(ItemShown(i, i.code in key, up_to(i.offered)) for i in listed.definition.items)
    return Resource(listed, published_at, shown)


def up_to(highest: Mode) -> tuple[Mode, ...]:
    """Return the modes an item may be used in that is offered for `highest`: a higher one holds the lower."""
    return tuple(mode for mode in Mode if ladder.ORDER[mode] <= ladder.ORDER[highest])


def _listed(body: str, rows: int | None, loaded_at: datetime | None) -> Listed:
    definition = definitions.load(body)
    highest = max((item.offered for item in definition.items), key=ladder.ORDER.__getitem__)
    return Listed(definition, up_to(highest), rows if loaded_at else None, loaded_at)


def _readable(text: str) -> str:
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise TextUnreadable
    return text
