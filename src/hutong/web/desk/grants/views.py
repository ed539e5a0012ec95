"""Grants: what is opened to whom, and stopping it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from hutong.control.catalog import queries as catalog
from hutong.control.sharing import operations, queries, rules
from hutong.core import statuses
from hutong.core.errors import Problem
from hutong.core.lifecycle import Move, Tone
from hutong.plane.lifecycle import GRANT
from hutong.web import clock
from hutong.web.desk import fields, register
from hutong.web.login.entrance import officers
from hutong.web.wording import procedures, telling


@dataclass(frozen=True, slots=True)
class GrantStep:
    """A step about a grant that the reader may take: its name, what becomes of the grant, how its button looks."""

    action: str
    label: str
    aftermath: str
    tone: str


@officers
def listed(request: HttpRequest) -> HttpResponse:
    """Show the grants; the operator's posted step is taken."""
    actor, problem = request.actor, None
    if request.method == "POST":
        action = request.POST.get("action", "")
        try:
            if action not in operations.GRANT_MOVES:
                raise fields.FieldUnreadable(field="action", value=action)
            operations.move_grant(
                request.POST.get("no", ""), action, reason=request.POST.get("reason", ""), actor=actor, now=clock.now()
            )
            return redirect("grants")
        except Problem as raised:
            problem = raised
    grants = queries.grants(actor)
    resources = catalog.names(grant.code for grant in grants)
    rows = [
        {
            "grant": grant,
            "steps": [_step(move) for move in rules.grant_steps(grant.state, actor=actor)],
            "items": [resources.get(grant.code, ("", {}))[1].get(code, code) for code in grant.items],
        }
        for grant in grants
    ]
    purposes = register.meanings("purpose")
    shown = {"rows": rows, "purposes": purposes, "problem": telling.said(problem) if problem else None}
    return render(request, "desk/grants.html", shown, status=statuses.of(problem) if problem else 200)


def _step(move: Move) -> GrantStep:
    tone = "" if GRANT.states[move.after].tone is Tone.GOOD else "danger"
    return GrantStep(move.action, procedures.label(move), gettext(move.aftermath) if move.aftermath else "", tone)
