"""The tables made from a definition: published, found again, and the names and types of their columns.

A store `store.r<id>_v<version>` has `k` (record key digest, primary key), `change` (its last change),
`delivered` (that change as eight bytes, then the mark of the row as it came, `delivery.marks`), per item `i_<code>`,
`b_<code>` (blind index) where the item is protected or limits grants, and `subject` where a row says whom it is about
and is given out (`plane.subjects`). Its feed `feed.r<id>_v<version>` has `change`, `op` (`u` put, `d` deleted), `k` and
`at`, and of each item that limits grants the blind index before and after the change, `was_<code>` and `is_<code>`
(`plane.filters`); values are joined from the store when it is read.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from psycopg import Cursor
from psycopg.sql import SQL, Composed, Identifier

from hutong.core import normalise
from hutong.core.errors import Conflicting, Missing, Refused
from hutong.db import rows, sql
from hutong.plane import definition as definitions
from hutong.plane import soundness, subjects
from hutong.plane.definition import Definition, Form, Holding, Item, Type

statements = sql.load(__package__, "tables.sql")

_PLAIN = {
    Type.NUMERIC: "numeric",
    Type.CURRENCY: "numeric",
    Type.DOUBLE: "numeric",
    Type.INTEGER: "numeric",
    Type.FLOAT: "numeric",
    Type.DATE: "date",
}
"""How a plain item is stored; every other type is text. Numbers are numeric: what is given back is exact."""

_SHORT = 600
"""Text of no more characters fits into a b-tree's entry, whatever they are."""


SUBJECT = "subject"
"""The column of whom a row is about."""


class VersionTaken(Conflicting):
    """Version {version} of {code} is published already with other content; a change is a new version."""


class VersionNotNewer(Conflicting):
    """Version {version} of {code} is not newer than version {newest}."""


class ProviderDiffers(Conflicting):
    """The resource {code} belongs to {owner}, not to {provider}."""


class ResourceUnknown(Missing):
    """There is no published resource {code}."""


class VersionUnknown(Missing):
    """There is no published version {version} of a resource {code}."""


class InterfaceNotStored(Refused):
    """{code} is an interface: its provider's own service answers, nothing of it is stored, and nothing is delivered."""

    clause = "P-3"


@dataclass(frozen=True, slots=True)
class Store:
    """The store of one version of a resource: what the plane keeps of it.

    `key_id` names the key its records are sealed with; it is empty while the version holds no data: until its first
    full load, and again when its rows were removed (`emptying`).
    """

    definition: Definition
    relation: str
    key_id: str
    suite: str
    normaliser_version: int
    last_change: int
    kept_from: int
    as_of: datetime | None = None
    """The moment of the last delivery it followed, where deliveries do not reach it any more; else None."""
    ends_on: date | None = None
    """The last day it is answered from, where a newer version has data and the authority has set one."""

    @property
    def has_data(self) -> bool:
        """Whether it was filled and not emptied since; what it was filled with may be no rows."""
        return bool(self.key_id)

    @property
    def table(self) -> Composed:
        """The name of its table, ready for a statement."""
        return SQL("store.{}").format(Identifier(self.relation))

    @property
    def feed(self) -> Composed:
        """The feed's name, ready for a statement."""
        return SQL("feed.{}").format(Identifier(self.relation))


def lock(cur: Cursor, *, code: str) -> None:
    """Wait for a delivery of the resource under way, and let none be merged before this transaction ends."""
    cur.execute(statements.lock, {"code": code})


def publish(cur: Cursor, *, definition: Definition, now: datetime, first_due_date: date | None = None) -> str:
    """Freeze `definition` and make its store and feed; returns their name, empty for an interface, which has none.

    `first_due_date` is the last day of the first delivery (P-9), which is of the first version that is stored; None
    where none is known. The same definition again changes nothing. Raises what `soundness.check` raises, VersionTaken,
    VersionNotNewer or ProviderDiffers.
    """
    soundness.check(definition)
    body = definition.dump()
    digest = hashlib.sha256(body.encode()).digest()
    named = {"code": definition.code, "version": definition.version}
    interface = definition.form is Form.INTERFACE
    owned = {**named, "name": definition.name, "provider": definition.provider}
    owner = rows.one(cur.execute(statements.claim_resource, owned))["provider"]
    if owner != definition.provider:
        raise ProviderDiffers(code=definition.code, owner=owner, provider=definition.provider)
    there = rows.only(cur.execute(statements.published, named))
    if there is not None:
        if there["digest"] != digest:
            raise VersionTaken(**named)
        return "" if interface else version(cur, code=definition.code, version=definition.version).relation
    newest = rows.one(cur.execute(statements.newest, named))["newest"]
    if newest is not None and newest > definition.version:
        raise VersionNotNewer(**named, newest=newest)
    cur.execute(statements.write_definition, {**named, "body": body, "digest": digest, "now": now})
    return "" if interface else _make_store(cur, definition, first_due_date)


def _make_store(cur: Cursor, definition: Definition, first_due_date: date | None) -> str:
    named = {"code": definition.code, "version": definition.version}
    listed = columns(definition)
    short = {item_column(item) for item in definition.items if 0 < item.length <= _SHORT}
    short &= {c for c, t in listed if t == "text"}
    made = {
        **named,
        "columns": [c for c, _ in listed],
        "types": ["varchar" if c in short else t for c, t in listed],
        "indexed": _indexed(definition),
    }
    relation: str = rows.one(cur.execute(statements.make_store, made))["relation"]
    if filters := limiting(definition):
        cur.execute(statements.tell_inside, {"relation": relation, "codes": filters})
    cur.execute(
        statements.write_store,
        {
            **named, "relation": relation, "suite": definition.suite, "normaliser_version": normalise.VERSION,
            "update_cycle": definition.update_cycle, "first_due_date": first_due_date,
        },
    )  # fmt: skip
    cur.execute(statements.follow_cycle, {**named, "update_cycle": definition.update_cycle})
    return relation


def opened_on(cur: Cursor, *, codes: Sequence[str]) -> dict[str, Store]:
    """Return the stores that grants are opened on, by code of the resource; one without data is left out."""
    cur.execute(statements.opened_on, {"codes": list(codes)})
    return {row["code"]: _store(row) for row in rows.named(cur)}


def these(cur: Cursor, *, versions: Collection[tuple[str, int]]) -> dict[tuple[str, int], Store]:
    """Return the stores of versions, by code and number; unknown ones are left out."""
    cur.execute(
        statements.these, {"codes": [code for code, _ in versions], "versions": [number for _, number in versions]}
    )
    return {(row["code"], row["version"]): _store(row) for row in rows.named(cur)}


def definition(cur: Cursor, *, code: str, version: int | None = None) -> Definition:
    """Return what a version says of a resource of any form, the newest where `version` is None.

    Raises ResourceUnknown or VersionUnknown.
    """
    row = rows.only(cur.execute(statements.definition, {"code": code, "version": version}))
    if row is None and version is not None:
        raise VersionUnknown(code=code, version=version)
    if row is None:
        raise ResourceUnknown(code=code)
    return _loaded(row["body"])


def every_version(cur: Cursor, *, code: str) -> list[Definition]:
    """Return what every version says of a resource of any form, the newest first; raises ResourceUnknown."""
    found = [_loaded(body) for (body,) in cur.execute(statements.every_version, {"code": code})]
    if not found:
        raise ResourceUnknown(code=code)
    return found


def version(cur: Cursor, *, code: str, version: int | None = None) -> Store:
    """Return the store of one published version, of the newest where `version` is None.

    Raises ResourceUnknown, VersionUnknown, and InterfaceNotStored.
    """
    cur.execute(statements.version, {"code": code, "version": version})
    row = rows.only(cur)
    if row is None:
        definition(cur, code=code, version=version)
        raise InterfaceNotStored(code=code)
    return _store(row)


def provider(cur: Cursor, *, code: str) -> str | None:
    """Return the unit that provides a resource; None where there is no such resource."""
    row = rows.only(cur.execute(statements.provider, {"code": code}))
    return None if row is None else row["provider"]


def filled(cur: Cursor, *, code: str) -> rows.Named | None:
    """Return `version`, `rows` and `loaded_at` of the newest data held of a resource; None where none are held."""
    return rows.only(cur.execute(statements.filled, {"code": code}))


def item_column(item: Item) -> str:
    """Return the column an item is kept in."""
    return f"i_{item.code}"


def condition_column(item: Item) -> str:
    """Return the column an item is found by: its blind index where it is protected."""
    return filter_column(item.code) if item.holding is Holding.PROTECTED else item_column(item)


def filter_column(code: str) -> str:
    """Return the column of an item's blind index, by which grants are limited to certain values of it."""
    return f"b_{code}"


def was_column(code: str) -> str:
    """Return the column of a feed with the blind index of an item before a change."""
    return f"was_{code}"


def is_column(code: str) -> str:
    """Return the column of a feed with the blind index of an item after a change."""
    return f"is_{code}"


def column_type(item: Item) -> str:
    """Return the PostgreSQL type an item is kept in."""
    return "bytea" if item.holding is not Holding.PLAIN else _PLAIN.get(item.type, "text")


def columns(definition: Definition) -> list[tuple[str, str]]:
    """Return the columns a delivery fills with their types: those of the items in their order, then the subject."""
    listed: list[tuple[str, str]] = []
    for item in definition.items:
        listed.append((item_column(item), column_type(item)))
        if item.has_blind_index:
            listed.append((filter_column(item.code), "bytea"))
    if subjects.kept(definition):
        listed.append((SUBJECT, "bytea"))
    return listed


def limiting(definition: Definition) -> list[str]:
    """Return the codes of the items that limit grants."""
    return [item.code for item in definition.items if item.filter]


def drop_indexes(cur: Cursor, store: Store) -> None:
    """Do without the indexes of an empty store and its feed, while they are filled in this transaction."""
    cur.execute(statements.drop_indexes, {"relation": store.relation})


def make_indexes(cur: Cursor, store: Store) -> None:
    """Make the indexes of a store and its feed that were dropped."""
    cur.execute(statements.make_indexes, {"relation": store.relation, "indexed": _indexed(store.definition)})


@lru_cache(maxsize=1024)
def _loaded(body: str) -> Definition:
    return definitions.load(body)


def _store(row: rows.Named) -> Store:
    said = {column: value for column, value in row.items() if column not in ("code", "version", "body")}
    return Store(_loaded(row["body"]), **said)


def _indexed(definition: Definition) -> list[str]:
    found = [
        condition_column(item) for item in definition.items if item.condition and item.holding is not Holding.SEALED
    ]
    return list(dict.fromkeys([*found, *map(filter_column, limiting(definition))]))
