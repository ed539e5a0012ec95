"""The forms of front-end servers: a new one, what was typed before, a change of one, and what was carried out."""

from datetime import datetime

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from hutong.control.nodes import changing, operations, queries, rules
from hutong.control.nodes.queries import ServerChangeForm, ServerForm
from hutong.control.procedures import since
from hutong.control.units.rules import Actor
from hutong.core import statuses
from hutong.core.errors import Judging, Problem
from hutong.web import clock, corrections
from hutong.web.desk import acts, fields
from hutong.web.desk.nodes import recording, shown
from hutong.web.desk.nodes.kind import CHANGE_KIND, SERVER_KIND
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest


@officers
def new_server(request: PageRequest) -> HttpResponse:
    """Show the form of a front-end server; posted, write it down and go to its page."""
    if request.method == "POST":
        no = drafted(request.POST, actor=request.actor, now=clock.now())
        return acts.led_to(request, SERVER_KIND, no, saved=True)
    form = queries.new_server_form(actor=request.actor, again=request.GET.get("again", ""))
    return _server_form(request, form, request.refused, at=acts.opened(request.POST))


@officers
def edit_server(request: PageRequest, no: str) -> HttpResponse:
    """Show the form with what a front-end server says; posted, change it."""
    if request.method == "POST":
        try:
            amended(request.POST, no, actor=request.actor, now=clock.now())
            return acts.led_to(request, SERVER_KIND, no, saved=True)
        except since.AlreadyDone:
            return acts.led_to(request, SERVER_KIND, no, done=acts.AGAIN)
    form = queries.server_form(no, actor=request.actor)
    at = acts.shown_at(request, form.at)
    return _server_form(request, form, request.refused or form.refusal, no=no, at=at)


def _server_form(
    request: PageRequest, form: ServerForm, problem: Problem | None, *, at: str, no: str = ""
) -> HttpResponse:
    kept = shown.kept(form.server) if form.server else {}
    page = {
        "no": no,
        "at": at,
        "may": form.may,
        "editable": request.typed or problem is None,
        "unit": form.server.unit.name if form.server else request.actor.unit_name,
        "fields": shown.server_fields(form, request.POST.dict() if request.typed else kept),
    }
    told = corrections.refused(page, problem, page=shown.PAGE)
    return render(request, "desk/nodes/server_form.html", told, status=statuses.of(problem) if problem else 200)


@officers
def new_change(request: PageRequest, no: str) -> HttpResponse:
    """Show the form of a change of a front-end server; posted, write the application down and go to its page."""
    if request.method == "POST":
        change = change_drafted(request.POST, no, actor=request.actor, now=clock.now())
        return acts.led_to(request, CHANGE_KIND, change, saved=True)
    form = queries.new_change_form(
        no, actor=request.actor, now=clock.now(), calendar=clock.calendar(), again=request.GET.get("again", "")
    )
    return _change_form(request, form, request.refused or form.refusal, at=acts.opened(request.POST))


@officers
def edit_change(request: PageRequest, no: str) -> HttpResponse:
    """Show the form with what an application says; posted, change it."""
    if request.method == "POST":
        try:
            change_amended(request.POST, no, actor=request.actor, now=clock.now())
            return acts.led_to(request, CHANGE_KIND, no, saved=True)
        except since.AlreadyDone:
            return acts.led_to(request, CHANGE_KIND, no, done=acts.AGAIN)
    form = queries.change_form(no, actor=request.actor, now=clock.now(), calendar=clock.calendar())
    at = acts.shown_at(request, form.at)
    return _change_form(request, form, request.refused or form.refusal, at=at, no=no)


def _change_form(
    request: PageRequest, form: ServerChangeForm, problem: Problem | None, *, at: str, no: str = ""
) -> HttpResponse:
    server = form.server
    kept = shown.kept_change(form.change, server.facts) if form.change else shown.typed(server.facts)
    page = {
        "no": no,
        "at": at,
        "may": form.may,
        "editable": request.typed or problem is None,
        "unit": server.unit.name,
        "server": server.name,
        "server_no": server.no,
        "fields": shown.change_fields(form, request.POST.dict() if request.typed else kept),
    }
    told = corrections.refused(page, problem, page=shown.PAGE)
    return render(request, "desk/nodes/change_form.html", told, status=statuses.of(problem) if problem else 200)


@officers
def execute(request: PageRequest, no: str) -> HttpResponse:
    """Show the form of what was carried out; posted, take it down."""
    problem = request.refused
    if request.method == "POST":
        try:
            recording.record(no, request.POST, actor=request.actor, now=clock.now(), calendar=clock.calendar())
            return acts.led_to(request, CHANGE_KIND, no)
        except since.AlreadyDone:
            return acts.led_to(request, CHANGE_KIND, no, done=acts.AGAIN)
    form = queries.execution_form(no, actor=request.actor, now=clock.now())
    page = {
        "no": no,
        "at": acts.shown_at(request, form.at),
        "may": form.may,
        "unit": form.change.server.unit.name,
        "window": shown.window(form.change),
        "fields": shown.execution_fields(request.POST.dict() if request.typed else {}),
    }
    told = corrections.refused(page, problem, page=shown.PAGE)
    return render(request, "desk/nodes/execution_form.html", told, status=statuses.of(problem) if problem else 200)


def drafted(form: QueryDict, *, actor: Actor, now: datetime) -> str:
    """Make the front-end server that a form says, and return its number; raises what drafting does."""
    judging = Judging()
    return operations.draft(
        _server(form, judging), actor=actor, now=now, judging=judging, meant_for=form.get(acts.AT, "")
    )


def amended(form: QueryDict, no: str, *, actor: Actor, now: datetime) -> None:
    """Change what a front-end server says to what a form says; raises what amending does."""
    judging = Judging()
    operations.amend(
        no, _server(form, judging), actor=actor, now=now, judging=judging, meant_for=form.get(acts.AT, "")
    )


def change_drafted(form: QueryDict, server: str, *, actor: Actor, now: datetime) -> str:
    """Write down the change of a server that a form says, and return its number; raises what drafting does."""
    judging = Judging()
    return changing.draft(
        server, _change(form, judging), actor=actor, now=now, judging=judging, meant_for=form.get(acts.AT, "")
    )


def change_amended(form: QueryDict, no: str, *, actor: Actor, now: datetime) -> None:
    """Change what an application for a change says to what a form says; raises what amending does."""
    judging = Judging()
    changing.amend(
        no, _change(form, judging), actor=actor, now=now, judging=judging, meant_for=form.get(acts.AT, "")
    )


def _server(form: QueryDict, judging: Judging) -> dict[str, object]:
    """Return what was typed of a server; what cannot be read is kept in `judging`."""
    told = _declared(form, judging)
    told |= {
        "name": form.get("name", "").strip(),
        "code": fields.judged(judging, fields.one_code, form, "code", ""),
        "password_date": fields.judged(judging, fields.day, form, "password_date", None),
    }
    fields.judge(form, judging)
    return told


def _change(form: QueryDict, judging: Judging) -> dict[str, object]:
    """Return what was typed of a change; what cannot be read is kept in `judging`."""
    told = {**_declared(form, judging), **recording.executed(form, judging)}
    told |= {name: recording.moment(form, name, judging) for name in ("window_from_at", "window_until_at")}
    told |= {name: name in form for name in ("urgent", "password_changes")}
    told["reason"] = form.get("reason", "").strip()
    fields.judge(form, judging)
    return told


def _declared(form: QueryDict, judging: Judging) -> dict[str, object]:
    told: dict[str, object] = {name: form.get(name, "").strip() for name in rules.DECLARED}
    told["port"] = fields.judged(judging, fields.number, form, "port", None)
    if told["managed"]:
        told["managed"] = fields.judged(judging, _managed, form, "managed", "")
    return told


def _managed(form: QueryDict, field: str) -> str:
    return fields.chosen(form, field, shown.MANAGED)
