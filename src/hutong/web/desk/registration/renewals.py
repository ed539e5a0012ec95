"""The renewal of a system's evidence of protection: its form, and one as a case."""

from datetime import datetime

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext

from hutong.control.procedures.operations import Grounds
from hutong.control.registration import pages, renewals
from hutong.control.registration.models import Renewal
from hutong.control.registration.procedure import RENEWALS
from hutong.control.units.rules import Actor
from hutong.core import statuses
from hutong.core.errors import Judging
from hutong.core.workdays import Calendar
from hutong.web import clock, corrections
from hutong.web.desk import acts, cases, fields
from hutong.web.desk.registration import shown
from hutong.web.desk.room import CaseKind
from hutong.web.facts import Fact, fact
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest


def take(
    number: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds, meant_for: str
) -> str:
    """Take one step of a renewal; returns its state and raises what `renewals.take` raises."""
    return renewals.take(
        number, action, actor=actor, now=now, calendar=calendar, grounds=grounds, meant_for=meant_for
    )


KIND = CaseKind(RENEWALS, "renewal", take, find=renewals.renewal, editable=renewals.editable)


@officers
def new(request: PageRequest, no: str) -> HttpResponse:
    """Show the form for new evidence of a system; posted, write it down and go to its page."""
    problem = request.refused
    if request.method == "POST":
        made = handed_in(request.POST, no, actor=request.actor, now=clock.now())
        return acts.led_to(request, KIND, made, saved=True)
    form, typed = pages.of_new_renewal(no, actor=request.actor), request.POST.dict() if request.typed else {}
    found = form.registration
    page = {
        "at": acts.opened(request.POST),
        "no": no,
        "name": found.name,
        "unit": found.unit.name,
        "may": form.may,
        "present": shown.evidence(found),
        "fields": shown.evidence_fields(typed),
    }
    told = corrections.refused(page, problem, page=shown.PAGE)
    return render(request, "desk/renewal_form.html", told, status=statuses.of(problem) if problem else 200)


@officers
def detail(request: PageRequest, no: str) -> HttpResponse:
    """Show one renewal, and do what is posted."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return acts.posted(request, KIND, no)
    page, typed = renewals.page(no, actor=actor), acts.typed(request)
    told = {
        "case": cases.show(KIND, page.renewal, actor=actor, now=clock.now(), typed=typed, done=acts.done(request)),
        "no": no,
        "registration": page.renewal.registration.no,
        "papers_missing": page.papers_missing,
        "facts": [*_of_system(page.renewal), *shown.evidence(page.renewal)],
    }
    page_told = corrections.refused(told, problem, page=shown.PAGE, form=acts.form_of(request))
    return render(request, "desk/renewal.html", page_told, status=statuses.of(problem) if problem else 200)


def handed_in(form: QueryDict, no: str, *, actor: Actor, now: datetime) -> str:
    """Write down the new evidence of a system that a form says, and return its number; raises what `hand_in` does."""
    judging = Judging()
    return renewals.hand_in(
        no, facts=_read(form, judging), actor=actor, now=now, judging=judging, meant_for=form.get(acts.AT, "")
    )


def _of_system(renewal: Renewal) -> list[Fact]:
    system = renewal.registration
    return [
        fact(gettext("单位"), system.unit.name, system.unit.credit_code),
        fact(gettext("应用系统"), system.name, system.code),
    ]


def _read(form: QueryDict, judging: Judging) -> dict[str, object]:
    told: dict[str, object] = {
        "mlps_level": fields.judged(judging, fields.number, form, "mlps_level", None),
        "mlps_no": form.get("mlps_no", "").strip(),
        "mlps_until": fields.judged(judging, fields.day, form, "mlps_until", None),
    }
    fields.judge(form, judging)
    return told
