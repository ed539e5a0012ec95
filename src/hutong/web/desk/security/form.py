"""The forms of emergency plans and restore drills: a new one, what was typed before, and what a step found."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext

from hutong.control.procedures import since
from hutong.control.security import operations, planning, queries
from hutong.control.security.lifecycle import DRILL
from hutong.control.security.models import EmergencyPlan
from hutong.control.security.queries import PlanForm
from hutong.core import statuses
from hutong.core.errors import Invalid, Judging, Problem
from hutong.web import clock, corrections
from hutong.web.desk import acts, fields, history, unfinished
from hutong.web.desk.security import shown
from hutong.web.desk.security.kind import DRILL_KIND, PLAN_KIND
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import procedures


class RootMisshaped(Invalid):
    """“{value}” is no root of a checkpoint, which is 64 hexadecimal digits."""

    clause = "SX-11-c"


Read = TypeVar("Read")
NEXT = {"PLANNED": "back_up", "BACKED_UP": "verify", "VERIFIED": "drill"}
"""State of a drill → the step that its form takes."""


@officers
def new_plan(request: PageRequest) -> HttpResponse:
    """Show the form of a plan's next version; posted, begin it and go to its page."""
    if request.method == "POST":
        judging, region = Judging(), request.POST.get("region", "")
        no = operations.draft(
            _plan_facts(request.POST, judging), region=region, actor=request.actor, now=clock.now(), judging=judging,
            meant_for=request.POST.get(acts.AT, ""), typed=unfinished.typed(request.POST),
        )  # fmt: skip
        return acts.led_to(request, PLAN_KIND, no, saved=True)
    again = request.GET.get("again", "")
    form = queries.form_of_plan(None, actor=request.actor, now=clock.now(), again=again)
    return _plan_form(request, form, request.refused, at=acts.opened(request.POST))


@officers
def edit_plan(request: PageRequest, no: str) -> HttpResponse:
    """Show the form with what a plan says; posted, change it."""
    if request.method == "POST":
        try:
            judging = Judging()
            facts = _plan_facts(request.POST, judging)
            operations.amend(
                no, facts=facts, actor=request.actor, now=clock.now(), meant_for=request.POST.get(acts.AT, ""),
                judging=judging, typed=unfinished.typed(request.POST),
            )  # fmt: skip
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
        judging = Judging()
        planned_date = fields.judged(judging, fields.day, form, "planned_date", None)
        fields.judge(form, judging)
        no = operations.plan_drill(
            planned_date=planned_date, scope=form.get("scope", "").strip(), region=form.get("region", ""),
            actor=request.actor, now=clock.now(), calendar=clock.calendar(), judging=judging,
            meant_for=form.get(acts.AT, ""),
        )  # fmt: skip
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
            action, judging = form.get("action", ""), Judging()
            if action not in _READ:
                raise fields.unreadable("action", action)
            facts = _READ[action](form, judging)
            fields.judge(form, judging)
            judging.end()
            operations.record_step(
                no, action, facts=facts, actor=request.actor, now=clock.now(), calendar=clock.calendar(),
                meant_for=form.get(acts.AT, ""),
            )  # fmt: skip
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


def _set(form: QueryDict, judging: Judging) -> dict[str, object]:
    return {
        "set_number": fields.judged(judging, fields.number, form, "set_number", None),
        "set_ended_at": fields.judged(judging, fields.minute, form, "set_ended_at", None),
    }


def _read_back(form: QueryDict, judging: Judging) -> dict[str, object]:
    return {"read_back_at": fields.judged(judging, fields.minute, form, "read_back_at", None)}


def _measured(form: QueryDict, judging: Judging) -> dict[str, object]:
    def read(reads: Callable[[QueryDict, str], Read], name: str) -> Read | None:
        return fields.judged(judging, reads, form, name, None)

    failed = read(_result, "result") == "failed"
    told: dict[str, object] = {name: form.get(name, "").strip() for name in _TEXTS}
    return {
        **told,
        "checkpoint_root": fields.judged(judging, _root, form, "checkpoint_root", ""),
        "fault_at": read(fields.minute, "fault_at"),
        "log_until": read(fields.minute, "log_until") if form.get("log_until") else None,
        "restore_seconds": read(_seconds, "restore_minutes"),
        "rto_seconds": read(_seconds, "rto_minutes"),
        "verified": "verified" in form,
        "checkpoint_size": read(fields.whole, "checkpoint_size"),
        "compare": read(_compare, "compare_entry"),
        "failed_with": read(fields.said, "failed_with") if failed else "",
    }


_TEXTS = ("postgres", "hutong", "machine")
_READ: Mapping[str, Callable[[QueryDict, Judging], dict[str, object]]] = {
    "back_up": _set, "verify": _read_back, "drill": _measured,
}  # fmt: skip
"""Step of a drill → what reads its form."""


def _root(form: QueryDict, field: str) -> str:
    """Return the root of a checkpoint, empty where none is given; raises RootMisshaped."""
    given = form.get(field, "").strip()
    if given and not re.fullmatch("[0-9a-f]{64}", given):
        raise RootMisshaped(value=fields.shortened(given))
    return given


def _result(form: QueryDict, field: str) -> str:
    return fields.chosen(form, field, ("passed", "failed"))


def _seconds(form: QueryDict, field: str) -> int | None:
    found = fields.whole(form, field)
    return None if found is None else found * 60


def _compare(form: QueryDict, field: str) -> dict[str, object] | None:
    entry = fields.whole(form, field)
    return None if entry is None else {"entry": entry, "index": entry, "verdict": ""}

