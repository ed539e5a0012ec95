"""Deliveries: the list, rejected rows and why, handing in a file, and approving a delivery that waits."""

from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from hutong.control.catalog import deliveries, handing_in
from hutong.control.catalog.deliveries import WaitingDelivery
from hutong.control.catalog.handing_in import HandIn, SentFile
from hutong.core import statuses
from hutong.core.errors import Problem
from hutong.web import clock, plane
from hutong.web.desk import fields
from hutong.web.desk.deliveries import faults, form, lists, read
from hutong.web.lists import pages
from hutong.web.lists.pages import ListShown
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import filters, telling
from hutong.web.wording.names import named


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show the unit's deliveries or hand out their file, and the form; a posted file is checked, sealed and loaded.

    Of a delivery that waits the platform keeps no row, only the digest: the same file is handed in again to approve it.
    """
    actor, problem = request.actor, None
    if request.method == "POST":
        try:
            _hand_in(request)
            return redirect("deliveries")
        except Problem as raised:
            problem = raised

    def more(shown: ListShown) -> dict[str, object]:
        desk = deliveries.desk(actor, now=clock.now())
        typed = QueryDict() if "approve" in request.POST else request.POST
        return {
            "waiting": [_waiting(each) for each in desk.waiting] if shown.first else [],
            "more_wait": shown.first and desk.more_wait,
            "fields": form.fields(desk.supplied, typed),
            "may": desk.may,
            "problem": telling.said(problem) if problem else None,
            "read": read.of_problem(problem),
        }

    status = statuses.of(problem) if problem else 200
    return pages.answer(lists.DELIVERIES, request, "desk/deliveries.html", status=status, more=more)


def _waiting(each: WaitingDelivery) -> dict[str, object]:
    """Return a delivery that waits: why, and who may approve it."""
    return {
        "delivery": each.delivery,
        "why": lists.reason(each.delivery),
        "may": each.may,
        "another": each.another,
        "others": each.others,
        "file": form.again(each.delivery.file),
    }


@officers
def rejected(request: PageRequest, code: str, key: str) -> HttpResponseBase:
    """Show the rejected rows and warnings of one delivery, masked as they are kept, or hand out their file.

    Raises NoSuchEntry, and Http404 where nothing was delivered under this key.
    """
    found = deliveries.of_entry(code, key=key, actor=request.actor)
    if found.delivery is None:
        raise Http404
    shown = {"entry": found.entry, "key": key, "delivery": found.delivery}
    return pages.answer(faults.of(found.entry, key=key), request, "desk/rejected.html", more=lambda _: shown)


@officers
def delivered(request: PageRequest, code: str, key: str) -> HttpResponse:
    """Show one delivery: what came of it, and how its file was read.

    Raises NoSuchEntry, and Http404 where nothing was delivered under this key.
    """
    found = deliveries.of_entry(code, key=key, actor=request.actor)
    if found.delivery is None:
        raise Http404
    shown = {
        "entry": found.entry, "delivery": found.delivery, "why": lists.reason(found.delivery),
        "read": read.told(found.delivery.what_was_read, found.entry),
        "state": {"name": named(found.delivery.state, "delivery_state"), "tone": filters.tone(found.delivery.state)},
    }  # fmt: skip
    return render(request, "desk/delivered.html", shown)


def _hand_in(request: PageRequest) -> None:
    said, file = request.POST, request.FILES.get("file")
    fields.check(said)
    given = HandIn(
        code=said.get("code", ""), key=said.get("key", "").strip(), changes=said.get("kind") == "changes",
        approves="approve" in said, file=SentFile(file.name, file.chunks()) if file else None,
    )  # fmt: skip
    handing_in.hand_in(
        given, actor=request.actor, db=plane.database(), keyring=plane.keyring, spool=plane.spool(), now=clock.now()
    )
