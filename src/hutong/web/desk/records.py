"""Usage records: who used what, for which purpose, and what came of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hutong.control.orgs import queries as orgs
from hutong.control.sharing import usage
from hutong.web import clock
from hutong.web.entrance import officers


@officers
def listed(request: HttpRequest) -> HttpResponse:
    """Show the usage records the officer's unit is a party of."""
    given = request.GET.get("before", "")
    before = int(given) if given.isdecimal() and len(given) < 19 else None
    actor = request.actor  # type: ignore[attr-defined]
    uses, older = usage.page(actor=actor, now=clock.now(), before=before)
    names = orgs.names()
    rows = [(use, names.get(use.org or "", use.org or "—")) for use in uses]
    return render(request, "desk/records.html", {"rows": rows, "older": older})
