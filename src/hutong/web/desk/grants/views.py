"""Grants: what is opened to whom, and stopping it."""

from collections.abc import Sequence

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from hutong.control.catalog import queries as catalog
from hutong.control.sharing import reading
from hutong.control.sharing.queries import GrantShown
from hutong.control.units.rules import Actor
from hutong.core import statuses
from hutong.plane.lifecycle import SUSPENSION
from hutong.web import clock, corrections
from hutong.web.desk import acts, register
from hutong.web.desk.grants import served, steps, suspensions, usage
from hutong.web.desk.grants.lists import GRANTS
from hutong.web.desk.grants.steps import Asks
from hutong.web.lists import pages
from hutong.web.lists.pages import ListShown
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import procedures, row_filters


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the grants, the newest first, or hand out their file.

    A step that is posted here is led to its own page: from there alone it is taken.
    """
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return redirect(steps.page_of(request.POST))

    def more(shown: ListShown) -> dict[str, object]:
        told = {
            "rows": _rows(shown.rows, actor=actor),
            "purposes": register.meanings("purpose"),
            "today": clock.today(),
            "suspended": procedures.state(SUSPENSION, "standing"),
            "again": request.GET.get(acts.DONE) == acts.AGAIN,
        }
        return corrections.refused(told, problem, page="grants")

    return pages.answer(GRANTS, request, "desk/grants.html", status=statuses.of(problem) if problem else 200, more=more)


def _rows(grants: Sequence[GrantShown], *, actor: Actor) -> list[dict[str, object]]:
    details = reading.details(grants, actor=actor, now=clock.now())
    resources = catalog.names((grant.code, grant.version) for grant in grants)
    stopped, services = details.suspensions, details.services
    people = suspensions.people(each for listed in stopped.values() for each in listed)
    named_items = {grant.no: resources.get((grant.code, grant.version), ("", {}))[1] for grant in grants}
    asks = {grant.no: Asks(actor, details.offices[grant.no], QueryDict()) for grant in grants}
    return [
        {
            "grant": grant,
            "application": details.applications.get(grant.no, ""),
            "suspensions": suspensions.shown(
                grant, stopped[grant.no], people=people, asks=asks[grant.no], service=services[grant.no]
            ),
            "served": served.shown(grant, services[grant.no]) if stopped[grant.no] else None,
            "used": usage.line(details.used[grant.no]),
            "steps": steps.of_grant(grant, asks=asks[grant.no], service=services[grant.no]),
            "items": [named_items[grant.no].get(code, code) for code in grant.items],
            "limited": row_filters.words(grant.row_filter, named_items[grant.no]),
        }
        for grant in grants
    ]
