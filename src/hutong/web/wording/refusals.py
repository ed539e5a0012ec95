"""What a record, a delivery or a row was refused for, in whole sentences, though little more was kept than a code."""

from collections.abc import Mapping
from functools import cache

from django.utils.translation import get_language

from hutong.control.catalog.deliveries import RejectedRow
from hutong.core import text
from hutong.core.errors import Problem
from hutong.plane.answer import asking, compare, query, rounds, subscribe
from hutong.plane.definition import Item
from hutong.plane.delivery import loading, quality, reading, unpacking, workbooks
from hutong.web.wording.names import named

REFUSALS = (asking, rounds, compare, query, subscribe, quality, reading, workbooks, unpacking, loading)
"""Modules whose refusals stand in records, deliveries and rejected rows: read here, so that their words are known."""


def refused(code: str, /, **facts: object) -> str:
    """Return what the code of a refusal means, in the reader's language, whether all its facts were kept or not.

    Nothing for a code that nobody knows: the code itself stands beside it.
    """
    language: text.Language = "en" if get_language() == "en" else "zh"
    return text.words(code, facts, language=language, english=_english().get(code, ""))


def rejection(row: RejectedRow, items: Mapping[str, Item]) -> str:
    """Return why a row was rejected, with what the catalogue asks of the item now; never with its value."""
    item = items.get(row.item or "")
    if row.item is None or row.reason == "KEY_REPEATED":  # what is kept of these is a place or a number of cells
        return refused(row.reason, **({"argument": row.shown} if row.shown else {}))
    if item is None:
        return refused(row.reason, item=row.item)
    asked = {"VALUE_TOO_LONG": quality.longest(item), "VALUE_OF_OTHER_TYPE": named(item.type, "type")}.get(row.reason)
    asked = asked or next((rule.argument for rule in item.rules if rule.rule == row.rule), None)
    return refused(row.reason, item=item.name, **({"argument": asked} if asked else {}))


@cache
def _english() -> dict[str, str]:
    found, kinds = {}, [Problem]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found[kind.code if kind is not Problem else ""] = (kind.__doc__ or "").strip().splitlines()[0]
    return found
