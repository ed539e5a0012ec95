"""What pages show of faults: the facts of one, what was told of it, and the fields of its forms."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext

from hutong.control.notices.faulted import FaultPage, NewFault
from hutong.control.notices.lifecycle import FAULT, OUT_OF_ORDER
from hutong.control.notices.models import FaultAccount, FaultCase
from hutong.control.notices.rules import BROKEN, SOURCES
from hutong.web.desk.notices.fault_kind import PAGE, told_with
from hutong.web.facts import Fact, fact
from hutong.web.forms import Field
from hutong.web.wording import filters, labels, procedures


def broken() -> tuple[tuple[str, str], ...]:
    """Return code and name of each thing that can be out of order, in the reader's language."""
    return tuple((code, gettext(name)) for code, name in BROKEN.items())


def kind(fault: FaultCase) -> str:
    """Return what is out of order, in the reader's language."""
    return gettext(BROKEN[fault.kind])


def standing(fault: FaultCase) -> str:
    """Return what who only uses the unit's data learns of how far a fault is."""
    return gettext("没有恢复") if fault.state in OUT_OF_ORDER else procedures.state(FAULT, fault.state).name


def promptly(fault: FaultCase, *, late: bool) -> str:
    """Return in words whether a fault was told promptly (SX-15-b)."""
    if late:
        return gettext("否")
    return gettext("尚未告知，期限未到") if fault.state == FAULT.start else gettext("是")


def facts(page: FaultPage) -> Iterator[Fact]:
    """Yield what is known of a fault; who only uses the unit's data learns that it lasts, or when it was restored."""
    fault = page.fault
    yield fact(gettext("单位"), fault.unit.name, fault.unit.credit_code)
    yield fact(_label("kind"), kind(fault))
    if page.whole:
        yield fact(_label("symptom"), fault.symptom)
        yield fact(gettext("发现方式"), gettext(SOURCES[fault.source]))
    yield fact(_label("noticed_at"), filters.moment(fault.noticed_at))
    yield fact(gettext("恢复时间"), filters.moment(fault.restored_at))
    if page.whole:
        yield fact(gettext("是否及时告知"), promptly(fault, late=page.late))
    else:
        yield fact(gettext("进度"), standing(fault))
    if page.told:
        yield fact(gettext("同时告知的使用方"), filters.joined(page.told))


def accounts(page: FaultPage) -> Iterator[Fact]:
    """Yield what the unit told of a fault, the first account first."""
    for each in page.accounts:
        step = procedures.step(FAULT, each.action, before=_before(each))
        told = f"{step} · {filters.moment(each.at)} {each.by_name}"
        for name, words in (("situation", each.situation), ("measures", each.measures)):
            if words:
                yield fact(labels.label(name, page=PAGE), words, note=told)


def _before(account: FaultAccount) -> str:
    return next(move.before for move in FAULT.moves if move.action == account.action)


def fields(form: NewFault, typed: Mapping[str, str], *, found: bool) -> list[Field]:
    """Return the fields of a fault that the own unit tells of, or that the operator `found` at another one."""
    kinds, units = (("", gettext("请选择")), *broken()), (("", gettext("请选择")), *form.units)
    hours = gettext("年月日在前，如 2026-03-02 17:30。发现之后 %(hours)s 小时以内告知的，为及时告知。")
    whose = Field("unit", _label("unit"), typed.get("unit", ""), "choice", required=True, options=units)
    return [
        *([whose] if found else []),
        Field("kind", _label("kind"), typed.get("kind", ""), "choice", required=True, options=kinds),
        Field("symptom", _label("symptom"), typed.get("symptom", ""), "long", required=True),
        Field("noticed_at", _label("noticed_at"), typed.get("noticed_at", ""), "datetime-local", required=True,
              hint=gettext("年月日在前，如 2026-03-02 17:30。") if found else hours % {"hours": form.hours}),
        *([] if found else told_with("report", typed)),
    ]  # fmt: skip


def _label(name: str) -> str:
    return labels.label(name, page=PAGE)
