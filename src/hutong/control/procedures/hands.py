"""Hands in order inside one office: 拟办 → 审核 → 签发, each another officer's; the step counts at the last (P-2).

Which moves may ask for hands the lifecycle says; whether an office asks for them its switch in the rulebook
(`hands.<lifecycle>.<action>`). The limit runs through all of them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from hutong.control.procedures import models, rules
from hutong.control.procedures.procedure import Actor, Procedure, Seen
from hutong.control.recording import record
from hutong.control.rulebook.queries import Rulebook
from hutong.core.lifecycle import Hand, Lifecycle, Move


@dataclass(frozen=True, slots=True)
class Given:
    """A hand that counts: which it is, who gave it, and with what grounds."""

    hand: Hand
    by: str
    reason: str
    basis: str


def asked_for(life: Lifecycle, move: Move, *, rulebook: Rulebook) -> tuple[Hand, ...]:
    """Return the hands that a move passes through in the office it belongs to; none where one officer is enough."""
    return move.hands if move.hands and rulebook.on(switch(life, move)) else ()


def switch(life: Lifecycle, move: Move) -> str:
    """Return the name in the rulebook of what switches the hands of a move on."""
    return f"hands.{life.name}.{move.action}"


def given(life: str, case: str, action: str) -> list[Given]:
    """Return the hands that count for a step under way, in their order."""
    rows = models.HandGiven.objects.filter(lifecycle=life, case=case, action=action, live=True).order_by("id")
    return [Given(Hand(row.hand), row.by, row.reason, row.basis) for row in rows]


def give(
    procedure: Procedure, seen: Seen, move: Move, *, order: tuple[Hand, ...], actor: Actor, now: datetime, reason: str,
    basis: str, agrees: bool = True, opinion: str = "",
) -> bool:  # fmt: skip
    """Give the next hand to a step, and return whether it was the last, with which the step counts.

    A hand that does not agree ends those before it: the step begins with drafting again. Raises
    HandsOneAfterTheOther where the officer has given a hand already.
    """
    life = procedure.life
    before = given(life.name, seen.number, move.action)
    if actor.person in {each.by for each in before}:
        raise rules.HandsOneAfterTheOther(title=life.title, case=seen.number, person=actor.name)
    hand = order[len(before)]
    models.HandGiven.objects.create(
        lifecycle=life.name, case=seen.number, action=move.action, state=seen.state, hand=hand, agrees=agrees,
        opinion=opinion, reason=reason, basis=basis, at=now, by=actor.person, by_name=actor.name,
        org_name=actor.org_name,
    )  # fmt: skip
    fields = {
        "lifecycle": life.name, "case": seen.number, "action": move.action, "hand": str(hand), "agrees": agrees,
        "opinion": opinion or None, "reason": reason or None, "basis": basis or None, "by": actor.person,
    }  # fmt: skip
    record("procedures.hand_given", fields, now=now, org=actor.org, counterpart=seen.counterpart)
    if not agrees:
        clear(life.name, seen.number)
        return False
    return hand is order[-1]


def clear(life: str, case: str) -> None:
    """Let no hand given so far count any more: the step was taken, another was, or a hand disagreed."""
    models.HandGiven.objects.filter(lifecycle=life, case=case, live=True).update(live=False)


def stages(life: Lifecycle, cases: Collection[str]) -> dict[tuple[str, str], str]:
    """Return which hand is next, by case and action, where some were given and the step waits for more."""
    rows = models.HandGiven.objects.filter(lifecycle=life.name, case__in=list(cases), live=True)
    counts: dict[tuple[str, str], int] = {}
    for case, action in rows.values_list("case", "action"):
        counts[case, action] = counts.get((case, action), 0) + 1
    orders = {move.action: move.hands for move in life.moves if move.hands}
    return {
        (case, action): str(orders[action][count])
        for (case, action), count in counts.items()
        if count < len(orders.get(action, ()))
    }
