"""Like cases on one page (P-4): what they share, what differs, and one step for those that are ticked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hutong.control.orgs.rules import Actor
from hutong.control.procedures import together as alike
from hutong.control.procedures.likeness import Likeness
from hutong.control.procedures.operations import Grounds
from hutong.control.procedures.rules import NothingWaits
from hutong.control.procedures.together import StepsDiffer
from hutong.core import statuses
from hutong.core.errors import Invalid, Problem
from hutong.web import clock
from hutong.web.desk import fields
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.room import CaseKind
from hutong.web.desk.rooms import KINDS
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import likes, procedures, telling

MOST = 50
"""Cases decided together at most: as many as stand on one page."""


class NothingTicked(Invalid):
    """No case was ticked."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """The cases that were ticked: their kind, the step, and their numbers."""

    kind: CaseKind
    action: str
    numbers: tuple[str, ...]


@officers
@require_POST
def together(request: PageRequest) -> HttpResponse:
    """Show the ticked cases side by side; confirmed, take the step for each and say what became of it."""
    actor = request.actor
    try:
        fields.check(request.POST)
        ticked = read(request.POST.getlist("case"))
        kind = ticked.kind
        looked_at = alike.looked_at(
            kind.procedure, ticked.action, ticked.numbers, alike=kind.alike, actor=actor, now=clock.now()
        )
    except Problem as problem:
        return render(request, "desk/together.html", {"problem": telling.said(problem)}, status=statuses.of(problem))
    here, found = looked_at.here, looked_at.found
    shown = {
        "label": procedures.label(looked_at.move),
        "clause": looked_at.move.clause,
        "kind": procedures.said("title", kind.procedure.life.title),
        "same": likes.same(found),
        "table": _table(ticked, found),
        "gone": [number for number in ticked.numbers if number not in here],
    }  # fmt: skip
    if "confirmed" not in request.POST:
        return render(request, "desk/together.html", shown)
    results = taken(ticked, here, actor=actor)
    done = sum("problem" not in each for each in results)
    shown |= {"results": results, "done": done, "refused": len(results) - done}
    return render(request, "desk/together_done.html", shown)


def read(keys: Sequence[str]) -> Ticked:
    """Return what was ticked; raises NothingTicked, and StepsDiffer."""
    parts = [tuple(key.split("|")) for key in dict.fromkeys(keys)][:MOST]
    if not parts or any(len(part) != 3 or part[0] not in KINDS for part in parts):
        raise NothingTicked
    life, _, action = parts[0]
    if any((part[0], part[2]) != (life, action) for part in parts):
        raise StepsDiffer
    return Ticked(KINDS[life], action, tuple(part[1] for part in parts))


def taken(ticked: Ticked, here: Sequence[str], *, actor: Actor) -> list[dict[str, object]]:
    """Take the step for each case in a transaction of its own, and return the outcome case by case."""
    return [_taken(ticked, number, here=number in here, actor=actor) for number in ticked.numbers]


def _taken(ticked: Ticked, number: str, *, here: bool, actor: Actor) -> dict[str, object]:
    life = ticked.kind.procedure.life
    told: dict[str, object] = {"number": number, "address": ticked.kind.page(number)}
    try:
        if not here:
            raise NothingWaits(title=life.title, case=number)
        state = ticked.kind.take(
            number, ticked.action, actor=actor, now=clock.now(), calendar=clock.calendar(), grounds=Grounds()
        )
    except Problem as problem:
        return {**told, "problem": telling.said(problem)}
    return {**told, "state": procedures.state(life, state)}


def _table(ticked: Ticked, found: Mapping[str, Likeness]) -> Table:
    keys = tuple(_key(ticked, number) for number in found)
    return Table(
        gettext("勾选的事项"),
        (Column(gettext("编号")), *map(Column, likes.columns(found))),
        tuple((Cell(number, ticked.kind.page(number)), *map(Cell, likes.cells(found, number))) for number in found),
        even=False, titled=False, boxes=keys, ticked=frozenset(keys),
    )  # fmt: skip


def _key(ticked: Ticked, number: str) -> str:
    return f"{ticked.kind.procedure.life.name}|{number}|{ticked.action}"
