"""The writing in which a value is taken: the nearest to what was delivered that keeps the length and rules of its item.

Rules judge what comparing would call the same (SX-04-f): a resident number with a small x, in full width, or with a tab
or an apostrophe at its side is that number, and is kept as its standard writes it. What keeps the rules as it came is
taken as it came.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from hutong.core import identifiers, normalise
from hutong.plane import patterns
from hutong.plane.definition import Item, QualityRule, Rule
from hutong.plane.delivery.columns import rows
from hutong.plane.values import TEXT

LONGEST_VALUE = 1_000_000
_LONGEST_TYPED = 1000
_SPARE = 4096
"""So many characters beyond the length may be blanks and marks."""

LENGTH = -1
"""The place of the length among the rules of an item."""
_OF_TEXT = frozenset({Rule.PATTERN, Rule.ONE_OF, Rule.RESIDENT_NUMBER, Rule.CREDIT_CODE, Rule.REGION_CODE})


class Taken(NamedTuple):
    """The values as they are taken, and for the place of each rule the rows in which it is broken all the same."""

    values: pa.StringArray
    broken: dict[int, list[int]]


def longest(item: Item) -> int:
    """Return how many characters a value of `item` may have."""
    return item.length or (LONGEST_VALUE if item.type in TEXT else _LONGEST_TYPED)


def taken(given: pa.StringArray, item: Item, *, today: date | None, form: int) -> Taken:
    """Return what is taken of a column, under the normal form `form`; a blank value that breaks a rule is none.

    A value that keeps the rules in no writing is taken in that which breaks the fewest.
    """
    broken = _broken(given, item, today)
    bad = sorted({row for wrong in broken.values() for row in wrong})
    if not bad:
        return Taken(given, broken)
    values = given.take(pa.array(bad, pa.int64()))
    known = _choices(values.unique().to_pylist(), item, today=today, form=form)
    chosen = [known[value] for value in values.to_pylist()]
    there = set(bad)
    mask = pa.array([row in there for row in range(len(given))], pa.bool_())
    return Taken(
        pc.replace_with_mask(given, mask, pa.array([value for value, _ in chosen], pa.string())),
        {place: [row for row, (_, breaks) in zip(bad, chosen, strict=True) if place in breaks] for place in broken},
    )


def fitting(values: Sequence[str], item: Item) -> list[bool]:
    """Return for each value whether in some writing it keeps the length and all rules of text that reject."""
    known = _choices(list(dict.fromkeys(values)), item, today=None, form=normalise.VERSION)
    warns = {place for place, rule in enumerate(item.rules) if rule.warn}
    return [known[value][1] <= warns for value in values]


def _choices(
    values: Iterable[str], item: Item, *, today: date | None, form: int
) -> dict[str, tuple[str | None, set[int]]]:
    """Return the writing of each value that breaks the fewest rules, the nearest first, and the rules it breaks."""
    listed = _listed(item, form)
    ways = {value: _ways(value, item, listed, form) for value in values}
    flat = [way for each in ways.values() for way in each]
    breaks: list[set[int]] = [set() for _ in flat]
    for place, wrong in _broken(pa.array(flat, pa.string()), item, today).items():
        for row in wrong:
            breaks[row].add(place)
    every = zip(flat, breaks, strict=True)
    found: dict[str, tuple[str | None, set[int]]] = {}
    for value, each in ways.items():
        judged = [(way, broken) if way else (None, set()) for way, broken in (next(every) for _ in each)]
        found[value] = min(judged, key=lambda one: _weight(one[1], item))
    return found


def _weight(broken: set[int], item: Item) -> tuple[int, int]:
    warned = sum(place != LENGTH and item.rules[place].warn for place in broken)
    return len(broken) - warned, warned


def _ways(value: str, item: Item, listed: dict[str, str], form: int) -> list[str]:
    if len(value) > longest(item) + _SPARE:
        return [value]
    ways = normalise.writings(value, type=item.type, form=form)
    normal = normalise.normalise(ways[-1], type=item.type, form=form)
    return [*ways, listed[normal]] if normal in listed else ways


def _listed(item: Item, form: int) -> dict[str, str]:
    """Return the values of the item's lists by their normal form."""
    each = [one for rule in item.rules if rule.rule is Rule.ONE_OF for one in rule.argument.split("|")]
    return dict(zip(normalise.column(each, type=item.type, form=form), each, strict=True))  # type: ignore[arg-type]


def _broken(values: pa.StringArray, item: Item, today: date | None) -> dict[int, list[int]]:
    """Return the rows that are too long, and those that break each rule of text, by the place of the rule."""
    found = {LENGTH: rows(pc.greater(pc.utf8_length(values), longest(item)))}
    for place, rule in enumerate(item.rules):
        if rule.rule in _OF_TEXT:
            found[place] = _breaking(rule, values, today)
    return found


def _breaking(rule: QualityRule, values: pa.StringArray, today: date | None) -> list[int]:
    if rule.rule is Rule.PATTERN:
        return rows(pc.invert(pc.match_substring_regex(values, patterns.whole(rule.argument))))
    if rule.rule is Rule.ONE_OF:
        listed = pc.is_in(values, value_set=pa.array(rule.argument.split("|"), pa.string()))
        return rows(pc.and_(pc.invert(listed), pc.is_valid(values)))
    texts = ["" if value is None else value for value in values.to_pylist()]
    if rule.rule is Rule.RESIDENT_NUMBER:
        judged = identifiers.valid_resident_numbers(texts, today=today)
    elif rule.rule is Rule.CREDIT_CODE:
        judged = identifiers.valid_credit_codes(texts)
    else:
        judged = _region_codes(texts)
    return [row for row, (good, text) in enumerate(zip(judged, texts, strict=True)) if text and not good]


def _region_codes(texts: Iterable[str]) -> list[bool]:
    known: dict[str, bool] = {}
    return [known[v] if v in known else known.setdefault(v, identifiers.is_region_code(v)) for v in texts]
