"""The catalogue: the list of a unit's entries, and one entry: what is published of it, and what came before."""

from functools import cache, partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.catalog import queries, rules
from hutong.control.catalog.lifecycle import CHANGE, ENTRY, UNDER_WAY
from hutong.control.catalog.models import Change, Entry
from hutong.control.procedures import queries as procedures
from hutong.core import statuses
from hutong.core.errors import Problem
from hutong.web import clock
from hutong.web.desk import acts, cases, cells
from hutong.web.desk.catalog import reading, serving
from hutong.web.desk.catalog import shown as facts
from hutong.web.desk.catalog.kind import CHANGE_KIND, ENTRY_KIND
from hutong.web.desk.narrowing import Narrowed
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.login.entrance import officers
from hutong.web.login.request import Request
from hutong.web.wording import deadlines, telling
from hutong.web.wording import procedures as wording
from hutong.web.wording.filters import day
from hutong.web.wording.names import named


@officers
def listed(request: Request) -> HttpResponse:
    """Show a page of the unit's entries by name, each with the change under way and the deadline that runs for it."""
    actor, after = request.actor, request.GET.get("after", "")
    asked = Narrowed.read(request.GET, states=ENTRY.states)
    found = queries.of_provider(
        actor.org, words=asked.words, state=asked.state, after=after, limit=queries.PAGE + 1
    )
    entries = found[: queries.PAGE]
    shown = {
        "table": _table(entries),
        "edits": rules.is_editor(actor, provider=actor.org),
        "more": entries[-1].name if len(found) > queries.PAGE else "",
        "first": not after,
        "asked": asked,
        "kept": asked.kept(),
        "states": [(code, wording.state(ENTRY, code).name) for code in ENTRY.states],
        "count": queries.counted(actor.org, words=asked.words, state=asked.state),
    }
    return render(request, "desk/entries.html", shown)


def _table(entries: list[Entry]) -> Table:
    changes = {entry.code: change for entry in entries for change in entry.under_way}
    clocks = procedures.deadlines(CHANGE.name, [change.no for change in changes.values()])
    now, state = clock.now(), cache(partial(wording.state, ENTRY))
    changing, no_limit = cache(partial(wording.state, CHANGE)), cache(partial(wording.no_limit, CHANGE))
    page, change_page, sharing = ENTRY_KIND.pages(), CHANGE_KIND.pages(), cache(partial(named, listed="sharing_type"))
    form = cache(partial(named, listed="form"))

    def row(entry: Entry) -> tuple[Cell, ...]:
        change, current = changes.get(entry.code), entry.current
        due = clocks.get(change.no) if change else None
        said = current or change
        return (
            Cell(entry.name, page(entry.code)),
            Cell("", code=entry.code),
            Cell(form(said.method) if said else "—"),
            Cell(sharing(said.sharing_type) if said else "—"),
            cells.state(state(entry.state)),
            _change(change, changing, change_page),
            cells.deadline(
                deadlines.of_clock(due, now=now) if due else None, no_limit=no_limit(change.state) if change else ""
            ),
            Cell(f"{current.release_date}" if current else "—"),
        )

    titles = ("名称", "代码", "资源形态", "共享类型", "状态", "正在办理的变更", "本步期限", "发布日期")
    return Table(
        gettext("本单位目录"), tuple(Column(gettext(title)) for title in titles), tuple(map(row, entries)),
        even=False, titled=False,
    )  # fmt: skip


def _change(change: Change | None, state, page) -> Cell:  # type: ignore[no-untyped-def]
    if change is None:
        return Cell("—")
    found = state(change.state)
    return Cell(change.no, page(change.no), badge=found.name, tone=found.tone)


@officers
def detail(request: Request, code: str) -> HttpResponse:
    """Show one entry; what is posted there is done."""
    actor, problem = request.actor, None
    entry = reading.entry(code, actor=actor)
    if request.method == "POST":
        try:
            if request.POST.get("act") == serving.ACT:
                serving.set_day(code, request.POST, actor=actor, now=clock.now())
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
        "serving": serving.shown(entry, actor=actor, now=clock.now(), form=request.POST),
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
    withdrawing = "撤销立即生效：目录不再列出该资源，已开通的使用权限全部收回，理由告知各使用方；在办申请须逐件终止。"
    return {"withdraw": gettext(withdrawing)}
