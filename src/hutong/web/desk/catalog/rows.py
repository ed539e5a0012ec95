"""The items of a version or a change as the desk shows them: what they may be used for, and what is asked of them."""

from hutong.control.catalog.rules import Description
from hutong.web.desk.catalog import itemrules
from hutong.web.wording import items, reader


def rows(said: Description) -> list[dict[str, object]]:
    """Return a row for each item, as `items.rows` has it, with the quality rules in the reader's words."""
    language = reader.language()
    written = [itemrules.write(raw.get("rules", ()), language=language).splitlines() for raw in said.items]
    return [{**row, "rules": rules} for row, rules in zip(items.rows(said), written, strict=True)]
