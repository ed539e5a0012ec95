"""Faults: the list, the forms of who tells and of who notices one, and one as a case."""

from datetime import datetime

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from hutong.control.notices import faulted, faults
from hutong.control.notices.rules import TOLD_WITH
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core import statuses
from hutong.core.errors import Judging
from hutong.web import clock, corrections
from hutong.web.desk import acts, cases, fields
from hutong.web.desk.notices import fault_shown as shown
from hutong.web.desk.notices.fault_kind import KIND, PAGE
from hutong.web.desk.notices.fault_lists import FAULT_LIST
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the faults of which the officer may know, or hand out their file."""
    does = faulted.does(request.actor)
    return pages.answer(FAULT_LIST, request, "desk/notices/faults.html", more=lambda _: does)


@officers
def new(request: PageRequest) -> HttpResponse:
    """Show the form in which a unit tells of a fault of its own; posted, tell of it and go to its page."""
    if request.method == "POST":
        no = reported(request.POST, actor=request.actor, now=clock.now())
        return acts.led_to(request, KIND, no, saved=True)
    return _form(request, of_operator=False)


@officers
def found(request: PageRequest) -> HttpResponse:
    """Show the form in which the operator writes down a fault of a unit; posted, do so and go to its page."""
    if request.method == "POST":
        no = written_down(request.POST, actor=request.actor, now=clock.now())
        return acts.led_to(request, KIND, no, saved=True)
    return _form(request, of_operator=True)


@officers
def fault(request: PageRequest, no: str) -> HttpResponse:
    """Show one fault, and do what is posted; to who only uses the unit's data no more than whether it lasts."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return acts.posted(request, KIND, no)
    page, typed = faulted.page(no, actor=actor, now=clock.now()), acts.typed(request)
    if not page.whole:
        return render(request, "desk/notices/fault_told.html", {"no": no, "facts": list(shown.facts(page))})
    told = {
        "case": cases.show(KIND, page.fault, actor=actor, now=clock.now(), typed=typed, done=acts.done(request)),
        "facts": list(shown.facts(page)),
        "accounts": list(shown.accounts(page)),
    }
    page_told = corrections.refused(told, problem, page=PAGE, form=acts.form_of(request))
    return render(request, "desk/notices/fault.html", page_told, status=statuses.of(problem) if problem else 200)


def _form(request: PageRequest, *, of_operator: bool) -> HttpResponse:
    problem, form = request.refused, faulted.new_form(actor=request.actor, now=clock.now())
    page = {
        "at": acts.opened(request.POST),
        "may": form.finds if of_operator else form.tells,
        "found": of_operator,
        "unit": request.actor.unit_name,
        "fields": shown.fields(form, request.POST.dict() if request.typed else {}, found=of_operator),
    }
    told = corrections.refused(page, problem, page=PAGE)
    return render(request, "desk/notices/fault_form.html", told, status=statuses.of(problem) if problem else 200)


def reported(form: QueryDict, *, actor: Actor, now: datetime) -> str:
    """Tell of the fault of its own unit that a form says, and return its number; raises what reporting does."""
    judging, told = Judging(), {name: form.get(name, "").strip() for name in TOLD_WITH["report"]}
    return faults.report(
        _read(form, judging), told, actor=actor, now=now, calendar=clock.calendar(), judging=judging,
        meant_for=form.get(acts.AT, ""),
    )  # fmt: skip


def written_down(form: QueryDict, *, actor: Actor, now: datetime) -> str:
    """Write down the fault of a unit that a form says, and return its number; raises what finding it does."""
    judging = Judging()
    unit = fields.judged(judging, _unit, form, "unit", "")
    return faults.find(
        _read(form, judging), unit=unit, actor=actor, now=now, calendar=clock.calendar(), judging=judging,
        meant_for=form.get(acts.AT, ""),
    )  # fmt: skip


def _unit(form: QueryDict, field: str) -> str:
    return members.code_of(fields.unit(form, field))


def _read(form: QueryDict, judging: Judging) -> dict[str, object]:
    """Return what was typed of what was noticed; what cannot be read is kept in `judging`."""
    told: dict[str, object] = {name: form.get(name, "").strip() for name in ("kind", "symptom")}
    told["noticed_at"] = fields.judged(judging, fields.minute, form, "noticed_at", None)
    fields.judge(form, judging)
    return told
