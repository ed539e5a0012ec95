"""Whether a store can be made from a definition; each thing that may be wrong with one is a failure of its own."""

import re

from hutong.core import digest
from hutong.core.errors import Invalid, Judging
from hutong.plane import ladder, patterns
from hutong.plane.definition import KINDS, OF_FILES, Definition, Form, Holding, Item, Rule, Type

MOST_ITEMS = 600
MOST_FILTERS = 4
"""Items a grant may be limited by: the feed keeps two digests of each with every change."""
FILTERABLE = (Type.STRING, Type.INTEGER, Type.LOGICAL)
"""Types of what a grant may be limited by: codes and short words, which are written in one way."""
NAMING = (Rule.RESIDENT_NUMBER, Rule.CREDIT_CODE)
"""Rules of what names one person or body: a grant limited to it would be a list of them."""
MOST_MEGABYTES = 200
"""Of one file."""
MOST_SECONDS = 30
"""Of the answer of an interface."""
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
"""What an item's code may be."""
SERVICE = re.compile(r"[a-z][a-z0-9_.-]{0,59}")
"""What the name of an interface's service may be."""
MEGABYTES = re.compile(r"[1-9][0-9]{0,2}")


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
    """{code}: {name} ({found}) cannot limit grants; a text, whole number or logical item can: no key, nobody's name."""


class RangeUnfit(Invalid):
    """{code}: {name} ({found}) cannot be queried by a range; a condition that is not kept encrypted can."""

    clause = "SX-07-e"


class FiltersTooMany(Invalid):
    """{code}: {number} items may limit grants; at most {most} may."""


class FileItemMissing(Invalid):
    """{code} is shared as files, and none of its items carries a file."""

    clause = "P-3"


class FileItemElsewhere(Invalid):
    """{code} is of the form {form}, and its item {name} carries a file, which only a resource shared as files has."""

    clause = "P-3"


class FileRuleMissing(Invalid):
    """{code}: the item {name} carries a file; it says once its kinds ({kinds}) and once its megabytes (1 to {most})."""

    clause = "P-3"


class FileRuleElsewhere(Invalid):
    """{code}: the item {name} carries no file and says what a file may be."""


class FileItemHasLength(Invalid):
    """{code}: the item {name} carries a file and has a greatest number of characters."""


class OfferedBeyondForm(Invalid):
    """{code} is of the form {form}, and its item {name} is offered for {mode}, which that form is never used for."""

    clause = "SX-07-a"


class ServiceMissing(Invalid):
    """{code} is an interface: it needs the name of its service (a-z, 0-9, "_", ".", "-") and 1 to {most} seconds."""

    clause = "P-3"


class ServiceElsewhere(Invalid):
    """{code} is of the form {form}, and only an interface has a service with a time-out."""


def check(definition: Definition, *, judging: Judging | None = None) -> None:
    """Refuse a definition no holding can be made from; raises one of the failures above, or SuiteUnknown.

    Of several things that are wrong it raises Faults; with `judging` they are kept there instead, beside what was found
    before. What is wrong with an item is of the field `item-<its place>-<what of it>`, the first at place 1.
    """
    found = Judging() if judging is None else judging
    code, codes = definition.code, [item.code for item in definition.items]
    for place, item in enumerate(definition.items, 1):
        if found.spared(f"item-{place}-code"):
            with found.of(f"item-{place}-code"):
                _check_code(item, code, codes, place=place)
    if len(codes) > MOST_ITEMS:
        found.add(ItemsTooMany(code=code, number=len(codes), most=MOST_ITEMS), "items")
    with found.of("item-1-key"):
        _check_key(definition, codes)
    digest.suite(definition.suite)
    with found.of("service"):
        _check_service(definition)
    if definition.form is Form.FILE and not definition.files:
        found.add(FileItemMissing(code=code), "method")
    for place, item in enumerate(definition.items, 1):
        _check_item(item, place, definition, found)
    _check_filters(definition, found)
    if judging is None:
        found.end()


def _check_code(item: Item, code: str, codes: list[str], *, place: int) -> None:
    if not CODE.fullmatch(item.code):
        raise ItemCodeMisshaped(code=code, found=item.code, name=item.name)
    if item.code in codes[: place - 1]:  # of several it is told at those that come after the first
        raise ItemCodeTwice(code=code, found=item.code, number=codes.count(item.code))


def _check_item(item: Item, place: int, definition: Definition, judging: Judging) -> None:
    with judging.of(f"item-{place}-offered"):
        _check_offered(item, definition)
    with judging.of(f"item-{place}-type"):
        _check_form(item, definition)
    if judging.spared(f"item-{place}-rules"):
        with judging.of(f"item-{place}-rules"):
            _check_file_rules(item, definition)
        with judging.of(f"item-{place}-rules"):
            _check_patterns(item, definition.code)
    if item.type is Type.GENERAL and item.length:
        judging.add(FileItemHasLength(code=definition.code, name=item.name), f"item-{place}-length")
    if item.ranged and not (item.condition and item.holding is Holding.PLAIN):
        judging.add(RangeUnfit(code=definition.code, found=item.code, name=item.name), f"item-{place}-ranged")


def _check_filters(definition: Definition, judging: Judging) -> None:
    filters = [(place, item) for place, item in enumerate(definition.items, 1) if item.filter]
    for place, item in filters:
        naming = item.code in definition.key or any(rule.rule in NAMING for rule in item.rules)
        if naming or item.type not in FILTERABLE:
            unfit = FilterUnfit(code=definition.code, found=item.code, name=item.name)
            judging.add(unfit, f"item-{place}-filter")
    if len(filters) > MOST_FILTERS:
        many = FiltersTooMany(code=definition.code, number=len(filters), most=MOST_FILTERS)
        judging.add(many, f"item-{filters[MOST_FILTERS][0]}-filter")


def _check_key(definition: Definition, codes: list[str]) -> None:
    if not definition.key:
        raise KeyNotNamed(code=definition.code)
    for found in definition.key:
        if found not in codes:
            raise KeyItemMissing(code=definition.code, found=found)
        if definition.key.count(found) > 1:
            raise KeyItemTwice(code=definition.code, found=found)


def _check_service(definition: Definition) -> None:
    code, form = definition.code, definition.form
    if form is Form.INTERFACE:
        if not SERVICE.fullmatch(definition.service) or not 1 <= definition.time_out <= MOST_SECONDS:
            raise ServiceMissing(code=code, most=MOST_SECONDS)
    elif definition.service or definition.time_out:
        raise ServiceElsewhere(code=code, form=str(form))


def _check_offered(item: Item, definition: Definition) -> None:
    if item.offered not in ladder.MODES[definition.form]:
        said = {"code": definition.code, "name": item.name, "form": str(definition.form)}
        raise OfferedBeyondForm(**said, mode=str(item.offered))


def _check_form(item: Item, definition: Definition) -> None:
    if item.type is Type.GENERAL and definition.form is not Form.FILE:
        raise FileItemElsewhere(code=definition.code, name=item.name, form=str(definition.form))


def _check_file_rules(item: Item, definition: Definition) -> None:
    said = {"code": definition.code, "name": item.name}
    if item.type is not Type.GENERAL:
        if any(rule.rule in OF_FILES for rule in item.rules):
            raise FileRuleElsewhere(**said)
    elif definition.form is Form.FILE and not _bounded(item):
        raise FileRuleMissing(**said, kinds="|".join(KINDS), most=MOST_MEGABYTES)


def _bounded(item: Item) -> bool:
    """Whether an item that carries a file says once what it may be, and once how large; neither only warns."""
    rules = sorted((rule.rule, rule.argument, rule.warn) for rule in item.rules if rule.rule in OF_FILES)
    return [rule for rule, *_ in rules] == sorted(OF_FILES) and all(
        not warn and bounds_file(rule, argument) for rule, argument, warn in rules
    )


def bounds_file(rule: Rule, argument: str) -> bool:
    """Return whether what a rule says of a file can be used: known kinds, or megabytes that a file may have."""
    if rule is Rule.KINDS:
        return set(argument.split("|")) <= set(KINDS)
    return MEGABYTES.fullmatch(argument) is not None and int(argument) <= MOST_MEGABYTES


def _check_patterns(item: Item, code: str) -> None:
    for rule in item.rules:
        if rule.rule is Rule.PATTERN and (fault := patterns.pattern_fault(rule.argument)):
            raise PatternUnusable(code=code, found=item.code, name=item.name, pattern=rule.argument, fault=fault)
