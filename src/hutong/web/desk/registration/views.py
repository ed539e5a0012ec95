"""Registrations: the list, its file, and one as a case."""

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.orgs import queries as orgs
from hutong.control.procedures.queries import PAGE
from hutong.control.registration import queries, rules, rules_of_use
from hutong.control.registration.lifecycle import REGISTRATION
from hutong.control.registration.queries import Asked
from hutong.core import statuses
from hutong.core.errors import Problem
from hutong.web import clock
from hutong.web.desk import acts, cases, exporting, paging
from hutong.web.desk.narrowing import LONGEST, address
from hutong.web.desk.registration import shown
from hutong.web.desk.registration.kind import KIND
from hutong.web.login.entrance import officers
from hutong.web.login.request import Request
from hutong.web.wording import procedures, telling
from hutong.web.wording.names import named


@officers
def listed(request: Request) -> HttpResponse:
    """Show a page of the registrations the officer may read, the newest first."""
    actor, asked = request.actor, _asked(request.GET)
    before = paging.numbered(request.GET.get("before", ""))
    found = queries.visible(actor, asked, before=before, limit=PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    page = {
        "table": shown.table(found[:PAGE], now=clock.now()),
        "more": paging.where(last.entered_at, last.pk) if last else "",
        "first": before is None,
        "asked": asked,
        "kept": _kept(asked),
        "kinds": [(kind, named(kind, "registration_kind")) for kind in rules.ASKED],
        "states": [(code, procedures.state(REGISTRATION, code).name) for code in REGISTRATION.states],
        "count": paging.told(queries.counted(actor, asked)),
        "applies": actor.holds(rules.APPLICANT),
    }
    return render(request, "desk/registrations.html", page)


@officers
def exported(request: Request) -> StreamingHttpResponse:
    """Hand out the registrations that the list is narrowed to, all its pages, as CSV."""
    found = queries.every(request.actor, _asked(request.GET))
    return exporting.response(shown.lines(found), name=f"hutong-registrations-{clock.today():%Y%m%d}.csv")


@officers
def detail(request: Request, no: str) -> HttpResponse:
    """Show one registration; what is posted there is done."""
    actor, problem = request.actor, None
    found = queries.registration(no, actor=actor)
    if request.method == "POST":
        try:
            acts.posted(request, KIND, no)
            return redirect("registration", no=no)
        except Problem as raised:
            problem = raised
            found = queries.registration(no, actor=actor)
    case = cases.show(KIND, found, actor=actor, now=clock.now(), typed=acts.typed(request) if problem else None)
    accepting = any(move.action == "accept_rules" for move in case.moves)
    page = {
        "case": case,
        "no": no,
        "kind": named(found.kind, "registration_kind"),
        "facts": shown.facts(found, people=orgs.people({found.rules_by} - {""})),
        "rules": [(clause, gettext(words)) for clause, words in rules_of_use.RULES] if accepting else [],
        "rules_version": rules_of_use.VERSION,
        "change": reverse("registration-edit", args=[no]) if KIND.editable(found, actor=actor) else "",
        "change_words": gettext("修改登记内容"),
        "problem": telling.said(problem, page=shown.PAGE) if problem else None,
    }
    return render(request, "desk/registration.html", page, status=statuses.of(problem) if problem else 200)


def _asked(given: QueryDict) -> Asked:
    kind, state = given.get("kind", ""), given.get("state", "")
    return Asked(
        words=given.get("q", "").strip()[:LONGEST],
        kind=kind if kind in rules.ASKED else "",
        state=state if state in REGISTRATION.states else "",
    )


def _kept(asked: Asked) -> str:
    return address({"q": asked.words, "kind": asked.kind, "state": asked.state})
