"""Whether a holding can be made from a definition; each thing that may be wrong with one is a failure of its own."""

import re

from hutong.core import digest
from hutong.core.errors import Invalid
from hutong.plane import patterns
from hutong.plane.definition import Definition, Item, Rule, Type

MOST_ITEMS = 600
MOST_FILTERS = 4
"""Items a grant may be limited by: the feed keeps two digests of each with every change."""
FILTERABLE = (Type.STRING, Type.INTEGER, Type.LOGICAL)
"""Types of what a grant may be limited by: codes and short words, which are written in one way."""
NAMING = (Rule.RESIDENT_NUMBER, Rule.CREDIT_CODE)
"""Rules of what names one person or body: a grant limited to it would be a list of them."""
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
"""What an item's code may be."""


class ItemCodeMisshaped(Invalid):
    """{code}: the code {found} of the item {name} is not a letter and at most 39 letters, digits or underscores."""


class ItemCodeTwice(Invalid):
    """{code}: {number} items have the code {found}."""


class ItemsTooMany(Invalid):
    """{code} has {number} items; at most {most} may be."""


class KeyNotNamed(Invalid):
    """{code}: no item is named as key."""


class KeyItemMissing(Invalid):
    """{code}: the key names {found}, which is no item."""


class KeyItemTwice(Invalid):
    """{code}: the key names the item {found} twice."""


class PatternUnusable(Invalid):
    """{code}: the pattern {pattern} of the item {name} ({found}) cannot be used: {fault}."""


class FilterUnfit(Invalid):
    """{code}: {name} ({found}) cannot limit grants; a text, whole number or logical item that names nobody can."""


class FiltersTooMany(Invalid):
    """{code}: {number} items may limit grants; at most {most} may."""


def check(definition: Definition) -> None:
    """Refuse a definition no holding can be made from; raises one of the failures above, or SuiteUnknown."""
    code, codes = definition.code, [item.code for item in definition.items]
    for item in definition.items:
        if not CODE.fullmatch(item.code):
            raise ItemCodeMisshaped(code=code, found=item.code, name=item.name)
        if codes.count(item.code) > 1:
            raise ItemCodeTwice(code=code, found=item.code, number=codes.count(item.code))
    if len(codes) > MOST_ITEMS:
        raise ItemsTooMany(code=code, number=len(codes), most=MOST_ITEMS)
    _check_key(definition, codes)
    digest.suite(definition.suite)
    for item in definition.items:
        _check_patterns(item, code)
    _check_filters(definition)


def _check_filters(definition: Definition) -> None:
    filters = [item for item in definition.items if item.filter]
    for item in filters:
        if item.type not in FILTERABLE or any(rule.rule in NAMING for rule in item.rules):
            raise FilterUnfit(code=definition.code, found=item.code, name=item.name)
    if len(filters) > MOST_FILTERS:
        raise FiltersTooMany(code=definition.code, number=len(filters), most=MOST_FILTERS)


def _check_key(definition: Definition, codes: list[str]) -> None:
    if not definition.key:
        raise KeyNotNamed(code=definition.code)
    for found in definition.key:
        if found not in codes:
            raise KeyItemMissing(code=definition.code, found=found)
        if definition.key.count(found) > 1:
            raise KeyItemTwice(code=definition.code, found=found)


def _check_patterns(item: Item, code: str) -> None:
    for rule in item.rules:
        if rule.rule is Rule.PATTERN and (fault := patterns.pattern_fault(rule.argument)):
            raise PatternUnusable(code=code, found=item.code, name=item.name, pattern=rule.argument, fault=fault)
