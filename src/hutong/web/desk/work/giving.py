"""A head gives what waits at the unit's desks to its officers (分办), several cases at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from hutong.control.units import heads
from hutong.control.units.rules import Actor
from hutong.core import statuses
from hutong.core.errors import Invalid, Judging, Problem
from hutong.web import clock, corrections
from hutong.web.desk import cells, fields
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.rooms import KINDS
from hutong.web.desk.work import together, waiting
from hutong.web.desk.work.lists import HEADED
from hutong.web.forms import Field
from hutong.web.lists import pages
from hutong.web.lists.pages import ListShown
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import telling

TICKED = "case"
"""What each box sends that is ticked, and the id of the first of them."""


class NobodyChosen(Invalid):
    """Nobody was chosen to give the cases to."""


@officers
def giving(request: PageRequest) -> HttpResponseBase:
    """Show what waits at the desks of the head's officers; the ticked cases are given to the officer chosen."""
    actor, now = request.actor, clock.now()
    problem, results = request.refused, None
    if request.method == "POST":
        results = _given(request, actor=actor, now=now)

    def more(shown: ListShown) -> dict[str, object]:
        desk = heads.desk(shown.rows, actor=actor, now=now)
        rows = waiting.rows(shown.rows, seats=desk.seats, now=now)
        table = _table(rows, desk.points, ticked=_left(request.POST, results))
        told = {
            "table": table,
            "fields": _fields(request.POST, officers=desk.officers),
            "results": results,
            "done": sum("problem" not in each for each in results or ()),
            "refused": sum("problem" in each for each in results or ()),
        }
        shown_again = corrections.refused(told, problem, places={TICKED: TICKED})
        if problem is not None:
            shown_again["table"] = replace(table, wrong=corrections.wrong(shown_again["problem"]).get(TICKED, ""))
        return shown_again

    status = statuses.of(problem) if problem else 200
    return pages.answer(HEADED, request, "desk/giving.html", status=status, more=more)


def _given(request: PageRequest, *, actor: Actor, now: datetime) -> list[dict[str, object]]:
    form, judging = request.POST, Judging()
    nothing: tuple[list[list[str]], list[str]] = ([], [])
    parts, others = fields.judged(judging, _ticked, form, TICKED, nothing)
    chosen = partial(_to, actor=actor, now=now)
    to, words = fields.judged(judging, chosen, form, "to", ""), form.get("words", "").strip()
    fields.judge(form, judging)
    judging.end()
    results: list[dict[str, object]] = []
    for life, number, _, at in ([*part, ""][:4] for part in parts):
        told: dict[str, object] = {"number": number}
        try:
            (seen,) = KINDS[life].procedure.seen([KINDS[life].find(number, actor=actor)])
            told["about"], told["address"] = seen.title, KINDS[life].page(number)
            told["to"] = heads.give_out(
                KINDS[life].procedure, number, to=to, words=words, actor=actor, now=now, meant_for=at
            )
        except Problem as problem:
            told["problem"] = telling.said(problem)
        results.append(told)
    return [*results, *map(together.unreadable, others)]


def _ticked(form: QueryDict, field: str) -> tuple[list[list[str]], list[str]]:
    return together.boxes(form.getlist(field))


def _to(form: QueryDict, field: str, *, actor: Actor, now: datetime) -> str:
    """Return the account that was chosen; raises NobodyChosen and what `heads.choosable` does."""
    if not (to := form.get(field, "").strip()):
        raise NobodyChosen
    return heads.choosable(to, actor=actor, now=now)


def _left(form: QueryDict, results: Sequence[Mapping[str, object]] | None) -> list[str]:
    """Return the cases that stay ticked: those that were not given."""
    given = {result["number"] for result in results or () if "problem" not in result}
    return ["|".join(key.split("|")[:3]) for key in form.getlist("case") if given.isdisjoint(key.split("|"))]


def _table(
    rows: Sequence[waiting.WaitingCase], points: Mapping[tuple[str, str], str], *, ticked: Collection[str]
) -> Table:
    boxes = {row.key: f"{row.key}|{points.get((row.key.partition('|')[0], row.number), '')}" for row in rows}
    return Table(
        gettext("待办的事项"),
        tuple(Column(gettext(title)) for title in ("事项", "状态", "办理步骤", "办理期限", "由谁办理")),
        tuple(
            (
                Cell(f"{row.kind}\uff1a{row.title}", row.address, code=row.number),
                cells.state(row.state),
                Cell(row.label),
                cells.deadline(row.deadline, no_limit=row.no_limit),
                Cell(row.handler or "—"),
            )
            for row in rows
        ),
        even=False, titled=False, boxes=tuple(boxes.values()),
        ticked=frozenset(boxes[key] for key in ticked if key in boxes),
    )  # fmt: skip


def _fields(form: QueryDict, *, officers: list[tuple[str, str]]) -> tuple[Field, ...]:
    choice = (("", gettext("请选择")), *officers)
    return (
        Field("to", gettext("交给"), form.get("to", ""), "choice", required=True, options=choice),
        Field("words", gettext("说明"), form.get("words", "")),
    )
