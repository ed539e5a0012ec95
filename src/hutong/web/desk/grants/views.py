"""Grants: what is opened to whom, and stopping it."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from hutong.control.catalog import queries as catalog
from hutong.control.orgs import offices
from hutong.control.orgs.rules import Actor
from hutong.control.sharing import queries
from hutong.control.sharing.queries import FORMER, SUSPENDED, GrantShown
from hutong.core import statuses
from hutong.core.errors import Problem
from hutong.plane.lifecycle import GRANT, SUSPENSION
from hutong.web import clock
from hutong.web.desk import paging, register
from hutong.web.desk.grants import steps, suspensions
from hutong.web.desk.grants.steps import Asks
from hutong.web.desk.narrowing import Narrowed
from hutong.web.login.entrance import officers
from hutong.web.wording import procedures, row_filters, telling
from hutong.web.wording.names import named


@officers
def listed(request: HttpRequest) -> HttpResponse:
    """Show a page of the grants, the newest first; the operator's posted step is taken."""
    actor, problem = request.actor, None
    asked = Narrowed.read(request.GET, states=(*GRANT.states, SUSPENDED, FORMER))
    before = paging.place(request.GET.get("before", ""))
    if request.method == "POST":
        try:
            steps.take(request.POST, actor=actor, now=clock.now())
            return redirect(request.get_full_path())
        except Problem as raised:
            problem = raised
    found = queries.grants(actor, words=asked.words, state=asked.state, before=before, limit=queries.PAGE + 1)
    grants = found[: queries.PAGE]
    shown = {
        "rows": _rows(grants, actor=actor, form=request.POST),
        "purposes": register.meanings("purpose"),
        "suspended": procedures.state(SUSPENSION, "standing"),
        "asked": asked,
        "kept": asked.kept(),
        "states": [
            *((code, named(code, "grant_state")) for code in GRANT.states),
            (SUSPENDED, procedures.state(SUSPENSION, "standing").name),
            (FORMER, gettext("仍由旧版本答复")),
        ],
        "count": paging.told(queries.grants_counted(actor, words=asked.words, state=asked.state)),
        "more": paging.where(grants[-1].from_at, grants[-1].no) if len(found) > queries.PAGE else "",
        "first": before is None,
        "problem": telling.said(problem) if problem else None,
    }
    return render(request, "desk/grants.html", shown, status=statuses.of(problem) if problem else 200)


def _rows(grants: Sequence[GrantShown], *, actor: Actor, form: QueryDict) -> list[dict[str, object]]:
    applications = queries.opened_by([grant.no for grant in grants])
    resources = catalog.names((grant.code, grant.version) for grant in grants)
    stopped = queries.suspensions(grants, actor=actor)
    people = suspensions.people(each for listed in stopped.values() for each in listed)
    held = offices.now_held()
    named_items = {grant.no: resources.get((grant.code, grant.version), ("", {}))[1] for grant in grants}
    asks = {grant.no: Asks(actor, held.parties(grant.region), form) for grant in grants}
    return [
        {
            "grant": grant,
            "application": applications.get(grant.no, ""),
            "suspensions": suspensions.shown(grant, stopped[grant.no], people=people, asks=asks[grant.no]),
            "steps": steps.of_grant(grant, asks=asks[grant.no]),
            "items": [named_items[grant.no].get(code, code) for code in grant.items],
            "limited": row_filters.words(grant.row_filter, named_items[grant.no]),
        }
        for grant in grants
    ]
