"""Statistics: how often what was used, by month, by who asked and by resource, as charts, in numbers and as a list."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from hutong.control.sharing import statistics as queries
from hutong.control.sharing.statistics import Others, Statistics
from hutong.web import clock
from hutong.web.desk.statistics import charts, shown
from hutong.web.desk.statistics.charts import Bar
from hutong.web.desk.statistics.lists import PERIOD, SUMS, month
from hutong.web.lists import asking, pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest


@officers
def statistics(request: PageRequest) -> HttpResponse:
    """Show the uses of a period: of all units to who reads for all, else those of the officer's own.

    Where no period is chosen it is the last months.
    """
    asked = asking.narrowing(PERIOD, request.GET, actor=request.actor)
    found = queries.statistics(
        request.actor, today=clock.today(), first=month(asked["from"]), last=month(asked["until"])
    )
    by_unit = shown.bars(found.units, unknown=gettext("未登记的系统"))
    by_resource = shown.bars(found.resources, unknown=gettext("未指明信息资源"))
    units = _rest(found.other_units, gettext("其余 %(many)s 个使用单位"))
    resources = _rest(found.other_resources, gettext("其余 %(many)s 个信息资源"))
    given = {
        "everybody": found.everybody,
        "answered": f"{found.answered:,}",
        "refused": f"{found.refused:,}",
        "any": found.answered + found.refused > 0,
        "readers": pages.readers(SUMS, request.actor),
        "now": clock.now(),
        "period": shown.period(found.period.first, found.period.last),
        "cut": found.cut,
        "fields": asking.fields(PERIOD, asked, actor=request.actor),
        "narrowed": any(asked.values()),
        "listed": _listed(found, asked),
        "months": shown.by_month(found.months),
        "charts": [
            _chart(gettext("按使用单位"), gettext("使用单位"), by_unit, rest=units),
            _chart(gettext("按信息资源"), gettext("信息资源"), by_resource, rest=resources),
        ],
    }
    return render(request, "desk/statistics.html", given)


@officers
def sums(request: PageRequest) -> HttpResponseBase:
    """Show a page of the uses by who asked, resource and mode, or hand out their file."""
    return pages.answer(SUMS, request, "desk/statistics_sums.html")


def _listed(found: Statistics, asked: Mapping[str, str]) -> str:
    """Return what the list of the same uses is asked for, as part of an address."""
    first = found.months[0].month if found.months else found.period.first
    until = f"{found.period.last:%Y-%m}" if asked["until"] else ""
    return asking.address({"from": f"{first:%Y-%m}", "until": until})


def _chart(title: str, what: str, bars: list[Bar], *, rest: Bar | None) -> dict[str, object]:
    """Return a chart of those that are named, what is said of the others, and the numbers of all."""
    told = gettext("%(others)s共使用 %(count)s 次，未列入上图。")
    said = told % {"others": rest.name, "count": f"{rest.total:,}"} if rest else ""
    return {"title": title, "bars": charts.rows(bars), "rest": said, "table": shown.table(bars, what, rest=rest)}


def _rest(others: Others, name: str) -> Bar | None:
    if not others.answered + others.refused:
        return None
    return Bar(name % {"many": others.many}, others.answered, others.refused)
