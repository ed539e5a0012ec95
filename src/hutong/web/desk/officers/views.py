"""Officers: the list, one officer with postings and roles, and what administrators do about an account."""

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.units import officers as operations
from hutong.control.units import powers, roster
from hutong.control.units import queries as members
from hutong.control.units.meanwhile import DoneAlready
from hutong.core import statuses
from hutong.core.errors import Judging, Problem
from hutong.web import clock, corrections
from hutong.web.desk import fields, outcome
from hutong.web.desk.acts import AGAIN, AT, DONE, opened
from hutong.web.desk.officers import acts, shown
from hutong.web.desk.officers.lists import OFFICERS
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the officers whom the reader administers, or hand out their file; raises NotYourRole."""
    may_add = powers.may_add(request.actor)
    return pages.answer(OFFICERS, request, "desk/officers.html", more=lambda _: {"may_add": may_add})


@officers
def add(request: PageRequest) -> HttpResponse:
    """Show the form of a new officer; posted, the officer is added and the password shown this once."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        form = {name: request.POST.get(name, "").strip() for name in ("username", "name", "unit")}
        judging = Judging()
        for name in form:
            fields.judged(judging, fields.said, request.POST, name, "")
        fields.judge(request.POST, judging)
        username = form["username"]
        try:
            password = operations.add(
                username=username, name=form["name"], unit=form["unit"], actor=actor, now=clock.now(), judging=judging,
                meant_for=request.POST.get(AT, ""),
            )  # fmt: skip
        except DoneAlready:
            return _again(username)
        return _page(request, username, password=password)
    asked = shown.add_fields(request.POST, units=roster.where_to_add(actor))
    page = corrections.refused({"fields": asked, "opened": opened(request.POST)}, problem, page="officers")
    return render(request, "desk/officers/add.html", page, status=statuses.of(problem) if problem else 200)


@officers
def officer(request: PageRequest, username: str) -> HttpResponse:
    """Show an officer with postings, roles and deputyships; what is posted is done, by whom it is for."""
    if request.method != "POST":
        return _page(request, username, problem=request.refused)
    try:
        made = acts.posted(request.POST, username=username, actor=request.actor, now=clock.now())
    except DoneAlready:
        return _again(username)
    if made is not None:
        return _page(request, username, password=made)
    about = gettext("%(name)s（%(account)s）") % {"name": members.people([username])[username], "account": username}
    said = {"what": shown.called(request.POST.get("act", "")), "about": about}
    return outcome.done(request, reverse("officer", args=[username]), **said)


def _again(username: str) -> HttpResponse:
    return redirect(f"{reverse('officer', args=[username])}?{DONE}={AGAIN}")


def _page(request: PageRequest, username: str, *, password: str = "", problem: Problem | None = None) -> HttpResponse:
    found = roster.officer(username, actor=request.actor, now=clock.now())
    known = found.history
    form = request.POST if request.typed else QueryDict()
    page = {
        "known": known,
        "password": password,
        "at": found.at,
        "again": request.GET.get(DONE) == AGAIN,
        "postings": shown.postings(known.postings),
        "deputies": shown.deputies(known.deputies),
        "roles": shown.assigned(known.assigned),
        "logins": shown.logins(known.logins),
        "forms": shown.forms(known, acts=found.acts, gives=found.gives, form=form),
    }
    told = corrections.refused(page, problem, page="officers", form=form.get("act", ""))
    return render(request, "desk/officers/officer.html", told, status=statuses.of(problem) if problem else 200)
