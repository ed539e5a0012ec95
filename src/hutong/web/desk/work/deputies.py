"""Cases nobody can act on, and the deputies whom the authority names for them (D-24)."""

from datetime import datetime

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext

from hutong.control.units import deputies as operations
from hutong.control.units import naming
from hutong.control.units.naming import NAMED_FOR, DeputyDesk
from hutong.control.units.rules import Actor
from hutong.core import statuses
from hutong.core.errors import Problem
from hutong.core.lifecycle import Seat
from hutong.web import clock
from hutong.web.desk import fields
from hutong.web.desk.work import waiting
from hutong.web.desk.work.deputy_lists import DEPUTIES
from hutong.web.desk.work.lists import NOBODY
from hutong.web.forms import Field
from hutong.web.lists import pages
from hutong.web.lists.pages import ListShown
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import telling
from hutong.web.wording.names import named

FORM = ("role", "unit", "officer", "until_date", "reason")
NEWEST = 20
"""How many of the deputies there are stand on the page, the last named first."""


@officers
def deputies(request: PageRequest) -> HttpResponseBase:
    """Show the cases that nobody can act on and the deputies there are; a posted form names one, or ends one.

    Offered is what would be done for this officer, and nothing else.
    """
    actor, now, problem = request.actor, clock.now(), None
    if request.method == "POST":
        try:
            _posted(request, actor=actor, now=now)
            return redirect("deputies")
        except Problem as raised:
            problem = raised
    given = request.POST if problem else request.GET

    def more(shown: ListShown) -> dict[str, object]:
        rows = waiting.rows(shown.rows, seats=actor.seats, now=now)
        desk = naming.desk(actor, now=now, newest=NEWEST)
        return {
            "rows": [
                {
                    "case": row, "role": each.of_role, "unit": each.of_unit,
                    "may": Seat(each.of_role, each.of_unit) in desk.seats,
                }
                for row, each in zip(rows, shown.rows, strict=True)
            ],
            "deputies": desk.deputies,
            "fields": _fields({name: given.get(name, "") for name in FORM}, desk) if desk.seats else (),
            "problem": telling.said(problem, page="deputies") if problem else None,
        }

    status = statuses.of(problem) if problem else 200
    return pages.answer(NOBODY, request, "desk/deputies.html", status=status, more=more)


@officers
def named_deputies(request: PageRequest) -> HttpResponseBase:
    """Show a page of all deputies there are and were, or hand out their file; raises NotYourRole."""
    naming.check(request.actor)
    return pages.answer(DEPUTIES, request, "desk/named_deputies.html")


def _posted(request: PageRequest, *, actor: Actor, now: datetime) -> None:
    form = request.POST
    fields.check(form)
    if "end" in form:
        operations.end(fields.number(form, "end"), actor=actor, now=now)
        return
    reason = form.get("reason", "").strip()
    if not reason:
        raise fields.FieldEmpty(field="reason")
    operations.name(
        role=form.get("role", ""), unit=form.get("unit", ""), username=form.get("officer", ""),
        until_date=fields.day(form, "until_date"), reason=reason, actor=actor, now=now,
    )  # fmt: skip


def _fields(typed: dict[str, str], desk: DeputyDesk) -> tuple[Field, ...]:
    choose, offered = ("", gettext("请选择")), {seat.role for seat in desk.seats}
    roles = (choose, *((role, named(role, "role")) for role in NAMED_FOR if role in offered))
    units = (choose, *((unit.credit_code, unit.name) for unit in desk.units))
    people = (choose, *((each.username, f"{each.unit_name} · {each.name}") for each in desk.officers))
    return (
        Field("role", gettext("角色"), typed["role"], "choice", required=True, options=roles),
        Field("unit", gettext("哪个单位的"), typed["unit"], "choice", required=True, options=units),
        Field("officer", gettext("由谁代理"), typed["officer"], "choice", required=True, options=people),
        Field("until_date", gettext("截止日期（含当日）"), typed["until_date"], "date", required=True),
        Field("reason", gettext("理由（必填）"), typed["reason"], "long", required=True),
    )
