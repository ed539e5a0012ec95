"""The stored hashes of the tree of one epoch, as `core.merkle` reads them."""

from psycopg import Cursor

from hutong.audit import epochs
from hutong.audit.epochs import Epoch
from hutong.core.merkle import Getter
from hutong.db import sql

statements = sql.load(__package__, "hashes.sql")


def getter(cur: Cursor, epoch: Epoch | None = None) -> Getter:
    """Return a reader of stored hashes, for `core.merkle`: of an epoch, or of the one that is written."""
    of = epoch or epochs.current(cur)

    def get(level: int, index: int, count: int) -> list[bytes]:
        if level == 0:
            first = of.first_seq + index
            until = first + count if of.until_seq is None else min(first + count, of.until_seq)
            cur.execute(statements.hashes, {"first": first, "until": until})
        else:
            cur.execute(statements.nodes, {"epoch": of.number, "level": level, "first": index, "count": count})
        return [row[0] for row in cur.fetchall()]

    return get


def size(cur: Cursor, epoch: Epoch | None = None) -> int:
    """Return how many leaves are placed in an epoch, or in the one that is written."""
    of = epoch or epochs.current(cur)
    if of.until_seq is not None:
        return of.until_seq - of.first_seq
    ((placed,),) = cur.execute(statements.size)
    return max(int(placed) - of.first_seq, 0)
