"""What a workbook shows otherwise than the value it holds, and where the provider is asked about it."""

from hutong.plane.definition import Definition, Item, Rule
from hutong.plane.delivery.reading.report import WhatWasRead

CODES = frozenset({Rule.ONE_OF, Rule.PATTERN, Rule.RESIDENT_NUMBER, Rule.CREDIT_CODE, Rule.REGION_CODE})
"""Rules of an item that holds a code."""


def asked_about(definition: Definition, read: WhatWasRead) -> list[str]:
    """Return the items that are a key, a code or about a person and in which a cell shows another text than its value.

    Of these the provider says whether what was read is right; of the others it is told and no more.
    """
    differing = {code for code, found in read.differing.items() if found.number}
    return [item.code for item in definition.items if item.code in differing and _matters(definition, item)]


def _matters(definition: Definition, item: Item) -> bool:
    code = any(rule.rule in CODES for rule in item.rules)
    return definition.personal or item.sensitive or item.code in definition.key or code
