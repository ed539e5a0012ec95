"""The fields and boxes of the form of an application."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from hutong.control.rulebook import queries as rulebooks
from hutong.control.sharing import queries
from hutong.core.errors import Problem, told
from hutong.plane import ladder
from hutong.plane.definition import Mode
from hutong.web import clock
from hutong.web.desk import register
from hutong.web.forms import Box, Boxes, Field
from hutong.web.wording.names import NEEDS, named

INSIDE = "inside-"
"""What the field of an item begins with that may limit the records; one value a line."""
NEED, NEED_MORE = "need", "need-more"
"""The ids of the two questions why a lower mode does not do: comparing, and a query."""
Typed = Mapping[str, Any]
"""What was typed: the text of a field, the values of boxes, and `inside`, a text for each item that limits records."""
ORDER = (
    "purpose", "legal_basis", "matters", "items", "row_filter", "mode", NEED, NEED_MORE, "conditions", "system",
    "users", "devices", "from_at", "until_at", "quota", "guesses", "yearly_records",
)  # fmt: skip
"""The fields as they stand on the page."""
Items = Sequence[Mapping[str, Any]]
"""The items of a resource, as `items.rows` has them."""


USUAL = {"quota": 1000, "guesses": 10, "yearly_records": 100}
"""What is applied for where nothing is typed."""


def texts(typed: Typed, *, unit: str, region: str) -> dict[str, Field]:
    """Return the fields by their names; `unit` is the unit that applies, `region` that of the resource's provider."""
    every = (*_purpose(typed), _system(typed, unit=unit), *_bounds(typed, region=region))
    return {each.name: each for each in every}


def boxes(items: Items, typed: Typed, *, unit: str) -> dict[str, Boxes]:
    """Return what is ticked or chosen, by name: items, mode, conditions, users, devices."""
    nobody = gettext("尚未登记")
    conditions = (row["item"] for row in items if row["item"].condition)
    every = (
        Boxes("items", tuple(_item(row, typed["items"]) for row in items)),
        Boxes("mode", tuple(_mode(mode, str(typed.get("mode", ""))) for mode in Mode), one=True),
        Boxes(
            "conditions",
            tuple(Box(item.code, item.name, ticked=item.code in typed["conditions"]) for item in conditions),
        ),
        Boxes("users", _registered(queries.users(unit), typed["users"]), empty=nobody),
        Boxes("devices", _registered(queries.devices(unit), typed["devices"]), empty=nobody),
    )
    return {each.name: each for each in every}


def twice() -> Field:
    """Return the box that is ticked to apply once more for what was applied for."""
    return Field("twice", gettext("仍要再申请一次"), kind="box")


def only(unit: str) -> dict[str, list[str]]:
    """Return the codes of the unit's system, users and devices where it has but one, which is chosen then."""
    found = {"system": queries.systems(unit), "users": queries.users(unit), "devices": queries.devices(unit)}
    return {name: [each.id for each in listed] if len(listed) == 1 else [] for name, listed in found.items()}


def needs(typed: Typed) -> list[tuple[str, Boxes]]:
    """Return why a lower mode does not do: for each mode that may not, the question and the reasons there are."""
    asked = {
        Mode.COMPARE: gettext("若需要查询或订阅：为什么比对不够用？"),
        Mode.QUERY: gettext("若需要订阅：为什么查询不够用？"),
    }
    return [(asked[mode], _reasons(reasons, typed["need"])) for mode, reasons in ladder.PASSES.items()]


def place_of_need(problem: Problem | None) -> str:
    """Return the id of the boxes a missing reason is told beside: those of the question that was left unanswered."""
    found = told(problem) if problem else ()
    return NEED_MORE if any(isinstance(each, ladder.QuerySuffices) for each in found) else NEED


def limits(raw: Iterable[Mapping[str, Any]], typed: Typed) -> list[Field]:
    """Return a field for each item that may limit the records."""
    return [
        Field(f"{INSIDE}{each['code']}", each["name"], typed["inside"].get(each["code"], ""), kind="long", lines=2)
        for each in raw
        if each.get("filter")
    ]


def _purpose(typed: Typed) -> tuple[Field, ...]:
    return (
        Field(
            "purpose", gettext("用途"), _said(typed, "purpose"), required=True, suggested=_offered("purpose"),
            hint=gettext("填写已登记用途的代码。系统每次使用都要写明同一代码，不得用于其他用途。"),
            lookup=_lookup("purpose"),
        ),
        Field(
            "legal_basis", gettext("法律依据或职责依据"), _said(typed, "legal_basis"), kind="long", lines=2,
            required=True, hint=gettext("写明法规名称和条款。"),
        ),
        Field(
            "matters", gettext("办理事项代码"), _said(typed, "matters"), required=True, suggested=_offered("matter"),
            hint=gettext("多个用空格隔开，只含半角的英文字母、数字和符号。每次使用都要带上其中一个。没有登记的标为“未核对”。"),
            lookup=_lookup("matter"),
        ),
    )  # fmt: skip


def _system(typed: Typed, *, unit: str) -> Field:
    systems = queries.systems(unit)
    none = gettext("本单位还没有登记应用系统，请先向平台运维单位登记（须等保二级以上）。")
    return Field(
        "system", gettext("应用系统"), _said(typed, "system"), kind="choice", required=True,
        options=(("", gettext("请选择")), *((each.id, each.name) for each in systems)), hint="" if systems else none,
    )  # fmt: skip


def _bounds(typed: Typed, *, region: str) -> tuple[Field, ...]:
    rulebook = rulebooks.in_force(clock.today(), region=region)

    def number(name: str, label: str, unit: str, hint: str) -> Field:
        told = {"usual": f"{USUAL[name]:,}", "most": f"{rulebook.number(f'sharing.most_{name}'):,}"}
        return Field(name, label, _said(typed, name), digits=True, unit=unit, hint=hint % told)

    times, longest = gettext("次"), rulebook.number("sharing.most_days")
    return (
        Field(
            "from_at", gettext("开始日期"), _said(typed, "from_at"), kind="date", required=True,
            hint=gettext("可以是今日或者已过的日期，权限自备案开通之时起生效。"),
        ),
        Field(
            "until_at", gettext("结束日期（不含当日）"), _said(typed, "until_at"), kind="date", required=True,
            hint=gettext("自开始日期起最长 %(most)s 天。") % {"most": f"{longest:,}"},
        ),
        number(
            "quota", gettext("每日最多次数"), times,
            gettext("一日比对的对象数，或者查询的次数。不填为 %(usual)s，最多 %(most)s。"),
        ),
        number(
            "guesses", gettext("同一对象每日最多次数"), times,
            gettext("同一个人或者单位，一日最多比对这么多次，以防反复试出原值。不填为 %(usual)s，最多 %(most)s。"),
        ),
        number(
            "yearly_records", gettext("每年最多不同记录数"), gettext("条"),
            gettext(
                "查询个人信息的，一年内最多查到这么多条不同记录；已查到过的不重复计数。"
                "不填为 %(usual)s，最多 %(most)s。"
            ),
        ),
    )  # fmt: skip


def _said(typed: Typed, name: str) -> str:
    return str(typed.get(name, ""))


def _lookup(kind: str) -> tuple[str, str]:
    """Return where the registered codes of a kind are looked up, and what the link says."""
    return f"{reverse('terms')}?{urlencode({'kind': kind})}", gettext("查找代码")


def codes(kind: str) -> dict[str, str]:
    """Return the code of each registered name that one code alone has, as the reader reads it."""
    offered = _offered(kind)
    many = Counter(name for _, name in offered)
    return {name: code for code, name in offered if many[name] == 1}


def _offered(kind: str) -> tuple[tuple[str, str], ...]:
    return tuple(register.meanings(kind, offered=True).items())


def _item(row: Mapping[str, Any], chosen: Sequence[str]) -> Box:
    item = row["item"]
    most = gettext("最高可用方式：%(mode)s") % {"mode": named(item.offered, "mode")}
    note = " · ".join((most, gettext("识别项"))) if row["key"] else most
    return Box(item.code, item.name, note, ticked=item.code in chosen)


def _mode(mode: Mode, chosen: str) -> Box:
    return Box(str(mode), named(mode, "mode"), named(mode, "mode_means"), ticked=str(mode) == chosen)


def _reasons(reasons: Iterable[ladder.Reason], chosen: Sequence[str]) -> Boxes:
    offered = [reason for reason in ladder.Reason if reason in reasons]
    boxes = tuple(Box(str(each), gettext(NEEDS[each]), ticked=str(each) in chosen) for each in offered)
    return Boxes(NEED, boxes, id="" if ladder.Reason.VALUE_NOT_AT_HAND in reasons else NEED_MORE)


def _registered(found: Iterable[Any], chosen: Sequence[str]) -> tuple[Box, ...]:
    return tuple(Box(each.id, each.name, each.id, ticked=each.id in chosen) for each in found)
