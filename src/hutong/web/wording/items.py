"""The items of a resource as the table of them shows: one row an item, with what it may be used for."""

from hutong.control.catalog import rules
from hutong.control.catalog.rules import Description
from hutong.plane.definition import Mode


def rows(said: Description) -> list[dict[str, object]]:
    """Return a row for each item of a version or a change: the item, whether it is of the key, and each mode with
    whether it may."""
    order = list(Mode)
    return [
        {
            "item": item,
            "key": item.code in said.key,
            "modes": [(mode, order.index(mode) <= order.index(item.offered)) for mode in order],
        }
        for item in map(rules.item, said.items)
    ]
