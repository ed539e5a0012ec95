"""What differs between two versions of an entry, or a version and the change of it, as a table: before and after."""

from collections.abc import Iterable, Iterator, Mapping

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
FACTS_OF_ITEM = ("name", "type", "length", "offered", "key", *FLAGS)
"""What an item says, in the order of its form, besides its rules."""


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
    """Yield an item that came or went as a whole, and of one that stays each thing that is otherwise now."""
    were, are = _by_code(before), _by_code(after)
    for code in {**were, **are}:
        was, is_now = were.get(code, {}), are.get(code, {})
        name = str((is_now or was)["name"])
        if not (was and is_now):
            yield Cell(name, code=code, badge=_came(bool(is_now))), Cell(_item(was)), Cell(_item(is_now))
            continue
        for said in (*FACTS_OF_ITEM, "rules"):
            if (old := _fact(was, said)) != (new := _fact(is_now, said)):
                yield Cell(name, code=code, note=gettext(ITEM[said])), Cell(old), Cell(new)
    if (order := [_names(were, before.key), _names(are, after.key)])[0] != order[1]:
        yield Cell(gettext("识别项")), Cell(order[0]), Cell(order[1])
    if _moved(before, after):
        yield Cell(gettext("信息项的次序")), Cell(_names(were, were)), Cell(_names(are, are))


def _moved(before: Description, after: Description) -> bool:
    """Whether items that stay stand in another order."""
    were, are = ([raw["code"] for raw in said.items] for said in (before, after))
    return [code for code in were if code in are] != [code for code in are if code in were]


def _came(came: bool) -> str:
    return gettext("新增的信息项") if came else gettext("取消的信息项")


def _names(items: Mapping[str, Mapping[str, object]], codes: Iterable[str]) -> str:
    return joined(str(items[code]["name"]) if code in items else code for code in codes)


def _by_code(said: Description) -> dict[str, Mapping[str, object]]:
    return {raw["code"]: {**raw, "key": raw["code"] in said.key} for raw in said.items}


def _fact(raw: Mapping, name: str) -> str:
    """Return in words what an item says of one thing."""
    if name == "rules":
        written = itemrules.write(raw.get("rules", ()), language=reader.language()).splitlines()
        return joined(written) or "—"
    if name in ("type", "offered"):
        return named(raw.get(name) or _USUAL[name], {"type": "type", "offered": "mode"}[name])
    value = raw.get(name)
    if name in ("name", "length"):
        return str(value or "") or "—"
    return gettext("是") if value else gettext("否")


_USUAL = {"type": "C", "offered": "compare"}
"""What an item is that does not say it."""


def _item(raw: Mapping) -> str:
    """Return an item in words; a dash where there is none."""
    if not raw:
        return "—"
    said = [_fact(raw, name) for name in ("name", "type", "offered")]
    if raw.get("length"):
        said.append(f"{gettext(ITEM['length'])} {raw['length']}")
    said += [gettext(ITEM[flag]) for flag in ("key", *FLAGS) if raw.get(flag)]
    return joined([*said, *itemrules.write(raw.get("rules", ()), language=reader.language()).splitlines()])
