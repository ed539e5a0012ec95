"""How values look on a page: names of codes, moments, deadlines, and what every page knows."""

import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django import template
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse, translate_url
from django.utils.translation import get_language, gettext, pgettext

from hutong.control.catalog import lifecycle as catalog_states
from hutong.control.catalog import rules as catalog
from hutong.control.sharing import lifecycle, rules
from hutong.core import beijing, text
from hutong.plane.definition import Holding, Mode
from hutong.web import clock
from hutong.web.wording import clauses

register = template.Library()

MODES = {Mode(mode): name for mode, name in text.MODES.items()}
MODE_MEANS = {
    Mode.COMPARE: "您提交一个值，平台只回答“一致”“不一致”或“无此记录”（涉及个人的，后两者不作区分），不显示原值。",
    Mode.QUERY: "您输入条件，平台返回获准的信息项。",
    Mode.SUBSCRIBE: "您的系统按序取得获准信息项的每一处变更，含删除，不遗漏。",
}
HOLDINGS = {
    Holding.SEALED: "封存：只存加密摘要，平台上没有原值",
    Holding.PROTECTED: "加密保护",
    Holding.PLAIN: "原样保存",
}
TYPES = {
    "C": "字符", "N": "数值", "Y": "货币", "D": "日期", "T": "日期时间", "L": "是/否", "M": "长文本",
    "B": "双精度", "I": "整数", "F": "浮点",
}  # fmt: skip
NEEDS = {
    "value_not_held": "我方手里没有可供比对的值",
    "value_to_be_recorded": "法律要求把该值写入决定或证照",
    "change_to_be_followed": "职责因数据变化而产生，事先无从查询",
    "subjects_not_known": "拿到数据之前无法知道涉及哪些人",
    "service_when_cut_off": "与平台断开时业务仍须办理",
}
GRANT_STATES = {"active": "有效", "suspended": "已暂停", "revoked": "已撤销", "expired": "已到期"}
DELIVERY_STATES = {"received": "已接收，未入库", "held": "暂存，待确认", "loaded": "已入库", "refused": "已退回"}

NAMES: dict[str, dict] = {
    "state": lifecycle.STANDINGS,
    "entry_state": catalog_states.STATES,
    "action": {step.action: step.label for step in catalog_states.MOVES}
    | {move.action: move.label for move in lifecycle.MOVES},
    "mode": {str(k): v for k, v in MODES.items()},
    "mode_means": {str(k): v for k, v in MODE_MEANS.items()},
    "holding": {str(k): v for k, v in HOLDINGS.items()},
    "type": TYPES,
    "need": NEEDS,
    "role": text.ROLES,
    "grant_state": GRANT_STATES,
    "delivery_state": DELIVERY_STATES,
    "format": catalog.FORMATS,
    "method": catalog.METHODS,
    "sharing_type": catalog.SHARING_TYPES,
    "cycle": catalog.UPDATE_CYCLES,
}
"""List of codes → code → its Chinese name, translated by gettext."""

TONES = {
    "FILED": "good", "CLOSED": "good", "PUBLISHED": "good", "active": "good", "loaded": "good", "CONFIRMED": "good",
    "REFUSED": "bad", "refused": "bad", "revoked": "bad", "WITHDRAWN": "quiet", "DRAFT": "quiet", "expired": "quiet",
    "RETURNED": "warn", "suspended": "warn", "held": "warn",
}  # fmt: skip


@register.filter
def named(value: object, listed: str) -> str:
    """Return the name of a code in the reader's language."""
    names = NAMES[listed]
    found = names.get(value, names.get(str(value)))
    return worded(found, listed) if found else str(value)


def worded(name: str, listed: str) -> str:
    """Return a name of a list in the reader's language; a state, where a step is called the same, as a state."""
    state = pgettext("state", name) if listed.endswith("state") else name
    return state if state != name else gettext(name)


@register.filter
def among(code: object, names: Mapping[str, str]) -> str:
    """Return the name of a code that is registered under one, as it is in the register; any other code as it is."""
    return names.get(str(code), str(code))


@register.filter
def clause(value: str) -> str:
    """Return the words of a clause, in quotation marks; nothing where they are not known."""
    words = clauses.words(value, english=get_language() == "en")
    return gettext("\u201c") + words + gettext("\u201d") if words else ""


@register.filter
def joined(values: Iterable[object] | None) -> str:
    """Return values one after the other, as a list is written in the reader's language."""
    return (", " if get_language() == "en" else "、").join(str(value) for value in values or ())


@register.filter
def tone(value: object) -> str:
    """Return the tone a state is shown in."""
    return TONES.get(str(value), "plain")


@register.filter
def moment(value: datetime | None) -> str:
    """Return a moment in China's time."""
    return f"{value.astimezone(beijing.BEIJING):%Y-%m-%d %H:%M}" if value else "—"


@register.filter
def day(value: datetime | date | None) -> str:
    """Return a day in China's time."""
    if isinstance(value, datetime):
        value = beijing.day(value)
    return f"{value:%Y-%m-%d}" if value else "—"


@register.filter
def late(value: date | None) -> bool:
    """Whether a deadline has passed."""
    return rules.overdue(value, today=clock.today())


@register.filter
def why(value: object) -> str:
    """Return how a deadline was computed, in the reader's language."""
    return getattr(value, f"due_{'en' if get_language() == 'en' else 'zh'}")


@register.filter
def unlimited(state: str) -> str:
    """Return why the step an application waits for has no deadline; nothing where it waits for none."""
    said = lifecycle.unlimited(state)
    return gettext(said) if said else ""


def page(request: HttpRequest) -> dict[str, object]:
    """Return what every page knows: the county, the reader, and the same page in the other language."""
    other = "zh" if get_language() == "en" else "en"
    try:
        resolve(request.path_info)
        elsewhere = translate_url(request.get_full_path(), other)
    except Resolver404:
        elsewhere = translate_url(reverse("home"), other)
    return {
        "county": os.environ.get("HUTONG_COUNTY", "示范县"),
        "actor": getattr(request, "actor", None),
        "elsewhere": elsewhere,
        "other_language": "中文" if other == "zh" else "English",
        "training": abs(float(os.environ.get("HUTONG_CLOCK_SHIFT", "0"))) > 60,
        "now": clock.now(),
    }


@register.filter
def advice(code: str) -> str:
    """Return what to do about a refusal, in the reader's language."""
    return text.table().get(code, {}).get("do_en" if get_language() == "en" else "do_zh", "")
