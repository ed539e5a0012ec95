"""The keys an epoch of the log is signed with: by the changes placed in it, and by what the signer remembers of them.

A change holds from the first checkpoint that covers its entry. Before anything is signed by it, it is kept beside the
heads: a database that is set back takes no key back. A new epoch begins with the newest key alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from psycopg import Cursor

from hutong.audit import checkpoint, epochs
from hutong.audit.epochs import Epoch
from hutong.audit.heads import Heads, KeptChange
from hutong.core import signed_note
from hutong.core.errors import Missing, Problem
from hutong.core.log_keys import KeyChain, KeyChange, LogKeys
from hutong.core.signed_note import Checkpoint, LogSigner, Verifier
from hutong.db import sql

statements = sql.load(__package__, "keychain.sql")


class LogKeyMissing(Missing):
    """The log's key {key} is not among the platform's keys; nothing can be signed without it."""


@dataclass(frozen=True, slots=True)
class Signing:
    """The keys of one epoch: their order, and those there are to sign with, by their public halves."""

    chain: KeyChain
    signers: Mapping[bytes, LogSigner]
    files: LogKeys

    @property
    def name(self) -> str:
        """What the log of this epoch is called."""
        return self.chain.first.name

    def check(self) -> None:
        """Return if the newest key is there; raises LogKeyMissing."""
        if self.chain.newest.public_key not in self.signers:
            raise LogKeyMissing(key=str(self.chain.newest))

    def sign(self, head: Checkpoint) -> str:
        """Return the note of a checkpoint, with every signature it has to have; raises LogKeyMissing."""
        signing = []
        for key in self.chain.signing(head):
            if (found := self.signers.get(key.public_key)) is None:
                raise LogKeyMissing(key=str(key))
            signing.append(found)
        return signed_note.sign(head.text(), signing)

    def opened(self, note: str | bytes) -> Checkpoint | None:
        """Return the head in a note that these keys have signed, where it is one."""
        try:
            return self.chain.open(note)
        except Problem:
            return None

    def put_away(self, head: Checkpoint) -> None:
        """Forget the keys that sign no more once `head` is signed and published."""
        signing = [key.public_key for key in self.chain.signing(head)]
        before = self.chain.keys[: [key.public_key for key in self.chain.keys].index(signing[0])]
        if gone := tuple(key.public_key for key in before if key.public_key in self.signers):
            self.files.put_away(gone)


def of(cur: Cursor, epoch: Epoch, *, keys: LogKeys, heads: Heads | None, keep: bool = False) -> Signing:
    """Return the keys of an epoch; with `keep` what was placed and is not remembered yet is kept in `heads`.

    Raises LogKeyMissing where there is no key at all, and KeyChangeUnproven.
    """
    known = list(heads.changes()) if heads else []
    placed = changes(cur, name=keys.name)
    if new := [each for each in placed if each not in known]:
        known += new
        if heads and keep:
            heads.keep_changes(known)
    signers = keys.signers
    if not signers:
        raise LogKeyMissing(key=keys.name)
    name = epoch.origin(keys.name)
    own = {each.public.public_key: each.named(name) for each in signers}
    found = chain(signers[0].public, known, epoch=epoch, name=name)
    if not found.changes and found.first.public_key not in own:
        found = _without(found, list(own.values()), note=heads.read(epoch.number) if heads else None)
    return Signing(found, own, keys)


def _without(lost: KeyChain, there: Sequence[LogSigner], *, note: bytes | None) -> KeyChain:
    """Return the keys of an epoch that begins without the newest key, which was lost: by its first head, if there."""
    if note is None:
        return KeyChain(there[-1].public)
    return next((KeyChain(each.public) for each in there if signed_note.carries(note, each.public)), lost)


def changes(cur: Cursor, *, name: str) -> list[KeptChange]:
    """Return every change of the log's key that is placed in its epoch, `name` being what the log is called.

    Raises KeyChangeUnproven where a record is not the one its leaf was made for.
    """
    every, found = epochs.every(cur), []
    for seq, leaf, record, salt, named in cur.execute(statements.changes).fetchall():
        epoch = next(each for each in reversed(every) if each.first_seq <= seq)
        if epoch.number != named:
            continue  # it was not signed before its epoch ended, and waited anew: it changes nothing
        change = KeyChange.opened(
            name=epoch.origin(name), index=seq - epoch.first_seq, leaf=bytes(leaf), record=record, salt=bytes(salt)
        )
        found.append(KeptChange(epoch.number, change))
    return found


def chain(first: Verifier, known: Iterable[KeptChange], *, epoch: Epoch, name: str) -> KeyChain:
    """Return the keys of an epoch by all changes; `first` is the log's key where none is known of before it."""
    own = [each.change for each in known if each.epoch == epoch.number]
    before = [each.change.new for each in known if each.epoch < epoch.number]
    later = [each.change.old for each in known if each.epoch > epoch.number]
    begins = own[0].old if own else before[-1] if before else later[0] if later else first
    return KeyChain(begins.named(name)).following(own)


def published(cur: Cursor, epoch: Epoch, *, vkeys: Sequence[str]) -> KeyChain:
    """Return the keys of an epoch as anyone may know them, by its newest checkpoint; `vkeys` are those the log has had.

    Of a database that was set back to before a change, the checkpoint alone tells which key it is. Raises
    KeyChangeUnproven.
    """
    keys = [Verifier.parse(each) for each in vkeys]
    name = epoch.origin(keys[0].name)
    found = chain(keys[0], changes(cur, name=keys[0].name), epoch=epoch, name=name)
    newest = checkpoint.newest(cur, epoch=epoch.number)
    if newest is None or any(signed_note.carries(newest.note, key) for key in found.keys):
        return found
    alone = (each.named(name) for each in reversed(keys))
    return KeyChain(next((each for each in alone if signed_note.carries(newest.note, each)), found.first))
