"""Officers: the list, one officer with postings and roles, and what administrators do about an account."""

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render

from hutong.control.orgs import officers as operations
from hutong.control.orgs import powers, roster
from hutong.control.orgs.roster import Asked
from hutong.control.orgs.rules import ROLES, Actor
from hutong.control.procedures.queries import PAGE
from hutong.control.procedures.rules import NotYourRole
from hutong.core import statuses
from hutong.core.errors import Problem
from hutong.web import clock
from hutong.web.desk import exporting, fields, paging
from hutong.web.desk.narrowing import LONGEST, address
from hutong.web.desk.people import acts, shown
from hutong.web.login.entrance import officers
from hutong.web.login.request import Request
from hutong.web.wording import telling


@officers
def listed(request: Request) -> HttpResponse:
    """Show a page of the officers whom the reader administers, narrowed by words, unit, role and state."""
    unit = _seen(request.actor)
    asked = _asked(request.GET, unit=unit)
    place = request.GET.get("after", "").partition(",")
    after = (place[0], place[2]) if place[2] else None
    found = roster.page(asked, now=clock.now(), after=after, limit=PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    page = {
        "table": shown.listed(found[:PAGE]),
        "asked": asked,
        "kept": _kept(asked, unit=unit),
        "units": [] if unit else shown.units(),
        "roles": shown.roles(ROLES),
        "states": shown.states(roster.STATES),
        "count": paging.told(roster.count(asked, now=clock.now())),
        "more": f"{last.unit},{last.username}" if last else "",
        "first": after is None,
        "may_add": bool(_where_to_add(request.actor)),
    }
    return render(request, "desk/people.html", page)


@officers
def exported(request: Request) -> StreamingHttpResponse:
    """Hand out the officers that the list is narrowed to, all its pages, as CSV."""
    asked = _asked(request.GET, unit=_seen(request.actor))
    found = roster.every(asked, now=clock.now())
    return exporting.response(shown.lines(found), name=f"hutong-officers-{clock.today():%Y%m%d}.csv")


@officers
def add(request: Request) -> HttpResponse:
    """Show the form of a new officer; posted, the officer is added and the password shown this once."""
    actor, units, problem = request.actor, _where_to_add(request.actor), None
    if not units:
        raise NotYourRole(role=", ".join(powers.DONE_BY["add"]), person=actor.name)
    if request.method == "POST":
        form = {name: request.POST.get(name, "").strip() for name in ("username", "name", "unit")}
        try:
            fields.check(request.POST)
            for name, said in form.items():
                if not said:
                    raise fields.FieldEmpty(field=name)
            username = form["username"]
            password = operations.add(
                username=username, name=form["name"], org=form["unit"], actor=actor, now=clock.now()
            )
            return _person(request, username, password=password)
        except Problem as raised:
            problem = raised
    page = {
        "fields": shown.add_fields(request.POST, units=units),
        "problem": telling.said(problem, page="people") if problem else None,
    }
    return render(request, "desk/people/add.html", page, status=statuses.of(problem) if problem else 200)


@officers
def person(request: Request, username: str) -> HttpResponse:
    """Show an officer with postings, roles and deputyships; what is posted is done, by whom it is for."""
    roster.known(username, unit=_seen(request.actor), now=clock.now())
    if request.method != "POST":
        return _person(request, username)
    try:
        made = acts.posted(request.POST, username=username, actor=request.actor, now=clock.now())
    except Problem as problem:
        return _person(request, username, problem=problem)
    if made is not None:
        return _person(request, username, password=made)
    try:
        roster.known(username, unit=_seen(request.actor), now=clock.now())
    except Problem:  # moved away by who no longer sees the officer
        return redirect("people")
    return redirect("people-of", username)


def _person(request: Request, username: str, *, password: str = "", problem: Problem | None = None) -> HttpResponse:
    known = roster.known(username, unit=_seen(request.actor), now=clock.now())
    actor, unit = request.actor, known.listed.unit
    acts, gives = (ask(org=unit, person=username, actor=actor) for ask in (powers.acts, powers.gives))
    form = request.POST if problem else QueryDict()
    page = {
        "known": known,
        "password": password,
        "postings": shown.postings(known.postings),
        "deputies": shown.deputies(known.deputies),
        "roles": shown.held(known.held),
        "forms": shown.forms(known, acts=acts, gives=gives, form=form),
        "problem": telling.said(problem, page="people") if problem else None,
    }
    return render(request, "desk/people/person.html", page, status=statuses.of(problem) if problem else 200)


def _seen(actor: Actor) -> str:
    """Return the unit whose officers the actor sees, empty for all; raises NotYourRole where none."""
    unit = powers.sees(actor)
    if unit is None:
        raise NotYourRole(role=", ".join(powers.SEEING), person=actor.name)
    return unit


def _where_to_add(actor: Actor) -> list[tuple[str, str]]:
    """Return the units in which the actor may add officers, by code and name."""
    return [unit for unit in shown.units() if "add" in powers.acts(org=unit[0], person="", actor=actor)]


def _asked(given: QueryDict, *, unit: str) -> Asked:
    role, state = given.get("role", ""), given.get("state", "")
    return Asked(
        words=given.get("q", "").strip()[:LONGEST],
        unit=unit or given.get("unit", "")[:18],
        role=role if role in ROLES else "",
        state=state if state in roster.STATES else "",
    )


def _kept(asked: Asked, *, unit: str) -> str:
    return address({"q": asked.words, "unit": "" if unit else asked.unit, "role": asked.role, "state": asked.state})
