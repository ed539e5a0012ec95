"""What codes are called on a page: lists of names, and a name in the reader's language."""

from django.utils.translation import gettext, pgettext

from hutong.control.catalog import rules as catalog
from hutong.control.units import rules as members
from hutong.core import labels, text
from hutong.plane.definition import Holding, Mode
from hutong.plane.lifecycle import GRANT
from hutong.web.wording import events

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
FORM_MEANS = {
    1: "库表：交付数据行，平台按信息项留存，可供比对、查询、订阅。",
    2: "文件：交付数据行，其中的文件以摘要登记；目前只能比对文件摘要，还不能提供文件。",
    3: "接口：由提供方的服务应答，平台不留存数据；目前还不能调用，不能申请和开通。",
}
"""Sharing method → what the form of resource it stands for means."""
TYPES = {code: words.zh for code, words in labels.subject_of("types").items()}
NEEDS = {
    "value_not_at_hand": "我方手里没有可供比对的值",
    "value_to_be_recorded": "法律要求把该值写入决定或证照",
    "change_to_be_followed": "职责因数据变化而产生，事先无从查询",
    "subjects_not_known": "拿到数据之前无法知道涉及哪些人",
    "service_when_cut_off": "与平台断开时业务仍须办理",
}
GRANT_STATES = {code: state.name for code, state in GRANT.states.items()}
DELIVERY_STATES = {"received": "已接收，未入库", "waiting": "暂存，待确认", "loaded": "已入库", "refused": "已退回"}

CHANGE_KINDS = {"new": "新编目录", "change": "变更目录"}
DELIVERY_KINDS = {"snapshot": "全量", "changes": "增量"}
SUSPENDED_KINDS = {"unit": "单位", "system": "应用系统", "grant": "授权"}
TERM_KINDS = {"purpose": "用途", "matter": "办理事项"}
REGISTRATION_KINDS = {"system": "应用系统", "department": "使用部门", "user": "使用人员", "device": "使用设备"}

NAMES: dict[str, dict] = {
    "mode": {str(k): v for k, v in MODES.items()},
    "mode_means": {str(k): v for k, v in MODE_MEANS.items()},
    "holding": {str(k): v for k, v in HOLDINGS.items()},
    "type": TYPES,
    "need": NEEDS,
    "role": {code: name.zh for code, name in text.ROLES.items()},
    "grant_state": GRANT_STATES,
    "delivery_state": DELIVERY_STATES,
    "format": catalog.FORMATS,
    "method": catalog.METHODS,
    "form": {method: text.FORMS[form] for method, form in catalog.FORM_OF_METHOD.items()},
    "form_means": FORM_MEANS,
    "sharing_type": catalog.SHARING_TYPES,
    "cycle": catalog.UPDATE_CYCLES,
    "registration_kind": REGISTRATION_KINDS,
    "unit_kind": members.KINDS,
    "change_kind": CHANGE_KINDS,
    "delivery_kind": DELIVERY_KINDS,
    "suspended_kind": SUSPENDED_KINDS,
    "term_kind": TERM_KINDS,
    "event": events.NAMES,
    "record_class": text.RECORD_CLASSES,
}
"""List of codes → code → its Chinese name, translated by gettext."""


def named(value: object, listed: str) -> str:
    """Return the name of a code in the reader's language."""
    known = NAMES[listed]
    found = known.get(value, known.get(str(value)))
    return worded(found, listed) if found else str(value)


def worded(name: str, listed: str) -> str:
    """Return a name of a list in the reader's language; a state, where a step is called the same, as a state."""
    state = pgettext("state", name) if listed.endswith("state") else name
    return state if state != name else gettext(name)
