"""Two steps by one click, where the first only takes up what the second decides; each stays a step with its entry.

Which they are a lifecycle says itself (`Lifecycle.paired`); each may be taken alone as well (decision 0112).
"""

from collections.abc import Callable

from django.db import transaction
from django.db.models import Model

from hutong.control.procedures import since, turns
from hutong.control.procedures.procedure import Actor, Procedure
from hutong.control.procedures.rules import named
from hutong.core import lifecycle
from hutong.core.errors import Invalid
from hutong.core.lifecycle import Move

TakeOne = Callable[[str, str], object]
"""Takes a step by its action, for the state of the case that it is meant for."""


class NotPaired(Invalid):
    """No one click takes {action} and {then} of {title}."""


def offered(procedure: Procedure, case: Model, move: Move, *, actor: Actor) -> list[Move]:
    """Return the steps that the actor may take by one click with `move`, which is open to the actor now."""
    life = procedure.life
    second = {then for first, then in life.paired if first == move.action}
    if not second:
        return []
    (seen,) = procedure.seen([case])
    acted = turns.who_acted(life, [seen])[seen.number]
    own = {
        name: acted.get(name, frozenset()) | {actor.officer}
        for name in lifecycle.names(life, move.action, before=move.before)
    }
    found = lifecycle.open_to(
        life, move.after, officer=actor.officer, seats=actor.seats, parties=seen.parties,
        facts={**seen.facts, lifecycle.STUCK: False}, acted={**acted, **own},
    )  # fmt: skip
    return [each for each in found if each.action in second]


def take(procedure: Procedure, number: str, action: str, then: str, *, one: TakeOne, meant_for: str) -> None:
    """Take two paired steps of a case, both or neither; `one` takes each as the room does.

    The second is meant for what the first makes of the case. Raises NotPaired, and what `one` raises of either.
    """
    life = procedure.life
    if (action, then) not in life.paired:
        raise NotPaired(title=life.title, action=named(life, action), then=named(life, then))
    with transaction.atomic():
        one(action, meant_for)
        one(then, str(since.point(life.name, number, procedure.cases([number]).get())))
