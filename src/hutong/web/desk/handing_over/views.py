"""Hand-overs: the list, the form, one as a case, and the sheet that both officers sign."""

from datetime import datetime

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from hutong.control.handovers import operations, queries, rules
from hutong.control.units.rules import Actor
from hutong.core import statuses
from hutong.core.errors import Judging
from hutong.web import clock, corrections
from hutong.web.desk import acts, cases, fields
from hutong.web.desk.handing_over import shown
from hutong.web.desk.handing_over.lists import HANDOVERS
from hutong.web.desk.handovers.kind import KIND
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the hand-overs the officer may read, or hand out their file."""
    return pages.answer(HANDOVERS, request, "desk/handovers/list.html")


@officers
def new(request: PageRequest) -> HttpResponse:
    """Ask whose work it is, show what is open and the form; posted, hand over and go to the hand-over's page."""
    problem, actor = request.refused, request.actor
    if request.method == "POST":
        no = handed_over(request.POST, actor=actor, now=clock.now())
        return acts.led_to(request, KIND, no, saved=True)
    typed = request.POST.dict() if request.typed else {}
    asked = typed.get("officer", "") or request.GET.get("officer", "")
    form = queries.new_form(asked, actor=actor, now=clock.now())
    page = {"at": acts.opened(request.POST), **shown.form(form, typed, now=clock.now())}
    told = corrections.refused(page, problem, page=shown.PAGE)
    return render(request, "desk/handovers/form.html", told, status=statuses.of(problem) if problem else 200)


@officers
def detail(request: PageRequest, no: str) -> HttpResponse:
    """Show one hand-over, and do what is posted."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return acts.posted(request, KIND, no)
    page, typed = queries.page(no, actor=actor, now=clock.now()), acts.typed(request)
    told = {
        "case": cases.show(KIND, page.handover, actor=actor, now=clock.now(), typed=typed, done=acts.done(request)),
        "facts": list(shown.facts(page)),
        "parts": shown.parts(page),
        "many": page.many,
        "more": page.many > queries.SHOWN,
    }
    page_told = corrections.refused(told, problem, page=shown.PAGE, form=acts.form_of(request))
    return render(request, "desk/handovers/case.html", page_told, status=statuses.of(problem) if problem else 200)


@officers
def sheet(request: PageRequest, no: str) -> HttpResponse:
    """Show the sheet of a hand-over (交接单), to be printed and signed by both officers."""
    page = queries.page(no, actor=request.actor, now=clock.now())
    told = {"page": page, "facts": list(shown.facts(page)), "parts": shown.parts(page), "many": page.many}
    return render(request, "desk/handovers/sheet.html", told)


def handed_over(form: QueryDict, *, actor: Actor, now: datetime) -> str:
    """Hand over the work that a form says, and return the hand-over's number; raises what handing over does."""
    judging = Judging()
    return operations.hand_over(
        _read(form, judging), actor=actor, now=now, calendar=clock.calendar(), judging=judging,
        meant_for=form.get(acts.AT, ""),
    )  # fmt: skip


def _read(form: QueryDict, judging: Judging) -> dict[str, object]:
    """Return what was typed; what cannot be read is kept in `judging`."""
    told: dict[str, object] = {name: form.get(name, "").strip() for name in ("officer", "to", "phone", "reason")}
    told["effective_date"] = fields.judged(judging, fields.day, form, "effective_date", None)
    told["chosen"] = {
        name.removeprefix(shown.BEFORE): "" if value == shown.NOT else value
        for name, value in form.items()
        if name.startswith(shown.BEFORE) and value != shown.ELSE
    }
    fields.judge(form, judging)
    assert set(told) == set(rules.FACTS), "every fact has its field"
    return told
