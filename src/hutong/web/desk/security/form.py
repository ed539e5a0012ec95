"""The forms of emergency plans and restore drills: a new one, what was typed before, and what a step found."""

from datetime import datetime

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext

from hutong.control.procedures import since
from hutong.control.security import operations, planning, queries
from hutong.control.security.lifecycle import DRILL
from hutong.control.security.models import EmergencyPlan
from hutong.control.security.queries import PlanForm
from hutong.control.units.rules import Actor
from hutong.core import statuses
from hutong.core.errors import Judging, Problem
from hutong.web import clock, corrections
from hutong.web.desk import acts, fields, history, unfinished
from hutong.web.desk.security import recording, shown
from hutong.web.desk.security.kind import DRILL_KIND, PLAN_KIND
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import procedures

NEXT = {"PLANNED": "back_up", "BACKED_UP": "verify", "VERIFIED": "drill"}
"""State of a drill → the step that its form takes."""


@officers
def new_plan(request: PageRequest) -> HttpResponse:
    """Show the form of a plan's next version; posted, begin it and go to its page."""
    if request.method == "POST":
        no = drafted(request.POST, actor=request.actor, now=clock.now())
        return acts.led_to(request, PLAN_KIND, no, saved=True)
    again = request.GET.get("again", "")
    form = queries.form_of_plan(None, actor=request.actor, now=clock.now(), again=again)
    return _plan_form(request, form, request.refused, at=acts.opened(request.POST))


@officers
def edit_plan(request: PageRequest, no: str) -> HttpResponse:
    """Show the form with what a plan says; posted, change it."""
    if request.method == "POST":
        try:
            amended(request.POST, no, actor=request.actor, now=clock.now())
            return acts.led_to(request, PLAN_KIND, no, saved=True)
        except since.AlreadyDone:
            return acts.led_to(request, PLAN_KIND, no, done=acts.AGAIN)
    form = queries.form_of_plan(no, actor=request.actor, now=clock.now())
    at = acts.shown_at(request, form.at)
    return _plan_form(request, form, request.refused or form.refusal, no=no, at=at)


def _plan_form(
    request: PageRequest, form: PlanForm, problem: Problem | None, *, no: str = "", at: str = ""
) -> HttpResponse:
    typed = request.POST.dict() if request.typed else shown.begun(form, actor=request.actor, today=clock.today())
    if form.plan is not None and form.plan.unfinished is not None and not request.typed:
        typed = unfinished.form(form.plan.unfinished).dict()
    page = {
        "no": no,
        "at": at,
        "may": bool(form.regions),
        "editable": request.typed or problem is None,
        "unit": request.actor.unit_name,
        "sent_back": history.returned(PLAN_KIND.procedure, form.plan) if no and form.plan else None,
        "fields": shown.plan_fields(form, typed),
    }
    told = corrections.refused(page, problem, page=shown.PAGE)
    return render(request, "desk/security/plan_form.html", told, status=statuses.of(problem) if problem else 200)


@officers
def new_drill(request: PageRequest) -> HttpResponse:
    """Show the form of a new drill; posted, plan it and go to its page."""
    problem, form = request.refused, request.POST
    if request.method == "POST":
        no = planned(form, actor=request.actor, now=clock.now())
        return acts.led_to(request, DRILL_KIND, no, saved=True)
    begun = queries.form_of_drill(actor=request.actor, again=request.GET.get("again", ""))
    typed = form.dict() if request.typed else shown.usual_drill(begun, today=clock.today())
    page = {
        "at": acts.opened(form),
        "may": bool(begun.regions),
        "unit": request.actor.unit_name,
        "fields": shown.drill_fields(begun, typed),
    }
    told = corrections.refused(page, problem, page=shown.PAGE)
    return render(request, "desk/security/drill_form.html", told, status=statuses.of(problem) if problem else 200)


@officers
def record(request: PageRequest, no: str) -> HttpResponse:
    """Show the form of a drill's next step, which says what was found; posted, take it."""
    problem, form = request.refused, request.POST
    if request.method == "POST":
        try:
            recording.record(no, form, actor=request.actor, now=clock.now(), calendar=clock.calendar())
            return acts.led_to(request, DRILL_KIND, no)
        except since.AlreadyDone:
            return acts.led_to(request, DRILL_KIND, no, done=acts.AGAIN)
    found = queries.record_of_drill(no, actor=request.actor)
    action = NEXT.get(found.drill.state)
    if action is None and problem is None:
        raise Http404
    typed = form.dict() if request.typed else shown.usual_record(found.drill, now=clock.now())
    page = {
        "no": no,
        "may": found.may,
        "action": action,
        "at": found.at,
        "label": procedures.step(DRILL, action, before=found.drill.state) if action else gettext("恢复演练"),
        "unit": request.actor.unit_name,
        "fields": shown.record_fields(action, typed) if action else [],
    }
    told = corrections.refused(page, problem, page=shown.PAGE, places=shown.PLACES)
    return render(request, "desk/security/record_form.html", told, status=statuses.of(problem) if problem else 200)


def drafted(form: QueryDict, *, actor: Actor, now: datetime) -> str:
    """Begin the plan that a form says, and return its number; raises what drafting does."""
    judging = Judging()
    return operations.draft(
        _plan_facts(form, judging), region=form.get("region", ""), actor=actor, now=now, judging=judging,
        meant_for=form.get(acts.AT, ""), typed=unfinished.typed(form),
    )  # fmt: skip


def amended(form: QueryDict, no: str, *, actor: Actor, now: datetime) -> None:
    """Change a plan to what a form says; raises what amending does."""
    judging = Judging()
    facts = _plan_facts(form, judging)
    operations.amend(
        no, facts=facts, actor=actor, now=now, meant_for=form.get(acts.AT, ""), judging=judging,
        typed=unfinished.typed(form),
    )  # fmt: skip


def planned(form: QueryDict, *, actor: Actor, now: datetime) -> str:
    """Plan the drill that a form says, and return its number; raises what planning does."""
    judging = Judging()
    planned_date = fields.judged(judging, fields.day, form, "planned_date", None)
    fields.judge(form, judging)
    return operations.plan_drill(
        planned_date=planned_date, scope=form.get("scope", "").strip(), region=form.get("region", ""), actor=actor,
        now=now, calendar=clock.calendar(), judging=judging, meant_for=form.get(acts.AT, ""),
    )  # fmt: skip


def lacks(plan: EmergencyPlan, form: PlanForm) -> tuple[Problem | None, dict]:
    """Return what an unfinished plan lacks, and the fields with what was typed."""
    kept, judging = unfinished.form(plan.unfinished or {}), Judging()
    problem = planning.judged(_plan_facts(kept, judging), now=clock.now(), judging=judging)
    return problem, {"fields": shown.plan_fields(form, kept.dict())}


def _plan_facts(form: QueryDict, judging: Judging) -> dict[str, object]:
    """Return what was typed; what cannot be read is kept in `judging`."""
    told: dict[str, object] = {name: form.get(name, "").strip() for name in ("title", "unit", "owner", "summary")}
    told["rehearsal_date"] = fields.judged(judging, fields.day, form, "rehearsal_date", None)
    fields.judge(form, judging)
    return told
