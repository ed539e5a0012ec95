"""Grants: what is opened to whom, and stopping it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from hutong.control.catalog import queries as catalog
from hutong.control.orgs import offices
from hutong.control.sharing import operations, queries, rules
from hutong.core import statuses
from hutong.core.errors import Problem
from hutong.core.lifecycle import Move, Tone
from hutong.plane.lifecycle import GRANT
from hutong.web import clock
from hutong.web.desk import fields, paging, register
from hutong.web.desk.narrowing import Narrowed
from hutong.web.desk.parts import Field
from hutong.web.login.entrance import officers
from hutong.web.wording import procedures, telling
from hutong.web.wording.names import named


@dataclass(frozen=True, slots=True)
class GrantStep:
    """A step about a grant that the reader may take: its name, what becomes of the grant, how its button looks."""

    action: str
    label: str
    aftermath: str
    tone: str
    reason: Field
    """Where the reason is written; what was typed before a refusal stands in it."""
    open: bool
    """Whether this step was refused just now."""


@officers
def listed(request: HttpRequest) -> HttpResponse:
    """Show a page of the grants, the newest first; the operator's posted step is taken."""
    actor, problem = request.actor, None
    asked, before = Narrowed.read(request.GET, states=GRANT.states), paging.place(request.GET.get("before", ""))
    if request.method == "POST":
        action = request.POST.get("action", "")
        try:
            fields.check(request.POST)
            if action not in operations.GRANT_MOVES:
                raise fields.unreadable("action", action)
            operations.move_grant(
                request.POST.get("no", ""), action, reason=request.POST.get("reason", ""), actor=actor, now=clock.now()
            )
            return redirect(request.get_full_path())
        except Problem as raised:
            problem = raised
    found = queries.grants(actor, words=asked.words, state=asked.state, before=before, limit=queries.PAGE + 1)
    grants = found[: queries.PAGE]
    applications = queries.opened_by([grant.no for grant in grants])
    resources, held = catalog.names(grant.code for grant in grants), offices.now_held()
    rows = [
        {
            "grant": grant,
            "application": applications.get(grant.no, ""),
            "steps": [
                _step(move, grant.no, request.POST)
                for move in rules.grant_steps(grant.state, actor=actor, offices=held.parties(grant.region))
            ],
            "items": [resources.get(grant.code, ("", {}))[1].get(code, code) for code in grant.items],
        }
        for grant in grants
    ]
    shown = {
        "rows": rows,
        "purposes": register.meanings("purpose"),
        "asked": asked,
        "kept": asked.kept(),
        "states": [(code, named(code, "grant_state")) for code in GRANT.states],
        "count": paging.told(queries.grants_counted(actor, words=asked.words, state=asked.state)),
        "more": paging.where(grants[-1].from_at, grants[-1].no) if len(found) > queries.PAGE else "",
        "first": before is None,
        "problem": telling.said(problem) if problem else None,
    }
    return render(request, "desk/grants.html", shown, status=statuses.of(problem) if problem else 200)


def _step(move: Move, no: str, form: QueryDict) -> GrantStep:
    tone = "" if GRANT.states[move.after].tone is Tone.GOOD else "danger"
    aftermath = gettext(move.aftermath) if move.aftermath else ""
    posted = (form.get("no"), form.get("action")) == (no, move.action)
    reason = Field(
        "reason", gettext("理由（必填）"), form.get("reason", "") if posted else "", "long", required=True,
        form=f"{no}-{move.action}",
    )  # fmt: skip
    return GrantStep(move.action, procedures.label(move), aftermath, tone, reason, open=posted)
