"""The row filter of a grant: the records it is limited to, by values of items (P-5, SX-11-b).

A record is inside where each item named equals one of its values; outside it a record is absent. What is tested is the
item's blind index, in whichever form the item itself is kept, so that a township is found however it was written.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hutong.core import normalise
from hutong.core.blanks import is_blank
from hutong.core.errors import Invalid, Refused
from hutong.db import arrays
from hutong.plane import ladder, sealing
from hutong.plane.definition import Definition, Item, Mode, Type
from hutong.plane.keys import ResourceKeys
from hutong.plane.tables import Store

Filter = Mapping[str, Sequence[str]]
"""Values by the code of their item, as `checked` returns them; nothing where a grant has no filter."""

MOST_VALUES = 200
"""Values in one filter."""
LONGEST = 100
"""Characters of one."""

KEPT = min(normalise.VERSIONS)
"""Filters are kept in the oldest normal form, from which each store makes its own."""

_ONE_OF = {Type.LOGICAL: ("true", "false")}


class FilterNotDeclared(Refused):
    """{code}: grants cannot be limited by {items}; what they can be limited by is declared in the catalogue."""

    clause = "SX-11-b"


class FilterUnreadable(Invalid):
    """“{value}” is no value of {item} that a grant could be limited to."""

    clause = "SX-11-b"


class FilterEmpty(Invalid):
    """A grant is to be limited by {item}, and no value of it is listed."""

    clause = "SX-11-b"


class FilterTooLong(Invalid):
    """A grant is limited to at most {most} values; {number} are listed."""

    clause = "SX-11-b"


def checked(wanted: Filter, *, definition: Definition, mode: Mode) -> dict[str, list[str]]:
    """Return the filter that limits a grant for `mode` to records whose items equal one of the values, by item code.

    Items come in the order of the definition, values in their normal form (`KEPT`), sorted, each once: what says the
    same is the same. Raises what `require` raises, FilterEmpty, FilterUnreadable or FilterTooLong.
    """
    require(wanted, definition=definition, mode=mode)
    found = {item.code: _values(item, wanted[item.code]) for item in definition.items if item.code in wanted}
    number = sum(map(len, found.values()))
    if number > MOST_VALUES:
        raise FilterTooLong(most=MOST_VALUES, number=number)
    return found


def load(written: str) -> Filter:
    """Return the filter that is kept as JSON; of text, for Django's connection reads no JSON."""
    found: Filter = json.loads(written)
    return found


def require(row_filter: Filter, *, definition: Definition, mode: Mode) -> None:
    """Return if grants for `mode` may be limited by each item of a filter.

    Whoever is given records reads in them what they were limited to, so the item has to be offered for as much
    (SX-07-e). Raises FilterNotDeclared, or ItemNotOffered.
    """
    declared = {item.code for item in definition.items if item.filter}
    if wrong := [code for code in row_filter if code not in declared]:
        raise FilterNotDeclared(code=definition.code, items=", ".join(wrong))
    ladder.offered(row_filter, definition=definition, mode=mode)


def unlike(row_filter: Filter, *, former: Definition, newer: Definition) -> list[str]:
    """Return the items by which a kept filter, whose items both definitions have, lets other records into `newer`.

    Those are items of another type, for the same words then mean other values, and any whose kept value is not in the
    normal form that `newer` compares.
    """
    return [
        code
        for code, listed in row_filter.items()
        if former.item(code).type is not newer.item(code).type
        or any(normalise.normalise(value, type=newer.item(code).type, form=KEPT) != value for value in listed)
    ]


@dataclass(frozen=True, slots=True)
class Inside:
    """What a statement tests of a record: `items` are codes, `values` the parameter of each (`parameter`)."""

    items: tuple[str, ...]
    values: Mapping[str, arrays.ArrayColumn]


def parameter(place: int) -> str:
    """Return the name of the parameter that has the digests of the item at `place` in a filter."""
    return f"inside{place}"


def inside(row_filter: Filter, store: Store, keys: ResourceKeys) -> Inside | None:
    """Return what is tested of each record under a grant with this filter, None where it has none.

    Its values are brought to the normal form that the store is made with.
    """
    if not row_filter:
        return None
    values = {
        parameter(place): arrays.blobs(sealing.blind_column(keys, code, _in_form(store, code, listed)))
        for place, (code, listed) in enumerate(row_filter.items())
    }
    return Inside(tuple(row_filter), values)


def values(inside: Inside | None) -> Mapping[str, arrays.ArrayColumn]:
    """Return the parameters a statement with these tests takes."""
    return {} if inside is None else inside.values


def _in_form(store: Store, code: str, listed: Sequence[str]) -> list[bytes]:
    type, form = store.definition.item(code).type, store.normaliser_version
    return [normalise.normalise(value, type=type, form=form).encode() for value in listed]


def _values(item: Item, listed: Sequence[str]) -> list[str]:
    found = {value.strip(): _kept(item, value) for value in listed if not is_blank(value)}
    if not found:
        raise FilterEmpty(item=item.code)
    for said, value in found.items():
        if not _readable(item, value):
            raise FilterUnreadable(item=item.code, value=said)
    return sorted(set(found.values()))


def _kept(item: Item, value: str) -> str:
    return normalise.normalise(value, type=item.type, form=KEPT)


def _readable(item: Item, value: str) -> bool:
    if item.type is Type.INTEGER:
        return value.isascii() and value.removeprefix("-").isdecimal()
    if item.type in _ONE_OF:
        return value in _ONE_OF[item.type]
    return 0 < len(value) <= LONGEST and value.isprintable()
