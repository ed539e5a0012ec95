"""The keys of the log as anyone may read them: each with its days, and the proof that it follows the one before."""

from psycopg import Cursor

from hutong.audit import checkpoint, proofs
from hutong.audit.epochs import Epoch
from hutong.core.log_keys import KeyChain, KeyChange
from hutong.core.merkle import leaf_hash
from hutong.db import sql

statements = sql.load(__package__, "publishing.sql")


def keys(cur: Cursor, epoch: Epoch, *, chain: KeyChain, size: int) -> dict[str, object]:
    """Return the keys of an epoch under its first `size` entries, and the changes that lead from each to the next.

    By key: `key`, `from_at` and `until_at` (RFC 3339, null where there is no such moment). By change: `index` of its
    entry, `leaf` and `salt` (hex), `record`, `checkpoint`, the first note that covers the entry, and `hashes` (hex),
    the proof that the entry is under it (RFC 9162).
    """
    known = [change for change in chain.changes if change.index < size]
    ends = [*(change.until for change in known), None]
    begins = [None, *(change.at for change in known)]
    listed = KeyChain(chain.first, tuple(known)).keys
    return {
        "log": chain.first.name,
        "keys": [
            {"key": str(key), "from_at": from_at, "until_at": until_at}
            for key, from_at, until_at in zip(listed, begins, ends, strict=True)
        ],
        "changes": [_opened(cur, epoch, change) for change in known],
    }


def _opened(cur: Cursor, epoch: Epoch, change: KeyChange) -> dict[str, object]:
    asked = {"seq": epoch.first_seq + change.index, "epoch": epoch.number, "index": change.index}
    ((leaf, record, salt),) = cur.execute(statements.opening, asked).fetchall()
    row = cur.execute(statements.covering, asked).fetchone()
    told = {"index": change.index, "leaf": bytes(leaf).hex(), "salt": bytes(salt).hex(), "record": record}
    if row is None:
        return {**told, "checkpoint": None, "hashes": []}
    head = checkpoint.Head(*row)
    proof = proofs.inclusion(cur, leaf_hash=leaf_hash(bytes(leaf)), size=head.size, epoch=epoch)
    return {**told, "checkpoint": head.note, "hashes": [each.hex() for each in proof.hashes]}
