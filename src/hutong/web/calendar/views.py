"""An officer's calendar: the page on which its address is made and withdrawn, and what the address tells."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.units import feeds
from hutong.control.units.feeds import CalendarRead
from hutong.core import statuses
from hutong.web import clock, corrections, once
from hutong.web.calendar import ics
from hutong.web.calendar.ics import WholeDay
from hutong.web.desk.rooms import KINDS
from hutong.web.login.entrance import officers
from hutong.web.login.kept_pages import Rules
from hutong.web.login.request import PageRequest
from hutong.web.wording import procedures


@partial(officers, forms=Rules(keeps=False))
def manage(request: PageRequest) -> HttpResponse:
    """Show whether the officer has an address for a calendar; posted, make it and show it this once, or withdraw it."""
    actor, problem = request.actor, request.refused
    if request.method == "POST" and request.POST.get("action") == "withdraw":
        feeds.withdraw(actor, now=clock.now())
        return once.led(request, reverse("calendar"), said=gettext("订阅地址已收回，不能再读取。"))
    if request.method == "POST":
        token = feeds.make(actor, now=clock.now())
        address = request.build_absolute_uri(reverse("calendar-feed", args=[token]))
        return render(request, "calendar.html", {"made_at": clock.now(), "address": address, "problem": None})
    page = {"made_at": feeds.made_at(actor), "address": ""}
    told = corrections.refused(page, problem, page="account")
    return render(request, "calendar.html", told, status=statuses.of(problem) if problem else 200)


def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Hand out the deadlines of the officer whose address it is, to whoever has it."""
    now = clock.now()
    found = feeds.read(token, now=now)
    name = gettext("互通办理期限：%(name)s") % {"name": found.actor.name}
    answer = HttpResponse(ics.written(_events(found), name=name, now=now), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Disposition"] = 'inline; filename="hutong.ics"'
    return answer


def _events(found: CalendarRead) -> list[WholeDay]:
    """Return what is due as days of a calendar: kind, number and title of each, as the page of deadlines has them."""
    words = gettext("%(kind)s %(number)s：%(title)s")
    titles = {life: procedures.said("title", kind.procedure.life.title) for life, kind in KINDS.items()}
    return [
        WholeDay(
            f"{row.lifecycle}/{row.case}/{row.action}@hutong", row.day,
            words % {"kind": titles[row.lifecycle], "number": row.case, "title": row.title},
        )
        for row in found.rows
        if row.day is not None
    ]  # fmt: skip
