"""Checkpoints with the cosignatures of witnesses, and the place where who cannot be called hands its cosignature in."""

import msgspec

from hutong.audit import witnesses
from hutong.core import beijing
from hutong.gateway import replies, shapes
from hutong.gateway.received import Scope
from hutong.gateway.replies import Reply
from hutong.gateway.state import Gateway
from hutong.plane import rulebook

NOTE = "text/plain; charset=utf-8"
PLACE = "/log/cosignatures"
MOST_BYTES = 16 << 10
"""A checkpoint with the signatures a note may have is far smaller."""


def cosigned(gateway: Gateway, scope: Scope) -> Reply:
    """Return the newest checkpoint that as many witnesses have cosigned as the rulebook asks; raises NotCosignedYet."""
    with gateway.db.transaction() as cur:
        quorum = rulebook.number(cur, "audit.witness_quorum", day=beijing.day(gateway.config.now()))
        note = witnesses.with_cosignatures(cur, witnesses.newest(cur, quorum=quorum))
    return replies.whole(note.encode(), kind=NOTE, cache="no-cache")


def take(gateway: Gateway, note: bytes) -> Reply:
    """Write down the cosignatures on a checkpoint, and tell whose they are; raises as `witnesses.hand_in`."""
    with gateway.db.transaction() as cur:
        names = witnesses.hand_in(cur, note, vkeys=gateway.log_vkeys, now=gateway.config.now())
    return replies.whole(msgspec.json.encode(shapes.CosignedOut(names)))
