"""What pages show of registrations: the facts of one and the fields of its form."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext

from hutong.control.registration import passes, people
from hutong.control.registration.models import Registration, Renewal
from hutong.control.registration.rules import ASKED, NOT_NEEDED
from hutong.control.rulebook import queries as rulebooks
from hutong.web import clock
from hutong.web.facts import Fact, fact
from hutong.web.forms import Field
from hutong.web.wording import filters, labels

PAGE = "registration"
"""Name of the page whose fields these are, where labels are looked up."""
KINDS_OF_FIELDS = {"mlps_level": "choice", "department": "choice", "mlps_until": "date", "purpose": "long"}
"""Fact → how its field looks, where it is not a line of text."""
HINTS = {
    "code": "系统在每次请求中写明的标识：英文字母、数字和半角符号，不用身份号码。登记后不能更改，注销后不再另行登记。",
    "mlps_no": "网络安全等级保护备案证明的编号；证明保存后作为附件上传，没有的不能提交。",
    "mlps_until": "最近一次测评的有效期，到期后不再提供服务。",
    "public_key": "运行 hutong client keygen 密钥文件名，粘贴显示的公钥：一行 44 个字符，以“=”结尾；私钥只留在贵单位。",
    "department": "本单位已经登记的使用部门；没有的，先登记使用部门。",
    "identity_no": "18 位公民身份号码，加密保存、遮盖显示，查看完整号码留有记录；不随草稿保存。",
    "phone_no": "联系电话，加密保存、遮盖显示；不随草稿保存。",
    "address": "系统的网址或者设备的网络地址。",
}
EVIDENCE = ("mlps_level", "mlps_no", "mlps_until")
"""The facts of a system that evidence of its protection level says."""
LEVELS = ("1", "2", "3", "4", "5")
"""Protection levels there are."""


def source(registration: Registration) -> str:
    """Return whether it came with the operator's file or was applied for."""
    return gettext("平台登记文件") if registration.enrolled else gettext("单位申请")


def facts(registration: Registration, *, rules_by: str) -> list[Fact]:
    """Return what a registration says, in the order of the form, where it came from, and who accepted the rules.

    `rules_by` is the name of who did.
    """
    told = [(name, getattr(registration, name)) for name in ASKED[registration.kind]]
    said = [
        fact(_label(registration.kind, name), _said(name, value), note=_over(registration, name, value))
        for name, value in told
    ]
    unit = fact(gettext("单位"), registration.unit.name, registration.unit.credit_code)
    return [unit, *said, fact(gettext("登记来源"), source(registration)), *_accepted(registration, rules_by)]


def _accepted(registration: Registration, by: str) -> Iterator[Fact]:
    if registration.rules_at:
        version = gettext("第 %(version)s 版") % {"version": registration.rules_version}
        yield fact(gettext("接受使用规则"), " · ".join((version, by, filters.moment(registration.rules_at))))


def fields(kind: str, typed: Mapping[str, str], *, departments: Sequence[str]) -> list[Field]:
    """Return the fields of the form of a kind, with what was typed; `departments` are those of the unit in use."""
    options = {"mlps_level": _levels, "department": lambda kept: _departments(kept, departments)}
    return [
        Field(
            name, _label(kind, name), typed.get(name, ""), KINDS_OF_FIELDS.get(name, "text"),
            hint=gettext(HINTS[name]) if name in HINTS else "", required=(kind, name) not in NOT_NEEDED,
            options=options[name](typed.get(name, "")) if name in options else (),
        )
        for name in ASKED[kind]
    ]  # fmt: skip


def evidence(of: Registration | Renewal) -> list[Fact]:
    """Return what the evidence of a protection level says, of a registration or of its renewal."""
    return [fact(_label("system", name), _said(name, getattr(of, name))) for name in EVIDENCE]


def evidence_fields(typed: Mapping[str, str]) -> list[Field]:
    """Return the fields of new evidence of a protection level, with what was typed."""
    return [each for each in fields("system", typed, departments=()) if each.name in EVIDENCE]


def number_fields(kind: str, typed: Mapping[str, str], *, there: Mapping[str, str]) -> list[Field]:
    """Return the fields of the numbers of a person; of what is kept (`there`, masked) nothing stands in them."""
    kept = gettext("已保存 %(masked)s；不填的，保持不变。")
    return [
        Field(
            name, _label(kind, name), typed.get(name, ""), required=name == "identity_no" and name not in there,
            hint=kept % {"masked": there[name]} if name in there else gettext(HINTS[name]),
        )
        for name in people.asked(kind)
    ]  # fmt: skip


def numbers(kind: str, masked: Mapping[str, str]) -> list[Fact]:
    """Return the numbers of a person as a page shows them, masked."""
    return [fact(_label(kind, name), number) for name, number in masked.items()]


def _departments(kept: str, there: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the departments to choose from, and the one `kept` in its form, which may be gone."""
    return (("", gettext("请选择")), *((name, name) for name in sorted({*there, kept} - {""})))


def _levels(kept: str) -> tuple[tuple[str, str], ...]:
    """Return the levels that a system may have today, and the one `kept` in its form (SX-09)."""
    lowest = rulebooks.in_force(clock.today()).number("system.protection_level")
    return tuple((level, _level(level)) for level in LEVELS if int(level) >= lowest or level == kept)


def _label(kind: str, name: str) -> str:
    """Return what a fact is called: a person has a 姓名, a system or device a 名称."""
    return labels.label(name, page="officers" if (kind, name) == ("user", "name") else PAGE)


def kept(registration: Registration) -> dict[str, str]:
    """Return what a registration says, as its form has it."""
    told = {name: getattr(registration, name) for name in ASKED[registration.kind]}
    return {name: "" if value is None else str(value) for name, value in told.items()}


def _said(name: str, value: object) -> str:
    if value in (None, ""):
        return "—"
    if name == "mlps_level":
        return _level(str(value))
    return filters.day(value) if isinstance(value, date) else str(value)


def _over(registration: Registration, name: str, value: object) -> str:
    """Return that evidence of a protection level is over, and what follows from it (SX-09, P-12); else nothing."""
    if name != "mlps_until" or not isinstance(value, date) or value >= clock.today():
        return ""
    if registration.state != "ACTIVE":
        return gettext("已经到期，不能批准登记或者继续使用。")
    last = value + timedelta(days=rulebooks.in_force(clock.today()).number(passes.GRACE))
    said = gettext(
        "已经到期：不再开通新的使用权限；正在使用的宽限至 %(day)s，此后停止答复。"
        "是否属于第十六条第（五）项的情形，由人认定。"
    )
    return said % {"day": filters.day(last)}


def _level(level: str) -> str:
    return gettext("%(level)s 级") % {"level": level}
