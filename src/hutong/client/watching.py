"""Watching a log: every checkpoint continues the one seen before, or both sides are kept as evidence.

The last checkpoint seen is kept. Every newer one must continue it (RFC 9162 consistency, from tiles), so that a
platform that forks its log or rolls it back is found out by anyone who looked twice.

Whoever pins a log's key has pinned an epoch of it. Where the log is in another, that is told with both sides, and
nothing of it is taken before its key is pinned.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from hutong.client import logkeys
from hutong.client.bookmarks import Bookmarks
from hutong.client.evidence import Sides
from hutong.client.logkeys import OpenPlaces
from hutong.client.wire import PlatformOutOfReach, UnverifiedRefusal
from hutong.core import log_epochs, merkle, signed_note, tiles
from hutong.core.errors import Conflicting, Malformed, Problem
from hutong.core.log_keys import CheckpointOfAnother, KeyChain, KeyChangeUnproven
from hutong.core.signed_note import Checkpoint, NoteForged, NoteMalformed, NoteUnsigned, Verifier


class LogRolledBack(Conflicting):
    """The log was rolled back: {size} entries now, {seen} when last seen; both checkpoints are kept in {folder}."""


class LogForked(Conflicting):
    """The log was forked: {size} entries do not continue the {seen} seen before; both are kept in {folder}."""


class LogSetBack(Conflicting):
    """The log's {size} entries were signed at an earlier moment than the {seen} before; both are kept in {folder}."""


class LogInNextEpoch(Conflicting):
    """The log is in epoch {epoch} ({key}); of epoch {ended} {size} entries are served, {seen} seen: see {folder}."""


class LogEpochGone(Conflicting):
    """The log is back in epoch {epoch}; epoch {pinned} had begun, {seen} entries of it were seen: see {folder}."""


class LogOfAnother(Conflicting):
    """The checkpoint is of the log {origin}, not of {expected}."""


class TilesDamaged(Malformed):
    """The hashes that were served do not make the root which the log of size {size} signed; this is no fork."""


class Watch:
    """Watches one log through its tiles."""

    def __init__(self, line: OpenPlaces, *, verifier: Verifier, bookmarks: Bookmarks) -> None:
        self._line = line
        self._verifier = verifier
        self._bookmarks = bookmarks

    def look(self) -> Checkpoint:
        """Return the newest checkpoint, which continues the last one seen, and keep it.

        Raises LogRolledBack, LogForked, LogSetBack, LogInNextEpoch, LogEpochGone, LogOfAnother, TilesDamaged, and what
        notes raise of a forged one.
        """
        return self.accept(self._line.open_get("/log/checkpoint").decode(errors="replace"))

    def accept(self, note: str) -> Checkpoint:
        """Return the checkpoint in a note, which continues the last one seen, and keep it; raises as look."""
        with self._bookmarks.changing() as kept:
            checkpoint, keys, proofs = self._opened(note, logkeys.known(kept, self._verifier))
            logs = kept.setdefault("logs", {})
            seen = logs.get(str(self._verifier))
            for before in (*([seen] if seen is not None else []), *proofs):
                self._continues(before, note, checkpoint, keys)
            logs[str(self._verifier)] = note
            logkeys.keep(kept, keys)
        return checkpoint

    def accept_former(self, note: str) -> Checkpoint:
        """Return the checkpoint in a note of this log in an epoch before the one that is pinned.

        It agrees with what was seen of that epoch as far as it goes: that an epoch ended with less than was seen, who
        pinned the next was told. Raises LogForked, TilesDamaged, and what notes raise of a forged one.
        """
        kept = self._bookmarks.read()
        of, before = logkeys.former(kept, self._verifier.named(_origin(note)), note)
        checkpoint, keys, _ = self._opened(note, of)
        if before is not None and (seen := _said(before)).size <= checkpoint.size:
            root, proof = self._root_of(seen.size, checkpoint)
            if root != seen.root:
                raise self._kept(LogForked, Sides(keys.keys, before, note, root, proof), seen, checkpoint)
        return checkpoint

    def is_former(self, note: str) -> bool:
        """Whether a note is of this log in an epoch before the one that is pinned; nothing of it is verified."""
        (name, number), (own, pinned) = (log_epochs.told(each) for each in (_origin(note), self._verifier.name))
        return name == own and number < pinned

    def _opened(self, note: str, keys: KeyChain) -> tuple[Checkpoint, KeyChain, list[str]]:
        """Return the checkpoint in a note, the log's keys, and what proves those that follow by now."""
        proofs: list[str] = []
        if logkeys.announced(note, keys):
            with suppress(PlatformOutOfReach, UnverifiedRefusal):
                keys, proofs = logkeys.follow(self._line, keys)
        try:
            return keys.open(note), keys, proofs
        except CheckpointOfAnother as other:
            raise LogOfAnother(**other.facts) from None
        except NoteUnsigned:
            self._tell_epoch(note, keys)
            raise

    def _tell_epoch(self, note: str, keys: KeyChain) -> None:
        """Raise LogInNextEpoch or LogEpochGone where a note is of this log in another epoch than the pinned one."""
        (name, number), (own, pinned) = (log_epochs.told(each) for each in (_origin(note), self._verifier.name))
        if name != own or number == pinned:
            return
        named = [key.named(_origin(note)) for key in keys.keys]
        other = next((key for key in named if signed_note.carries(note, key)), named[0])
        KeyChain(other).open(note)
        before = self._bookmarks.read().get("logs", {}).get(str(self._verifier))
        stays = self._served(pinned, keys)
        folder = Sides(keys.keys, before, stays, other=note, other_verifier=other).keep(self._bookmarks.path)
        size, seen = (0 if each is None else _said(each).size for each in (stays, before))
        if number > pinned:
            raise LogInNextEpoch(
                epoch=number, ended=pinned, key=str(other), size=size, seen=seen, folder=str(folder)
            )  # fmt: skip
        raise LogEpochGone(epoch=number, pinned=pinned, seen=seen, folder=str(folder))

    def _served(self, epoch: int, keys: KeyChain) -> str | None:
        """Return the checkpoint that is served of an epoch at its own place, where one of the pinned log is."""
        with suppress(Problem):
            note = self._line.open_get(f"{log_epochs.place(epoch)}/checkpoint").decode(errors="replace")
            keys.open(note)
            return note
        return None

    def _continues(self, before: str, note: str, checkpoint: Checkpoint, keys: KeyChain) -> None:
        seen = _said(before)
        if checkpoint.size < seen.size:
            with suppress(*PASSING):  # an epoch that ended with less than was seen
                self._tell_epoch(self._line.open_get("/log/checkpoint").decode(errors="replace"), keys)
            raise self._kept(LogRolledBack, Sides(keys.keys, before, note), seen, checkpoint)
        root, proof = self._root_of(seen.size, checkpoint)
        if root != seen.root:
            raise self._kept(LogForked, Sides(keys.keys, before, note, root, proof), seen, checkpoint)
        if seen.at and checkpoint.at and checkpoint.at < seen.at:
            raise self._kept(LogSetBack, Sides(keys.keys, before, note), seen, checkpoint)

    def _kept(self, kind: type[Problem], sides: Sides, seen: Checkpoint, checkpoint: Checkpoint) -> Problem:
        folder = sides.keep(self._bookmarks.path)
        return kind(size=checkpoint.size, seen=seen.size, folder=str(folder))

    def _root_of(self, size: int, checkpoint: Checkpoint) -> tuple[bytes, list[bytes]]:
        """Return the root of the first entries of the log under a checkpoint, and its proof; raises TilesDamaged.

        What the served hashes make of those entries counts only where the same hashes lead on to the signed root.
        """
        _, epoch = log_epochs.told(checkpoint.origin)
        get = _getter(self._line, checkpoint.size, at=log_epochs.place(epoch))
        root = checkpoint.root if size == checkpoint.size else merkle.root_at(size, get)
        proof = merkle.consistency_proof(size, checkpoint.size, get)
        try:
            merkle.verify_consistency(
                first=size, second=checkpoint.size, first_root=root, second_root=checkpoint.root, proof=proof
            )
        except merkle.ProofRejected:
            raise TilesDamaged(size=checkpoint.size) from None
        return root, proof


def _origin(note: str) -> str:
    """Return which log a note says it is of; what is no note is of none."""
    try:
        return signed_note.split(note)[0].partition("\n")[0]
    except NoteMalformed:
        return ""


def _said(note: str) -> Checkpoint:
    """Return what a note says that was verified before it was kept or followed."""
    return Checkpoint.parse(signed_note.split(note)[0])


PASSING = (
    PlatformOutOfReach, UnverifiedRefusal, TilesDamaged, NoteMalformed, NoteUnsigned, NoteForged, KeyChangeUnproven,
)  # fmt: skip
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

    Raises LogRolledBack, LogForked, LogSetBack, LogInNextEpoch, LogEpochGone and LogOfAnother: then both sides are
    kept, and nobody looks on.
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


def _getter(line: OpenPlaces, size: int, *, at: str) -> merkle.Getter:
    fetched: dict[tuple[int, int], list[bytes]] = {}

    def tile(level: int, index: int) -> list[bytes]:
        if (level, index) not in fetched:
            width = tiles.width_in(level, index, size)
            content = line.open_get(f"{at}/{tiles.tile_path(level, index, width)}")
            if len(content) != width * merkle.HASH_LENGTH:
                raise TilesDamaged(size=size)
            fetched[level, index] = [content[start : start + 32] for start in range(0, len(content), 32)]
        return fetched[level, index]

    def get(level: int, first: int, count: int) -> list[bytes]:
        return [tile(level, each // tiles.FULL)[each % tiles.FULL] for each in range(first, first + count)]

    return get
