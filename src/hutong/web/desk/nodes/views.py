"""Front-end servers and the changes of their configuration: the lists, and one as a case."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.nodes import drifts as drifts_read
from hutong.control.nodes import queries
from hutong.core import statuses
from hutong.web import clock, corrections
from hutong.web.desk import acts, cases
from hutong.web.desk.nodes import shown
from hutong.web.desk.nodes.kind import CHANGE_KIND, DRIFT_KIND, SERVER_KIND
from hutong.web.desk.nodes.lists import CHANGES, DRIFTS, SERVERS
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest


@officers
def servers(request: PageRequest) -> HttpResponseBase:
    """Show a page of the front-end servers the officer may read, or hand out their file."""
    registers = queries.registers(request.actor)
    return pages.answer(SERVERS, request, "desk/nodes/servers.html", more=lambda _: {"registers": registers})


@officers
def changes(request: PageRequest) -> HttpResponseBase:
    """Show a page of the changes the officer may read, or hand out their file."""
    return pages.answer(CHANGES, request, "desk/nodes/changes.html")


@officers
def server(request: PageRequest, no: str) -> HttpResponse:
    """Show one front-end server, and do what is posted."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return acts.posted(request, SERVER_KIND, no)
    page, typed = queries.server_page(no, actor=actor, now=clock.now()), acts.typed(request)
    found = page.server
    told = {
        "case": cases.show(SERVER_KIND, found, actor=actor, now=clock.now(), typed=typed, done=acts.done(request)),
        "facts": list(shown.facts(found, found.facts, page.digest)),
        "standing": list(shown.standing_facts(page)),
        "versions": shown.versions(page),
        "apply": reverse("server-change-new", args=[no]) if page.changes else "",
        "changes": f"{reverse('server-changes')}?q={found.code}",
        "change": reverse("server-edit", args=[no]) if page.editable else "",
        "change_words": gettext("修改登记内容"),
        "anew": acts.anew("server-new", again=no) if page.again else "",
    }
    page_told = corrections.refused(told, problem, page=shown.PAGE, form=acts.form_of(request))
    return render(request, "desk/nodes/server.html", page_told, status=statuses.of(problem) if problem else 200)


@officers
def version(request: PageRequest, no: str, number: int) -> HttpResponse:
    """Show what a front-end server declared in one version."""
    found = queries.version(no, number, actor=request.actor)
    told = {
        "server": found.server.name,
        "no": no,
        "number": number,
        "from_at": found.from_at,
        "facts": list(shown.facts(found.server, found.facts, found.digest)),
    }
    return render(request, "desk/nodes/version.html", told)


@officers
def change(request: PageRequest, no: str) -> HttpResponse:
    """Show one change of a front-end server's configuration, and do what is posted."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return acts.posted(request, CHANGE_KIND, no)
    page, typed = queries.change_page(no, actor=actor), acts.typed(request)
    found = page.change
    told = {
        "case": cases.show(CHANGE_KIND, found, actor=actor, now=clock.now(), typed=typed, done=acts.done(request)),
        "facts": list(shown.change_facts(found, page.clocked)),
        "differences": shown.differences(found),
        "executed": list(shown.executed(found)),
        "change": reverse("server-change-edit", args=[no]) if page.editable else "",
        "change_words": gettext("修改申请"),
        "anew": acts.anew("server-change-new", found.server.no, again=no) if page.again else "",
    }
    page_told = corrections.refused(told, problem, page=shown.PAGE, form=acts.form_of(request))
    return render(request, "desk/nodes/change.html", page_told, status=statuses.of(problem) if problem else 200)


@officers
def drifts(request: PageRequest) -> HttpResponseBase:
    """Show a page of the drifts the officer may read, or hand out their file."""
    return pages.answer(DRIFTS, request, "desk/nodes/drifts.html")


@officers
def drift(request: PageRequest, no: str) -> HttpResponse:
    """Show one drift of a front-end server, and do what is posted."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return acts.posted(request, DRIFT_KIND, no)
    found, typed = drifts_read.drift(no, actor=actor), acts.typed(request)
    told = {
        "case": cases.show(DRIFT_KIND, found, actor=actor, now=clock.now(), typed=typed, done=acts.done(request)),
        "facts": list(shown.drift_facts(found)),
    }
    page_told = corrections.refused(told, problem, page=shown.PAGE, form=acts.form_of(request))
    return render(request, "desk/nodes/drift.html", page_told, status=statuses.of(problem) if problem else 200)
