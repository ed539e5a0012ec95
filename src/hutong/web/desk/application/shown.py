"""What the page of an application says of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from hutong.control.catalog.models import Version
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.control.sharing.models import Application, PurposeFinding
from hutong.control.sharing.rungs import Rung
from hutong.control.sharing.verifying import FOUND, NOT_FOUND, VERIFYING
from hutong.core import beijing
from hutong.core.lifecycle import ends
from hutong.plane.definition import Mode
from hutong.web import clock
from hutong.web.desk import register
from hutong.web.desk.application.kind import BASIS
from hutong.web.facts import Fact, Words, fact, listed
from hutong.web.shown import Shown
from hutong.web.wording import procedures, row_filters
from hutong.web.wording.filters import day, joined, moment
from hutong.web.wording.names import named


@dataclass(frozen=True, slots=True)
class RungShown(Shown):
    """What was judged of one mode: when, at which step and by whom, whether it does, and that in words."""

    at: str
    step: str
    by: str
    sufficient: bool
    said: str


@dataclass(frozen=True, slots=True)
class FindingShown(Shown):
    """What was found of a purpose: when and by whom, the step it was said with, whether a basis was found, in words."""

    at: str
    step: str
    by: str
    found: bool
    basis: str
    facts: tuple[Fact, ...]


def findings(rows: Iterable[PurposeFinding]) -> list[FindingShown]:
    """Return what was found each time the purpose was verified, the first finding first."""
    return [
        FindingShown(
            moment(each.at), procedures.step(APPLICATION, each.action, before=VERIFYING),
            " · ".join((each.by_name, each.by_unit_name)), each.basis_found, basis(found=each.basis_found),
            tuple(_found(each)),
        )
        for each in rows
    ]  # fmt: skip


def basis(*, found: bool) -> str:
    """Return in words whether a basis of a purpose was found."""
    return gettext(BASIS[FOUND if found else NOT_FOUND])


def _found(row: PurposeFinding) -> Iterator[Fact]:
    yield fact(gettext("核实了什么"), row.looked_at)
    if row.conclusion:
        yield fact(gettext("核实意见"), row.conclusion)


def facts(application: Application, names: Mapping[str, str], *, withdrawn: bool) -> list[Fact]:
    """Return what an application says, and its outcome; `names` has the names of the items by code."""
    return [
        *_parties(application, withdrawn=withdrawn),
        *_wanted(application, names),
        *_users(application),
        *_became(application),
    ]


def ladder(rungs: Iterable[Rung]) -> list[RungShown]:
    """Return what was judged of each mode, from the lowest up, as often as it was judged."""
    return [
        RungShown(
            moment(each.at), procedures.said("action", each.step),
            " · ".join(filter(None, (each.by_name, each.by_unit_name))), each.sufficient, _judged(each),
        )
        for each in rungs
    ]  # fmt: skip


def begun(application: Application) -> str:
    """Return that the first day of what is applied for is over and what that means; empty where it is not, or opened.

    What is opened is served from then on: a first day that is over gives nothing for the days before.
    """
    over = beijing.day(application.from_at) < clock.today()
    if not over or application.grant_no or application.state in ends(APPLICATION):
        return ""
    said = gettext("开始日期 %(day)s 已过：使用权限自备案开通之时起生效，此前的日子不补。")
    return said % {"day": day(application.from_at)}


def _judged(rung: Rung) -> str:
    mode = named(rung.mode, "mode")
    if rung.sufficient:
        return gettext("%(mode)s：够用") % {"mode": mode}
    return gettext("%(mode)s：不够用，因为%(why)s") % {"mode": mode, "why": named(rung.reason, "need")}


def _parties(application: Application, *, withdrawn: bool) -> Iterator[Fact]:
    entry, consumer = application.entry, application.consumer
    address = "" if withdrawn else reverse("resource", args=[entry.code])
    yield fact(gettext("使用方"), consumer.name, consumer.credit_code)
    yield fact(gettext("提供方"), entry.provider.name, entry.provider.credit_code)
    yield fact(gettext("信息资源"), entry.name, entry.code, address=address)
    yield from _resource(entry.current)


def _resource(version: Version) -> Iterator[Fact]:
    """Yield what of the resource an approval rests on: which version it is, how it is shared, whether about persons."""
    yield fact(gettext("版本"), gettext("第 %(number)s 版") % {"number": version.number})
    sharing = named(version.sharing_type, "sharing_type")
    yield fact(gettext("共享类型"), sharing, note=version.sharing_condition)
    yield fact(gettext("记录涉及个人"), gettext("是") if version.personal else gettext("否"))


def _wanted(application: Application, names: Mapping[str, str]) -> Iterator[Fact]:
    mode = named(application.mode, "mode")
    yield Fact(gettext("使用方式"), (Words(mode, note=named(application.mode, "mode_means"), strong=True),))
    conditions = joined(names.get(code, code) for code in application.conditions)
    note = gettext("查询条件：%(said)s") % {"said": conditions} if conditions else ""
    items = {raw["code"]: raw for raw in application.entry.current.items}
    wanted = (Words(names.get(code, code), code, note=_asks(items.get(code, {}))) for code in application.items)
    yield Fact(gettext("信息项"), (*wanted, *([Words(note)] if note else [])))
    if application.need:
        yield fact(gettext("为什么比对或查询不够用"), joined(named(each, "need") for each in application.need))
    if limited := row_filters.words(application.row_filter, names):
        *before, last = limited
        beyond = gettext("范围以外的记录，对使用方视同不存在。")
        yield Fact(gettext("记录范围"), (*map(Words, before), Words(last, note=beyond)))
    ((purpose, code),) = register.with_names([application.purpose], register.meanings("purpose"))
    yield fact(gettext("用途"), purpose, code)
    yield fact(gettext("法律依据"), application.legal_basis)
    yield Fact(gettext("办理事项"), register.matters(application.matters))


def _asks(raw: Mapping[str, object]) -> str:
    """Return what an approver has to know of an item: that it is sensitive, and what it is offered for at most."""
    said = [gettext("敏感")] if raw.get("sensitive") else []
    most = gettext("最高可用方式：%(mode)s") % {"mode": named(raw.get("offered") or Mode.COMPARE, "mode")}
    return joined([*said, most])


def _users(application: Application) -> Iterator[Fact]:
    found = register.of_unit(
        application.consumer_id, systems=[application.system], users=application.users, devices=application.devices
    )
    yield listed(gettext("应用系统"), register.with_names([application.system], found["systems"]))
    yield listed(gettext("使用人员"), register.with_names(application.users, found["users"]))
    yield listed(gettext("使用设备"), register.with_names(application.devices, found["devices"]))
    period = {"first": day(application.from_at), "end": day(application.until_at)}
    yield fact(gettext("使用期限"), gettext("%(first)s 起，%(end)s 前") % period, note=begun(application))
    amounts = {"quota": f"{application.quota:,}", "guesses": f"{application.guesses:,}"}
    yield fact(gettext("每日用量"), gettext("%(quota)s 次；同一对象每日 %(guesses)s 次") % amounts)
    if application.mode == Mode.QUERY:
        yield fact(gettext("每年最多不同记录数"), f"{application.yearly_records:,}")


def _became(application: Application) -> Iterator[Fact]:
    if application.filing_no:
        grants = f"{reverse('grants')}?{urlencode({'q': application.grant_no})}"
        filings = f"{reverse('filings')}?{urlencode({'q': application.filing_no})}"
        yield fact(gettext("备案号"), application.filing_no, address=filings)
        if application.filed_at:
            yield fact(gettext("备案时间"), moment(application.filed_at))
        yield fact(gettext("授权编号"), application.grant_no, address=grants)
    if application.confirmed_at:
        yield fact(gettext("确认时间"), moment(application.confirmed_at))
    if application.reached_at:
        from_then = gettext("核实用途并完成备案的期限自此起算。")
        yield fact(gettext("到达平台运维单位时间"), moment(application.reached_at), note=from_then)
    if application.verifying_at:
        yield fact(gettext("进入用途核实"), moment(application.verifying_at))
