"""Contacts, and the notices of their change: the lists, the form, and one as a case."""

from datetime import datetime

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from hutong.control.notices import operations, queries
from hutong.control.units.rules import Actor
from hutong.core import statuses
from hutong.core.errors import Judging
from hutong.web import clock, corrections
from hutong.web.desk import acts, cases, fields
from hutong.web.desk.notices import shown
from hutong.web.desk.notices.kind import KIND
from hutong.web.desk.notices.lists import CHANGES, CONTACTS
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest


@officers
def contacts(request: PageRequest) -> HttpResponseBase:
    """Show a page of the contacts of the units the officer may read, or hand out their file."""
    tells = queries.tells(request.actor)
    return pages.answer(CONTACTS, request, "desk/notices/contacts.html", more=lambda _: {"tells": tells})


@officers
def changes(request: PageRequest) -> HttpResponseBase:
    """Show a page of the notices the officer may read, or hand out their file."""
    tells = queries.tells(request.actor)
    return pages.answer(CHANGES, request, "desk/notices/changes.html", more=lambda _: {"tells": tells})


@officers
def new(request: PageRequest) -> HttpResponse:
    """Show the form of a notice; posted, tell of the change and go to its page."""
    problem = request.refused
    if request.method == "POST":
        no = notified(request.POST, actor=request.actor, now=clock.now())
        return acts.led_to(request, KIND, no, saved=True)
    form = queries.new_form(actor=request.actor, now=clock.now(), calendar=clock.calendar())
    page = {
        "at": acts.opened(request.POST),
        "may": form.may,
        "unit": request.actor.unit_name,
        "present": form.present,
        "fields": shown.fields(form, request.POST.dict() if request.typed else {}, today=clock.today()),
    }
    told = corrections.refused(page, problem, page=shown.PAGE)
    return render(request, "desk/notices/form.html", told, status=statuses.of(problem) if problem else 200)


@officers
def change(request: PageRequest, no: str) -> HttpResponse:
    """Show one notice, and do what is posted."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return acts.posted(request, KIND, no)
    page, typed = queries.page(no, actor=actor), acts.typed(request)
    told = {
        "case": cases.show(KIND, page.notice, actor=actor, now=clock.now(), typed=typed, done=acts.done(request)),
        "facts": list(shown.facts(page.notice, page.lead)),
    }
    page_told = corrections.refused(told, problem, page=shown.PAGE, form=acts.form_of(request))
    return render(request, "desk/notices/change.html", page_told, status=statuses.of(problem) if problem else 200)


def notified(form: QueryDict, *, actor: Actor, now: datetime) -> str:
    """Tell of the change that a form says, and return the number of the notice; raises what telling does."""
    judging = Judging()
    return operations.notify(
        _read(form, judging), actor=actor, now=now, calendar=clock.calendar(), judging=judging,
        meant_for=form.get(acts.AT, ""),
    )  # fmt: skip


def _read(form: QueryDict, judging: Judging) -> dict[str, object]:
    """Return what was typed; what cannot be read is kept in `judging`."""
    told: dict[str, object] = {name: form.get(name, "").strip() for name in ("officer", "phone", "reason")}
    told["effective_date"] = fields.judged(judging, fields.day, form, "effective_date", None)
    told["emergency"] = "emergency" in form
    fields.judge(form, judging)
    return told
