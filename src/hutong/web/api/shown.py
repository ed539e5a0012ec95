"""A case and what waits, as JSON has them: codes for programs, and beside them the words that the pages have."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from hutong.control.procedures.procedure import Seen
from hutong.control.procedures.queries import Waiting
from hutong.web.desk.cases import CaseShown, MoveShown, TurnShown
from hutong.web.desk.history import StepShown
from hutong.web.desk.work.waiting import WaitingCase
from hutong.web.wording import procedures
from hutong.web.wording.deadlines import DeadlineShown
from hutong.web.wording.procedures import StateShown


def case(lifecycle: str, found: CaseShown) -> dict[str, Any]:
    """Return a case: where it stands, whose turn it is, the steps its officer may take, and what was done so far."""
    return {
        "lifecycle": lifecycle,
        "number": found.number,
        "kind": found.kind,
        "title": found.title,
        "state": _state(found.state),
        "at": found.at,
        "deadline": _deadline(found.deadline),
        "turns": [_turn(each) for each in found.turns],
        "steps_open": [_move(each) for each in found.moves if not each.gave_hand],
        "acts_open": sorted(found.tools.acts),
        "steps": [_step(each) for each in found.steps],
        "handlings": [
            {
                "number": each.number, "act": each.kind, "name": each.name, "at": _moment(each.at), "by": each.by_name,
                "unit": each.by_unit_name, "to": each.to, "words": each.words,
            }
            for each in found.handlings
        ],
    }  # fmt: skip


def turns(found: Sequence[Waiting], rows: Sequence[WaitingCase]) -> Iterator[dict[str, Any]]:
    """Yield what waits: of each case its state, the step that carries it on, and by when."""
    for each, row in zip(found, rows, strict=True):
        yield {
            "lifecycle": each.lifecycle,
            "number": each.case,
            "kind": row.kind,
            "title": each.title,
            "state": _state(row.state),
            "action": each.action,
            "label": row.label,
            "clause": each.clause,
            "role": each.of_role,
            "unit": each.of_unit,
            "mine": row.mine,
            "handler": each.handler,
            "deadline": _deadline(row.deadline),
        }


def rows(lifecycle: str, found: Sequence[Seen]) -> Iterator[dict[str, Any]]:
    """Yield cases as a list has them."""
    for each in found:
        state = _state(procedures.state_of(lifecycle, each.state))
        yield {
            "lifecycle": lifecycle, "number": each.number, "title": each.title, "state": state,
            "since": _moment(each.entered_at),
        }  # fmt: skip


def _state(state: StateShown) -> dict[str, str]:
    return {"code": state.code, "name": state.name}


def _deadline(due: DeadlineShown | None) -> dict[str, Any] | None:
    return None if due is None else {"day": due.day, "late": due.late, "amount": due.amount, "how": due.how}


def _turn(turn: TurnShown) -> dict[str, Any]:
    return {"label": turn.label, "whose": turn.whose, "why": turn.why, "mine": turn.mine, "handler": turn.handler}


def _move(move: MoveShown) -> dict[str, Any]:
    """Return a step that may be taken: what it needs, and whether a person has to take it on the page."""
    return {
        "action": move.action,
        "label": move.label,
        "clause": move.clause,
        "state_after": move.state_after,
        "hand": move.hand,
        "fields": [{"name": each.name, "label": each.label, "required": each.required} for each in move.fields],
        "then": [{"action": each.then, "label": each.label} for each in move.pairs],
        "grave": move.grave,
        "by_token": not move.grave,
    }


def _step(step: StepShown) -> dict[str, Any]:
    return {
        "label": step.label, "state": _state(step.state), "at": _moment(step.at), "by": step.by_name,
        "unit": step.by_unit_name, "clause": step.clause, "reason": step.reason, "basis": step.basis,
    }  # fmt: skip


def _moment(at: datetime) -> str:
    return at.isoformat()
