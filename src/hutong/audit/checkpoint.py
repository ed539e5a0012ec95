"""The signed heads of the tree."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor

from hutong.core.errors import Missing
from hutong.core.leaves import moment
from hutong.core.signed_note import Checkpoint
from hutong.db import sql

statements = sql.load(__package__, "checkpoint.sql")


class LogEmpty(Missing):
    """Nothing has been placed in the log yet, so there is no checkpoint."""


class NoSuchCheckpoint(Missing):
    """No checkpoint was signed over exactly {size} entries."""


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint: size and root of the tree, when it was signed, and the signed note itself."""

    size: int
    root: bytes
    at: datetime
    note: str


def newest(cur: Cursor, *, epoch: int | None = None, within: int | None = None) -> Head | None:
    """Return the newest checkpoint of an epoch, or of the one that is written, where there is one.

    With `within` it is of no more entries than that.
    """
    row = cur.execute(statements.latest, {"epoch": epoch, "within": within}).fetchone()
    return None if row is None else Head(*row)


def latest(cur: Cursor, *, epoch: int | None = None) -> Head:
    """Return the newest checkpoint, likewise; raises LogEmpty."""
    found = newest(cur, epoch=epoch)
    if found is None:
        raise LogEmpty
    return found


def of_size(cur: Cursor, *, size: int, epoch: int | None = None) -> Head:
    """Return the checkpoint over the first `size` entries, likewise; raises NoSuchCheckpoint."""
    row = cur.execute(statements.of_size, {"size": size, "epoch": epoch}).fetchone()
    if row is None:
        raise NoSuchCheckpoint(size=size)
    return Head(*row)


def was_signed(cur: Cursor, *, size: int, root: str) -> bool:
    """Return whether the log was signed over so many entries with this root, in hexadecimal, in any of its epochs."""
    ((known,),) = cur.execute(statements.was_signed, {"size": size, "root": root})
    return bool(known)


def following(
    before: Head | None, *, origin: str, size: int, root: bytes, now: datetime, waiting: bool = False
) -> tuple[Checkpoint, datetime]:
    """Return the checkpoint to be signed next after `before`, None of a log without one, and its moment.

    The moments of checkpoints never fall: where the clock was set back, the moment of the one before is said again.
    `waiting` is to be said where more waits to be placed than is under this one: what comes next is older than it.
    """
    at = now if before is None else max(now, before.at)
    return Checkpoint(origin, size, root, moment(at), None if before is None else before.size, waiting), at
