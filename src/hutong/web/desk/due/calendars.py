"""The calendars of working days: which years are known, what waits for one, and loading one after a look at it."""

from collections.abc import Sequence
from datetime import date

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.procedures import undated
from hutong.control.procedures.clocks import KeptDeadline
from hutong.control.procedures.undated import CalendarPreview
from hutong.core import statuses
from hutong.core.errors import Judging
from hutong.core.labels import both
from hutong.core.workdays import HOLIDAYS
from hutong.web import clock, corrections
from hutong.web.desk import carried, fields, outcome
from hutong.web.desk.acts import AT
from hutong.web.desk.carried import CONFIRMED, CONTENT, FILE
from hutong.web.desk.due.waiting_lists import WAITING
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.rooms import page_of
from hutong.web.desk.rulebook import shown
from hutong.web.forms import Field
from hutong.web.lists import counting, pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import procedures, reader


@officers
def calendars(request: PageRequest) -> HttpResponse:
    """Show the years that are known, and the form; a posted file is shown with what it would change, then loaded."""
    actor, problem = request.actor, request.refused
    if request.method == "POST" and CONFIRMED in request.POST:
        return _load(request)
    if request.method == "POST":
        judging = Judging()
        content = carried.sent(request, most=undated.MOST, judging=judging)
        source = fields.judged(judging, fields.said, request.POST, "source", "")
        fields.judge(request.POST, judging)
        judging.end()
        with judging.of(FILE):
            found = undated.preview(content, actor=actor, known=clock.calendar())
        judging.end()
        return render(request, "desk/due/calendar.html", _previewed(found, content, source))
    desk = undated.desk(actor, known=clock.calendar())
    years, earlier = shown.years(desk.years)
    page = {
        "may": desk.may,
        "years": years,
        "earlier": earlier,
        "waiting": counting.told(desk.waiting) if desk.waiting else "",
        "fields": _fields(request.POST if request.typed else QueryDict()),
    }
    told = corrections.refused(page, problem, page="calendars")
    return render(request, "desk/due/calendars.html", told, status=statuses.of(problem) if problem else 200)


@officers
def waiting(request: PageRequest) -> HttpResponseBase:
    """Show a page of the deadlines that wait for a calendar, or hand out their file."""
    return pages.answer(WAITING, request, "desk/due/waiting.html")


def _load(request: PageRequest) -> HttpResponse:
    judging = Judging()
    source = fields.judged(judging, fields.said, request.POST, "source", "")
    content = carried.back(request.POST, judging)
    typed = request.POST.copy()
    typed.pop(CONTENT, None)  # a file, and no text that somebody typed
    fields.judge(typed, judging)
    judging.end()
    with judging.of(FILE):
        loaded = undated.load(
            content, source=source, actor=request.actor, known=clock.calendar(), now=clock.now(),
            meant_for=request.POST.get(AT, ""),
        )  # fmt: skip
    judging.end()
    said = gettext("已载入 %(year)s 年工作日历，算出 %(computed)s 件待算的期限。")
    told = {"year": loaded.year, "computed": loaded.computed}
    return outcome.led(request, reverse("calendars"), said=said % told)


def _fields(form: QueryDict) -> tuple[Field, ...]:
    return (
        Field(
            "source", gettext("文号"), form.get("source", ""), required=True, longest=200,
            hint=gettext("国务院办公厅通知的文号，如 国办发明电〔2026〕1号"),
        ),
        Field(
            FILE, gettext("放假安排"), kind="file", required=True, files=".csv,.txt",
            hint=gettext("CSV 文件，首行写列名：日期、截止、类别（放假或上班）、名称；普通周末不用列出。"),
        ),
    )  # fmt: skip


def _previewed(found: CalendarPreview, content: bytes, source: str) -> dict[str, object]:
    return {
        "year": found.year,
        "source": source,
        "content": carried.along(content),
        "at": found.at,
        "known": found.before.source or gettext("程序自带") if found.before else "",
        "days": _days(found),
        "computed": counting.told(found.computed),
        "changed": tuple(f"{day}" for day in found.changed),
        "kept": _kept(found.kept) if found.kept else None,
        "problem": None,
    }


def _days(found: CalendarPreview) -> Table:
    """Return each day that the notice names, with what it is and whether that differs from what is known."""
    every: list[tuple[date, str]] = [(day, _holiday(name)) for day, name in found.days_off.items()]
    every += [(day, gettext("调休上班")) for day in found.makeup]
    columns = (Column(gettext("日期"), "middle"), Column(gettext("星期"), "short"), Column(gettext("安排")))
    return Table(
        gettext("文件中的安排"),
        columns,
        tuple(
            (
                Cell(f"{day}"), Cell(both(f"deadlines.weekday.{day.isoweekday()}")[reader.language()]),
                Cell(words, badge=gettext("与已有的不同") if day in found.changed else "", tone="warn"),
            )
            for day, words in sorted(every)
        ),
        even=False,
    )  # fmt: skip


_CHINESE = {english: chinese for chinese, english in reversed(HOLIDAYS.items())}


def _holiday(name: str) -> str:
    return gettext("%(name)s放假") % {"name": _CHINESE.get(name, name) if reader.language() == "zh" else name}


def _kept(rows: Sequence[KeptDeadline]) -> Table:
    """Return the deadlines that keep their day, which this calendar would count otherwise."""
    titles = (("事项", ""), ("现定期限", "middle"), ("按此安排计算", "middle"))
    return Table(
        gettext("期限不变的事项"),
        tuple(Column(gettext(title), css) for title, css in titles),
        tuple(
            (
                Cell(row.case, page_of(row.lifecycle, row.case), note=procedures.title_of(row.lifecycle)),
                Cell(f"{row.day}", badge=gettext("当日放假") if row.day_off else "", tone="warn"),
                Cell(f"{row.reckoned}"),
            )
            for row in rows
        ),
        even=False,
    )  # fmt: skip
