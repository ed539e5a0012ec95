"""Proof that an entry is in the log, and that the log was never rewritten.

The last checkpoint seen is kept. Every newer one must continue it (RFC 9162 consistency, from tiles), so
that a platform that forks its log or rolls it back is found out by anyone who looked twice.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from hutong.client.bookmarks import Bookmarks
from hutong.client.wire import PlatformConnection, Refusal
from hutong.core import merkle, signed_note, tiles
from hutong.core.errors import Conflicting, Malformed, Unavailable
from hutong.core.signed_note import Checkpoint, Verifier

_LEAF = re.compile(r"[0-9a-f]{64}")


class LogRolledBack(Conflicting):
    """The log has {size} entries now, but had {seen} when it was last seen: it was rolled back."""


class LogForked(Conflicting):
    """The log of size {size} does not continue the one of size {seen} that was seen before: it was forked."""


class LogOfAnother(Conflicting):
    """The checkpoint is of the log {origin}, not of {expected}."""


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


class Watch:
    """Watches one log through its tiles."""

    def __init__(self, line: PlatformConnection, *, verifier: Verifier, bookmarks: Bookmarks) -> None:
        self._line = line
        self._verifier = verifier
        self._bookmarks = bookmarks

    def look(self) -> Checkpoint:
        """Return the newest checkpoint, which continues the last one seen, and keep it.

        Raises LogRolledBack, LogForked, LogOfAnother, and what notes raise of a forged one.
        """
        return self._accept(self._line.open_get("/log/checkpoint").decode())

    def prove(self, leaf: str, *, wait_seconds: float, sleep: Callable[[float], None] = time.sleep) -> Proven:
        """Return where leaf hash `leaf` stands once placed.

        Raises LeafMisshaped, NotProvenYet, ProofRejected, and as look.
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
            index, note = int(proof["index"]), str(proof["checkpoint"])
            hashes = [bytes.fromhex(each) for each in proof["hashes"]]
        except (ValueError, KeyError, TypeError):
            raise ProofUnreadable from None
        checkpoint = self._accept(note)
        merkle.verify_inclusion(
            leaf=bytes.fromhex(leaf),
            index=index,
            size=checkpoint.size,
            proof=hashes,
            expected_root=checkpoint.root,
        )
        return Proven(index, checkpoint)

    def _accept(self, note: str) -> Checkpoint:
        checkpoint = Checkpoint.parse(self._verifier.open(note))
        if checkpoint.origin != self._verifier.name:
            raise LogOfAnother(origin=checkpoint.origin, expected=self._verifier.name)
        with self._bookmarks.changing() as kept:
            logs = kept.setdefault("logs", {})
            seen = logs.get(str(self._verifier))
            if seen is not None:
                self._continues(Checkpoint.parse(self._verifier.open(seen)), checkpoint)
            logs[str(self._verifier)] = note
        return checkpoint

    def _continues(self, seen: Checkpoint, checkpoint: Checkpoint) -> None:
        if checkpoint.size < seen.size:
            raise LogRolledBack(size=checkpoint.size, seen=seen.size)
        proof = merkle.consistency_proof(seen.size, checkpoint.size, self._getter(checkpoint.size))
        try:
            merkle.verify_consistency(
                first=seen.size,
                second=checkpoint.size,
                first_root=seen.root,
                second_root=checkpoint.root,
                proof=proof,
            )
        except merkle.ProofRejected:
            raise LogForked(size=checkpoint.size, seen=seen.size) from None

    def _getter(self, size: int) -> merkle.Getter:
        fetched: dict[tuple[int, int], list[bytes]] = {}

        def tile(level: int, index: int) -> list[bytes]:
            if (level, index) not in fetched:
                width = tiles.width_in(level, index, size)
                content = self._line.open_get(f"/log/{tiles.tile_path(level, index, width)}")
                if len(content) != width * merkle.HASH_LENGTH:
                    raise ProofUnreadable
                fetched[level, index] = [content[at : at + 32] for at in range(0, len(content), 32)]
            return fetched[level, index]

        def get(level: int, first: int, count: int) -> list[bytes]:
            return [tile(level, at // tiles.FULL)[at % tiles.FULL] for at in range(first, first + count)]

        return get


def verifier(vkey: str) -> Verifier:
    """Return the log's verifier from the text a platform publishes."""
    return signed_note.Verifier.parse(vkey)
