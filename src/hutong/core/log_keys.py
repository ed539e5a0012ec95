"""The keys of one log in their order: a key follows another by an entry of the log, made while the old one signs.

From the first checkpoint that covers that entry both sign, until the end the entry names; from then on the new key
signs alone. Whoever pinned the old key follows by that proof and needs nobody's word; the log, its name and its tree go
on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from hutong.core import signed_note
from hutong.core.errors import Invalid, Problem
from hutong.core.leaves import SALT_LENGTH, commit, object_in, told
from hutong.core.signed_note import Checkpoint, LogSigner, Verifier

CHANGED = "audit.log_key_changed"
"""The event of the entry that names the next key; it has no parties, and its record is public."""
_FIELDS = {"log", "old_key", "new_key", "until_at", "request"}


class KeyChangeUnproven(Invalid):
    """No entry of the log proves that one of its keys follows the other: {fault}."""


class CheckpointOfAnother(Invalid):
    """The checkpoint is of the log {origin}, the key is of {expected}."""


class KeySignsNoMore(Invalid):
    """The checkpoint of size {size} carries a signature of a key of this log that signs no more."""


class LogKeys(Protocol):
    """What a log is signed with: its keys, under the name of its first epoch, in their order."""

    @property
    def name(self) -> str:
        """What the log is called."""

    @property
    def signers(self) -> tuple[LogSigner, ...]:
        """The keys there are to sign with."""

    def put_away(self, keys: tuple[bytes, ...]) -> None:
        """Forget keys that sign no more, by their public halves."""


@dataclass(frozen=True, slots=True)
class KeyChange:
    """That a key follows another: the place of its entry among the leaves, and until when the old one signs beside it.

    `at` and `until` are written as leaves write moments.
    """

    index: int
    old: Verifier
    new: Verifier
    at: str
    until: str

    @classmethod
    def opened(cls, *, name: str, index: int, leaf: bytes, record: str, salt: bytes) -> "KeyChange":
        """Return the change that an entry of the log called `name` tells of, by its leaf, record and salt.

        Raises KeyChangeUnproven. That the leaf stands at that place in a signed tree is for the caller to see.
        """
        public, said = told(leaf), object_in(record.encode("utf-8", "surrogatepass"))
        if public is None or public["event"] != CHANGED or said is None or said.keys() != _FIELDS:
            raise KeyChangeUnproven(fault=f"entry {index}")
        sealed = commit(
            salt, record.encode("utf-8", "surrogatepass"), at=public["at"], event=public["event"],
            record_class=public["class"], unit=None,
        )  # fmt: skip
        if len(salt) != SALT_LENGTH or sealed.hex() != public["commitment"]:
            raise KeyChangeUnproven(fault=f"entry {index}")
        try:
            old, new = (Verifier.parse(str(said[each])) for each in ("old_key", "new_key"))
        except Problem as problem:
            raise KeyChangeUnproven(fault=str(problem)) from None
        if not (said["log"] == old.name == new.name == name) or old == new:
            raise KeyChangeUnproven(fault=str(said["log"]))
        return cls(index, old, new, public["at"], str(said["until_at"]))


@dataclass(frozen=True, slots=True)
class KeyChain:
    """The keys of a log: the first, and every change since."""

    first: Verifier
    changes: tuple[KeyChange, ...] = ()

    @property
    def keys(self) -> tuple[Verifier, ...]:
        """All of them, in their order."""
        return (self.first, *(change.new for change in self.changes))

    @property
    def newest(self) -> Verifier:
        """The key that followed last."""
        return self.keys[-1]

    def following(self, changes: Iterable[KeyChange]) -> "KeyChain":
        """Return the chain with further changes, each from the key before it; raises KeyChangeUnproven."""
        found = self
        for change in changes:
            last = found.changes[-1].index if found.changes else -1
            if change.old != found.newest or change.index <= last or change.new in found.keys:
                raise KeyChangeUnproven(fault=f"entry {change.index}")
            found = replace(found, changes=(*found.changes, change))
        return found

    def signing(self, head: Checkpoint) -> tuple[Verifier, ...]:
        """Return the keys with which a checkpoint is signed, the older first."""
        signing: tuple[Verifier, ...] = (self.first,)
        for change in self.changes:
            if head.size <= change.index:
                break
            # The first that covers the entry has both, however late it is signed: else nobody could follow.
            both = head.at is None or head.at < change.until or (head.after or 0) <= change.index
            signing = (change.old, change.new) if both else (change.new,)
        return signing

    def open(self, note: str | bytes) -> Checkpoint:
        """Return the checkpoint in a note that carries the signatures it has to have, and none of an older key.

        Raises NoteMalformed, CheckpointMalformed, CheckpointOfAnother, NoteUnsigned, NoteForged and KeySignsNoMore.
        """
        if not any(signed_note.carries(note, key) for key in self.keys):
            self.first.open(note)
        head = Checkpoint.parse(signed_note.split(note)[0])
        if head.origin != self.first.name:
            raise CheckpointOfAnother(origin=head.origin, expected=self.first.name)
        needed = self.signing(head)
        for key in needed:
            key.open(note)
        if any(signed_note.carries(note, key) for key in self.keys[: self.keys.index(needed[0])]):
            raise KeySignsNoMore(size=head.size)
        return head
