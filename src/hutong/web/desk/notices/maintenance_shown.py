"""What pages show of notices of maintenance: the facts of one, how it strayed, and the fields of its form."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext, gettext_noop

from hutong.control.notices.maintained import NewWork, WorkPage
from hutong.control.notices.models import MaintenanceNotice
from hutong.control.notices.queries import Lead
from hutong.control.notices.rules import WORKS
from hutong.control.notices.windows import Stray
from hutong.web.desk.notices.maintenance_kind import KIND, PAGE
from hutong.web.facts import Fact, fact
from hutong.web.forms import Field
from hutong.web.wording import filters, labels

STRAYS: Mapping[Stray, str] = {
    Stray.EARLY: gettext_noop("早于告知的开始时间实施"),
    Stray.AFTER: gettext_noop("告知的结束时间之后才开始实施"),
    Stray.OVERRAN: gettext_noop("迟于告知的结束时间完毕"),
    Stray.NEVER_BEGUN: gettext_noop("告知的结束时间已过，没有登记开始实施"),
    Stray.NEVER_ENDED: gettext_noop("告知的结束时间已过，没有登记实施完毕"),
}
"""How work strays from its window → its words (Chinese)."""


def works() -> tuple[tuple[str, str], ...]:
    """Return code and name of each kind of work, in the reader's language."""
    return tuple((code, gettext(name)) for code, name in WORKS.items())


def work(notice: MaintenanceNotice) -> str:
    """Return what kind of work a notice tells of, in the reader's language."""
    return gettext(WORKS[notice.kind])


def lead(told: Lead) -> str:
    """Return in words whether a notice was told far enough ahead (SX-15-a)."""
    if told.in_time is None:
        return gettext("开始时间所在年份的工作日安排尚未载入，待载入后计算")
    day = {"day": filters.day(told.latest)}
    return gettext("是，最迟应于%(day)s告知") % day if told.in_time else gettext("否，最迟应于%(day)s告知") % day


def astray(strays: Sequence[Stray]) -> str:
    """Return in words how work strayed from the window that was told; a dash where it did not."""
    return "；".join(gettext(STRAYS[each]) for each in strays) or "—"


def facts(page: WorkPage) -> Iterator[Fact]:
    """Yield what a notice says, how far ahead it was told, what became of the work, and whom it was told."""
    notice = page.notice
    yield fact(gettext("单位"), notice.unit.name, notice.unit.credit_code)
    yield fact(_label("kind"), work(notice))
    yield fact(_label("content"), notice.content)
    yield fact(_label("affected"), notice.affected)
    yield fact(gettext("告知的时间"), _span(notice))
    yield fact(gettext("告知时间"), filters.moment(notice.told_at))
    yield fact(gettext("是否按期告知"), lead(page.lead), note="" if page.lead.in_time is not False else gettext(
        "未按期告知的，停机时间不予扣除，由人员认定。"
    ))  # fmt: skip
    if notice.reason:
        yield fact(_label("reason"), notice.reason)
    if notice.former:
        yield fact(gettext("原告知"), notice.former.no, address=KIND.page(notice.former.no))
    if page.later:
        yield fact(gettext("另行告知"), page.later, address=KIND.page(page.later))
    if page.told:
        yield fact(gettext("同时告知的使用方"), filters.joined(page.told))


def done(page: WorkPage) -> Iterator[Fact]:
    """Yield when the work began and ended, and how it strayed from its window."""
    yield fact(gettext("开始实施"), filters.moment(page.notice.begun_at))
    yield fact(gettext("实施完毕"), filters.moment(page.notice.ended_at))
    yield fact(gettext("是否在告知的时间内"), _inside(page))


def kept(notice: MaintenanceNotice) -> dict[str, str]:
    """Return what a notice says, as the form of another that takes its place begins; its window is told anew."""
    return {"kind": notice.kind, "content": notice.content, "affected": notice.affected}


def fields(form: NewWork, typed: Mapping[str, str]) -> list[Field]:
    """Return the fields of a notice of maintenance, with what was typed."""
    kinds = (("", gettext("请选择")), *works())
    example = gettext("年月日在前，如 2026-03-02 17:30。")
    return [
        Field("kind", _label("kind"), typed.get("kind", ""), "choice", required=True, options=kinds),
        Field("content", _label("content"), typed.get("content", ""), "long", required=True),
        Field("affected", _label("affected"), typed.get("affected", ""), "long", required=True,
              hint=gettext("哪些系统、服务接口、前置机停用或者变慢。")),
        Field("from_at", _label("from_at"), typed.get("from_at", ""), "datetime-local", required=True,
              hint=f"{example}{_when(form)}"),
        Field("until_at", _label("until_at"), typed.get("until_at", ""), "datetime-local", required=True,
              hint=gettext("只有在告知的时间内实施的，停机时间才予扣除。")),
        Field("reason", _label("reason"), typed.get("reason", ""), "long",
              hint=gettext("不能提前告知的，写明原因；照收，并记为未按期告知。")),
    ]  # fmt: skip


def _when(form: NewWork) -> str:
    said: dict[str, object] = {"days": form.days}
    if form.earliest is None:
        return gettext("应当提前 %(days)s 个工作日告知。") % said
    said["day"] = filters.day(form.earliest)
    return gettext("应当提前 %(days)s 个工作日告知，今日告知的，最早%(day)s实施；早于该日的，记为未按期告知。") % said


def _span(notice: MaintenanceNotice) -> str:
    said = {"begins": filters.moment(notice.from_at), "ends": filters.moment(notice.until_at)}
    return gettext("%(begins)s 至 %(ends)s") % said


def _inside(page: WorkPage) -> str:
    if page.strays:
        return astray(page.strays)
    return gettext("是") if page.notice.ended_at else "—"


def _label(name: str) -> str:
    return labels.label(name, page=PAGE)
