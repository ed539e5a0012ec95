"""Hands in order inside one office: 拟办 → 审核 → 签发, each another officer's; the step counts at the last (P-2).

The lifecycle says which moves may ask for hands; a switch in the rulebook (`hands.<lifecycle>.<action>`) says whether
an office asks for them. One limit runs through all hands of a step. What ends a stuck case never waits for officers
whom the office does not have: there the first hands fall away (decision 0030).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from hutong.control.procedures import models, rules
from hutong.control.procedures.procedure import Actor, Procedure, Seen
from hutong.control.recording import record
from hutong.control.rulebook.queries import Rulebook
from hutong.core.lifecycle import STUCK, Hand, Lifecycle, Move, seat
from hutong.db import sql

statements = sql.load(__package__, "turns.sql")


@dataclass(frozen=True, slots=True)
class GivenHand:
    """A hand that counts: which it is, who gave it, and with what grounds."""

    hand: Hand
    by: str
    reason: str
    basis: str


UnderWay = Mapping[str, Mapping[str, list[GivenHand]]]
"""Case → action → the hands that count for the step under way, in their order."""


@dataclass(frozen=True, slots=True)
class HandsLeft:
    """The hands that a step still asks for, and who may give the next."""

    hands: tuple[Hand, ...] = ()
    """The next first; none where one officer is enough."""
    givers: Set[str] = frozenset()
    officers: int | None = None
    """How many officers give the hands of the step, where they are too few for all of them; else None."""


def asked_for(life: Lifecycle, move: Move, *, rulebook: Rulebook) -> tuple[Hand, ...]:
    """Return the hands that a move passes through in the office it belongs to; none where one officer is enough."""
    return move.hands if move.hands and rulebook.on(switch(life, move)) else ()


def left(move: Move, asked: tuple[Hand, ...], *, given: Sequence[GivenHand], able: Set[str]) -> HandsLeft:
    """Return what is left of the hands asked for, after those `given`.

    `able` are the officers who may take the step. Each gives one hand, and a step waits while they are too few. Only
    what ends a stuck case does not wait: it asks for its last hands alone, one for each officer there is, and where
    nobody else is there an officer who gave a hand gives the last as well.
    """
    rest = asked[asked.index(given[-1].hand) + 1 :] if given else asked
    gave = {each.by for each in given}
    others = able - gave
    if STUCK not in move.when:
        return HandsLeft(rest, others)
    rest = rest[-max(len(others), 1) :]
    fewer = len(given) + len(rest) < len(asked) or not others
    return HandsLeft(rest, others or able, len(able | gave) if fewer else None)


def switch(life: Lifecycle, move: Move) -> str:
    """Return the name in the rulebook of what switches the hands of a move on."""
    return f"hands.{life.name}.{move.action}"


def under_way(life: str, cases: Collection[str]) -> UnderWay:
    """Return the hands that count for the steps under way of these cases."""
    found: dict[str, dict[str, list[GivenHand]]] = defaultdict(lambda: defaultdict(list))
    with connection.cursor() as cur:
        cur.execute(statements.under_way, {"lifecycle": life, "cases": list(cases)})
        for case, action, hand, by, reason, basis in cur.fetchall():
            found[case][action].append(GivenHand(Hand(hand), by, reason, basis))
    return found


def given(life: str, case: str, action: str) -> list[GivenHand]:
    """Return the hands that count for a step under way, in their order."""
    return under_way(life, [case])[case][action]


def following(move: Move, hands: Collection[GivenHand]) -> str:
    """Return the next hand of a step to which some were given; empty where none was given or none is left."""
    return str(move.hands[len(hands)]) if 0 < len(hands) < len(move.hands) else ""


def give(
    procedure: Procedure, seen: Seen, move: Move, *, order: HandsLeft, actor: Actor, now: datetime, reason: str,
    basis: str, agrees: bool = True, opinion: str = "",
) -> bool:  # fmt: skip
    """Give the next hand to a step, and return whether it was the last, with which the step counts.

    A hand that does not agree ends those before it: the step begins with drafting again. Raises
    HandsOneAfterTheOther where the officer has given a hand already and the next is another's.
    """
    life = procedure.life
    if actor.officer not in order.givers:
        raise rules.HandsOneAfterTheOther(title=life.title, case=seen.number, officer=actor.name)
    hand, own = order.hands[0], seat(life, move, parties=seen.parties)
    models.HandGiven.objects.create(
        lifecycle=life.name, case=seen.number, action=move.action, state=seen.state, hand=hand, agrees=agrees,
        opinion=opinion, reason=reason, basis=basis, at=now, by=actor.officer, by_name=actor.name,
        by_unit_name=actor.unit_name, officers=order.officers, by_unit=actor.unit, role=own.role, unit=own.unit,
    )  # fmt: skip
    fields = {
        "lifecycle": life.name, "case": seen.number, "action": move.action, "hand": str(hand), "agrees": agrees,
        "opinion": opinion or None, "reason": reason or None, "basis": basis or None, "officers": order.officers,
        "by": actor.officer,
    }  # fmt: skip
    others = seen.parties.values()
    record("procedures.hand_given", fields, now=now, unit=actor.unit, counterpart=seen.counterpart, others=others)
    if not agrees:
        clear(life.name, seen.number)
        return False
    return len(order.hands) == 1


def clear(life: str, case: str) -> None:
    """Cancel the hands given so far: the step was taken, another step was taken, or a hand disagreed."""
    models.HandGiven.objects.filter(lifecycle=life, case=case, live=True).update(live=False)


def clear_all(turns: QuerySet[models.Turn]) -> None:
    """Cancel the hands given to the steps of these turns."""
    same = {name: OuterRef(name) for name in ("lifecycle", "case", "action")}
    models.HandGiven.objects.filter(Exists(turns.filter(**same)), live=True).update(live=False)
