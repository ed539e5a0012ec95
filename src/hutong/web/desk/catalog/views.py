"""The catalogue: the list of entries, and one entry with its published version and its history."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.catalog import queries, rules
from hutong.control.catalog.lifecycle import CHANGE, UNDER_WAY
from hutong.control.catalog.models import Change, Entry
from hutong.core import statuses
from hutong.core.errors import Problem
from hutong.web import clock
from hutong.web.desk import acts, cases, cells
from hutong.web.desk.catalog import last_days, reading
from hutong.web.desk.catalog import shown as facts
from hutong.web.desk.catalog.kind import CHANGE_KIND, ENTRY_KIND
from hutong.web.desk.catalog.lists import ENTRIES
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import procedures as wording
from hutong.web.wording import telling
from hutong.web.wording.filters import day


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the entries the officer opens, or hand out their file."""
    edits = rules.is_editor(request.actor, provider=request.actor.org)
    return pages.answer(ENTRIES, request, "desk/entries.html", more=lambda _: {"edits": edits})


@officers
def detail(request: PageRequest, code: str) -> HttpResponse:
    """Show one entry, and do what is posted."""
    actor, problem = request.actor, None
    entry = reading.entry(code, actor=actor)
    if request.method == "POST":
        try:
            if request.POST.get("act") == last_days.ACT:
                last_days.set_day(code, request.POST, actor=actor, now=clock.now())
            else:
                acts.posted(request, ENTRY_KIND, code)
            return redirect("entry", code=code)
        except Problem as raised:
            problem = raised
            entry = reading.entry(code, actor=actor)
    typed = acts.typed(request) if problem else None
    changes = queries.changes(code)
    under_way = next((each for each in changes if each.state in UNDER_WAY), None)
    begins = entry.state == "PUBLISHED" and not under_way and rules.is_editor(actor, provider=entry.provider_id)
    shown = {
        "case": cases.show(ENTRY_KIND, entry, actor=actor, now=clock.now(), typed=typed, notes=_notes()),
        "name": entry.name,
        "code": code,
        "provider": entry.provider.name,
        "number": entry.current.number if entry.current else "",
        "under_way": under_way.no if under_way else "",
        "under_way_state": wording.state(CHANGE, under_way.state) if under_way else None,
        **(facts.page(entry.current) if entry.current else {}),
        "begin": reverse("change-begin", args=[code]) if begins else "",
        "last_days": last_days.shown(entry, actor=actor, now=clock.now(), form=request.POST),
        "history": _history(entry, changes),
        "problem": telling.said(problem) if problem else None,
    }  # fmt: skip
    return render(request, "desk/entry.html", shown, status=statuses.of(problem) if problem else 200)


def _history(entry: Entry, changes: list[Change]) -> Table:
    """Return every change of an entry, the newest first: what came of it, and by whom."""
    titles = ("变更", "内容", "结果", "版本", "发布人", "发布日期")
    kinds, page = {"new": gettext("新编目录"), "change": gettext("变更目录")}, CHANGE_KIND.pages()

    def row(change: Change) -> tuple[Cell, ...]:
        version, state = getattr(change, "version", None), wording.state(CHANGE, change.state)
        number = gettext("第 %(number)s 版") % {"number": version.number} if version else "—"
        address = reverse("entry-version", args=[version.number, entry.code]) if version else ""
        return (
            Cell(change.no, page(change.no)), Cell(kinds[change.kind]), cells.state(state), Cell(number, address),
            Cell(version.published_by_name if version else "—"), Cell(day(version.release_date) if version else "—"),
        )  # fmt: skip

    return Table(
        gettext("变更经过"), tuple(Column(gettext(title)) for title in titles), tuple(map(row, changes)), even=False
    )


def _notes() -> dict[str, str]:
    withdrawing = "撤销立即生效：目录不再列出该资源，已开通的使用权限全部终止，理由告知各使用方；在办申请须逐件终止。"
    return {"withdraw": gettext(withdrawing)}
