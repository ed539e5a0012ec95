"""Who proposes, agrees to and reads purges and holds: those whom their lifecycles name, for the whole installation."""

from hutong.audit.lifecycle import PURGE
from hutong.audit.retention import NotEntitledToPurge
from hutong.control.units.rules import Actor
from hutong.core import lifecycle

ENTITLED = lifecycle.takers(PURGE, "request")


def entitled(actor: Actor) -> bool:
    """Whether an officer takes steps of purges and holds, and reads them."""
    return actor.acts_for_all(ENTITLED)


def check(actor: Actor) -> None:
    """Refuse everybody else; raises NotEntitledToPurge (SX-10-c)."""
    if not entitled(actor):
        raise NotEntitledToPurge(role=", ".join(ENTITLED), by=actor.name)
