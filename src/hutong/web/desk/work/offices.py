"""Offices (职责单位): which unit holds each and held it before, and the authority passing one on (D-23)."""

from datetime import datetime

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.units import passing_on
from hutong.control.units import queries as members
from hutong.control.units.meanwhile import DoneAlready
from hutong.control.units.rules import OFFICES, Actor
from hutong.core import statuses
from hutong.core.errors import Judging, Problem
from hutong.web import clock, corrections
from hutong.web.desk import acts, fields, outcome
from hutong.web.desk.work.office_lists import DEPARTMENTS, HELD, region
from hutong.web.forms import Field
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording.names import named

FORM = ("role", "region", "unit", "reason")


@officers
def offices(request: PageRequest) -> HttpResponseBase:
    """Show who holds each office and who held it, or hand out the file.

    The authority's form is shown again to be confirmed, then done.
    """
    actor, now = request.actor, clock.now()
    typed = {name: request.POST.get(name, "").strip() for name in FORM}
    if request.method == "POST":
        try:
            asked = _posted(request, typed, actor=actor, now=now)
            if not isinstance(asked, int):
                return _page(request, typed, asked=asked)
            return outcome.done(request, reverse("offices"), **_passed(typed, cases=asked))
        except DoneAlready:
            return redirect(f"{reverse('offices')}?{acts.DONE}={acts.AGAIN}")
    shown = _fields(typed) if passing_on.may_pass_on(actor) else ()
    return _page(request, typed, problem=request.refused, fields=shown)


def _page(
    request: PageRequest, typed: dict[str, str], *, asked: tuple[str, str] | None = None,
    problem: Problem | None = None, fields: tuple[Field, ...] = (),
) -> HttpResponseBase:  # fmt: skip
    """Return the list with what has to be confirmed, or with the fields of the form."""
    told = {
        "fields": fields, "asked": asked[0] if asked else "", "at": asked[1] if asked else "", "typed": typed,
        "again": request.GET.get(acts.DONE) == acts.AGAIN,
    }  # fmt: skip
    shown = corrections.refused(told, problem, page="offices")
    status = statuses.of(problem) if problem else 200
    return pages.answer(HELD, request, "desk/offices.html", status=status, more=lambda _: shown)


@officers
def departments(request: PageRequest) -> HttpResponseBase:
    """Show a page of the competent departments of units, or hand out their file."""
    return pages.answer(DEPARTMENTS, request, "desk/departments.html")


def _posted(
    request: PageRequest, typed: dict[str, str], *, actor: Actor, now: datetime
) -> tuple[str, str] | int:
    """Return the question that has to be confirmed, and for which state; how many cases went once it was passed on."""
    judging = Judging()
    for name, reads in (("role", _role), ("unit", _unit), ("reason", fields.said)):
        fields.judged(judging, reads, request.POST, name, "")
    fields.judge(request.POST, judging)
    if request.POST.get("confirmed") == "yes":
        judging.end()
        return passing_on.pass_on(**typed, actor=actor, now=now, meant_for=request.POST.get(acts.AT, ""))
    passed = passing_on.between(**typed, actor=actor, now=now, judging=judging)
    told = gettext(
        "将%(region)s的“%(role)s”职责由%(before)s移交给%(after)s，即时生效；"
        "在办事项 %(cases)s 件随之移交，办理期限不变。"
    )
    said = told % {
        "region": region(typed["region"]), "role": named(typed["role"], "role"),
        "before": passed.before or gettext("上级地区的承担单位"), "after": passed.after, "cases": passed.cases,
    }  # fmt: skip
    return said, passed.at


def _passed(typed: dict[str, str], *, cases: int) -> dict[str, str]:
    """Return in words that an office was passed on: of which region, to whom, and how many cases went with it."""
    unit = members.names().get(members.code_of(typed["unit"]), typed["unit"])
    told = {"region": region(typed["region"]), "role": named(typed["role"], "role"), "unit": unit}
    about = gettext("%(region)s的“%(role)s”由 %(unit)s 承担") % told
    then = gettext("在办事项 %(cases)s 件已随之移交，办理期限不变。") % {"cases": cases}
    return {"what": gettext("移交职责"), "about": about, "then": then if cases else gettext("没有在办事项需要移交。")}


def _role(form: QueryDict, field: str) -> str:
    return fields.chosen(form, field, OFFICES)


def _unit(form: QueryDict, field: str) -> str:
    """Return the credit code of the unit that was chosen; raises what `fields.unit` does, and NoSuchUnit."""
    return members.code_of(fields.unit(form, field))


def _fields(typed: dict[str, str]) -> tuple[Field, ...]:
    choose = ("", gettext("请选择"))
    roles = (choose, *((role, named(role, "role")) for role in OFFICES))
    units = (choose, *((unit.credit_code, unit.name) for unit in members.units()))
    hint = gettext("依据的决定及文号")
    whole = gettext("六位数字，只移交这一地区的职责；不填的，移交全平台的（有自己承担单位的地区除外）")
    return (
        Field("role", gettext("职责"), typed["role"], "choice", required=True, options=roles),
        Field("region", gettext("行政区划代码"), typed["region"], hint=whole),
        Field("unit", gettext("移交给"), typed["unit"], "choice", required=True, options=units),
        Field("reason", gettext("理由（必填）"), typed["reason"], "long", required=True, hint=hint),
    )
