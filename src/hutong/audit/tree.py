"""The one integrator: numbers what is committed and not yet placed, and has the tree signed that it becomes.

An entry whose transaction commits late is placed late; none can be skipped, for what is not placed stays in
`audit.pending_leaf`, where the entry's own transaction put it.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from psycopg import Cursor
from psycopg.errors import UniqueViolation

from hutong.audit import aside, epochs, hashes, keychain, signing
from hutong.audit.clock_corrections import CLOCKS_APART
from hutong.audit.epochs import Epoch
from hutong.audit.heads import Heads
from hutong.audit.writers import Writers
from hutong.core import merkle
from hutong.core.errors import Problem
from hutong.core.leaves import moment, told_at
from hutong.core.log_keys import LogKeys
from hutong.core.merkle import Frontier
from hutong.db import arrays, sql
from hutong.db.database import Database

statements = sql.load(__package__, "tree.sql")


def integrate(
    db: Database, *, now: datetime, signer: LogKeys, heads: Heads | None = None, limit: int = 10_000,
    writers: Writers | None = None,
) -> int:  # fmt: skip
    """Place up to `limit` waiting entries and sign a checkpoint over them; returns how many were placed.

    After return every placed entry has a position for good and is under a published checkpoint, whose head is kept in
    `heads`; without them the signer remembers nothing but what was published. An entry of a moment that has not come,
    as another machine's clock may tell it, waits for it. `writers` are those who were seen to write before: who places
    again and again keeps them. Returns 0 where nothing waits and where another integrator is at work. Raises
    `signing.STOPS` where the tree does not continue what was signed: nothing is placed then, and nothing signed.
    """
    place_what_waits = partial(
        _placed, db, now=now, signer=signer, heads=heads, limit=limit, writers=writers or Writers()
    )
    try:
        placed = place_what_waits()
    except UniqueViolation:
        if not _put_aside(db, limit=limit):
            raise
        placed = place_what_waits()
    if placed is None:
        return 0
    signing.sign(db, now=now, signer=signer, heads=heads, waiting=placed.more)
    return placed.entries


def stopped(cur: Cursor, *, signer: LogKeys, heads: Heads | None) -> Problem | None:
    """Return after what nothing is signed until somebody has decided (`signing.STOPS`), where that is so already."""
    epoch = epochs.current(cur)
    try:
        keys = keychain.of(cur, epoch, keys=signer, heads=heads)
        signing.check(cur, epoch, signing.signed(cur, epoch, keys=keys, heads=heads), size=hashes.size(cur, epoch))
    except signing.STOPS as found:
        return found
    return None


class _Placed(NamedTuple):
    entries: int
    more: bool
    """Whether there is more, or may be, that is older than what comes next."""


def _placed(
    db: Database, *, now: datetime, signer: LogKeys, heads: Heads | None, limit: int, writers: Writers
) -> _Placed | None:
    """Place what waits behind a tree that continues what was signed; None where another integrator is at work."""
    with db.transaction() as cur:
        ((alone,),) = cur.execute(statements.lock)
        if not alone:
            return None
        cur.execute(statements.plain_plans)
        epoch = epochs.current(cur)
        size = hashes.size(cur, epoch)
        keys = keychain.of(cur, epoch, keys=signer, heads=heads)
        found = signing.signed(cur, epoch, keys=keys, heads=heads)
        lasts = writers.last(cur, now=now)  # first: who is over by then has left what is read next
        given = {"until": _latest(found, now=now), "limit": limit}
        waiting = cur.execute(statements.waiting, given, binary=True).fetchall()
        more = lasts or len(waiting) == limit
        if waiting or found.size != size:
            signing.check(cur, epoch, found, size=size)
        if waiting:
            ids = arrays.int8s([entry_id for entry_id, _ in waiting])
            waiting = _ours(cur, waiting)
            cur.execute(statements.take, {"ids": ids})
        if waiting:
            place(cur, epoch, size=size, taken=waiting)
            signing.intend(cur, epoch, size=size + len(waiting), now=now, waiting=more)
        return _Placed(len(waiting), more)


def _ours(cur: Cursor, waiting: Sequence[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Return the leaves among those that wait; what is none of ours nobody could read in the tree, and is put aside."""
    ours = [each for each in waiting if told_at(each[1]) is not None]
    if len(ours) < len(waiting):
        others = arrays.int8s([number for number, leaf in waiting if told_at(leaf) is None])
        cur.execute(statements.keep_aside, {"ids": others, "most": aside.MOST})
    return ours


def _latest(found: signing.Signed, *, now: datetime) -> bytes:
    """Return up to which moment entries come under the next checkpoint, as leaves write it.

    That is the checkpoint's own, and less beyond it than clocks may be apart when it is verified.
    """
    at = max(moment(now), (found.published and found.published.at) or "")
    return moment(datetime.fromisoformat(at) + CLOCKS_APART / 2).encode()


def _put_aside(db: Database, *, limit: int) -> int:
    """Take what waits though it is placed already and so keeps all else from being placed; returns how many it were."""
    with db.transaction() as cur:
        cur.execute(statements.plain_plans)
        return cur.execute(statements.put_aside, {"limit": limit, "most": aside.MOST}).rowcount


def place(cur: Cursor, epoch: Epoch, *, size: int, taken: Sequence[tuple[int, bytes]]) -> None:
    """Write leaves, each under its entry, behind the `size` that an epoch has."""
    leaves = [data for _, data in taken]
    leaf_hashes = [merkle.leaf_hash(data) for data in leaves]
    inner = Frontier.at(size, hashes.getter(cur, epoch)).extend(leaf_hashes)
    given = {
        "first": epoch.first_seq + size,
        "ids": arrays.int8s([entry_id for entry_id, _ in taken]),
        "leaves": arrays.blobs(leaves),
        "hashes": arrays.blobs(leaf_hashes),
    }
    cur.execute(statements.place, given)
    if inner:
        cur.execute(
            statements.store_inner,
            {
                "epoch": epoch.number,
                "levels": [each.level for each in inner],
                "indexes": [each.index for each in inner],
                "hashes": [each.hash for each in inner],
            },
        )
