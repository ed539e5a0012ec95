"""Limits of use: the alarms that machines opened, the limits that were raised, and the authority's two forms."""

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.sharing import raised
from hutong.control.sharing.raised import LimitShown
from hutong.control.units import queries as members
from hutong.control.units.meanwhile import DoneAlready
from hutong.control.units.rules import Actor
from hutong.core import defaults, statuses
from hutong.core.errors import Judging
from hutong.plane.raising import RAISABLE, Raised
from hutong.web import clock, corrections
from hutong.web.desk import acts, fields, outcome
from hutong.web.desk.limits import shown
from hutong.web.desk.limits.lists import KINDS, LIMITS, number, state
from hutong.web.forms import Field
from hutong.web.lists import pages
from hutong.web.lists.pages import ListShown
from hutong.web.login import kept_pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import limits
from hutong.web.wording.filters import day


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of alarms and raised limits, or hand out their file; what the authority posted is done."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        try:
            said = _take(request.POST, actor=actor)
            return outcome.led(request, kept_pages.address(request), said=said)
        except DoneAlready:
            return redirect(f"{reverse('limits')}?{acts.DONE}={acts.AGAIN}")

    def more(found: ListShown) -> dict[str, object]:
        decides = raised.may_decide(actor)
        told = {
            "rows": [_row(row, form=request.POST, decides=decides, actor=actor) for row in found.rows],
            "raising": shown.raising(request.POST) if decides else (),
            "opened": acts.opened(),
            "again": request.GET.get(acts.DONE) == acts.AGAIN,
        }
        closed = next((row.no for row in found.rows if request.POST.get("id") == str(row.id)), "")
        return corrections.refused(told, problem, page="limits", form=closed)

    return pages.answer(LIMITS, request, "desk/limits.html", status=statuses.of(problem) if problem else 200, more=more)


def _take(form: QueryDict, *, actor: Actor) -> str:
    """Do what was posted, and return in words what was done."""
    judging = Judging()
    if form.get("action") == "close":
        fields.check(form)
        closed = raised.close_alarm(
            fields.number(form, "id"), finding=form.get("finding", ""), actor=actor, now=clock.now(),
            meant_for=form.get(acts.AT, ""),
        )  # fmt: skip
        said = gettext("已查看并关闭%(unit)s的预警“%(limit)s”，查看情况已留有记录。")
        return said % {"unit": _called(closed.consumer), "limit": limits.about(defaults.limit(closed.limit))}
    asked = Raised(
        name=fields.judged(judging, _limit, form, "limit", ""),
        consumer=fields.judged(judging, _unit, form, "unit", ""),
        value=fields.judged(judging, fields.number, form, "value", 1),
        until_date=fields.judged(judging, fields.day, form, "until_date", clock.today()),
        reason=fields.judged(judging, fields.said, form, "reason", ""), code=form.get("resource", "").strip(),
    )  # fmt: skip
    fields.judge(form, judging)
    judging.end()
    raised.raise_limit(asked, actor=actor, now=clock.now(), meant_for=form.get(acts.AT, ""))
    said = gettext("已将%(unit)s的上限“%(limit)s”提高到 %(value)s，截至 %(day)s；到期后自动恢复原上限。")
    return said % {
        "unit": _called(asked.consumer), "limit": limits.about(defaults.limit(asked.name)), "value": asked.value,
        "day": day(asked.until_date),
    }  # fmt: skip


def _called(unit: str) -> str:
    return members.names().get(unit, unit)


def _limit(form: QueryDict, field: str) -> str:
    return fields.chosen(form, field, RAISABLE)


def _unit(form: QueryDict, field: str) -> str:
    """Return the credit code of the unit that was named; raises what `fields.unit` does, and NoSuchUnit."""
    return members.code_of(fields.unit(form, field))


def _row(row: LimitShown, *, form: QueryDict, decides: bool, actor: Actor) -> dict[str, object]:
    posted = form.get("id") == str(row.id)
    finding = Field(
        "finding", gettext("查看情况（必填）"), form.get("finding", "") if posted else "", kind="long", required=True,
        form=row.no, hint=gettext("向该单位了解到的原因，以及采取的措施。"),
    )  # fmt: skip
    return {
        "row": row,
        "kind": gettext(KINDS[row.kind]),
        "state": state(row),
        "about": limits.about(defaults.limit(row.name)),
        "seen": number(row, row.seen),
        "most": number(row, row.most),
        "closing": finding if row.closes else None,
        "whose": _whose(row, actor=actor) if decides and row.kind == "alarm" and row.stands and not row.closes else "",
    }


def _whose(row: LimitShown, *, actor: Actor) -> str:
    """Return who closes an alarm that stands among others which the reader closes."""
    if row.consumer == actor.unit:
        return gettext("涉及本单位，由上级地区的电子政务主管部门或者为此指定的代理人查看。")
    return gettext("由该单位所在地区的电子政务主管部门查看。")
