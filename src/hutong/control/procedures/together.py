"""Like cases ticked for the same step (P-4): which of them wait for it at an officer's desks, and whether they may."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from hutong.control.procedures import likeness, operations, queries, since
from hutong.control.procedures.likeness import Likeness, OneByOne
from hutong.control.procedures.procedure import Actor, Procedure
from hutong.control.procedures.rules import NothingWaits, OtherSideTaken, named
from hutong.core.errors import Invalid
from hutong.core.lifecycle import Move

Alike = Callable[[Collection[str]], Mapping[str, Likeness]]
"""Returns what makes cases alike, by number."""


class StepsDiffer(Invalid):
    """Only cases that wait for the same step can be decided together."""


@dataclass(frozen=True, slots=True)
class CasesTogether:
    """Cases that may be decided together: those that wait here, what makes them alike, and the step."""

    here: tuple[str, ...]
    found: Mapping[str, Likeness]
    move: Move
    points: Mapping[str, str]
    """The state each is in, by number (`since.point`)."""
    cases: Mapping[str, Model]
    """The cases themselves, by number."""


def looked_at(
    procedure: Procedure, action: str, numbers: Sequence[str], *, alike: Alike | None, actor: Actor, now: datetime
) -> CasesTogether:
    """Return which of these cases wait for a step at one of the actor's desks, and what they have in common.

    Nothing is `alike` of a kind whose cases are decided one by one. Raises OneByOne, NothingWaits where none is left,
    StepsDiffer where they are in different states, CasesNotAlike, and OtherSideTaken.
    """
    if alike is None:
        raise OneByOne(action=action)
    here = _at_desk(procedure, action, numbers, actor=actor)
    likes = alike(here)
    found = {number: likes[number] for number in here}
    likeness.check(found)
    cases = {procedure.number_of(case): case for case in procedure.cases(here)}
    points = since.points(procedure, here)
    return CasesTogether(here, found, _move(procedure, action, here[0], actor=actor, now=now), points, cases)


def already(procedure: Procedure, action: str, number: str, *, meant_for: str, actor: Actor) -> str:
    """Return the state of a case that waits here no more, for the actor took this step of it after it was shown.

    Raises StateChanged where another did something first, and NothingWaits.
    """
    case = procedure.cases([number]).first()
    if case is not None and meant_for:
        try:
            since.check(procedure, case, meant_for, doing=action, actor=actor)
        except since.AlreadyDone:
            return str(case.state)
    raise NothingWaits(title=procedure.life.title, case=number)


def _at_desk(procedure: Procedure, action: str, numbers: Sequence[str], *, actor: Actor) -> tuple[str, ...]:
    life = procedure.life
    rows = queries.turns_of(life.name, numbers)
    found = {row.case: row.state for row in rows if row.action == action and queries.takes(row, actor)}
    here, states = tuple(number for number in numbers if number in found), set(found.values())
    if not here:
        raise NothingWaits(title=life.title, case=", ".join(numbers))
    if len(states) > 1:
        raise StepsDiffer
    return here


def _move(procedure: Procedure, action: str, number: str, *, actor: Actor, now: datetime) -> Move:
    """Return the step as it is open for the first of the cases; of each other it is looked at when it is taken."""
    case = procedure.cases([number]).get()
    for move in operations.open_to(procedure, case, actor=actor, now=now):
        if move.action == action:
            if not likeness.may_be_together(move):
                raise OneByOne(action=move.label)
            return move
    life = procedure.life
    raise OtherSideTaken(title=life.title, case=number, officer=actor.name, action=named(life, action))
