"""Whether delivered rows meet the resource's definition (SX-04-f), judged column by column.

The rules of text are checked on the writing that is taken (`writing`); types and bounds on its normal form. A fault
of a `warn` rule keeps the row (D-21). A row with faults in several items has one for each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

from hutong.core import normalise
from hutong.core.errors import Invalid, Problem
from hutong.plane.definition import OF_FILES, Definition, Holding, Item, QualityRule, Rule, Type
from hutong.plane.delivery import causes, writing
from hutong.plane.delivery.columns import ItemColumn, failing, rows
from hutong.plane.values import FITS, TEXT, is_date

_SHOWN = 80
_LETTER = f"[A-Z{normalise.SETTLED}]"
"""A text with one of these is not missing."""


class ValueMissing(Invalid):
    """{item} is required and missing."""


class ValueTooLong(Invalid):
    """{item} has more than {argument} characters."""


class ValueOfOtherType(Invalid):
    """{item} cannot be read as {argument}."""


class ValueNul(Invalid):
    """{item} contains the character NUL, which no text may."""


class ValueBreaksPattern(Invalid):
    """{item} does not match the pattern {argument}."""


class ValueNotListed(Invalid):
    """{item} is none of {argument}."""


class ValueTooSmall(Invalid):
    """{item} is less than {argument}."""


class ValueTooLarge(Invalid):
    """{item} is more than {argument}."""


class ValueNoResidentNumber(Invalid):
    """{item} is not a resident number (GB 11643)."""


class ValueNoCreditCode(Invalid):
    """{item} is not a unified social credit code (GB 32100)."""


class ValueNoRegionCode(Invalid):
    """{item} is not a region code (GB/T 2260)."""


class KeyRepeated(Invalid):
    """The record stands in row {argument} of this delivery already; the first stays, this is rejected."""


class OperationUnknown(Invalid):
    """The column _op says neither u (put) nor d (delete)."""


class RowRagged(Invalid):
    """The row has another number of cells than the header ({argument})."""


class RowSurrogate(Invalid):
    """The row contains half a character (a lone surrogate), which is no text."""


_RULES: dict[Rule, type[Problem]] = {
    Rule.PATTERN: ValueBreaksPattern,
    Rule.ONE_OF: ValueNotListed,
    Rule.MINIMUM: ValueTooSmall,
    Rule.MAXIMUM: ValueTooLarge,
    Rule.RESIDENT_NUMBER: ValueNoResidentNumber,
    Rule.CREDIT_CODE: ValueNoCreditCode,
    Rule.REGION_CODE: ValueNoRegionCode,
}
_IDENTITIES = frozenset({Rule.RESIDENT_NUMBER, Rule.CREDIT_CODE, Rule.REGION_CODE})
"""Rules that say all there is to say of a value."""


@dataclass(frozen=True, slots=True)
class Breach:
    """What is wrong in one row (its index in the batch): item, rule, code of the reason, value.

    `shown` is masked where the item is sealed or protected.
    """

    row: int
    item: str
    rule: str
    reason: str
    shown: str | None
    warn: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """Which rows pass, every fault by row, and each item's column by code."""

    valid: list[bool]
    faults: list[Breach]
    columns: dict[str, ItemColumn]


def check(
    batch: pa.RecordBatch,
    definition: Definition,
    *,
    deleted: list[bool] | None = None,
    today: date | None = None,
    form: int = normalise.VERSION,
) -> Checked:
    """Return the rows of `batch` that meet `definition` on a day; of rows that are `deleted` only the key is looked at.

    `form` is the version of the normal form that their store is made with.
    """
    valid = [True] * batch.num_rows
    faults: list[Breach] = []
    columns: dict[str, ItemColumn] = {}
    for item in definition.items:
        given = batch.column(item.code)
        taken = writing.taken(given, item, today=today, form=form)
        key = item.code in definition.key
        column = columns[item.code] = ItemColumn(given, item, key=key, taken=taken.values, form=form)
        seen: set[int] = set()
        for rule, problem, warn, wrong in _wrong(column, taken.broken):
            for row in wrong:
                if row in seen or (deleted is not None and deleted[row] and not column.key):
                    continue
                if not warn:
                    seen.add(row)
                    valid[row] = False
                faults.append(Breach(row, item.code, rule, problem.code, shown(item, column.given[row].as_py()), warn))
    faults.sort(key=lambda fault: fault.row)
    return Checked(valid, faults, columns)


def shown(item: Item, value: str | None) -> str | None:
    """Return how a value may appear in a report: as it is, or its shape where sealed or protected."""
    if value is None:
        return None
    if item.holding is not Holding.PLAIN:
        return masked(value)
    return value[:_SHOWN].replace("\x00", "\u2400") + ("…" if len(value) > _SHOWN else "")


def masked(value: str) -> str:
    """Return the shape of a value."""
    return "".join(_shape(character) for character in value[:_SHOWN]) + ("…" if len(value) > _SHOWN else "")


def _shape(character: str) -> str:
    if character.isdigit():
        return SHAPES["digits"]
    if not character.isalpha():
        return SHAPES["signs"]
    return SHAPES["letters" if character.isascii() else "characters"]


SHAPES = {"digits": "0", "letters": "A", "characters": "文", "signs": "·"}
"""Sorts of characters → what stands for one in the shape of a value."""


_Judged = tuple[str, type[Problem], bool, Iterable[int]]


def _wrong(column: ItemColumn, broken: dict[int, list[int]]) -> Iterable[_Judged]:
    """Yield rule, problem, whether it only warns, and the rows in which it is broken; of text `broken` has them."""
    item, given = column.item, column.given
    if item.required or column.key:
        yield "required", ValueMissing, False, _missing(column)
    yield "text", ValueNul, False, _containing_nul(given)
    for place, rule in enumerate(item.rules):  # of what is no such number its length says nothing more
        if rule.rule in _IDENTITIES:
            yield str(rule.rule), _RULES[rule.rule], rule.warn, broken[place]
    yield "length", ValueTooLong, False, broken[writing.LENGTH]
    if item.type not in TEXT:
        for problem, wrong in _by_cause(column, _other_type(column)).items():
            yield "type", problem, False, wrong
    for place, rule in enumerate(item.rules):
        if rule.rule in OF_FILES or rule.rule in _IDENTITIES:
            continue
        wrong = broken[place] if place in broken else _beyond(rule, column)
        yield str(rule.rule), _RULES[rule.rule], rule.warn, wrong


def _missing(column: ItemColumn) -> list[int]:
    if column.item.type in TEXT and not column.key:
        there = pc.fill_null(pc.match_substring_regex(column.given, _LETTER), False)
        doubtful = rows(pc.invert(there))
        values = column.given.take(pa.array(doubtful, pa.int64())).to_pylist()
        found = normalise.column(values, type=column.item.type, form=column.form)
        return [row for row, value in zip(doubtful, found, strict=True) if not value or value.isspace()]
    return rows(pc.fill_null(pc.utf8_is_space(column.normal), True))


def _containing_nul(given: pa.StringArray) -> list[int]:
    data = given.buffers()[2]
    return [] if data is None or b"\x00" not in data.to_pybytes() else rows(pc.match_substring(given, "\x00"))


def _by_cause(column: ItemColumn, wrong: list[int]) -> dict[type[Problem], list[int]]:
    """Return the rows whose value is none of the item's type, by why it is not."""
    found: dict[type[Problem], list[int]] = {}
    values = column.normal.take(pa.array(wrong, pa.int64())).to_pylist()
    for row, value in zip(wrong, values, strict=True):
        found.setdefault(causes.of(value, of_type=column.item.type) or ValueOfOtherType, []).append(row)
    return found


def _other_type(column: ItemColumn) -> list[int]:
    return [] if column.days is not None else failing(column.normal, FITS[column.item.type])


def _beyond(rule: QualityRule, column: ItemColumn) -> list[int]:
    least, kind = rule.rule is Rule.MINIMUM, column.item.type
    text = normalise.normalise(rule.argument, type=kind, form=column.form)
    if column.days is not None and is_date(text):
        bound = date.fromisoformat(text)
        return rows((pc.less if least else pc.greater)(column.days, pa.scalar(bound, pa.date32())))
    limit = _ordered(text, kind)

    def within(value: str) -> bool:
        found = _ordered(value, kind)
        if not value:
            return True
        if type(found) is not type(limit):
            return False
        return not (found < limit if least else found > limit)  # type: ignore[operator]

    return failing(column.normal, within)


def _ordered(value: str, type: Type) -> Decimal | str:
    if type in (Type.DATE, Type.DATETIME):
        return value
    try:
        found = Decimal(value)
    except InvalidOperation:
        return value
    return found if found.is_finite() else value  # NaN stands before and behind no number
