"""Whether delivered rows meet the resource's definition (SX-04-f), judged column by column.

The rules are checked on the text as it was delivered; types on its normal form. A fault of a `warn` rule
keeps the row (D-21). A row with faults in several items has one for each.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

from hutong.core import identifiers, normalise
from hutong.core.errors import Invalid, Problem
from hutong.plane.definition import Definition, Holding, Item, QualityRule, Rule, Type

LONGEST_VALUE = 1_000_000
_LONGEST_TYPED = 1000
_SHOWN = 80
_TEXT = (Type.STRING, Type.MEMO)
_NUMBERS = (Type.NUMERIC, Type.CURRENCY, Type.DOUBLE, Type.INTEGER, Type.FLOAT)


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
    """The column _op says neither u nor d."""


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


@dataclass(frozen=True, slots=True)
class Fault:
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
    """Which rows pass, every fault by row, and each item's column in its normal form (None where missing)."""

    valid: list[bool]
    faults: list[Fault]
    normal: dict[str, list[str | None]]


def check(batch: pa.RecordBatch, definition: Definition, *, deleted: list[bool] | None = None) -> Checked:
    """Return what of `batch` meets `definition`; of rows that are `deleted` only the key is looked at."""
    valid = [True] * batch.num_rows
    faults: list[Fault] = []
    normal: dict[str, list[str | None]] = {}
    for item in definition.items:
        key = item.code in definition.key
        column = batch.column(item.code)
        normal[item.code] = _normal(column, item, key=key)
        seen: set[int] = set()
        for rule, problem, warn, wrong in _wrong(column, normal[item.code], item, key=key):
            for row in wrong:
                if row in seen or (deleted is not None and deleted[row] and not key):
                    continue
                if not warn:
                    seen.add(row)
                    valid[row] = False
                faults.append(
                    Fault(row, item.code, rule, problem.code, shown(item, column[row].as_py()), warn)
                )
    faults.sort(key=lambda fault: fault.row)
    return Checked(valid, faults, normal)


def shown(item: Item, value: str | None) -> str | None:
    """Return how a value may appear in a report: as it is, or its shape where sealed or protected."""
    if value is None:
        return None
    start = value[:_SHOWN].replace("\x00", "\u2400")
    if item.holding is not Holding.PLAIN:
        start = "".join(_shape(character) for character in start)
    return start + ("…" if len(value) > _SHOWN else "")


def _shape(character: str) -> str:
    if character.isdigit():
        return "0"
    return "A" if character.isascii() and character.isalpha() else "文" if character.isalpha() else "·"


def _normal(column: pa.StringArray, item: Item, *, key: bool) -> list[str | None]:
    """Return the normal form; empty text of a key or typed item is missing, other empty text stays."""
    bounded = any(rule.rule in (Rule.MINIMUM, Rule.MAXIMUM) for rule in item.rules)
    if item.holding is Holding.PLAIN and item.type in _TEXT and not key and not bounded:
        return column.to_pylist()  # never digested nor compared
    found = normalise.column(column.to_pylist(), type=item.type)
    return [value or None for value in found] if key or item.type not in _TEXT else found


_Judged = tuple[str, type[Problem], bool, Iterable[int]]


def _wrong(column: pa.StringArray, normal: list[str | None], item: Item, *, key: bool) -> Iterable[_Judged]:
    """Yield rule, problem, whether it only warns, and the rows in which it is broken."""
    if item.required or key:
        yield (
            "required",
            ValueMissing,
            False,
            [row for row, value in enumerate(normal) if not value or value.isspace()],
        )
    yield "text", ValueNul, False, _rows(pc.match_substring(column, "\x00"))
    longest = item.length or (LONGEST_VALUE if item.type in _TEXT else _LONGEST_TYPED)
    yield "length", ValueTooLong, False, _rows(pc.greater(pc.utf8_length(column), longest))
    if item.type not in _TEXT:
        yield "type", ValueOfOtherType, False, _other_type(normal, item.type)
    for rule in item.rules:
        yield str(rule.rule), _RULES[rule.rule], rule.warn, _broken(rule, column, normal, item)


def _rows(mask: pa.BooleanArray) -> list[int]:
    found: list[int] = pc.indices_nonzero(mask).to_pylist() if pc.any(mask).as_py() else []
    return found


def _other_type(normal: list[str | None], type: Type) -> list[int]:
    fits = _FITS[type]
    good = {value for value in set(normal) if value is None or fits(value)}
    return [row for row, value in enumerate(normal) if value not in good]


def _is_number(value: str) -> bool:
    return _NUMBER.fullmatch(value) is not None


def _is_integer(value: str) -> bool:
    return _INTEGER.fullmatch(value) is not None


def _is_date(value: str) -> bool:
    return len(value) == 10 and _parses(date.fromisoformat, value)


def _is_moment(value: str) -> bool:
    return len(value) >= 19 and value[10] == "T" and _parses(datetime.fromisoformat, value[:19])


def _is_logical(value: str) -> bool:
    return value in ("true", "false")


def _parses(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return value.isascii()


_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_INTEGER = re.compile(r"-?[0-9]+")
_FITS: dict[Type, Callable[[str], bool]] = {
    **dict.fromkeys(_NUMBERS, _is_number),
    Type.INTEGER: _is_integer,
    Type.DATE: _is_date,
    Type.DATETIME: _is_moment,
    Type.LOGICAL: _is_logical,
}


def _broken(rule: QualityRule, column: pa.StringArray, normal: list[str | None], item: Item) -> list[int]:
    if rule.rule is Rule.PATTERN:
        return _rows(pc.invert(pc.match_substring_regex(column, rf"\A(?:{rule.argument})\z")))
    if rule.rule is Rule.ONE_OF:
        listed = pc.is_in(column, value_set=pa.array(rule.argument.split("|"), pa.string()))
        return _rows(pc.and_(pc.invert(listed), pc.is_valid(column)))
    if rule.rule in (Rule.MINIMUM, Rule.MAXIMUM):
        return _beyond(rule, normal, item)
    values = ["" if value is None else value for value in column.to_pylist()]
    judged = _IDENTIFIERS[rule.rule](values)
    return [row for row, (good, value) in enumerate(zip(judged, values, strict=True)) if value and not good]


def _region_codes(values: Iterable[str]) -> list[bool]:
    known: dict[str, bool] = {}
    return [known[v] if v in known else known.setdefault(v, identifiers.is_region_code(v)) for v in values]


_IDENTIFIERS: dict[Rule, Callable[[Iterable[str]], list[bool]]] = {
    Rule.RESIDENT_NUMBER: identifiers.valid_resident_numbers,
    Rule.CREDIT_CODE: identifiers.valid_credit_codes,
    Rule.REGION_CODE: _region_codes,
}


def _beyond(rule: QualityRule, normal: list[str | None], item: Item) -> list[int]:
    least = rule.rule is Rule.MINIMUM
    bound = _ordered(normalise.normalise(rule.argument, type=item.type), item.type)
    wrong = []
    for row, value in enumerate(normal):
        if not value:
            continue
        found = _ordered(value, item.type)
        if type(found) is not type(bound) or (found < bound if least else found > bound):  # type: ignore[operator]
            wrong.append(row)
    return wrong


def _ordered(value: str, type: Type) -> Decimal | str:
    if type in (Type.DATE, Type.DATETIME):
        return value
    try:
        return Decimal(value)
    except InvalidOperation:
        return value
