"""The statements answers read a store and its feed with, built with the names of `plane.tables`.

Each is made once and kept, so that the same question is the same prepared statement. Values go in as
parameters. Where a grant has a row filter (`plane.filters`), a record outside it is absent: the statement tests that.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import lru_cache

from psycopg.sql import SQL, Composable, Identifier

from hutong.plane import filters, subjects, tables
from hutong.plane.definition import Holding, Item
from hutong.plane.filters import Inside
from hutong.plane.tables import Store


class Op(StrEnum):
    """How a condition compares. A protected item is asked by EQUALS alone; STARTS is for text."""

    EQUALS = "eq"
    AT_LEAST = "ge"
    BELOW = "lt"
    STARTS = "starts"


_TESTS: dict[Op, str] = {
    Op.EQUALS: "{column} = any ({value})",
    Op.AT_LEAST: "{column} >= {value}",
    Op.BELOW: "{column} < {value}",
    Op.STARTS: "starts_with({column}, {value})",
}

_FEED = """
with part as (
    select change, op, k, at from {feed} where change > %(after)s and change <= %(until)s
    order by change limit %(limit)s
)
select f.change, f.op, f.at, h.change, f.k{columns}
from part f left join {store} h on h.k = f.k
order by f.change
"""

# Under a row filter a change is told if the record was inside before it or is after it: one that left was deleted.
# After a change that leaves a record inside the next one is told too, so that whoever follows ends with those inside.
# The change after the last is read in any case, and shows that there is no gap; it has no operation if it is not told.
_FEED_INSIDE = """
with part as (
    select change, case when {now} then op when {before} then 'd' end as op, k, at from {feed}
    where %(after)s < change and change <= %(until)s and (({now}) or ({before}) or change = %(after)s + 1)
    order by change limit %(limit)s
)
select f.change, f.op, f.at, h.change, f.k{columns}
from part f left join {store} h on h.k = f.k and {there}
order by f.change
"""


def digests(store: Store, items: Sequence[str], inside: Inside | None = None) -> str:
    """Return the statement that reads what the records `%(keys)b` are compared by: k, then `items`.

    That is the seal, the blind index, or the value as text.
    """
    return _by_keys(store.relation, tuple(_condition(store.definition.item(code)) for code in items), _named(inside))


def values(store: Store, items: Sequence[str], inside: Inside | None = None) -> str:
    """Return the statement that reads the records `%(keys)b`: k, then `items`.

    They are bytes where they are sealed or protected, else as text.
    """
    return _by_keys(store.relation, _kept(store, items), _named(inside))


def page(
    store: Store, items: Sequence[str], conditions: Sequence[tuple[str, Op]], inside: Inside | None = None
) -> str:
    """Return the statement that reads `items` of the first `%(limit)s` records after `%(after)s`, by k.

    Columns: k, then the items, then the subject where the store keeps it.
    `conditions` are item and operator; the value of the n-th is the parameter `c<n>`, a list of spellings for
    EQUALS.
    """
    tests = tuple(
        (tables.condition_column(item), tables.column_type(item), op)
        for item, op in ((store.definition.item(code), op) for code, op in conditions)
    )
    return _page(store.relation, _with_subject(store, items), tests, _named(inside))


def feed(store: Store, items: Sequence[str], inside: Inside | None = None) -> str:
    """Return the statement that reads changes after `%(after)s`, up to `%(until)s`, at most `%(limit)s`.

    Columns: change, op, moment, the record's last change (null where it is gone), k, then the items, then the subject
    where the store keeps it.
    """
    return _feed(store.relation, _with_subject(store, items), _named(inside))


@lru_cache(maxsize=1024)
def _by_keys(relation: str, columns: tuple[tuple[str, bool], ...], inside: tuple[str, ...]) -> str:
    tests = [SQL("h.k = any (%(keys)b)"), *_tests(inside, tables.filter_column, "h")]
    text = SQL("select h.k{} from {} h where {}").format(
        _listed(columns), Identifier("store", relation), SQL(" and ").join(tests)
    )
    return text.as_string(None)


@lru_cache(maxsize=1024)
def _page(
    relation: str,
    columns: tuple[tuple[str, bool], ...],
    tests: tuple[tuple[str, str, Op], ...],
    inside: tuple[str, ...],
) -> str:
    where: list[Composable] = [SQL("h.k > %(after)s"), *_tests(inside, tables.filter_column, "h")]
    for number, (column, kind, op) in enumerate(tests):
        many = "[]" if op is Op.EQUALS else ""
        value = SQL(f"%(c{number})s::{kind}{many}")  # kind is a literal of `tables.column_type`
        where.append(SQL(_TESTS[op]).format(column=Identifier("h", column), value=value))
    text = SQL("select h.k{} from {} h where {} order by h.k limit %(limit)s").format(
        _listed(columns), Identifier("store", relation), SQL(" and ").join(where)
    )
    return text.as_string(None)


@lru_cache(maxsize=256)
def _feed(relation: str, columns: tuple[tuple[str, bool], ...], inside: tuple[str, ...]) -> str:
    names = {
        "feed": Identifier("feed", relation), "store": Identifier("store", relation), "columns": _listed(columns),
    }  # fmt: skip
    if not inside:
        return SQL(_FEED).format(**names).as_string(None)
    tests = {
        name: SQL(" and ").join(_tests(inside, column, *table))
        for name, column, *table in (
            ("now", tables.is_column), ("before", tables.was_column), ("there", tables.filter_column, "h")
        )
    }  # fmt: skip
    return SQL(_FEED_INSIDE).format(**names, **tests).as_string(None)


def _named(inside: Inside | None) -> tuple[str, ...]:
    return () if inside is None else inside.items


def _tests(inside: Sequence[str], column: Callable[[str], str], *table: str) -> list[Composable]:
    return [
        SQL("{} = any ({})").format(Identifier(*table, column(code)), SQL(f"%({filters.parameter(place)})b"))
        for place, code in enumerate(inside)
    ]


def _condition(item: Item) -> tuple[str, bool]:
    return tables.condition_column(item), item.holding is Holding.PLAIN


def _kept(store: Store, items: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    found = [store.definition.item(code) for code in items]
    return tuple((tables.item_column(item), item.holding is Holding.PLAIN) for item in found)


def _with_subject(store: Store, items: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    own = ((tables.SUBJECT, False),) if subjects.kept(store.definition) else ()
    return (*_kept(store, items), *own)


def _listed(columns: tuple[tuple[str, bool], ...]) -> Composable:
    parts = [SQL(", {}::text" if text else ", {}").format(Identifier("h", name)) for name, text in columns]
    return SQL("").join(parts)
