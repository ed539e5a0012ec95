"""Grants: what is opened to whom, and stopping it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hutong.control.catalog import queries as catalog
from hutong.control.sharing import operations, queries
from hutong.core import statuses
from hutong.core.errors import Problem
from hutong.web import clock
from hutong.web.desk import fields, register
from hutong.web.login.entrance import officers
from hutong.web.wording import telling

ACTIONS = {"active": (("suspend", "暂停"), ("revoke", "撤销")), "suspended": (("resume", "恢复"), ("revoke", "撤销"))}


@officers
def listed(request: HttpRequest) -> HttpResponse:
    """Show the grants; the operator's posted step is taken."""
    actor, problem = request.actor, None
    if request.method == "POST":
        action = request.POST.get("action", "")
        try:
            if action not in ("suspend", "resume", "revoke"):
                raise fields.FieldUnreadable(field="action", value=action)
            operations.move_grant(
                request.POST.get("no", ""), action, reason=request.POST.get("reason", ""), actor=actor, now=clock.now()
            )
            return redirect("grants")
        except Problem as raised:
            problem = raised
    may = actor.holds("operator")
    grants = queries.grants(actor)
    resources = catalog.names(grant.code for grant in grants)
    rows = [
        {
            "grant": grant,
            "actions": ACTIONS.get(grant.state, ()) if may else (),
            "items": [resources.get(grant.code, ("", {}))[1].get(code, code) for code in grant.items],
        }
        for grant in grants
    ]
    purposes = register.meanings("purpose")
    shown = {"rows": rows, "purposes": purposes, "problem": telling.said(problem) if problem else None}
    return render(request, "desk/grants.html", shown, status=statuses.of(problem) if problem else 200)
