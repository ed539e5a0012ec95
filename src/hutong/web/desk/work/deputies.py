"""Cases nobody can act on, and the deputies whom the authority names for them (D-24)."""

from datetime import datetime

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.units import deputies as operations
from hutong.control.units import naming
from hutong.control.units import queries as members
from hutong.control.units.meanwhile import DoneAlready
from hutong.control.units.naming import NAMED_FOR, DeputyDesk
from hutong.control.units.rules import Actor
from hutong.core import beijing, statuses
from hutong.core.errors import Judging
from hutong.core.lifecycle import Seat
from hutong.web import clock, corrections
from hutong.web.desk import acts, fields, outcome
from hutong.web.desk.work import waiting
from hutong.web.desk.work.deputy_lists import DEPUTIES
from hutong.web.desk.work.lists import NOBODY
from hutong.web.forms import Field
from hutong.web.lists import pages
from hutong.web.lists.pages import ListShown
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording.labels import label
from hutong.web.wording.names import named

FORM = ("seat", "officer", "until_date", "reason")
PLACES = {"role": "seat", "unit": "seat", "username": "officer"}
"""Fact of a deputy → the field of the form that says it."""
NEWEST = 20
"""How many of the deputies there are stand on the page, the last named first."""


@officers
def deputies(request: PageRequest) -> HttpResponseBase:
    """Show the cases that nobody can act on and the deputies there are; a posted form names one, or ends one.

    Offered is what would be done for this officer, and nothing else.
    """
    actor, now, problem = request.actor, clock.now(), request.refused
    if request.method == "POST":
        try:
            what, about = _posted(request, actor=actor, now=now)
            return outcome.done(request, reverse("deputies"), what=what, about=about)
        except DoneAlready:
            return redirect(f"{reverse('deputies')}?{acts.DONE}={acts.AGAIN}")
    typed = {name: (request.POST if request.typed else request.GET).get(name, "") for name in FORM}

    def more(shown: ListShown) -> dict[str, object]:
        rows = waiting.rows(shown.rows, seats=actor.seats, now=now)
        desk = naming.desk(actor, now=now, newest=NEWEST)
        told = {
            "rows": [
                {
                    "case": row, "seat": _value(Seat(each.of_role, each.of_unit)), "unit": each.of_unit,
                    "may": Seat(each.of_role, each.of_unit) in desk.seats,
                }
                for row, each in zip(rows, shown.rows, strict=True)
            ],
            "deputies": desk.deputies,
            "at": desk.at,
            "opened": acts.opened(),
            "again": request.GET.get(acts.DONE) == acts.AGAIN,
            "fields": _fields(typed, desk) if desk.seats else (),
        }
        return corrections.refused(told, problem, page="deputies", places=PLACES)

    status = statuses.of(problem) if problem else 200
    return pages.answer(NOBODY, request, "desk/deputies.html", status=status, more=more)


@officers
def named_deputies(request: PageRequest) -> HttpResponseBase:
    """Show a page of all deputies there are and were, or hand out their file; raises NotYourRole."""
    naming.check(request.actor)
    return pages.answer(DEPUTIES, request, "desk/named_deputies.html")


def _posted(request: PageRequest, *, actor: Actor, now: datetime) -> tuple[str, str]:
    """Do what was posted; return what was done, and about whom."""
    form, judging = request.POST, Judging()
    if "end" in form:
        ended = operations.end(fields.number(form, "end"), actor=actor, now=now, meant_for=form.get(acts.AT, ""))
        told = {"name": ended.name, "unit": ended.unit_name, "role": named(ended.seat.role, "role")}
        return gettext("终止代理"), gettext("%(name)s 代理的 %(unit)s · %(role)s") % told
    until_date = fields.judged(judging, fields.day, form, "until_date", beijing.day(now))
    seat = fields.judged(judging, _whose, form, "seat", _NOWHERE)
    username = fields.judged(judging, fields.said, form, "officer", "")
    reason = fields.judged(judging, fields.said, form, "reason", "")
    fields.judge(form, judging)
    operations.name(
        role=seat.role, unit=seat.unit, username=username, until_date=until_date, reason=reason, actor=actor, now=now,
        judging=judging, meant_for=form.get(acts.AT, ""),
    )  # fmt: skip
    told = {
        "unit": members.names().get(seat.unit, seat.unit), "role": named(seat.role, "role"),
        "name": members.people([username]).get(username, username), "until": f"{until_date}",
    }  # fmt: skip
    return gettext("指定代理"), gettext("%(unit)s · %(role)s 由 %(name)s 代理，至 %(until)s 止") % told


_NOWHERE = Seat("competent", "")
"""What stands for a seat that cannot be read, until that is told."""


def _whose(form: QueryDict, field: str) -> Seat:
    """Return the role and the unit that were chosen, which are one choice; raises FieldEmpty and FieldUnreadable."""
    role, _, unit = fields.said(form, field).partition(" ")
    if role not in NAMED_FOR or not unit:
        raise fields.unreadable(field, form[field])
    return Seat(role, unit)


def _value(seat: Seat) -> str:
    return f"{seat.role} {seat.unit}"


def _fields(typed: dict[str, str], desk: DeputyDesk) -> tuple[Field, ...]:
    choose = ("", gettext("请选择"))
    seats = (
        (_value(Seat(role, unit.credit_code)), f"{unit.name} · {named(role, 'role')}")
        for unit in desk.units
        for role in NAMED_FOR
        if Seat(role, unit.credit_code) in desk.seats
    )
    people = (choose, *((each.username, f"{each.unit_name} · {each.name}") for each in desk.officers))
    return (
        Field("seat", label("seat"), typed["seat"], "choice", required=True, options=(choose, *seats)),
        Field("officer", gettext("由谁代理"), typed["officer"], "choice", required=True, options=people),
        Field("until_date", gettext("截止日期（含当日）"), typed["until_date"], "date", required=True),
        Field("reason", gettext("理由（必填）"), typed["reason"], "long", required=True),
    )
