"""The unit's own catalogue: the list, and one entry as a case."""

from functools import cache, partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.catalog import queries, rules
from hutong.control.catalog.lifecycle import ENTRY
from hutong.control.procedures import queries as procedures
from hutong.core import statuses
from hutong.core.errors import Problem
from hutong.plane.definition import Mode
from hutong.web import clock
from hutong.web.desk import acts, cases, cells
from hutong.web.desk.catalog import differing
from hutong.web.desk.catalog.kind import KIND
from hutong.web.desk.catalog.reading import seen
from hutong.web.desk.narrowing import Narrowed
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.login.entrance import officers
from hutong.web.wording import deadlines, items, telling
from hutong.web.wording import procedures as wording
from hutong.web.wording.names import named


@officers
def listed(request: HttpRequest) -> HttpResponse:
    """Show a page of the unit's entries by name, each with the deadline that runs."""
    actor, now, after = request.actor, clock.now(), request.GET.get("after", "")  # type: ignore[attr-defined]
    asked = Narrowed.read(request.GET, states=ENTRY.states)
    found = queries.of_provider(
        actor.org, words=asked.words, state=asked.state, after=after, limit=queries.PAGE + 1
    )
    entries = found[: queries.PAGE]
    clocks = procedures.deadlines(ENTRY.name, [entry.code for entry in entries])
    state, no_limit = cache(partial(wording.state, ENTRY)), cache(partial(wording.no_limit, ENTRY))
    page, sharing = KIND.pages(), cache(partial(named, listed="sharing_type"))
    table = Table(
        gettext("本单位目录"),
        tuple(Column(gettext(title)) for title in ("名称", "代码", "共享类型", "状态", "本步期限", "发布日期")),
        tuple(
            (
                Cell(entry.name, page(entry.code)),
                Cell("", code=entry.code),
                Cell(sharing(entry.sharing_type)),
                cells.state(state(entry.state)),
                cells.deadline(
                    deadlines.of_clock(clocks[entry.code], now=now) if entry.code in clocks else None,
                    no_limit=no_limit(entry.state),
                ),
                Cell(f"{entry.release_date or '—'}"),
            )
            for entry in entries
        ),
        even=False,
        titled=False,
    )
    shown = {
        "table": table,
        "edits": rules.is_editor(actor, provider=actor.org),
        "more": entries[-1].name if len(found) > queries.PAGE else "",
        "first": not after,
        "asked": asked,
        "kept": asked.kept(),
        "states": [(code, wording.state(ENTRY, code).name) for code in ENTRY.states],
        "count": queries.counted(actor.org, words=asked.words, state=asked.state),
    }
    return render(request, "desk/entries.html", shown)


@officers
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one entry; what is posted there is done."""
    actor, problem = request.actor, None  # type: ignore[attr-defined]
    entry = seen(code, actor=actor)
    if request.method == "POST":
        try:
            acts.posted(request, KIND, code)
            return redirect("entry", code=code)
        except Problem as raised:
            problem = raised
            entry = seen(code, actor=actor)
    typed = acts.typed(request) if problem else None
    published = queries.entry(code) if entry.draft else None
    shown = {
        "case": cases.show(KIND, entry, actor=actor, now=clock.now(), typed=typed, notes=_notes()),
        "entry": entry,
        "differing": differing.table(published, entry) if published else None,
        "ends_sharing": published is not None and entry.sharing_type == 3 != published.sharing_type,
        "items": items.rows(entry),
        "modes": list(Mode),
        "change": reverse("entry-edit", args=[code]) if KIND.editable(entry, actor=actor) else "",
        "change_words": gettext("修改"),
        "problem": telling.said(problem) if problem else None,
    }  # fmt: skip
    return render(request, "desk/entry.html", shown, status=statuses.of(problem) if problem else 200)


def _notes() -> dict[str, str]:
    withdrawing = "撤销立即生效：目录不再列出该资源，已开通的使用权限全部收回，理由告知各使用方；在办申请须逐件终止。"
    return {"withdraw": gettext(withdrawing)}
