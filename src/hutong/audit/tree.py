"""The one integrator: numbers what is committed and not yet placed, and signs the tree it becomes.

An entry whose transaction commits late is placed late; none can be skipped, for what is not placed stays in
`audit.pending`, where the entry's own transaction put it.
"""

from collections.abc import Sequence
from datetime import datetime

from psycopg import Cursor

from hutong.audit import checkpoint
from hutong.core import merkle, signed_note
from hutong.core.merkle import Frontier, Getter
from hutong.db import sql
from hutong.db.database import Database

statements = sql.load(__package__, "tree.sql")


def integrate(db: Database, *, now: datetime, signer: signed_note.LogSigner, limit: int = 10_000) -> int:
    """Place up to `limit` waiting entries and sign a checkpoint over them; returns how many were placed.

    All in one transaction: after return every placed entry has a position for good and is under a checkpoint.
    Returns 0 where nothing waits and where another integrator is at work.
    """
    with db.transaction() as cur:
        ((alone,),) = cur.execute(statements.lock)
        if not alone:
            return 0
        ((size,),) = cur.execute(statements.size)
        taken = cur.execute(statements.take, {"limit": limit}).fetchall()
        if taken:
            frontier = _place(cur, size=size, taken=taken)
            _sign(cur, frontier=frontier, now=now, signer=signer, waiting=len(taken) == limit)
        return len(taken)


def getter(cur: Cursor) -> Getter:
    """Return a reader of stored hashes, for `core.merkle`."""

    def get(level: int, index: int, count: int) -> list[bytes]:
        if level == 0:
            cur.execute(statements.hashes, {"first": index, "count": count})
        else:
            cur.execute(statements.nodes, {"level": level, "first": index, "count": count})
        return [row[0] for row in cur.fetchall()]

    return get


def _place(cur: Cursor, *, size: int, taken: Sequence[tuple[int, bytes]]) -> Frontier:
    leaves = [data for _, data in taken]
    hashes = [merkle.leaf_hash(data) for data in leaves]
    frontier = Frontier.at(size, getter(cur))
    inner = frontier.extend(hashes)
    cur.execute(
        statements.place,
        {"size": size, "ids": [entry_id for entry_id, _ in taken], "leaves": leaves, "hashes": hashes},
    )
    if inner:
        cur.execute(
            statements.store_inner,
            {
                "levels": [each.level for each in inner],
                "indexes": [each.index for each in inner],
                "hashes": [each.hash for each in inner],
            },
        )
    return frontier


def _sign(
    cur: Cursor, *, frontier: Frontier, now: datetime, signer: signed_note.LogSigner, waiting: bool
) -> None:
    before, root = checkpoint.newest(cur), frontier.root()
    head, at = checkpoint.following(
        before, origin=signer.name, size=frontier.size, root=root, now=now, waiting=waiting
    )
    facts = {"size": head.size, "root": root, "at": at, "note": signer.sign(head.text())}
    cur.execute(statements.store_checkpoint, facts)
