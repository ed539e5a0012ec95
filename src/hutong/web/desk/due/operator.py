"""The operator's own duties with their days, shown to the authority (P-15)."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop

from hutong.control.security import duties
from hutong.control.security.duties import DutiesPage, Duty
from hutong.core import defaults
from hutong.web import clock
from hutong.web.desk.due import shown
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import counting
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import clauses, limits
from hutong.web.wording.filters import day, moment

NAMES = {
    duties.REHEARSAL: gettext_noop("演练应急预案"), duties.BACKUP: gettext_noop("备份"),
    duties.READ_BACK: gettext_noop("读回核对备份"),
}  # fmt: skip
"""Kind of duty → its words."""


@officers
def operator(request: PageRequest) -> HttpResponse:
    """Show what the operator has to do by when: drills, backups, and the steps that wait there."""
    now = clock.now()
    found = duties.page(request.actor, now=now, real=clock.real())
    page = {
        "duties": _table(found),
        "unnamed": not found.backups_named and not found.trains,
        "trains": found.trains,
        "late": counting.told(found.counts.late),
        "week": counting.told(found.counts.week),
        "answers": shown.table(
            found.answers, seats=found.seats, now=now, caption=gettext("待平台运维单位办理"),
            empty=gettext("平台运维单位没有有期限的待办事项。"),
        ),
        "more": found.counts.due > len(found.answers),
    }  # fmt: skip
    return render(request, "desk/due/operator.html", page)


def _table(found: DutiesPage) -> Table:
    titles = (("应做的事", ""), ("上次完成", "middle"), ("最迟下次", "middle"), ("规定", ""))
    return Table(
        gettext("演练和备份"),
        tuple(Column(gettext(title), css) for title, css in titles),
        tuple(_row(each) for each in found.duties),
        even=False,
    )


def _row(each: Duty) -> tuple[Cell, ...]:
    limit = defaults.limit(each.limit)
    return (
        Cell(gettext(NAMES[each.kind]), note=each.region),
        Cell(moment(each.last_at)),
        Cell(
            _by(each, each.late_at) if each.late_at else gettext("尚未做过"),
            badge=gettext("已逾期") if each.late else "", tone="bad",
        ),
        Cell(
            gettext("%(what)s：%(value)s") % {"what": limits.about(limit), "value": limits.value(limit, each.amount)},
            note=clauses.cited(each.clause), code=each.clause,
        ),
    )  # fmt: skip


def _by(each: Duty, late_at: datetime) -> str:
    """Return until when a duty is done in time: a moment where hours are counted, else the last day."""
    return moment(late_at) if each.kind == duties.BACKUP else day(late_at - timedelta(days=1))
