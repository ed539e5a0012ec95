"""Examiners' accounts: those there are, and the form by which one is appointed."""

from collections.abc import Sequence

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.audit.events import RecordClass
from hutong.control.units import examining
from hutong.control.units.examining import Examiner, ExaminerDesk
from hutong.control.units.meanwhile import DoneAlready
from hutong.core import statuses
from hutong.core.errors import Judging
from hutong.web import clock, corrections
from hutong.web.desk import fields, outcome
from hutong.web.desk.acts import AT, opened
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.forms import Box, Boxes, Field
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import filters, labels
from hutong.web.wording.names import named

PAGE = "examiners"
"""Name of the page whose fields these are, where labels are looked up."""


@officers
def examiners(request: PageRequest) -> HttpResponse:
    """Show the examiners and the form; posted, appoint one."""
    problem = request.refused
    if request.method == "POST":
        judging = Judging()
        facts = _read(request.POST, judging)
        try:
            examining.appoint(
                facts, actor=request.actor, now=clock.now(), judging=judging, meant_for=request.POST.get(AT, "")
            )
        except DoneAlready:
            return outcome.led(request, reverse("examiners"), said=gettext("该检查账号已经确定。"))
        said = {"what": gettext("确定检查账号"), "about": str(facts["officer"])}
        return outcome.done(request, reverse("examiners"), **said)
    desk = examining.desk(actor=request.actor, now=clock.now())
    form = request.POST if request.typed else QueryDict()
    page = {
        "at": opened(request.POST), "table": _table(desk.examiners), "may": desk.may, "fields": _fields(desk, form),
        "units": _boxes("units", desk.units, form), "classes": _boxes("classes", _classes(), form),
    }  # fmt: skip
    told = corrections.refused(page, problem, page=PAGE)
    return render(request, "desk/officers/examiners.html", told, status=statuses.of(problem) if problem else 200)


def _table(rows: Sequence[Examiner]) -> Table:
    titles = ("账号", "姓名", "检查的单位", "记录类别", "首日", "末日", "状态", "依据")
    return Table(
        gettext("检查账号"),
        tuple(Column(gettext(title)) for title in titles),
        tuple(
            (
                Cell("", code=row.username), Cell(row.name), Cell(filters.joined(row.units)),
                Cell(filters.joined(named(each, "record_class") for each in row.classes)),
                Cell(filters.day(row.from_date)), Cell(filters.day(row.until_date)),
                _standing(row), Cell(row.reason),
            )
            for row in rows
        ),
        empty=gettext("没有检查账号。"), titled=False,
    )  # fmt: skip


def _standing(row: Examiner) -> Cell:
    said = gettext("在任") if row.counts else gettext("不在检查期内")
    return Cell("", badge=said, tone="good" if row.counts else "quiet")


def _fields(desk: ExaminerDesk, form: QueryDict) -> list[Field]:
    choose = ("", gettext("请选择"))
    return [
        Field("officer", _label("officer"), form.get("officer", ""), "choice", required=True,
              options=(choose, *desk.officers), hint=gettext("由系统管理员另开、从未授予角色的账号。")),
        Field("from_date", _label("from_date"), form.get("from_date", ""), "date",
              hint=gettext("不填的，自今日起。")),
        Field("until_date", _label("until_date"), form.get("until_date", ""), "date", required=True,
              hint=gettext("到期自动终止，此后不能查阅任何记录。")),
        Field("reason", _label("reason"), form.get("reason", ""), "long", required=True),
    ]  # fmt: skip


def _boxes(name: str, options: Sequence[tuple[str, str]], form: QueryDict) -> Boxes:
    ticked = form.getlist(name)
    return Boxes(name, tuple(Box(code, words, ticked=code in ticked) for code, words in options))


def _classes() -> list[tuple[str, str]]:
    return [(str(each), named(each, "record_class")) for each in RecordClass]


def _read(form: QueryDict, judging: Judging) -> dict[str, object]:
    told: dict[str, object] = {name: form.get(name, "").strip() for name in ("officer", "reason")}
    told |= {name: form.getlist(name) for name in ("units", "classes")}
    first = form.get("from_date", "").strip()
    told["from_date"] = fields.judged(judging, fields.day, form, "from_date", None) if first else None
    told["until_date"] = fields.judged(judging, fields.day, form, "until_date", None)
    fields.judge(form, judging)
    return told


def _label(name: str) -> str:
    return labels.label(name, page=PAGE)
