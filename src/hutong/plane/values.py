"""What a value of an item can be at all, whatever is held: its type, and the rules that no value breaks (SX-04-f)."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache

from hutong.core import identifiers, normalise
from hutong.plane.definition import Item, QualityRule, Rule, Type

TEXT = (Type.STRING, Type.MEMO)
NUMBERS = (Type.NUMERIC, Type.CURRENCY, Type.DOUBLE, Type.INTEGER, Type.FLOAT)


def possible(item: Item, value: str, *, form: int) -> bool:
    """Return whether `value` equals any that `item` may hold, as far as its type and rules say so; an empty one may.

    Rules that only warn say nothing, nor do lengths and bounds, and patterns only where they are of so many letters and
    digits: what else a pattern takes may have been delivered in another writing.
    """
    if item.type in TEXT and not item.rules:
        return True
    normal = normalise.normalise(value, type=item.type, form=form)
    if not normal:
        return True
    if item.type not in TEXT and not FITS[item.type](normal):
        return False
    return all(rule.warn or _keeps(rule, normal, item.type, form) for rule in item.rules)


def _keeps(rule: QualityRule, normal: str, type: Type, form: int) -> bool:
    if rule.rule is Rule.RESIDENT_NUMBER:
        return identifiers.is_resident_number(normal.upper())
    if rule.rule is Rule.CREDIT_CODE:
        return identifiers.is_credit_code(normal.upper())
    if rule.rule is Rule.REGION_CODE:
        return identifiers.is_region_code(normal)
    if rule.rule is Rule.ONE_OF:
        return normal in _listed(rule.argument, type, form)
    if rule.rule is Rule.PATTERN and type in TEXT and (pattern := _of_letters_and_digits(rule.argument)):
        return pattern.fullmatch(normal) is not None
    return True


@lru_cache(maxsize=256)
def _listed(argument: str, type: Type, form: int) -> frozenset[str | None]:
    return frozenset(normalise.column(argument.split("|"), type=type, form=form))


@lru_cache(maxsize=256)
def _of_letters_and_digits(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern for normal forms if all it takes is so many letters, digits and hyphens of ASCII, else None.

    In comparing these differ by case alone; and as nothing in it is of several lengths, judging takes the same time.
    """
    return re.compile(pattern, re.IGNORECASE | re.ASCII) if _COUNTED.fullmatch(pattern) else None


_ATOM = r"(?:[A-Za-z0-9-]|\\d|\[(?:[0-9]-[0-9]|[a-z]-[a-z]|[A-Z]-[A-Z]|[A-Za-z0-9])+-?\])(?:\{[0-9]{1,3}\})?"
_COUNTED = re.compile(rf"(?:{_ATOM})+(?:\|(?:{_ATOM})+)*")


def _is_number(value: str) -> bool:
    return _NUMBER.fullmatch(value) is not None


def _is_integer(value: str) -> bool:
    return _INTEGER.fullmatch(value) is not None


def is_date(value: str) -> bool:
    return len(value) == 10 and _parses(date.fromisoformat, value)


def _is_moment(value: str) -> bool:
    return len(value) >= 19 and value[10] == "T" and _parses(datetime.fromisoformat, value[:19])


def _is_digest(value: str) -> bool:
    return _DIGEST.fullmatch(value) is not None


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
_DIGEST = re.compile(r"[0-9a-f]{64}")
FITS: dict[Type, Callable[[str], bool]] = {
    **dict.fromkeys(NUMBERS, _is_number),
    Type.INTEGER: _is_integer,
    Type.DATE: is_date,
    Type.DATETIME: _is_moment,
    Type.LOGICAL: _is_logical,
    Type.GENERAL: _is_digest,
}
