"""The desk: what waits for this officer, by when, and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hutong.control.catalog import lifecycle as entry_lifecycle
from hutong.control.catalog import queries as catalog
from hutong.control.catalog import rules as catalog_rules
from hutong.control.orgs import rules as orgs
from hutong.control.sharing import queries
from hutong.web import clock
from hutong.web.desk import register
from hutong.web.login.entrance import officers


@officers
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits."""
    actor = request.actor  # type: ignore[attr-defined]
    applications = queries.waiting(actor)
    entries = [
        (entry, catalog_rules.open_to(entry.state, actor=actor, provider=entry.provider_id))
        for entry in catalog.in_states(tuple(s for s in entry_lifecycle.STATES if s not in ("PUBLISHED", "WITHDRAWN")))
    ]
    mine = [a for a in queries.visible(actor) if a.consumer_id == actor.org][:10]
    late = sum(1 for a in applications if a.due_date and a.due_date < clock.today())
    roles = sorted(actor.roles, key=list(orgs.ROLES).index)
    shown = {
        "roles": roles,
        "waiting": [{"application": a, "moves": queries.moves_open(a, actor=actor)} for a in applications],
        "entries": [row for row in entries if row[1]],
        "mine": mine,
        "late": late,
        "purposes": register.meanings("purpose"),
    }
    return render(request, "desk/home.html", shown)
