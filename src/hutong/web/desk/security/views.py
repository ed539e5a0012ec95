"""Emergency plans and restore drills: the lists, and one as a case."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.security import queries
from hutong.core import statuses
from hutong.web import clock, corrections
from hutong.web.desk import acts, cases, unfinished
from hutong.web.desk.security import form, shown
from hutong.web.desk.security.kind import DRILL_KIND, PLAN_KIND
from hutong.web.desk.security.lists import DRILLS, PLANS
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest


@officers
def plans(request: PageRequest) -> HttpResponseBase:
    """Show a page of the emergency plans the officer may read, or hand out their file."""
    prepares = queries.prepares(request.actor)
    return pages.answer(PLANS, request, "desk/security/plans.html", more=lambda _: {"prepares": prepares})


@officers
def drills(request: PageRequest) -> HttpResponseBase:
    """Show a page of the restore drills the officer may read, or hand out their file."""
    prepares = queries.prepares(request.actor)
    return pages.answer(DRILLS, request, "desk/security/drills.html", more=lambda _: {"prepares": prepares})


@officers
def plan(request: PageRequest, no: str) -> HttpResponse:
    """Show one emergency plan, and do what is posted."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return acts.posted(request, PLAN_KIND, no)
    page = queries.page_of_plan(no, actor=actor)
    typed = acts.typed(request)
    half = unfinished.half(page.plan, life=PLAN_KIND.procedure.life, editable=page.editable)
    lacking, kept = form.lacks(page.plan, page.form) if half else (None, {})
    told = {
        "unfinished": half,
        "missing": unfinished.missing(lacking, page=shown.PAGE, form=reverse("plan-edit", args=[no])),
        "case": cases.show(PLAN_KIND, page.plan, actor=actor, now=clock.now(), typed=typed, done=acts.done(request)),
        "facts": unfinished.facts(kept) if kept else list(shown.plan_facts(page.plan)),
        "drills": shown.drills_of_plan(page.drills) if page.plan.adopted_at else None,
        "change": reverse("plan-edit", args=[no]) if page.editable else "",
        "change_words": gettext("修改预案信息"),
        "anew": acts.anew("plan-new", again=no) if page.again else "",
    }
    page_told = corrections.refused(told, problem, page=shown.PAGE, form=acts.form_of(request))
    return render(request, "desk/security/plan.html", page_told, status=statuses.of(problem) if problem else 200)


@officers
def drill(request: PageRequest, no: str) -> HttpResponse:
    """Show one restore drill, and do what is posted."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return acts.posted(request, DRILL_KIND, no)
    page = queries.page_of_drill(no, actor=actor)
    found, typed = page.drill, acts.typed(request)
    told = {
        "case": cases.show(DRILL_KIND, found, actor=actor, now=clock.now(), typed=typed, done=acts.done(request)),
        "result": shown.result(found) if found.passed is not None else None,
        "parts": shown.drill_parts(found),
        "done": shown.steps(found),
        "plan": PLAN_KIND.page(found.plan.no) if found.plan else "",
        "anew": acts.anew("drill-new", again=no) if page.again else "",
    }
    page_told = corrections.refused(told, problem, page=shown.PAGE, form=acts.form_of(request))
    return render(request, "desk/security/drill.html", page_told, status=statuses.of(problem) if problem else 200)
