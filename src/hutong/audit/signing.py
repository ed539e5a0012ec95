"""Signing the tree: only what continues the head that was signed before, which is remembered outside the database.

In this order: what was placed and committed is read back, shown to continue the signed head, signed, kept beside the
key, published. Whoever is killed in between leaves what the next one goes on from. A tree that does not continue the
head was set back or altered; nothing is placed or signed until two officers decide (architecture 3.6).
"""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor

from hutong.audit import checkpoint, epochs, hashes, keychain
from hutong.audit.epochs import Epoch
from hutong.audit.heads import Heads
from hutong.audit.keychain import LogKeyMissing, Signing
from hutong.core import merkle
from hutong.core.errors import Conflicting, Malformed, Missing, Problem
from hutong.core.log_keys import KeyChangeUnproven, LogKeys
from hutong.core.signed_note import Checkpoint, LogSigner
from hutong.db import sql
from hutong.db.database import Database

statements = sql.load(__package__, "signing.sql")

_READ_AT_ONCE = 10_000


class HeadNotContinued(Conflicting):
    """The log has {stored} entries in the database, which do not continue the {signed} that its key has signed."""


class HeadLost(Missing):
    """The signed head of the log, which was kept in a file beside its key, is there no more."""


class HeadUnreadable(Malformed):
    """What is kept beside the log's key is no head that this key has signed."""


class HeadForged(Malformed):
    """The newest published head of the log is none that its key has signed."""


class LeafAltered(Conflicting):
    """The leaf at position {index} of the log is not the one its hash is of."""


class LogRestored(Conflicting):
    """The log was restored from a backup that has it until {until}; {lost} entries that were signed are lost."""


class AnotherSigns(Conflicting):
    """Process {process} of this machine signs with the key of this log already; this platform signs nothing."""


STOPS: tuple[type[Problem], ...] = (
    LogRestored, HeadNotContinued, HeadLost, HeadUnreadable, HeadForged, LeafAltered, LogKeyMissing, KeyChangeUnproven,
)  # fmt: skip
"""What nothing is signed after, until somebody has decided; after all else it is tried again."""
TOLD: tuple[type[Problem], ...] = (*STOPS, AnotherSigns)
"""What is told of a log that is not signed."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What has been signed: the larger of the head kept beside the key and the one published."""

    kept: Checkpoint | None
    published: Checkpoint | None
    note: str = ""
    """The signed note of the larger of them."""

    @property
    def head(self) -> Checkpoint | None:
        """The larger of the two; of equals the one kept."""
        found = [each for each in (self.published, self.kept) if each is not None]
        return max(reversed(found), key=lambda each: each.size, default=None)

    @property
    def size(self) -> int:
        """How many entries are under it."""
        return self.head.size if self.head else 0

    @property
    def published_size(self) -> int | None:
        """How many entries the published head is of; None where there is none."""
        return self.published.size if self.published else None

    def covers(self, size: int) -> bool:
        """Whether a tree of that size is signed and published; one without leaves is not signed."""
        published = self.published.size if self.published else 0
        return published == size == self.size


def signed(cur: Cursor, epoch: Epoch, *, keys: Signing, heads: Heads | None) -> Signed:
    """Return what has been signed of an epoch by its keys; without `heads` what was published.

    Raises HeadLost where a head was kept and is no more, HeadUnreadable and HeadForged, and LogRestored where what was
    signed after the backup is not known.
    """
    _check_restored(epoch, heads)
    published = None
    newest = checkpoint.newest(cur, epoch=epoch.number)
    if newest is not None:
        published = keys.opened(newest.note)
        if published is None or (published.size, published.root) != (newest.size, newest.root):
            raise HeadForged
    public = newest.note if newest else ""
    if heads is None:
        return Signed(None, published, public)
    note = heads.read(epoch.number)
    if note is not None:
        kept = keys.opened(note)
        if kept is None:
            raise HeadUnreadable
        return Signed(kept, published, public if published and published.size > kept.size else note.decode())
    ((remembers,),) = cur.execute(statements.remembers)
    if remembers or epoch.number > 1:  # an epoch is begun with its head kept
        raise HeadLost
    return Signed(None, published, public)


def _check_restored(epoch: Epoch, heads: Heads | None) -> None:
    """Return unless the epoch was restored from a backup; raises LogRestored, HeadUnreadable for a damaged mark."""
    try:
        known = heads.restored() if heads else None
    except ValueError:
        raise HeadUnreadable from None
    if known is not None and epoch.number <= known.epoch:
        raise LogRestored(until=known.until, lost=known.lost)


def check(cur: Cursor, epoch: Epoch, found: Signed, *, size: int) -> None:
    """Return if the stored tree of `size` continues both heads; raises HeadNotContinued."""
    get = hashes.getter(cur, epoch)
    root = None
    for head in (found.kept, found.published):
        if head is None:
            continue
        if head.size > size:
            raise HeadNotContinued(signed=head.size, stored=size)
        root = root or merkle.root_at(size, get)
        try:
            merkle.verify_consistency(
                first=head.size, second=size, first_root=head.root, second_root=root,
                proof=merkle.consistency_proof(head.size, size, get),
            )  # fmt: skip
        except merkle.ProofRejected:
            raise HeadNotContinued(signed=head.size, stored=size) from None


def examine(cur: Cursor, epoch: Epoch, *, signer: LogKeys, heads: Heads) -> Problem | None:
    """Return what keeps an epoch from being signed, one of `STOPS`, where something does."""
    try:
        keys = keychain.of(cur, epoch, keys=signer, heads=heads)
        found, size = signed(cur, epoch, keys=keys, heads=heads), hashes.size(cur, epoch)
        check(cur, epoch, found, size=size)
        _read_back(cur, epoch, first=found.size, size=size)
        keys.check()
    except STOPS as problem:
        return problem
    return None


def sign(db: Database, *, now: datetime, signer: LogKeys, heads: Heads | None, waiting: bool = False) -> None:
    """Sign what is placed and not signed yet, keep the head beside the key and publish it.

    What was signed and kept before somebody was killed is published. `waiting` says that more waits to be placed. Of
    several who have the key each signs the same of one size, and none publishes what another has gone past; who signs
    nothing keeps what the others published. A change of the key is remembered before anything is signed by it, and the
    key that signs no more is put away after. Raises STOPS.
    """
    with db.transaction() as cur:  # the next after that which placed: it sees what is committed
        cur.execute(statements.alone)
        epoch = epochs.current(cur)
        keys = keychain.of(cur, epoch, keys=signer, heads=heads, keep=True)
        found, size = signed(cur, epoch, keys=keys, heads=heads), hashes.size(cur, epoch)
        if found.covers(size) and (found.kept or heads is None or not size):
            _remember(cur, epoch, found, size=size, heads=heads)
            return
        check(cur, epoch, found, size=size)
        _read_back(cur, epoch, first=found.size, size=size)
        root = merkle.root_at(size, hashes.getter(cur, epoch))
        kept = found.head if found.head is not None and found.head.size == size else None
        head = kept or _intended(cur, epoch, origin=keys.name, size=size, root=root, now=now, waiting=waiting)
    note = found.note if kept else keys.sign(head)  # signed already, and kept or published alone
    if heads is not None:
        heads.keep(epoch.number, note)
    with db.transaction() as cur:
        cur.execute(statements.alone)
        newest = checkpoint.newest(cur, epoch=epoch.number)
        if (newest.size if newest else None, hashes.size(cur, epoch)) != (found.published_size, size):
            return  # another has gone on meanwhile, and its checkpoint covers what this one does
        facts = {"epoch": epoch.number, "size": size, "root": root, "at": _moment(head, now), "note": note}
        cur.execute(statements.publish, facts)
        if heads is not None:
            cur.execute(statements.remember)
    keys.put_away(head)


def intend(cur: Cursor, epoch: Epoch, *, size: int, now: datetime, waiting: bool) -> None:
    """Write what the checkpoint over `size` entries will say of itself, in the transaction that places them."""
    before = checkpoint.newest(cur, epoch=epoch.number)
    if before is None:  # where the clock was set back, moments do not fall with a new epoch either
        ((latest,),) = cur.execute(statements.latest_moment)
        now = max(now, latest or now)
    head, _ = checkpoint.following(before, origin="", size=size, root=b"", now=now, waiting=waiting)
    told = {"epoch": epoch.number, "size": size, "at": head.at, "after": head.after, "waiting": head.waiting}
    cur.execute(statements.intend, told)


def _intended(
    cur: Cursor, epoch: Epoch, *, origin: str, size: int, root: bytes, now: datetime, waiting: bool
) -> Checkpoint:
    """Return the checkpoint over what is placed, as it was written when that was placed; else it is written now."""
    asked = {"epoch": epoch.number, "size": size}
    told = cur.execute(statements.intended, asked).fetchone()
    if told is None:
        intend(cur, epoch, size=size, now=now, waiting=waiting)
        told = cur.execute(statements.intended, asked).fetchone()
    assert told is not None
    return Checkpoint(origin, size, root, *told)


def _remember(cur: Cursor, epoch: Epoch, found: Signed, *, size: int, heads: Heads | None) -> None:
    """Keep what others published since this one signed: what is set back then does not continue this memory either."""
    if heads is not None and found.kept is not None and found.kept.size < size:
        check(cur, epoch, found, size=size)
        heads.keep(epoch.number, found.note)


def opened(note: str | bytes, *, signer: LogSigner) -> Checkpoint | None:
    """Return the head in a note that this log's key has signed, where it is one."""
    try:
        found = Checkpoint.parse(signer.public.open(note))
    except Problem:
        return None
    return found if found.origin == signer.name else None


def _moment(head: Checkpoint, now: datetime) -> datetime:
    """Return when a head was signed, as it says itself."""
    return now if head.at is None else datetime.fromisoformat(head.at)


def _read_back(cur: Cursor, epoch: Epoch, *, first: int, size: int) -> None:
    """Return if every leaf from position `first` on is there and is what its hash says; raises LeafAltered."""
    for start in range(first, size, _READ_AT_ONCE):
        count = min(_READ_AT_ONCE, size - start)
        asked = {"first": epoch.first_seq + start, "count": count}
        rows = cur.execute(statements.leaves, asked, binary=True).fetchall()
        for index, (seq, data, hash_) in enumerate(rows, start):
            if seq != epoch.first_seq + index or merkle.leaf_hash(data) != hash_:
                raise LeafAltered(index=index)
        if len(rows) < count:
            raise LeafAltered(index=start + len(rows))


