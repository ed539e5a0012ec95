"""Notices of maintenance: the list, the form, and one as a case."""

from datetime import datetime

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from hutong.control.notices import maintained, maintenance, rules
from hutong.control.units.rules import Actor
from hutong.core import statuses
from hutong.core.errors import Judging
from hutong.web import clock, corrections
from hutong.web.desk import acts, cases, fields
from hutong.web.desk.notices import maintenance_shown as shown
from hutong.web.desk.notices.maintenance_kind import KIND, PAGE
from hutong.web.desk.notices.maintenance_lists import MAINTENANCE_LIST
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest

CHANGES = "again"
"""Says in the address of the form, and in the form, which notice another takes the place of."""


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the notices of maintenance the officer may read, or hand out their file."""
    tells = maintained.tells(request.actor)
    return pages.answer(MAINTENANCE_LIST, request, "desk/notices/maintenance.html", more=lambda _: {"tells": tells})


@officers
def new(request: PageRequest) -> HttpResponse:
    """Show the form of a notice of maintenance; posted, tell of it and go to its page."""
    problem = request.refused
    changes = (request.POST if request.method == "POST" else request.GET).get(CHANGES, "")
    if request.method == "POST":
        no = notified(request.POST, actor=request.actor, now=clock.now())
        return acts.led_to(request, KIND, no, saved=True)
    form = maintained.new_form(
        actor=request.actor, now=clock.now(), calendar=clock.calendar(), changes=changes
    )
    begun = shown.kept(form.former) if form.former else {}
    page = {
        "at": acts.opened(request.POST),
        "may": form.may,
        "unit": request.actor.unit_name,
        "changes": changes,
        "consumers": form.consumers,
        "fields": shown.fields(form, request.POST.dict() if request.typed else begun),
    }
    told = corrections.refused(page, problem, page=PAGE)
    return render(
        request, "desk/notices/maintenance_form.html", told, status=statuses.of(problem) if problem else 200
    )


@officers
def notice(request: PageRequest, no: str) -> HttpResponse:
    """Show one notice of maintenance, and do what is posted."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return acts.posted(request, KIND, no)
    page, typed = maintained.page(no, actor=actor, now=clock.now()), acts.typed(request)
    told = {
        "case": cases.show(KIND, page.notice, actor=actor, now=clock.now(), typed=typed, done=acts.done(request)),
        "facts": list(shown.facts(page)),
        "done": list(shown.done(page)),
        "change": acts.anew("maintenance-new", again=no) if page.may_change else "",
        "change_words": gettext("改期，另行告知"),
    }
    page_told = corrections.refused(told, problem, page=PAGE, form=acts.form_of(request))
    return render(
        request, "desk/notices/maintenance_notice.html", page_told, status=statuses.of(problem) if problem else 200
    )


def notified(form: QueryDict, *, actor: Actor, now: datetime) -> str:
    """Tell of the maintenance that a form says, and return the number of the notice; raises what telling does."""
    judging = Judging()
    return maintenance.notify(
        _read(form, judging), actor=actor, now=now, calendar=clock.calendar(), judging=judging,
        meant_for=form.get(acts.AT, ""), changes=form.get(CHANGES, ""),
    )  # fmt: skip


def _read(form: QueryDict, judging: Judging) -> dict[str, object]:
    """Return what was typed; what cannot be read is kept in `judging`."""
    told: dict[str, object] = {name: form.get(name, "").strip() for name in rules.WORK_FACTS}
    for name in ("from_at", "until_at"):
        told[name] = fields.judged(judging, fields.minute, form, name, None)
    fields.judge(form, judging)
    return told
