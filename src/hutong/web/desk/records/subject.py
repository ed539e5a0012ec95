"""The uses of one subject, for the auditor: by an identifier that is posted, digested and kept nowhere."""

import re
from datetime import datetime, timedelta
from functools import partial

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from hutong.audit import reading
from hutong.control.sharing import usage
from hutong.control.sharing.usage import SubjectFilters, UsesOf
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core import bounds, statuses
from hutong.core.errors import Judging, Problem
from hutong.web import clock, corrections, plane
from hutong.web.desk import fields
from hutong.web.desk.records import rows
from hutong.web.forms import Field
from hutong.web.lists import counting, files
from hutong.web.login.entrance import officers
from hutong.web.login.kept_pages import Rules
from hutong.web.login.request import PageRequest


@partial(officers, forms=Rules(keeps=False))
def looked_up(request: PageRequest) -> HttpResponseBase:
    """Ask the auditor for a subject and show its uses, wherever they were.

    What is typed is posted, so that it stands in no address, and turned into digests that the next page is asked by.
    """
    if request.method == "POST":
        return _found(request)
    usage.check_looks_up(request.actor)
    return _page(request, problem=request.refused)


def _found(request: PageRequest) -> HttpResponseBase:
    """Return the page of the uses that are asked for, or their file."""
    asked = _asked(request.POST)
    if request.POST.get("export"):
        return _file(asked, actor=request.actor)
    before = bounds.whole(request.POST.get("before", ""))
    found = usage.of_subject(
        asked, actor=request.actor, now=clock.now(), keyring=plane.keyring(), before=before
    )
    return _page(request, found)


def _page(request: PageRequest, found: UsesOf | None = None, *, problem: Problem | None = None) -> HttpResponse:
    shown = {
        "fields": _asked_by(request.POST),
        "found": found,
        "table": rows.table(found.uses, names=members.names()) if found else None,
        "count": counting.told(found.count) if found else "",
        "about": found.digests.hex() if found else "",
        "older": str(found.before or "") if found else "",
    }
    told = corrections.refused(shown, problem, page="records_subject")
    return render(request, "desk/subject.html", told, status=statuses.of(problem) if problem else 200)


def _asked(form: QueryDict) -> SubjectFilters:
    """Return what a form asks for; raises FieldTooLong, FieldEmpty and FieldUnreadable, or Faults of several."""
    judging = Judging()
    identifier, about = form.get("identifier", "").strip(), form.get("about", "")
    if not re.fullmatch("(?:[0-9a-f]{32}){1,64}", about):
        about = ""
    if not (identifier or about):
        judging.add(fields.FieldEmpty(field="identifier"))
    until_at = fields.judged(judging, _moment, form, "until_date", None)
    filters = reading.UseFilters(
        resource=fields.judged(judging, fields.one_code, form, "resource", "") or None,
        unit=fields.judged(judging, fields.credit_code, form, "consumer", "") or None,
        from_at=fields.judged(judging, _moment, form, "from_at", None),
        until_at=until_at + timedelta(days=1) if until_at else None,
        answered=RESULTS[fields.judged(judging, _result, form, "result", "")],
    )
    fields.judge(form, judging)
    judging.end()
    return SubjectFilters(identifier, bytes.fromhex(about), filters)


def _moment(form: QueryDict, field: str) -> datetime | None:
    return fields.moment(form, field) if form.get(field, "").strip() else None


def _result(form: QueryDict, field: str) -> str:
    return fields.chosen(form, field, RESULTS) if form.get(field) else ""


RESULTS = {"": None, "answered": True, "refused": False}
"""What is chosen of a result → whether the use was answered; None for both."""


def _file(asked: SubjectFilters, *, actor: Actor) -> HttpResponseBase:
    """Return the file of a subject's uses; neither it nor its entry says whose they are."""
    now = clock.now()
    uses = usage.exported_of_subject(asked, actor=actor, now=now, keyring=plane.keyring())
    file = files.File(
        name=f"hutong-subject-{clock.today():%Y%m%d}",
        title=gettext("使用日志"),
        columns=tuple(gettext(column) for column in rows.COLUMNS),
        about=files.about([(gettext("条件"), gettext("按主体查使用"))], now=now, actor=actor),
    )
    names = members.names()
    return files.response(
        file, (line for use in uses for line in rows.lines([use], names=names)), many=0, spool=plane.spool()
    )


def _asked_by(form: QueryDict) -> list[Field]:
    """Return the fields of the form; what was typed of the subject is not shown again."""
    results = (("", gettext("全部")), ("answered", gettext("已提供")), ("refused", gettext("未予提供")))
    return [
        Field(
            "identifier", gettext("主体标识"), required=True,
            hint=gettext("居民身份证号码、统一社会信用代码；填写资源代码时，也按该资源的主键查（多项主键以分号隔开）"),
        ),
        Field(
            "resource", gettext("信息资源代码"), form.get("resource", ""), example="307001/000001",
            hint=gettext("只查一项资源的，填写其代码；查全部的，留空。"),
        ),
        Field(
            "consumer", gettext("使用方信用代码"), form.get("consumer", ""),
            hint=gettext("只查一个单位的，填写其 18 位统一社会信用代码；查全部的，留空。"),
        ),
        Field("from_at", gettext("开始日期"), form.get("from_at", ""), "date"),
        Field("until_date", gettext("截止日期（含当日）"), form.get("until_date", ""), "date"),
        Field("result", gettext("结果"), form.get("result", ""), "choice", options=results),
    ]  # fmt: skip
