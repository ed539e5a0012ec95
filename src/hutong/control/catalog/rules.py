"""What is said of a resource, what it must be before it may go on (B.1.3), and who says it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Protocol

from hutong.control.catalog.lifecycle import CHANGE
from hutong.control.units.rules import Actor
from hutong.core import canonical, spreadsheet
from hutong.core.blanks import is_blank
from hutong.core.errors import Conflicting, Invalid, Judging
from hutong.core.lifecycle import Seat, sits
from hutong.plane import soundness
from hutong.plane.definition import Definition, Form, Item, Mode, QualityRule, Rule, Type

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
FORM_OF_METHOD = {1: Form.TABLE, 2: Form.FILE, 3: Form.INTERFACE}
"""Sharing method (共享方式) → the form of the resource (P-3): they are one fact, which the entry says once."""
SHARING_TYPES = {1: "无条件共享", 2: "有条件共享", 3: "不予共享"}
CONDITIONAL = 2
"""The sharing type 有条件共享: its provider is asked."""
NOT_SHARED = 3
"""The sharing type 不予共享: published in the catalogue, and there for nobody to apply for."""
UPDATE_CYCLES = {
    1: "实时", 2: "每日", 3: "每周", 4: "每月", 5: "每季度", 6: "每半年", 7: "每年", 8: "不定期", 9: "不更新",
}  # fmt: skip
METHODS_OF_FORMAT = {1: {2}, 2: {1, 2}, 3: {1, 3}, 4: {2}, 5: {2, 3}, 6: {2, 3}, 7: {3}}
"""Format → the sharing methods that fit it."""

FACTS = (
    "name", "abstract", "items", "key", "format", "method", "sharing_type", "sharing_condition",
    "sharing_basis", "opened", "opening_condition", "update_cycle", "personal", "suite", "service", "time_out",
)  # fmt: skip
"""All that is said of a resource: the fields of `models.Metadata`."""


class EntryIncomplete(Invalid):
    """The entry lacks {fields}."""

    clause = "SX-05-a"


class ItemNameMissing(Invalid):
    """The item {item} has no name."""

    clause = "B.1.1"


class ItemNameUnfit(Invalid):
    """The name of the item {item} begins like a formula (=, +, -, @) or holds characters that cannot be seen."""

    clause = "B.1.1"


class MethodDoesNotFit(Invalid):
    """Format {format} cannot be shared by method {method}."""

    at = ("method",)


class FormStays(Conflicting):
    """{code} is published in the form {form} and cannot become {other_form}."""

    clause = "P-3"
    at = ("method",)


class BasisMissing(Invalid):
    """An entry that is not shared needs the law, regulation or policy that says so."""

    at = ("sharing_basis",)


class NameTaken(Conflicting):
    """An entry with the name {name} is there already, and {code} cannot have it, too."""

    at = ("name",)


class CodeTaken(Conflicting):
    """The code {code} is an entry's already."""

    at = ("code",)


class ChangeNotEditable(Conflicting):
    """The change {change} is in state {case_state}; what it says cannot be edited then."""


class ChangeUnderWay(Conflicting):
    """{code} is being changed already, in {change}; the next change begins when that one has come to its end."""

    clause = "SX-05-b"


class EntryNotPublished(Conflicting):
    """{code} is in state {case_state}; only what is published can be changed."""

    clause = "SX-05-b"


def check(
    *,
    name: str,
    abstract: str,
    format: int,
    method: int,
    sharing_type: int,
    sharing_basis: str,
    items: Sequence[Mapping],
    judging: Judging,
) -> None:
    """Keep in `judging` what of the metadata breaks the filling-in rules; blanks are nothing."""
    said = {
        "name": not is_blank(name), "abstract": not is_blank(abstract), "format": format in FORMATS,
        "method": method in METHODS, "sharing_type": sharing_type in SHARING_TYPES, "items": bool(items),
    }  # fmt: skip
    for field, filled_in in said.items():
        if judging.spared(field) and not filled_in:
            judging.add(EntryIncomplete(fields=field))
    for place, each in enumerate(items, 1):
        if is_blank(each["name"]):
            judging.add(ItemNameMissing(item=each["code"] or f"{place}"), f"item-{place}-name")
        elif not fits_as_name(each["name"]):
            judging.add(ItemNameUnfit(item=each["code"] or f"{place}"), f"item-{place}-name")
    if judging.spared("format", "method") and method not in METHODS_OF_FORMAT[format]:
        judging.add(MethodDoesNotFit(format=FORMATS[format], method=METHODS[method]))
    if judging.spared("sharing_type", "sharing_basis") and sharing_type == NOT_SHARED and is_blank(sharing_basis):
        judging.add(BasisMissing())


def fits_as_name(name: str) -> bool:
    """Whether an item may be called so: files have names as titles, where no program may reckon with them."""
    unseen = any(unicodedata.category(each) in _UNSEEN for each in name)
    return not unseen and not spreadsheet.begins_a_formula(name.lstrip())


_UNSEEN = ("Cc", "Cf", "Zl", "Zp")
"""Controls, marks of direction and the like, ends of lines."""


class Description(Protocol):
    """A version or a change: what either says of a resource."""

    name: str
    items: Sequence[Mapping]
    key: Sequence[str]
    sharing_type: int
    personal: bool
    update_cycle: int
    suite: str
    method: int
    service: str
    time_out: int


def naming_limits(said: Description) -> list[str]:
    """Return the names of items that may limit grants and, by their names, seem to say who somebody is.

    What carries a rule of identity, or is in the key, is refused by `soundness`; of others nobody knows it but people.
    """
    return [
        raw["name"]
        for raw in said.items
        if raw.get("filter") and raw["code"] not in said.key and _OF_A_PERSON.search(raw["name"])
    ]


_OF_A_PERSON = re.compile(
    "姓名|身份证|身份号码|证件号|护照|社会保障号|社保卡号|银行卡|账号|手机|电话|联系方式|邮箱|住址|车牌|信用代码|法定代表人"
)
"""What the names of items have in them that say who or whose somebody or something is."""


def facts(*, judging: Judging, **given) -> dict:  # type: ignore[no-untyped-def]
    """Return FACTS as they are kept, in plain values; keeps in `judging` what `check` does."""
    items = [_plain(item) for item in given["items"]]
    check(
        name=given["name"], abstract=given["abstract"], format=given["format"], method=given["method"],
        sharing_type=given["sharing_type"], sharing_basis=given["sharing_basis"], items=items, judging=judging,
    )  # fmt: skip
    return {**{name: given[name] for name in FACTS}, "items": items, "key": list(given["key"])}


def facts_of(said: Description) -> dict:
    """Return FACTS as a version or a change has them."""
    return {name: getattr(said, name) for name in FACTS}


OF_ONE_ENTRY = ("name", "service", "time_out")
"""Facts that belong to one entry alone, and are never copied into another."""
OF_ONE_UNIT = (
    "abstract", "sharing_type", "sharing_condition", "sharing_basis", "opened", "opening_condition", "suite",
)  # fmt: skip
"""Facts that a unit decides for its own data: they are copied into entries of the same unit."""


def copied(said: Description, *, own: bool) -> dict:
    """Return the facts of an entry that a copy begins with; of one that is not the `own` unit's, none of that unit."""
    left = OF_ONE_ENTRY if own else (*OF_ONE_ENTRY, *OF_ONE_UNIT)
    return {name: value for name, value in facts_of(said).items() if name not in left}


def body(said: Description, *, code: str, provider: str, number: int, release_date: str) -> bytes:
    """Return the canonical JSON of a version: the same bytes whenever it is read, and what its digest is of."""
    named = {"code": code, "provider": provider, "version": number, "release_date": release_date}
    return canonical.dumps({**named, **facts_of(said)})


def ordered(key: Sequence[str], before: Sequence[str]) -> list[str]:
    """Return the items of a key in the order they had before; those that were not in it follow."""
    return sorted(key, key=lambda code: before.index(code) if code in before else len(before))


def _plain(raw: Item | Mapping) -> dict:
    made = asdict(item(asdict(raw) if isinstance(raw, Item) else raw))
    return {**made, "type": str(made["type"]), "offered": str(made["offered"]),
            "rules": [{**r, "rule": str(r["rule"])} for r in made["rules"]]}  # fmt: skip


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


def definition(
    said: Description, *, code: str, provider: str, number: int, judging: Judging | None = None
) -> Definition:
    """Return the definition that a version or a change stands for; raises, or keeps in `judging`, what
    `soundness.check` does."""
    made = Definition(
        code=code,
        version=number,
        name=said.name,
        provider=provider,
        key=tuple(said.key),
        items=tuple(item(raw) for raw in said.items),
        personal=said.personal,
        update_cycle=said.update_cycle,
        suite=said.suite,
        form=FORM_OF_METHOD[said.method],
        service=said.service,
        time_out=said.time_out,
    )
    soundness.check(made, judging=judging)
    return made


def check_form(before: Description, after: Description, *, code: str) -> None:
    """Refuse to make an interface of what is held, or the other way round; raises FormStays.

    Grants are on the resource, and rest on the platform holding it or on its provider answering.
    """
    forms = FORM_OF_METHOD[before.method], FORM_OF_METHOD[after.method]
    if forms[0] is not forms[1] and Form.INTERFACE in forms:
        raise FormStays(code=code, form=str(forms[0]), other_form=str(forms[1]))


def is_shared(*, state: str, sharing_type: int) -> bool:
    """Whether what is published of an entry is there to be applied for: in the catalogue, and not 不予共享."""
    return state != "WITHDRAWN" and sharing_type != NOT_SHARED


def may_be_applied_for(said: Description) -> bool:
    """Whether an application may be drafted for what is published: it is shared, and no interface.

    Whether it is still in the catalogue is for `is_shared`.
    """
    return said.sharing_type != NOT_SHARED and FORM_OF_METHOD[said.method] is not Form.INTERFACE


def is_editor(actor: Actor, *, provider: str) -> bool:
    """Whether the actor writes the unit's entries and delivers its data: the role, held in that unit."""
    return sits(Seat("provider_editor", provider), seats=actor.seats)


def edits(actor: Actor) -> bool:
    """Whether the actor writes entries and delivers data for some unit: the own one, or one filled in for."""
    return bool(actor.units_as("provider_editor"))


def editable(state: str, *, actor: Actor, provider: str) -> bool:
    """Whether the actor may alter now what a change in this state says."""
    return state in CHANGE.editable and is_editor(actor, provider=provider)
