"""Holds on pages (暂缓清除): the list, placing one, and one that is lifted."""

from datetime import date

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.audit.events import RecordClass
from hutong.audit.lifecycle import HOLD
from hutong.control.retention import operations, queries
from hutong.control.units.meanwhile import DoneAlready
from hutong.core import statuses, text
from hutong.core.errors import Judging
from hutong.web import clock, corrections
from hutong.web.desk import fields, outcome
from hutong.web.desk.acts import AGAIN, AT, DONE
from hutong.web.desk.retention import lists
from hutong.web.desk.retention.lists import HOLDS
from hutong.web.forms import Field
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import procedures
from hutong.web.wording.filters import moment
from hutong.web.wording.names import named

ALL = "all"
"""What a form sends for all classes of records."""


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the holds, or hand out their file; raises NotEntitledToPurge."""
    return pages.answer(HOLDS, request, "desk/retention/holds.html")


@officers
def place(request: PageRequest) -> HttpResponse:
    """Show the form that keeps records from being purged; posted, they are."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        form, judging = request.POST, Judging()
        record_class = fields.judged(judging, _class, form, "class", None)
        reason = fields.judged(judging, fields.said, form, "reason", "")
        until = fields.judged(judging, _until, form, "until", None)
        fields.judge(form, judging)
        judging.end()
        number = operations.place(
            record_class, reason=reason, until=until, actor=actor, now=clock.now(), meant_for=form.get(AT, "")
        )
        said = gettext("已留存，编号 %(number)s；留存期间这些记录不会销毁。") % {"number": number}
        return outcome.led(request, reverse("hold", args=[number]), said=said)
    found = queries.form(actor=actor, now=clock.now())
    typed = request.POST if request.typed else QueryDict()
    page = {"at": typed.get(AT, "") or found.at, "fields": _fields(typed)}
    told = corrections.refused(page, problem, page="retention")
    return render(request, "desk/retention/hold_form.html", told, status=statuses.of(problem) if problem else 200)


@officers
def hold(request: PageRequest, number: int) -> HttpResponse:
    """Show a hold; posted, lift it."""
    actor, problem, here = request.actor, request.refused, reverse("hold", args=[number])
    if request.method == "POST":
        form, judging = request.POST, Judging()
        reason = fields.judged(judging, fields.said, form, "reason", "")
        fields.judge(form, judging)
        judging.end()
        try:
            operations.lift(number, reason=reason, actor=actor, now=clock.now(), meant_for=form.get(AT, ""))
        except DoneAlready:
            return redirect(f"{here}?{DONE}={AGAIN}")
        return outcome.led(request, here, said=gettext("已解除留存 %(number)s。") % {"number": number})
    found, now = queries.hold(number, actor=actor, now=clock.now()), clock.now()
    typed = request.POST if request.typed else QueryDict()
    names, kept = lists.people([found.hold]), found.hold
    facts = [
        (gettext("留存的记录"), lists.called(kept.record_class)), (gettext("留存至"), lists.ending(kept.until_at)),
        (gettext("理由"), kept.reason),
        (gettext("留存人"), f"{names.get(kept.placed_by, kept.placed_by)} {moment(kept.placed_at)}"),
    ]  # fmt: skip
    if kept.lifted_by:
        facts.append((gettext("解除人"), f"{names.get(kept.lifted_by, kept.lifted_by)} {moment(kept.lifted_at)}"))
    page = {
        "number": number,
        "state": procedures.state(HOLD, kept.state(now)),
        "facts": facts,
        "stands": kept.stands(now),
        "again": request.GET.get(DONE) == AGAIN,
        "at": typed.get(AT, "") or found.at,
        "reason": Field("reason", gettext("理由"), typed.get("reason", ""), "long", required=True),
    }
    told = corrections.refused(page, problem, page="retention")
    return render(request, "desk/retention/hold.html", told, status=statuses.of(problem) if problem else 200)


def _class(form: QueryDict, field: str) -> RecordClass | None:
    found = fields.chosen(form, field, (ALL, *text.RECORD_CLASSES))
    return None if found == ALL else RecordClass(found)


def _until(form: QueryDict, field: str) -> date | None:
    return fields.day(form, field) if form.get(field, "").strip() else None


def _fields(form: QueryDict) -> tuple[Field, ...]:
    classes = ((each, named(each, "record_class")) for each in text.RECORD_CLASSES)
    options = (("", gettext("请选择")), (ALL, gettext("全部记录")), *classes)
    return (
        Field("class", gettext("留存的记录"), form.get("class", ""), "choice", required=True, options=options),
        Field("reason", gettext("理由"), form.get("reason", ""), "long", required=True,
              hint=gettext("因何投诉、案件或者审计需要")),
        Field("until", gettext("留存至（含当日）"), form.get("until", ""), "date",
              hint=gettext("不填的，至解除为止")),
    )  # fmt: skip
