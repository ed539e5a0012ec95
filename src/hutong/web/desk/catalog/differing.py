"""What a change under way alters of a published entry, as a table: what it was, and what it will be."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext

from hutong.control.catalog.models import Entry
from hutong.web.desk.catalog import itemrules
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.wording import reader
from hutong.web.wording.filters import joined
from hutong.web.wording.labels import ITEM, label
from hutong.web.wording.names import named

FACTS = {
    "name": "", "abstract": "", "format": "format", "method": "method", "sharing_type": "sharing_type",
    "sharing_condition": "", "sharing_basis": "", "update_cycle": "cycle", "personal": "yes",
}  # fmt: skip
"""Fact of an entry → the list its codes have names in, `yes` where it is so or not; empty where it is words."""
FLAGS = ("required", "sensitive", "condition")
"""What is so of an item or not, besides that it is of the key."""


def table(published: Entry, changed: Entry) -> Table:
    """Return what differs between an entry as it is published and as the change makes it, a row each."""
    columns = (Column(gettext("项目")), Column(gettext("变更前")), Column(gettext("变更后")))
    rows = (*_facts(published, changed), *_items(published, changed))
    return Table(gettext("与已发布的版本相比"), columns, rows, gettext("与已发布的版本相同。"), even=False)


def _facts(published: Entry, changed: Entry) -> Iterator[tuple[Cell, ...]]:
    for name, listed in FACTS.items():
        before, after = getattr(published, name), getattr(changed, name)
        if before != after:
            yield Cell(label(name)), Cell(_said(before, listed)), Cell(_said(after, listed))


def _said(value: object, listed: str) -> str:
    if listed == "yes":
        return gettext("是") if value else gettext("否")
    return named(value, listed) if listed else str(value) or "—"


def _items(published: Entry, changed: Entry) -> Iterator[tuple[Cell, ...]]:
    before, after = _by_code(published), _by_code(changed)
    for code in {**before, **after}:
        if before.get(code) != after.get(code):
            name = str((after.get(code) or before[code])["name"])
            yield Cell(name, code=code), Cell(_item(before.get(code))), Cell(_item(after.get(code)))


def _by_code(entry: Entry) -> dict[str, Mapping[str, object]]:
    return {raw["code"]: {**raw, "key": raw["code"] in entry.key} for raw in entry.items}


def _item(raw: Mapping | None) -> str:
    """Return an item in words; a dash where there is none."""
    if raw is None:
        return "—"
    said = [str(raw["name"]), named(raw.get("type", "C"), "type"), named(raw.get("offered", "compare"), "mode")]
    if raw.get("length"):
        said.append(f"{gettext(ITEM['length'])} {raw['length']}")
    said += [gettext(ITEM[flag]) for flag in ("key", *FLAGS) if raw.get(flag)]
    rules = itemrules.write(raw.get("rules", ()), english=reader.language() == "en")
    return joined([*said, *rules.splitlines()])
