"""Watching a log: every checkpoint continues the one seen before, or both sides are kept as evidence.

The last checkpoint seen is kept. Every newer one must continue it (RFC 9162 consistency, from tiles), so that a
platform that forks its log or rolls it back is found out by anyone who looked twice.
"""

import time
from collections.abc import Callable
from typing import Protocol

from hutong.client.bookmarks import Bookmarks
from hutong.client.evidence import Sides
from hutong.client.wire import PlatformOutOfReach, UnverifiedRefusal
from hutong.core import merkle, tiles
from hutong.core.errors import Conflicting, Malformed, Problem
from hutong.core.signed_note import Checkpoint, NoteForged, NoteMalformed, NoteUnsigned, Verifier


class LogRolledBack(Conflicting):
    """The log was rolled back: {size} entries now, {seen} when last seen; both checkpoints are kept in {folder}."""


class LogForked(Conflicting):
    """The log was forked: {size} entries do not continue the {seen} seen before; both are kept in {folder}."""


class LogSetBack(Conflicting):
    """The log's {size} entries were signed at an earlier moment than the {seen} before; both are kept in {folder}."""


class LogOfAnother(Conflicting):
    """The checkpoint is of the log {origin}, not of {expected}."""


class TilesDamaged(Malformed):
    """The hashes that were served do not make the root which the log of size {size} signed; this is no fork."""


class OpenPlaces(Protocol):
    """A line to the open places of a platform."""

    def open_get(self, path: str) -> bytes:
        """Return the content of an open place."""


class Watch:
    """Watches one log through its tiles."""

    def __init__(self, line: OpenPlaces, *, verifier: Verifier, bookmarks: Bookmarks) -> None:
        self._line = line
        self._verifier = verifier
        self._bookmarks = bookmarks

    def look(self) -> Checkpoint:
        """Return the newest checkpoint, which continues the last one seen, and keep it.

        Raises LogRolledBack, LogForked, LogSetBack, LogOfAnother, TilesDamaged, and what notes raise of a forged one.
        """
        return self.accept(self._line.open_get("/log/checkpoint").decode(errors="replace"))

    def accept(self, note: str) -> Checkpoint:
        """Return the checkpoint in a note, which continues the last one seen, and keep it; raises as look."""
        checkpoint = self._opened(note)
        with self._bookmarks.changing() as kept:
            logs = kept.setdefault("logs", {})
            seen = logs.get(str(self._verifier))
            if seen is not None:
                self._continues(seen, note, checkpoint)
            logs[str(self._verifier)] = note
        return checkpoint

    def _opened(self, note: str) -> Checkpoint:
        checkpoint = Checkpoint.parse(self._verifier.open(note))
        if checkpoint.origin != self._verifier.name:
            raise LogOfAnother(origin=checkpoint.origin, expected=self._verifier.name)
        return checkpoint

    def _continues(self, before: str, note: str, checkpoint: Checkpoint) -> None:
        seen = self._opened(before)
        if checkpoint.size < seen.size:
            raise self._kept(LogRolledBack, Sides(self._verifier, before, note), seen, checkpoint)
        root, proof = self._root_of(seen.size, checkpoint)
        if root != seen.root:
            raise self._kept(LogForked, Sides(self._verifier, before, note, root, proof), seen, checkpoint)
        if seen.at and checkpoint.at and checkpoint.at < seen.at:
            raise self._kept(LogSetBack, Sides(self._verifier, before, note), seen, checkpoint)

    def _kept(self, kind: type[Problem], sides: Sides, seen: Checkpoint, checkpoint: Checkpoint) -> Problem:
        folder = sides.keep(self._bookmarks.path)
        return kind(size=checkpoint.size, seen=seen.size, folder=str(folder))

    def _root_of(self, size: int, checkpoint: Checkpoint) -> tuple[bytes, list[bytes]]:
        """Return the root of the first entries of the log under a checkpoint, and its proof; raises TilesDamaged.

        What the served hashes make of those entries counts only where the same hashes lead on to the signed root.
        """
        get = _getter(self._line, checkpoint.size)
        root = checkpoint.root if size == checkpoint.size else merkle.root_at(size, get)
        proof = merkle.consistency_proof(size, checkpoint.size, get)
        try:
            merkle.verify_consistency(
                first=size, second=checkpoint.size, first_root=root, second_root=checkpoint.root, proof=proof
            )
        except merkle.ProofRejected:
            raise TilesDamaged(size=checkpoint.size) from None
        return root, proof


PASSING = (PlatformOutOfReach, UnverifiedRefusal, TilesDamaged, NoteMalformed, NoteUnsigned, NoteForged)
"""What may be the fault of anyone on the way, or of a bad moment: it is told, and looked at again."""


class Looking(Protocol):
    """Whoever looks at a log, and may do something with what it sees."""

    def look(self) -> Checkpoint:
        """Return the newest checkpoint."""


def follow(
    watch: Looking, *, seen: Callable[[Checkpoint], None], failed: Callable[[Problem], None], every_seconds: float,
    sleep: Callable[[float], None] = time.sleep,
) -> None:  # fmt: skip
    """Look at a log for good: each checkpoint that is new is `seen`, what passes has `failed`.

    Raises LogRolledBack, LogForked, LogSetBack and LogOfAnother: then both sides are kept, and nobody looks on.
    """
    last = None
    while True:
        try:
            found = watch.look()
        except PASSING as problem:
            failed(problem)
        else:
            if found != last:
                seen(found)
            last = found
        sleep(every_seconds)


def _getter(line: OpenPlaces, size: int) -> merkle.Getter:
    fetched: dict[tuple[int, int], list[bytes]] = {}

    def tile(level: int, index: int) -> list[bytes]:
        if (level, index) not in fetched:
            width = tiles.width_in(level, index, size)
            content = line.open_get(f"/log/{tiles.tile_path(level, index, width)}")
            if len(content) != width * merkle.HASH_LENGTH:
                raise TilesDamaged(size=size)
            fetched[level, index] = [content[at : at + 32] for at in range(0, len(content), 32)]
        return fetched[level, index]

    def get(level: int, first: int, count: int) -> list[bytes]:
        return [tile(level, at // tiles.FULL)[at % tiles.FULL] for at in range(first, first + count)]

    return get
