"""Purges on pages: the list, asking for one, and one that is agreed to or dropped; nothing is removed here."""

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.audit.events import RecordClass
from hutong.audit.lifecycle import PURGE
from hutong.audit.retention import ApproverIsRequester
from hutong.control.retention import operations, queries
from hutong.control.retention.queries import PurgeForm, PurgePage
from hutong.control.units.meanwhile import DoneAlready
from hutong.core import beijing, statuses, text
from hutong.core.errors import Judging, Problem
from hutong.web import clock, corrections
from hutong.web.desk import fields, outcome
from hutong.web.desk.acts import AGAIN, AT, DONE
from hutong.web.desk.retention import lists
from hutong.web.desk.retention.lists import PURGES
from hutong.web.forms import Field
from hutong.web.lists import counting, pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import procedures, telling
from hutong.web.wording.filters import day, joined, moment
from hutong.web.wording.names import named


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the purges, or hand out their file; raises NotEntitledToPurge."""
    return pages.answer(PURGES, request, "desk/retention/purges.html")


@officers
def ask(request: PageRequest) -> HttpResponse:
    """Show the form that asks for a purge; posted, it is asked for, and another officer has to agree."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        form, judging = request.POST, Judging()
        record_class = fields.judged(judging, _class, form, "class", RecordClass.USAGE)
        before = fields.judged(judging, fields.day, form, "before", clock.today())
        fields.judge(form, judging)
        judging.end()
        number = operations.request(record_class, before, actor=actor, now=clock.now(), meant_for=form.get(AT, ""))
        said = gettext("已提出销毁申请 %(number)s，待另一人批准；批准之前一条记录也不会删除。") % {"number": number}
        return outcome.led(request, reverse("purge", args=[number]), said=said)
    found = queries.form(actor=actor, now=clock.now())
    typed = request.POST if request.typed else QueryDict()
    page = {"at": typed.get(AT, "") or found.at, "fields": _fields(found, typed)}
    told = corrections.refused(page, problem, page="retention")
    return render(request, "desk/retention/purge_form.html", told, status=statuses.of(problem) if problem else 200)


@officers
def purge(request: PageRequest, number: int) -> HttpResponse:
    """Show a purge; posted, agree to it or drop it."""
    actor, problem, here = request.actor, request.refused, reverse("purge", args=[number])
    if request.method == "POST":
        try:
            return outcome.led(request, here, said=_take(request.POST, number, request))
        except DoneAlready:
            return redirect(f"{here}?{DONE}={AGAIN}")
    found = queries.page(number, actor=actor, now=clock.now())
    typed = request.POST if request.typed else QueryDict()
    told = corrections.refused(_page(found, typed, again=request.GET.get(DONE) == AGAIN), problem, page="retention")
    return render(request, "desk/retention/purge.html", told, status=statuses.of(problem) if problem else 200)


def _take(form: QueryDict, number: int, request: PageRequest) -> str:
    """Do what was posted about a purge, and return in words what was done."""
    given = {"actor": request.actor, "now": clock.now(), "meant_for": form.get(AT, "")}
    if form.get("act") == "approve":
        operations.agree(number, **given)  # type: ignore[arg-type]
        said = gettext("已批准销毁申请 %(number)s；由平台运维单位在服务器上执行销毁，执行前一条记录也不会删除。")
        return said % {"number": number}
    judging = Judging()
    reason = fields.judged(judging, fields.said, form, "reason", "")
    fields.judge(form, judging)
    judging.end()
    operations.drop(number, reason=reason, **given)  # type: ignore[arg-type]
    return gettext("已取消销毁申请 %(number)s，记录一条未删。") % {"number": number}


def _class(form: QueryDict, field: str) -> RecordClass:
    return RecordClass(fields.chosen(form, field, text.RECORD_CLASSES))


def _fields(found: PurgeForm, form: QueryDict) -> tuple[Field, ...]:
    words = gettext("%(class)s：%(day)s 以前的已满保存期")
    spans = [
        words % {"class": named(str(each), "record_class"), "day": day(at)} for each, at in found.cut_offs.items()
    ]
    options = (("", gettext("请选择")), *((each, named(each, "record_class")) for each in text.RECORD_CLASSES))
    return (
        Field("class", gettext("记录类别"), form.get("class", ""), "choice", required=True, options=options),
        Field(
            "before", gettext("销毁早于此日的记录"), form.get("before", ""), "date", required=True,
            hint=joined(spans),
        ),
    )  # fmt: skip


def _page(found: PurgePage, form: QueryDict, *, again: bool) -> dict[str, object]:
    purge = found.purge
    return {
        "number": purge.id,
        "state": procedures.state(PURGE, purge.state),
        "facts": _facts(found),
        "again": again,
        "at": form.get(AT, "") or found.at,
        "approves": found.approving is None,
        "whose": _said(found.approving) if purge.state == "requested" else None,
        "own": purge.state == "requested" and isinstance(found.approving, ApproverIsRequester),
        "going": _said(found.going) if purge.state in ("requested", "approved") else None,
        "drops": found.dropping is None,
        "approved": purge.state == "approved",
        "certificate": purge.certificate or "",
        "reason": Field("reason", gettext("理由"), form.get("reason", ""), "long", required=True),
    }


def _said(problem: Problem | None) -> object:
    return telling.said(problem) if problem else None


def _facts(found: PurgePage) -> list[tuple[str, str]]:
    purge, names = found.purge, lists.people([found.purge])
    told = [
        (gettext("记录类别"), lists.called(purge.record_class)),
        (gettext("早于"), day(beijing.day(purge.before_at))),
        (gettext("提出人"), f"{names.get(purge.requested_by, purge.requested_by)} {moment(purge.requested_at)}"),
    ]
    if purge.approved_by:
        agreed = names.get(purge.approved_by, purge.approved_by)
        told.append((gettext("批准人"), f"{agreed} {moment(purge.approved_at)}"))
    if purge.done_at:
        told.append((gettext("销毁时间"), moment(purge.done_at)))
        told.append((gettext("销毁条数"), f"{purge.removed or 0:,}"))
    elif purge.dropped_by:
        told.append((gettext("取消人"), f"{names.get(purge.dropped_by, purge.dropped_by)} {moment(purge.dropped_at)}"))
        told.append((gettext("取消理由"), purge.drop_reason or ""))
    else:
        told.append((gettext("现有记录"), gettext("%(count)s 条") % {"count": counting.told(found.reached)}))
    return told
