"""Messages: the list, marking them as looked at, and the week on paper."""

from datetime import datetime

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.procedures import messages
from hutong.control.procedures.messages import Week
from hutong.control.sharing import weeks
from hutong.control.sharing.weeks import UnitWeek
from hutong.core import beijing, statuses
from hutong.web import clock
from hutong.web.desk import fields, outcome
from hutong.web.desk.due import shown as due
from hutong.web.desk.messages import lists
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.work import consultation_lists, waiting
from hutong.web.lists import counting, pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import telling
from hutong.web.wording.filters import day


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the officer's messages, or hand out their file; posted, they are marked as looked at."""
    actor, now, problem = request.actor, clock.now(), request.refused
    if request.method == "POST":
        messages.look(actor, at=_at(request.POST), entry=fields.whole(request.POST, "entry") or 0, now=now)
        said = gettext("已标为看过；此后的消息仍会计数。")
        return outcome.led(request, reverse("messages"), said=said)
    status = statuses.of(problem) if problem else 200

    def more(shown: pages.ListShown) -> dict[str, object]:
        seen = messages.newest(actor, now=now)
        return {
            "at": seen.at.isoformat(),
            "entry": seen.entry,
            "looked_at": seen.looked_at,
            "week": _week(seen.week_from, now),
            "problem": telling.said(problem) if problem else None,
        }

    return pages.answer(lists.MESSAGES, request, "desk/messages.html", status=status, more=more)


def _at(form: QueryDict) -> datetime:
    """Return the moment up to which a page told; raises FieldUnreadable."""
    given = form.get("at", "")
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise fields.unreadable("at", given) from None
    if found.tzinfo is None or found.year not in beijing.YEARS:
        raise fields.unreadable("at", given)
    return found


def _week(from_at: datetime, now: datetime) -> str:
    """Return in words which days are printed."""
    days = {"first": day(from_at), "last": day(beijing.day(now))}
    return gettext("%(first)s 至 %(last)s，含今天共七天") % days


@officers
def week(request: PageRequest) -> HttpResponseBase:
    """Show the officer's week to be printed: what happened in its days, and what waits, by its deadline."""
    actor, now = request.actor, clock.now()
    both = weeks.page(actor, now=now)
    found = both.own
    shown = {
        "said": _week(found.from_at, now),
        "messages": lists.table(found.messages, caption=gettext("本周消息")),
        "more_messages": found.more_messages,
        "waiting": _waiting(found, reader=actor.officer),
        "waits": counting.told(found.counts.waiting),
        "late": counting.told(found.counts.late),
        "asked": consultation_lists.table(found.consultations) if found.consultations else None,
        "more_waits": found.counts.waiting > len(found.waiting),
        "unit": _of_unit(both.unit, now=now) if both.unit else None,
    }
    return render(request, "desk/messages_week.html", shown)


def _of_unit(found: UnitWeek, *, now: datetime) -> dict[str, object]:
    """Return what a contact prints of the unit: what is late, and what comes within seven days (P-29)."""
    return {
        "late": counting.told(found.counts.late),
        "coming": counting.told(found.counts.week),
        "table": due.table(
            found.rows, seats=found.seats, now=now, caption=gettext("本单位本周的期限"),
            empty=gettext("本单位没有逾期和七日内到期的事项。"),
        ),
        "more": found.more,
    }  # fmt: skip


def _waiting(found: Week, *, reader: str) -> Table:
    rows = waiting.rows(found.waiting, seats=found.seats, now=found.until_at, reader=reader)
    titles = (("期限", "middle"), ("事项", ""), ("办理步骤", ""), ("编号", ""), ("领办人", "short"))
    return Table(
        gettext("待办的事项"),
        tuple(Column(gettext(title), css) for title, css in titles),
        tuple(
            (
                Cell(
                    (row.deadline.day if row.deadline else "") or "—",
                    badge=gettext("已逾期") if row.deadline and row.deadline.late else "", tone="bad",
                ),
                Cell(row.title, note=row.kind), Cell(row.label), Cell(row.number, row.address),
                Cell(row.handler or "—"),
            )
            for row in rows
        ),
        empty=gettext("没有需要您办理的事项。"), even=False, titled=False,
    )  # fmt: skip
