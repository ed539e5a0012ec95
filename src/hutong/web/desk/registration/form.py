"""The form of a registration: a new one, and what was typed before."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render

from hutong.control.procedures import since
from hutong.control.procedures.unfinished import Typed
from hutong.control.registration import operations, pages, people, rules
from hutong.control.registration.models import Registration
from hutong.control.units.rules import Actor
from hutong.core import statuses
from hutong.core.errors import Judging, Problem
from hutong.web import clock, corrections, plane
from hutong.web.desk import acts, fields, history, unfinished
from hutong.web.desk.registration import shown
from hutong.web.desk.registration.kind import KIND
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest


@officers
def new(request: PageRequest, kind: str) -> HttpResponse:
    """Show the form of a system, department, user or device; posted, write the application down and go to its page."""
    if kind not in rules.ASKED:
        raise Http404
    actor = request.actor
    if request.method == "POST":
        no = applied(request.POST, kind, actor=actor, now=clock.now())
        return acts.led_to(request, KIND, no, saved=True)
    begun = pages.of_new(kind, actor=actor, again=request.GET.get("again", ""))
    former = _kept(begun.former) if begun.former else {}
    typed = request.POST.dict() if request.typed else former
    return _form(request, kind, typed, request.refused, begun, at=acts.opened(request.POST))


@officers
def edit(request: PageRequest, no: str) -> HttpResponse:
    """Show the form with what was typed before; posted, change it."""
    if request.method == "POST":
        try:
            amended(request.POST, no, actor=request.actor, now=clock.now())
            return acts.led_to(request, KIND, no, saved=True)
        except since.AlreadyDone:
            return acts.led_to(request, KIND, no, done=acts.AGAIN)
    form = pages.of_form(no, actor=request.actor)
    at = acts.shown_at(request, form.at)
    found, problem = form.registration, request.refused or form.refusal
    typed = request.POST.dict() if request.typed else _kept(found)
    return _form(request, found.kind, typed, problem, form, no=no, found=found, at=at)


def applied(form: QueryDict, kind: str, *, actor: Actor, now: datetime) -> str:
    """Write down the registration of a kind that a form says, and return its number; raises what applying does."""
    judging = Judging()
    return operations.apply(
        kind, facts=_read(form, judging), actor=actor, now=now, judging=judging, meant_for=form.get(acts.AT, ""),
        typed=_typed(form), keyring=plane.keyring,
    )  # fmt: skip


def amended(form: QueryDict, no: str, *, actor: Actor, now: datetime) -> None:
    """Change a registration to what a form says; raises what amending does."""
    judging = Judging()
    facts = _read(form, judging)
    operations.amend(
        no, facts=facts, actor=actor, now=now, meant_for=form.get(acts.AT, ""), judging=judging,
        typed=_typed(form), keyring=plane.keyring,
    )  # fmt: skip


def _form(
    request: PageRequest, kind: str, typed: dict[str, str], problem: Problem | None,
    form: pages.NewRegistration | pages.RegistrationForm, *, no: str = "", found: Registration | None = None,
    at: str = "",
) -> HttpResponse:  # fmt: skip
    page = {
        "kind": kind,
        "no": no,
        "at": at,
        "may": form.may,
        "editable": request.typed or problem is None,
        "unit": found.unit.name if found else request.actor.unit_name,
        "sent_back": history.returned(KIND.procedure, found) if found else None,
        "fields": [
            *shown.fields(kind, typed, departments=form.departments),
            *shown.number_fields(kind, typed, there=form.numbers if isinstance(form, pages.RegistrationForm) else {}),
        ],
    }
    told = corrections.refused(page, problem, page=shown.PAGE)
    return render(request, "desk/registration_form.html", told, status=statuses.of(problem) if problem else 200)


_READ: Mapping[str, Callable[[QueryDict, str], object]] = {"mlps_level": fields.number, "mlps_until": fields.day}
"""Fact that is no text → what reads it; systems alone are asked for them."""


def _typed(form: QueryDict) -> Typed | None:
    """Return what is kept of a draft: all that was typed but the numbers of a person."""
    typed = unfinished.typed(form)
    return typed and {name: values for name, values in typed.items() if name not in people.NUMBERS}


def lacks(found: Registration) -> tuple[Problem | None, dict]:
    """Return what an unfinished registration lacks, and the fields with what was typed."""
    kept, judging = unfinished.form(found.unfinished or {}), Judging()
    problem = operations.judged(found, _read(kept, judging), now=clock.now(), judging=judging)
    return problem, {"fields": shown.fields(found.kind, kept.dict(), departments=())}


def _kept(found: Registration) -> dict[str, str]:
    return shown.kept(found) if found.unfinished is None else unfinished.form(found.unfinished).dict()


def _read(form: QueryDict, judging: Judging) -> dict[str, object]:
    """Return what was typed, of whatever kind; what cannot be read is kept in `judging`."""
    asked = {*people.NUMBERS, *(name for names in rules.ASKED.values() for name in names)}
    read: dict[str, object] = {name: form.get(name, "").strip() for name in asked}
    for name, reads in _READ.items():
        if name in form:
            read[name] = fields.judged(judging, reads, form, name, None)
    fields.judge(form, judging)
    return read
