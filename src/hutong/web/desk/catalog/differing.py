"""What differs between two versions of an entry, or a version and the change of it, as a table: before and after."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext

from hutong.control.catalog.rules import Description
from hutong.web.desk.catalog import itemrules
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.wording import reader
from hutong.web.wording.filters import joined
from hutong.web.wording.labels import ITEM, label
from hutong.web.wording.names import named

FACTS = {
    "name": "", "abstract": "", "format": "format", "method": "method", "sharing_type": "sharing_type",
    "sharing_condition": "", "sharing_basis": "", "opened": "yes", "opening_condition": "", "update_cycle": "cycle",
    "personal": "yes", "service": "", "time_out": "",
}  # fmt: skip
"""Fact of an entry → the list its codes have names in, `yes` where it is so or not; empty where it is words."""
FLAGS = ("required", "sensitive", "condition", "ranged", "filter")
"""Facts that an item has or has not, besides being part of the key."""


def table(before: Description, after: Description, *, caption: str, same: str) -> Table:
    """Return what differs between two versions, or a version and a change, a row each; `same` where nothing does."""
    columns = (Column(gettext("项目")), Column(gettext("变更前")), Column(gettext("变更后")))
    rows = (*_facts(before, after), *_items(before, after))
    return Table(caption, columns, rows, same, even=False)


def _facts(before: Description, after: Description) -> Iterator[tuple[Cell, ...]]:
    for name, listed in FACTS.items():
        was, is_now = getattr(before, name), getattr(after, name)
        if was != is_now:
            yield Cell(label(name)), Cell(_said(was, listed)), Cell(_said(is_now, listed))


def _said(value: object, listed: str) -> str:
    if listed == "yes":
        return gettext("是") if value else gettext("否")
    return named(value, listed) if listed else str(value or "") or "—"


def _items(before: Description, after: Description) -> Iterator[tuple[Cell, ...]]:
    were, are = _by_code(before), _by_code(after)
    for code in {**were, **are}:
        if were.get(code) != are.get(code):
            name = str((are.get(code) or were[code])["name"])
            yield Cell(name, code=code), Cell(_item(were.get(code))), Cell(_item(are.get(code)))


def _by_code(said: Description) -> dict[str, Mapping[str, object]]:
    return {raw["code"]: {**raw, "key": raw["code"] in said.key} for raw in said.items}


def _item(raw: Mapping | None) -> str:
    """Return an item in words; a dash where there is none."""
    if raw is None:
        return "—"
    said = [str(raw["name"]), named(raw.get("type", "C"), "type"), named(raw.get("offered", "compare"), "mode")]
    if raw.get("length"):
        said.append(f"{gettext(ITEM['length'])} {raw['length']}")
    said += [gettext(ITEM[flag]) for flag in ("key", *FLAGS) if raw.get(flag)]
    rules = itemrules.write(raw.get("rules", ()), language=reader.language())
    return joined([*said, *rules.splitlines()])
