"""The signed heads of the tree."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor

from hutong.core.errors import Missing
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


def latest(cur: Cursor) -> Head:
    """Return the newest checkpoint; raises LogEmpty."""
    row = cur.execute(statements.latest).fetchone()
    if row is None:
        raise LogEmpty
    return Head(*row)


def of_size(cur: Cursor, *, size: int) -> Head:
    """Return the checkpoint over the first `size` entries; raises NoSuchCheckpoint."""
    row = cur.execute(statements.of_size, {"size": size}).fetchone()
    if row is None:
        raise NoSuchCheckpoint(size=size)
    return Head(*row)
