"""Offices that are passed on on a day to come: those told, and the authority's form."""

from collections.abc import Mapping

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.handovers import offices_to_come
from hutong.control.handovers.offices_to_come import TAKEN_BACK, OfficeDesk, OfficeToCome
from hutong.control.units.meanwhile import DoneAlready
from hutong.control.units.rules import OFFICES
from hutong.core import statuses
from hutong.core.errors import Judging
from hutong.web import clock, corrections
from hutong.web.desk import fields, outcome
from hutong.web.desk.acts import AT, opened
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.forms import Field
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import filters, labels, telling
from hutong.web.wording.names import named

PAGE = "offices-to-come"
"""Name of the page whose fields these are, where labels are looked up."""
FORM = ("role", "region", "unit", "reason")


@officers
def offices(request: PageRequest) -> HttpResponse:
    """Show the offices to come and the form; posted, tell of one or take one back."""
    problem, actor, now = request.refused, request.actor, clock.now()
    here = reverse("offices-to-come")
    if request.method == "POST" and "number" in request.POST:
        offices_to_come.take_back(fields.number(request.POST, "number"), actor=actor, now=now)
        return outcome.led(request, here, said=gettext("已撤回，该职责不再移交。"))
    if request.method == "POST":
        judging = Judging()
        facts = _read(request.POST, judging)
        try:
            offices_to_come.tell(facts, actor=actor, now=now, judging=judging, meant_for=request.POST.get(AT, ""))
        except DoneAlready:
            return outcome.led(request, here, said=gettext("该职责已确定定日移交。"))
        return outcome.led(request, here, said=gettext("已确定，到移交日自行移交。"))
    desk = offices_to_come.desk(actor=actor)
    typed = request.POST.dict() if request.typed else {}
    page = {
        "at": opened(request.POST), "may": desk.may, "table": _table(desk),
        "mine": [(each.number, _called(each)) for each in desk.rows if each.mine],
        "fields": _fields(desk, typed) if desk.may else [],
    }  # fmt: skip
    told = corrections.refused(page, problem, page=PAGE)
    return render(request, "desk/handovers/offices.html", told, status=statuses.of(problem) if problem else 200)


def _table(desk: OfficeDesk) -> Table:
    titles = ("职责", "行政区划", "移交给", "移交日", "依据", "确定人", "结果")
    return Table(
        gettext("定日移交职责"),
        tuple(Column(gettext(title)) for title in titles),
        tuple(
            (
                Cell(named(row.role, "role")), Cell(row.region or "—"), Cell(row.unit_name),
                Cell(filters.day(row.from_date)), Cell(row.reason), Cell(row.planned_by_name), _result(row),
            )
            for row in desk.rows
        ),
        empty=gettext("没有定日移交的职责。"), titled=False,
    )  # fmt: skip


def _result(row: OfficeToCome) -> Cell:
    if not row.ended:
        return Cell("", badge=gettext("未到移交日"), tone="warn")
    if not row.code:
        return Cell("", badge=gettext("已移交"), tone="good")
    if row.code == TAKEN_BACK:
        return Cell("", badge=gettext("已撤回"))
    return Cell(telling.remembered(row.code, {}).message, badge=gettext("未移交"), tone="bad")


def _called(row: OfficeToCome) -> str:
    told = {"role": named(row.role, "role"), "unit": row.unit_name, "day": filters.day(row.from_date)}
    return gettext("撤回：%(role)s 于 %(day)s 移交给 %(unit)s") % told


def _fields(desk: OfficeDesk, typed: Mapping[str, str]) -> list[Field]:
    choose = ("", gettext("请选择"))
    roles = (choose, *((role, named(role, "role")) for role in OFFICES))

    def field(name: str, kind: str = "text", **more: object) -> Field:
        return Field(name, labels.label(name, page=PAGE), typed.get(name, ""), kind, **more)  # type: ignore[arg-type]

    return [
        field("role", "choice", required=True, options=roles),
        field("region", hint=gettext("六位数字；不填的，为全平台的。")),
        field("unit", "choice", required=True, options=(choose, *desk.units)),
        field("from_date", "date", required=True,
              hint=gettext("以后的日期；当日凌晨自行移交，在办事项随之移交，办理期限不变。")),
        field("reason", "long", required=True),
    ]  # fmt: skip


def _read(form: QueryDict, judging: Judging) -> dict[str, object]:
    told: dict[str, object] = {name: form.get(name, "").strip() for name in FORM}
    told["from_date"] = fields.judged(judging, fields.day, form, "from_date", None)
    fields.judge(form, judging)
    return told
