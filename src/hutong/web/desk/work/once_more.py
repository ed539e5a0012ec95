"""A grave step on a page of its own: what it does, in numbers, and once more the question (architecture 3.5)."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from hutong.core import statuses
from hutong.core.errors import Invalid
from hutong.web import clock, corrections
from hutong.web.desk import acts, cases
from hutong.web.desk.room import CaseKind
from hutong.web.desk.rooms import KINDS
from hutong.web.forms import Field
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest

SURE = "sure"
"""Ticked where a step asks for no words, so that no second click gives the answer to a question nobody read."""


class NotConfirmed(Invalid):
    """Nothing was done: it was not ticked that what this step does was read."""


@officers
def once_more(request: PageRequest, lifecycle: str, number: str, action: str) -> HttpResponse:
    """Show what a grave step of a case would do; posted, take it. One that is not open leads to the case."""
    kind, problem = _kind(lifecycle), request.refused
    if request.method == "POST":
        _check(request, kind, action)
        return acts.posted(request, kind, number, confirmed=True)
    found = kind.find(number, actor=request.actor)
    case = cases.show(kind, found, actor=request.actor, now=clock.now(), typed=acts.typed(request))
    move = next((each for each in case.moves if each.action == action and not each.gave_hand), None)
    if move is None and problem is None:
        return redirect(kind.page(number))
    page = {
        "case": case,
        "move": move,
        "consequences": kind.consequences(found, action) if move else (),
        "sure": None if move is None or move.fields else sure(),
        "back": kind.page(number),
    }
    told = corrections.refused(page, problem, form="" if move and not move.fields else action)
    return render(request, "desk/once_more.html", told, status=statuses.of(problem) if problem else 200)


def sure() -> Field:
    """Return the box that is ticked where a step asks for no words."""
    return Field(SURE, gettext("我已看过办理后的结果，确认办理"), kind="box", required=True)


def _kind(lifecycle: str) -> CaseKind:
    kind = KINDS.get(lifecycle)
    if kind is None:
        raise Http404
    return kind


def _check(request: PageRequest, kind: CaseKind, action: str) -> None:
    moves = [move for move in kind.procedure.life.moves if move.action == action]
    words = (("reason", "reason"), ("basis", "basis"), ("hands", "opinion"))
    asked = any(getattr(move, needed) and name in request.POST for move in moves for needed, name in words)
    asked = asked or (action in kind.asking and bool(acts.more(request.POST)))
    if request.POST.get("action") != action or not (asked or SURE in request.POST):
        raise NotConfirmed
