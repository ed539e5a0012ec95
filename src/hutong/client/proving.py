"""Proof that an entry is in the log, under a checkpoint that continues the last one seen (`watching`)."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from hutong.client.watching import Watch
from hutong.client.wire import PlatformConnection, Refusal
from hutong.core import merkle, signed_note
from hutong.core.errors import Malformed, Unavailable
from hutong.core.signed_note import Checkpoint, Verifier

_LEAF = re.compile(r"[0-9a-f]{64}")


class ProofUnreadable(Malformed):
    """The platform's proof cannot be read."""


class NotProvenYet(Unavailable):
    """After {seconds} seconds the log has no leaf of this hash: either it is not placed yet, or it never was issued."""


class LeafMisshaped(Malformed):
    """{found} is no leaf hash: that is 64 hexadecimal digits, as the receipt has it."""


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry's place among the leaves, counted from 0, and the checkpoint that includes it.

    The place is not the entry's number: the number is given when it is written, the place when it enters the tree.
    """

    index: int
    checkpoint: Checkpoint


class Prover:
    """Proves entries of one log that is watched."""

    def __init__(self, line: PlatformConnection, *, watch: Watch) -> None:
        self._line = line
        self._watch = watch

    def prove(self, leaf: str, *, wait_seconds: float, sleep: Callable[[float], None] = time.sleep) -> Proven:
        """Return where leaf hash `leaf` stands once placed, in the epoch that is pinned or in one before it.

        Raises LeafMisshaped, NotProvenYet, ProofUnreadable, merkle.ProofRejected, and as Watch.look.
        """
        leaf = leaf.strip().lower()
        if not _LEAF.fullmatch(leaf):
            raise LeafMisshaped(found=leaf[:80])
        until = time.monotonic() + wait_seconds
        while True:
            try:
                told = self._line.open_get("/v1/proof", {"leaf": leaf})
            except Refusal as refusal:
                if refusal.status != 404:
                    raise
                if time.monotonic() >= until:
                    raise NotProvenYet(seconds=f"{wait_seconds:g}") from None
                sleep(0.5)
            else:
                return self._proven(leaf, told)

    def _proven(self, leaf: str, told: bytes) -> Proven:
        try:
            proof = json.loads(told)
            index, note = proof["index"], str(proof["checkpoint"])
            hashes = [bytes.fromhex(each) for each in proof["hashes"]]
        except (ValueError, KeyError, TypeError):
            raise ProofUnreadable from None
        if type(index) is not int:
            raise ProofUnreadable
        checkpoint = self._watch.accept_former(note) if self._watch.is_former(note) else self._watch.accept(note)
        merkle.verify_inclusion(
            leaf=bytes.fromhex(leaf),
            index=index,
            size=checkpoint.size,
            proof=hashes,
            expected_root=checkpoint.root,
        )
        return Proven(index, checkpoint)


def verifier(vkey: str) -> Verifier:
    """Return the log's verifier from the text a platform publishes."""
    return signed_note.Verifier.parse(vkey)
