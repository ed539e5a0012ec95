"""Like cases on one page (P-4): what they share, what differs, and one step for those that are ticked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from hutong.control.procedures import handing_in
from hutong.control.procedures import together as alike
from hutong.control.procedures.likeness import Likeness
from hutong.control.procedures.operations import Grounds
from hutong.control.procedures.rules import NothingWaits
from hutong.control.procedures.together import StepsDiffer
from hutong.control.units.rules import Actor
from hutong.core import statuses
from hutong.core.errors import Faults, Invalid, Judging, Problem
from hutong.web import clock, corrections
from hutong.web.desk import acts, fields
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.room import CaseKind
from hutong.web.desk.rooms import KINDS
from hutong.web.desk.work import once_more, onward
from hutong.web.forms import Field, FieldEmpty
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import likes, procedures, telling

_PARTS = 3
"""Of a box: lifecycle, number and action."""
MOST = 50
"""Cases decided together at most: as many as stand on one page."""


LACKING = (once_more.NotConfirmed, FieldEmpty, Faults)
"""What is told on the page of the ticked cases, which stays as it was filled in."""


class NothingTicked(Invalid):
    """No case was ticked."""


class TooManyTicked(Invalid):
    """{many} cases were ticked; at most {most} are decided at once."""


class CaseUnreadable(Invalid):
    """{case} is no number of a case."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """The cases that were ticked: their kind, the step, their numbers, and what was sent that is none."""

    kind: CaseKind
    action: str
    numbers: tuple[str, ...]
    unreadable: tuple[str, ...] = ()
    points: Mapping[str, str] = field(default_factory=dict)
    """Of each case that was shown before: the state it was shown in."""
    more: Mapping[str, str] = field(default_factory=dict)
    """What was typed into the fields that the step asks for, the same for each case."""


@officers
def together(request: PageRequest) -> HttpResponse:
    """Show the ticked cases side by side; confirmed, take the step for each and say what became of it.

    Read, it shows what was ticked before, where that was kept; else it leads to the desk.
    """
    actor, posted, problem = request.actor, request.method == "POST", request.refused
    if not posted and not request.typed:
        return redirect("desk")
    if problem is not None and not isinstance(problem, LACKING):
        return _refused(request, problem)
    fields.check(request.POST)
    ticked = replace(read(request.POST.getlist("case")), more=acts.more(request.POST))
    kind = ticked.kind
    try:
        looked_at = alike.looked_at(
            kind.procedure, ticked.action, ticked.numbers, alike=kind.alike, actor=actor, now=clock.now()
        )
    except NothingWaits as nothing:
        return _left(request, ticked, nothing)
    here, found, move = looked_at.here, looked_at.found, looked_at.move
    asked = tuple(kind.asks(looked_at.cases[here[0]], ticked.action, acts.more(request.POST)))
    shown = {
        "label": procedures.label(move),
        "clause": move.clause,
        "kind": procedures.said("title", kind.procedure.life.title),
        "same": likes.same(found),
        "table": _table(ticked, found, points=looked_at.points),
        "gone": [*(number for number in ticked.numbers if number not in here), *ticked.unreadable],
        "consequences": [
            (number, line) for number in here for line in kind.consequences(looked_at.cases[number], ticked.action)
        ] if move.grave else [],
        "sure": once_more.sure() if move.grave else None,
        "fields": asked,
    }  # fmt: skip
    if not posted or "confirmed" not in request.POST or any(each not in ticked.points for each in ticked.numbers):
        # nothing is decided that was not shown on this page
        told = corrections.refused(shown, problem)
        return render(request, "desk/together.html", told, status=statuses.of(problem) if problem else 200)
    _check_filled(asked, request.POST, grave=move.grave)
    return _done(request, ticked, here, label=procedures.label(move))


def _check_filled(asked: Sequence[Field], form: QueryDict, *, grave: bool) -> None:
    """Refuse the page where a field is empty that each case needs, or it was not ticked that it was read; all at once.

    Raises FieldEmpty, NotConfirmed, and Faults where there are several.
    """
    judging = Judging()
    for each in asked:
        if each.required:
            fields.judged(judging, fields.said, form, each.name, "")
    if grave and once_more.SURE not in form:
        judging.add(once_more.NotConfirmed())
    judging.end()


def _refused(request: PageRequest, problem: Problem) -> HttpResponse:
    """Say why these cases cannot stand together; they stay ticked, for some to be left out."""
    table = _still_ticked(request.POST.getlist("case"), actor=request.actor)
    shown = {"problem": telling.said(problem), "table": table}
    return render(request, "desk/together.html", shown, status=statuses.of(problem))


def _still_ticked(keys: Sequence[str], *, actor: Actor) -> Table:
    """Return the boxes that were ticked; only a case the officer sees leads to its page."""
    parts = [key.split("|")[:_PARTS] for key in dict.fromkeys(keys) if _is_box(key)]
    boxes = tuple("|".join(part) for part in parts)

    def row(life: str, number: str, action: str) -> tuple[Cell, ...]:
        known = KINDS[life].procedure.life
        label = next(procedures.label(move) for move in known.moves if move.action == action)
        address = f"{_named(KINDS[life], number, actor=actor).get('address', '')}"
        return Cell(number, address), Cell(procedures.said("title", known.title)), Cell(label)

    return Table(
        gettext("勾选的事项"), tuple(Column(gettext(title)) for title in ("编号", "事项", "办理步骤")),
        tuple(row(*part) for part in parts), even=False, titled=False, boxes=boxes, ticked=frozenset(boxes),
    )  # fmt: skip


def _left(request: PageRequest, ticked: Ticked, problem: Problem) -> HttpResponse:
    """Show what became of cases of which none waits here any more: a second click is told what the first did.

    Raises the problem where nothing was confirmed.
    """
    if request.method == "POST" and "confirmed" in request.POST and ticked.points:
        moves = (move for move in ticked.kind.procedure.life.moves if move.action == ticked.action)
        return _done(request, ticked, (), label=procedures.label(next(moves)), otherwise=statuses.of(problem))
    raise problem


def _done(
    request: PageRequest, ticked: Ticked, here: Sequence[str], *, label: str, otherwise: int = 200
) -> HttpResponse:
    """Show what became of each case; `otherwise` is the status of the page where nothing was done."""
    results = [*taken(ticked, here, actor=request.actor), *map(unreadable, ticked.unreadable)]
    done = sum("problem" not in each for each in results)
    shown = {
        "label": label, "results": results, "done": done, "refused": len(results) - done,
        "onward": onward.onward(request, but=""),
    }  # fmt: skip
    return render(request, "desk/together_done.html", shown, status=200 if done else otherwise)


def read(keys: Sequence[str]) -> Ticked:
    """Return what was ticked; raises NothingTicked, TooManyTicked and StepsDiffer."""
    parts, others = boxes(keys)
    life, _, action = parts[0][:3]
    if any((part[0], part[2]) != (life, action) for part in parts):
        raise StepsDiffer
    points = {part[1]: part[3] for part in parts if len(part) > _PARTS}
    return Ticked(KINDS[life], action, tuple(part[1] for part in parts), tuple(others), points)


def boxes(keys: Sequence[str]) -> tuple[list[list[str]], list[str]]:
    """Return lifecycle, number and action of every box that was ticked, and what was sent that is no box.

    Where the case itself was shown, the state in which it was follows.

    Raises NothingTicked where none is readable, and TooManyTicked.
    """
    sent = list(dict.fromkeys(keys))
    parts = [key.split("|") for key in sent if _is_box(key)]
    if not parts:
        raise NothingTicked
    if len(sent) > MOST:
        raise TooManyTicked(many=len(sent), most=MOST)
    return parts, [key for key in sent if not _is_box(key)]


def _is_box(key: str) -> bool:
    life, number, action = [*key.split("|"), "", ""][:3]
    known = life in KINDS and bool(number) and any(move.action == action for move in KINDS[life].procedure.life.moves)
    return key.count("|") in (_PARTS - 1, _PARTS) and known and key.isprintable()


def unreadable(key: str) -> dict[str, object]:
    """Return the outcome of what was sent and is no box."""
    said = fields.shortened(key)
    return {"number": said, "problem": telling.said(CaseUnreadable(case=said))}


def taken(ticked: Ticked, here: Sequence[str], *, actor: Actor) -> list[dict[str, object]]:
    """Take the step for each case in a transaction of its own, and return the outcome case by case."""
    return [_taken(ticked, number, here=number in here, actor=actor) for number in ticked.numbers]


def _taken(ticked: Ticked, number: str, *, here: bool, actor: Actor) -> dict[str, object]:
    life = ticked.kind.procedure.life
    told = _named(ticked.kind, number, actor=actor)
    try:
        meant_for = ticked.points.get(number, "")
        if here:
            found = ticked.kind.find(number, actor=actor)
            handing_in.check(ticked.kind.procedure, found, ticked.action)
            state = ticked.kind.take(
                number, ticked.action, actor=actor, now=clock.now(), calendar=clock.calendar(),
                grounds=Grounds(more=ticked.more), meant_for=meant_for,
            )  # fmt: skip
        else:
            state = alike.already(ticked.kind.procedure, ticked.action, number, meant_for=meant_for, actor=actor)
    except Problem as problem:
        return {**told, "problem": telling.said(problem)}
    return {**told, "state": procedures.state(life, state)}


def _named(kind: CaseKind, number: str, *, actor: Actor) -> dict[str, object]:
    """Return a case as its outcome names it: its number; what it is about and its address where seen."""
    try:
        case = kind.find(number, actor=actor)
    except Problem:
        return {"number": number}
    (seen,) = kind.procedure.seen([case])
    return {"number": number, "about": seen.title, "address": kind.page(number)}


def _table(ticked: Ticked, found: Mapping[str, Likeness], *, points: Mapping[str, str]) -> Table:
    keys = tuple(f"{_key(ticked, number)}|{points[number]}" for number in found)
    return Table(
        gettext("勾选的事项"),
        (Column(gettext("编号")), *map(Column, likes.columns(found))),
        tuple((Cell(number, ticked.kind.page(number)), *map(Cell, likes.cells(found, number))) for number in found),
        even=False, titled=False, boxes=keys, ticked=frozenset(keys),
    )  # fmt: skip


def _key(ticked: Ticked, number: str) -> str:
    return f"{ticked.kind.procedure.life.name}|{number}|{ticked.action}"
