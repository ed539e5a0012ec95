"""What pages show of contacts and of the notices of their change: the facts of one, and the fields of its form."""

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils.translation import gettext

from hutong.control.notices.models import ContactChange
from hutong.control.notices.queries import Lead, NewNotice, UnitContact
from hutong.web.facts import Fact, fact
from hutong.web.forms import Field
from hutong.web.wording import filters, labels

PAGE = "contacts"
"""Name of the page whose fields these are, where labels are looked up."""


def standing(contact: UnitContact) -> str:
    """Return by what somebody is the contact, in words."""
    if contact.named:
        return gettext("本单位通知")
    return gettext("负责人代行，待确定联系人") if contact.name else gettext("没有联系人，也没有负责人")


def facts(notice: ContactChange, told: Lead) -> Iterator[Fact]:
    """Yield what a notice says, and how far ahead it was told."""
    yield fact(gettext("单位"), notice.unit.name, notice.unit.credit_code)
    yield fact(_label("officer"), notice.officer.name)
    yield fact(_label("phone"), notice.phone)
    yield fact(gettext("原联系人"), notice.former.name if notice.former else gettext("无"))
    yield fact(_label("effective_date"), filters.day(notice.effective_date))
    yield fact(_label("reason"), notice.reason)
    if notice.emergency:
        yield fact(_label("emergency"), gettext("是，即时变更、即时通知"))
    yield fact(gettext("通知时间"), filters.moment(notice.told_at))
    yield fact(gettext("是否按期通知"), lead(notice, told))


def lead(notice: ContactChange, told: Lead) -> str:
    """Return in words whether a notice was told far enough ahead (SX-12-b)."""
    if notice.former_id is None:
        return gettext("此前没有联系人，不须提前通知")
    if told.in_time is None:
        return gettext("生效日所在年份的工作日安排尚未载入，待载入后计算")
    day = {"day": filters.day(told.latest)}
    return gettext("是，最迟应于%(day)s通知") % day if told.in_time else gettext("否，最迟应于%(day)s通知") % day


def fields(form: NewNotice, typed: Mapping[str, str], *, today: date) -> list[Field]:
    """Return the fields of a notice, with what was typed; its officers are those of the unit."""
    officers = (("", gettext("请选择")), *form.officers)
    return [
        Field("officer", _label("officer"), typed.get("officer", ""), "choice", required=True, options=officers),
        Field("phone", _label("phone"), typed.get("phone", ""), required=True,
              hint=gettext("工作时间能够联系的办公电话，如 0572-1234567，分机写在“转”之后；不填写个人手机号。")),
        Field("effective_date", _label("effective_date"), typed.get("effective_date", ""), "date", required=True,
              hint=_when(form, today=today)),
        Field("reason", _label("reason"), typed.get("reason", ""), "long", required=True),
        Field("emergency", _label("emergency"), "1", "box", ticked="emergency" in typed,
              hint=gettext("密码泄露、联系人失联等不能等待的，即时变更，并在变更原因中首先写明。")),
    ]  # fmt: skip


def _when(form: NewNotice, *, today: date) -> str:
    if not form.present:
        return gettext("本单位还没有确定联系人，可以自今日起生效。")
    if form.earliest is None:
        return gettext("应当提前 %(days)s 个工作日通知。") % {"days": form.days}
    said = {"days": form.days, "day": filters.day(form.earliest)}
    return gettext("应当提前 %(days)s 个工作日通知，今日通知的，最早%(day)s生效；早于该日的，记为未按期通知。") % said


def _label(name: str) -> str:
    return labels.label(name, page=PAGE)
