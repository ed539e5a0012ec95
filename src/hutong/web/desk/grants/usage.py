"""What was used under a grant: a line beside each, and a page of one."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.sharing import used
from hutong.control.sharing.used import GrantUse, GrantUsePage
from hutong.web import clock
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.statistics import charts
from hutong.web.desk.statistics.charts import Bar
from hutong.web.desk.statistics.shown import by_month, shortly
from hutong.web.lists import counting
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording.filters import day
from hutong.web.wording.names import named


def line(use: GrantUse) -> str:
    """Return in a line what was used today and this year, of what, and when last."""
    today = {"used": f"{use.today:,}", "quota": f"{use.quota:,}"}
    said = [gettext("今日已用 %(used)s 次，每日上限 %(quota)s 次") % today]
    if use.queries:
        records = {"used": f"{use.records:,}", "most": f"{use.yearly_records:,}"}
        said.append(gettext("一年内查询过不同记录 %(used)s 条，上限 %(most)s 条") % records)
    if use.last_day:
        said.append(gettext("最近使用 %(day)s") % {"day": day(use.last_day)})
    return gettext("；").join(said)


@officers
def one(request: PageRequest, no: str) -> HttpResponse:
    """Show what was used under a grant, day by day and month by month; raises NoSuchGrant."""
    found = used.page(no, actor=request.actor, now=clock.now())
    bars = [Bar(f"{each:%m-%d}", spent, 0) for each, spent in found.days]
    shown = {
        "grant": found.grant,
        "facts": _facts(found),
        "days": charts.columns(bars, shortly=shortly),
        "days_table": _days(found),
        "records": _records(found) if found.use.queries else None,
        "sums": _sums(found),
        "months": by_month(found.months),
        "alone": found.alone,
        "many": counting.told(len(found.alike) + 1),
        "alike": _alike(found),
        "more_alike": found.more_alike,
    }
    return render(request, "desk/grant_usage.html", shown)


def _facts(found: GrantUsePage) -> list[tuple[str, str]]:
    use = found.use
    of = gettext("已用 %(used)s，上限 %(most)s，尚余 %(left)s")
    facts = [(gettext("今日次数与每日上限"), of % _of(use.today, use.quota))]
    if use.compares:
        said = gettext("每个对象每日至多 %(guesses)s 次；今日比对过 %(subjects)s 个对象，其中 %(used_up)s 个已达上限")
        told = {"subjects": counting.told(found.subjects), "used_up": counting.told(found.used_up)}
        facts.append((gettext("同一对象的比对次数"), said % {"guesses": use.guesses, **told}))
    if use.queries:
        facts.append((gettext("一年内查询的不同记录与上限"), of % _of(use.records, use.yearly_records)))
    days = {"days": len(found.days), "used": f"{found.spent:,}"}
    facts.append((gettext("近日合计"), gettext("近 %(days)s 日共 %(used)s 次") % days))
    return [*facts, (gettext("应用系统"), found.grant.system), (gettext("最近使用"), _last(found))]


def _sums(found: GrantUsePage) -> list[tuple[str, str]]:
    """Return the uses of this month and year, of the grant and all alike."""
    said = gettext("已答复 %(answered)s 次，已拒绝 %(refused)s 次")
    return [
        (title, said % {"answered": f"{each.answered:,}", "refused": f"{each.refused:,}"})
        for title, each in ((gettext("本月"), found.this_month), (gettext("本年"), found.this_year))
    ]


def _of(spent: int, most: int) -> dict[str, str]:
    return {"used": f"{spent:,}", "most": f"{most:,}", "left": f"{max(most - spent, 0):,}"}


def _last(found: GrantUsePage) -> str:
    if found.use.last_day:
        return day(found.use.last_day)
    months = [each.month for each in found.months if each.answered or each.refused]
    if found.alone:
        return f"{months[-1]:%Y-%m}" if months else gettext("近一年没有使用")
    return gettext("近 %(days)s 日没有使用") % {"days": len(found.days)}


def _alike(found: GrantUsePage) -> Table:
    columns = (gettext("授权编号"), gettext("应用系统"), gettext("使用期限"), gettext("状态"))
    period = gettext("%(first)s 起，%(end)s 前")
    return Table(
        gettext("一并计算的其他授权"),
        tuple(map(Column, columns)),
        tuple(
            (
                Cell(each.no, reverse("grant-usage", args=[each.no])), Cell(each.system),
                Cell(period % {"first": day(each.from_at), "end": day(each.until_at)}),
                Cell(named(each.state, "grant_state")),
            )
            for each in found.alike
        ),
        even=False, titled=False,
    )  # fmt: skip


def _records(found: GrantUsePage) -> Table:
    return Table(
        gettext("本授权各月查询的不同记录"),
        (Column(gettext("月份")), Column(gettext("不同记录（条）"), "num")),
        tuple((Cell(f"{month:%Y-%m}"), Cell(f"{records:,}")) for month, records in found.records),
        even=False, titled=False,
    )  # fmt: skip


def _days(found: GrantUsePage) -> Table:
    return Table(
        gettext("近日每日次数"),
        (Column(gettext("日期")), Column(gettext("次数"), "num")),
        tuple((Cell(day(each)), Cell(f"{spent:,}")) for each, spent in found.days),
        even=False, titled=False,
    )  # fmt: skip
