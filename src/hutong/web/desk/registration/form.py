"""The form of a registration: a new one, and what was typed before."""

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from hutong.control.registration import operations, queries, rules
from hutong.control.registration.lifecycle import REGISTRATION
from hutong.core import statuses
from hutong.core.errors import Problem
from hutong.web import clock
from hutong.web.desk import fields
from hutong.web.desk.registration import shown
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import procedures, telling


@officers
def new(request: PageRequest, kind: str) -> HttpResponse:
    """Show the form of a system, user or device; posted, write the application down and go to its page."""
    if kind not in rules.ASKED:
        raise Http404
    actor, problem = request.actor, None
    if request.method == "POST":
        try:
            no = operations.apply(kind, facts=_read(request.POST, kind=kind), actor=actor, now=clock.now())
            return redirect("registration", no=no)
        except Problem as raised:
            problem = raised
    return _form(request, kind, request.POST.dict(), problem, may=actor.has_role(rules.APPLICANT))


@officers
def edit(request: PageRequest, no: str) -> HttpResponse:
    """Show the form with what was typed before; posted, change it."""
    found, problem = queries.registration(no, actor=request.actor), None
    may = rules.is_applicant(request.actor, unit=found.unit_id)
    if request.method == "POST":
        try:
            facts = _read(request.POST, kind=found.kind)
            operations.amend(no, facts=facts, actor=request.actor, now=clock.now())
            return redirect("registration", no=no)
        except Problem as raised:
            problem = raised
    elif may and not queries.editable(found, actor=request.actor):
        problem = rules.RegistrationNotEditable(no=no, state=procedures.state(REGISTRATION, found.state).name)
    typed = request.POST.dict() if request.method == "POST" else shown.kept(found)
    return _form(request, found.kind, typed, problem, may=may, no=no, org=found.unit.name)


def _form(
    request: PageRequest, kind: str, typed: dict[str, str], problem: Problem | None, *, may: bool, no: str = "",
    org: str = "",
) -> HttpResponse:  # fmt: skip
    page = {
        "kind": kind,
        "no": no,
        "may": may,
        "editable": request.method == "POST" or problem is None,
        "org": org or request.actor.org_name,
        "fields": shown.fields(kind, typed),
        "problem": telling.said(problem, page=shown.PAGE) if problem else None,
    }
    return render(request, "desk/registration_form.html", page, status=statuses.of(problem) if problem else 200)


def _read(form: QueryDict, *, kind: str) -> dict[str, object]:
    read: dict[str, object] = {name: form.get(name, "").strip() for name in rules.ASKED[kind]}
    if "mlps_level" in read:
        read["mlps_level"] = fields.number(form, "mlps_level")
        read["mlps_until"] = fields.day(form, "mlps_until")
    fields.check(form)
    return read
