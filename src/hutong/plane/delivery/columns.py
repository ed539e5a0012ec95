"""A delivered column and its normal form (`core.normalise`): the plain values by Arrow, the others once each.

What comes of it is what `normalise.column` would say value by value; only the way there is shorter.
"""

from collections.abc import Callable
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from hutong.core import normalise
from hutong.plane.definition import Holding, Item, Rule, Type
from hutong.plane.values import NUMBERS, TEXT

_UNSETTLED = rf"[^A-Z{normalise.SETTLED}]"
_CANONICAL = rf"\A(?:{normalise.CANONICAL_NUMBER})\z"
_FIRST_DAY = pa.scalar(-719162, pa.int32()).cast(pa.date32())
"""0001-01-01, the first day Python knows."""


class ItemColumn:
    """The column of one item in a block; `key` where the item is part of the record key.

    `given` is as it was delivered, `taken` in the writing that is kept (`writing.taken`), and `form` the version of the
    normal form.
    """

    def __init__(
        self,
        given: pa.StringArray,
        item: Item,
        *,
        key: bool,
        taken: pa.StringArray | None = None,
        form: int = normalise.VERSION,
    ) -> None:
        self.given = given
        self.taken = given if taken is None else taken
        self.item = item
        self.key = key
        self.form = form

    @cached_property
    def normal(self) -> pa.StringArray:
        """The normal form; empty text of a key or typed item is missing, other empty text stays."""
        typed = self.item.type not in TEXT
        digested = self.key or self.item.filter or self.item.holding is not Holding.PLAIN
        if not digested and not typed and not self._bounded:
            return self.taken  # Never digested nor compared, so it stays as it is taken.
        if self.days is not None:
            return self.taken
        found = normal(self.taken, type=self.item.type, form=self.form)
        return _without_empty(found) if self.key or typed else found

    @cached_property
    def days(self) -> pa.Date32Array | None:
        """The days of a date item if every value is written as a day in its normal form already, else None."""
        return days(self.taken) if self.item.type is Type.DATE else None

    @property
    def _bounded(self) -> bool:
        return any(rule.rule in (Rule.MINIMUM, Rule.MAXIMUM) for rule in self.item.rules)


def normal(column: pa.StringArray, *, type: str, form: int = normalise.VERSION) -> pa.StringArray:
    """Return every value in the normal form of `type`, in the version `form`; null stays null."""
    if type in NUMBERS:
        odd, plain = pc.invert(pc.match_substring_regex(column, _CANONICAL)), column
    elif type in (Type.DATE, Type.DATETIME, Type.LOGICAL):
        return mapped(column, lambda values: normalise.column(values, type=type, form=form))
    else:
        odd, plain = pc.match_substring_regex(column, _UNSETTLED), pc.ascii_lower(column)
    if not pc.any(odd).as_py():
        return plain
    odd = pc.fill_null(odd, False)
    rest = mapped(column.filter(odd), lambda values: normalise.column(values, type=type, form=form))
    return pc.replace_with_mask(plain, odd, rest)


def days(column: pa.StringArray) -> pa.Date32Array | None:
    """Return the days of `column` if each of its values is one, written YYYY-MM-DD; None if any is not."""
    lengths = pc.min_max(pc.binary_length(column))
    if (lengths["min"].as_py(), lengths["max"].as_py()) not in ((10, 10), (None, None)):
        return None
    try:
        found = pc.cast(column, pa.date32())
    except pa.ArrowInvalid:
        return None
    return None if pc.any(pc.less(found, _FIRST_DAY)).as_py() else found


def mapped(column: pa.StringArray, change: Callable[[list[str | None]], list[str | None]]) -> pa.StringArray:
    """Return what `change` makes of the column, having given it every distinct value once."""
    coded = column.dictionary_encode()
    return pa.array(change(coded.dictionary.to_pylist()), pa.string()).take(coded.indices)


def failing(column: pa.StringArray, passes: Callable[[str], bool]) -> list[int]:
    """Return the rows whose value is there and does not pass; every distinct value is judged once."""
    coded = column.dictionary_encode()
    wrong = [value is not None and not passes(value) for value in coded.dictionary.to_pylist()]
    return rows(pa.array(wrong, pa.bool_()).take(coded.indices)) if any(wrong) else []


def rows(mask: pa.BooleanArray) -> list[int]:
    """Return the rows for which `mask` is true."""
    found: list[int] = pc.indices_nonzero(mask).to_pylist() if pc.any(mask).as_py() else []
    return found


def _without_empty(column: pa.StringArray) -> pa.StringArray:
    empty = pc.equal(pc.binary_length(column), 0)
    if not pc.any(empty).as_py():
        return column
    return pc.if_else(pc.fill_null(empty, False), pa.scalar(None, pa.string()), column)
