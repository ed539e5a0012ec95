"""What an entry must be before it may go on (B.1.3)."""

from collections.abc import Mapping, Sequence

from hutong.control.catalog.lifecycle import ENTRY
from hutong.control.orgs.rules import Actor
from hutong.core.errors import Conflicting, Invalid
from hutong.core.lifecycle import Seat, sits
from hutong.plane import soundness
from hutong.plane.definition import Definition, Item, Mode, QualityRule, Rule, Type

FORMATS = {
    1: "电子文件",
    2: "电子表格",
    3: "数据库",
    4: "图形图像",
    5: "流媒体",
    6: "自描述格式",
    7: "服务接口",
}
METHODS = {1: "数据库", 2: "文件", 3: "服务接口"}
SHARING_TYPES = {1: "无条件共享", 2: "有条件共享", 3: "不予共享"}
UPDATE_CYCLES = {
    1: "实时", 2: "每日", 3: "每周", 4: "每月", 5: "每季度", 6: "每半年", 7: "每年", 8: "不定期", 9: "不更新",
}  # fmt: skip
METHODS_OF_FORMAT = {1: {2}, 2: {1, 2}, 3: {1, 3}, 4: {2}, 5: {2, 3}, 6: {2, 3}, 7: {3}}
"""Format → the sharing methods that fit it."""


class EntryIncomplete(Invalid):
    """The entry lacks {fields}."""

    clause = "SX-05-a"


class ItemNameMissing(Invalid):
    """The item {item} has no name."""

    clause = "B.1.1"


class MethodDoesNotFit(Invalid):
    """Format {format} cannot be shared by method {method}."""


class BasisMissing(Invalid):
    """An entry that is not shared needs the law, regulation or policy that says so."""


class NameTaken(Conflicting):
    """An entry with the name {name} or the code {code} is there already."""


class EntryNotEditable(Conflicting):
    """The entry {code} is in state {state} and cannot be edited; begin a change first."""


def check(
    *,
    name: str,
    abstract: str,
    format: int,
    method: int,
    sharing_type: int,
    sharing_basis: str,
    items: Sequence[Mapping],
) -> None:
    """Refuse metadata that breaks the filling-in rules; blanks are nothing."""
    said = (("name", name.strip()), ("abstract", abstract.strip()), ("items", items))
    empty = [word for word, value in said if not value]
    if format not in FORMATS or method not in METHODS or sharing_type not in SHARING_TYPES:
        empty.append("format, method, sharing type")
    if empty:
        raise EntryIncomplete(fields=", ".join(empty))
    nameless = [item["code"] for item in items if not item["name"].strip()]
    if nameless:
        raise ItemNameMissing(item=", ".join(nameless))
    if method not in METHODS_OF_FORMAT[format]:
        raise MethodDoesNotFit(format=FORMATS[format], method=METHODS[method])
    if sharing_type == 3 and not sharing_basis.strip():
        raise BasisMissing()


def item(raw: Mapping) -> Item:
    """Return the item a plain mapping describes."""
    given = dict(raw)
    return Item(
        **{
            **given,
            "type": Type(given.get("type", "C")),
            "offered": Mode(given.get("offered", "compare")),
            "rules": tuple(QualityRule(**{**r, "rule": Rule(r["rule"])}) for r in given.get("rules", ())),
        }
    )


def definition(entry) -> Definition:  # type: ignore[no-untyped-def]
    """Return the definition an entry stands for; raises what `soundness.check` raises."""
    made = Definition(
        code=entry.code,
        version=entry.version,
        name=entry.name,
        provider=entry.provider_id,
        key=tuple(entry.key),
        items=tuple(item(raw) for raw in entry.items),
        personal=entry.personal,
        update_cycle=entry.update_cycle,
        suite=entry.suite,
    )
    soundness.check(made)
    return made


def is_shared(*, state: str, sharing_type: int) -> bool:
    """Whether what is published of an entry is there to be applied for: in the catalogue, and not 不予共享."""
    return state != "WITHDRAWN" and sharing_type != 3


def is_editor(actor: Actor, *, provider: str) -> bool:
    """Whether the actor writes the unit's entries and delivers its data: the role, held in that unit."""
    return sits(Seat("provider_editor", provider), seats=actor.seats)


def editable(state: str, *, actor: Actor, provider: str) -> bool:
    """Whether the actor may change what an entry says now."""
    return state in ENTRY.editable and is_editor(actor, provider=provider)
