"""Statistics: how often what was used, by month, by who asked and by resource, as charts and in numbers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from hutong.control.sharing import statistics as queries
from hutong.web import clock
from hutong.web.desk.statistics import charts, shown
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest


@officers
def statistics(request: PageRequest) -> HttpResponse:
    """Show the uses of the last months: of all units to who reads for all, else those of the officer's own."""
    found = queries.statistics(request.actor, today=clock.today())
    by_unit = shown.bars(found.units, found.other_units, unknown=gettext("未登记的系统"))
    by_resource = shown.bars(found.resources, found.other_resources, unknown=gettext("未指明信息资源"))
    given = {
        "everybody": found.everybody,
        "answered": f"{found.answered:,}",
        "refused": f"{found.refused:,}",
        "any": found.answered + found.refused > 0,
        "now": clock.now(),
        "months": shown.by_month(found.months),
        "charts": [
            (gettext("按使用单位"), charts.rows(by_unit), shown.table(by_unit, gettext("使用单位"))),
            (gettext("按信息资源"), charts.rows(by_resource), shown.table(by_resource, gettext("信息资源"))),
        ],
    }
    return render(request, "desk/statistics.html", given)
