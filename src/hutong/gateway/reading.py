"""What the gateway reads of the log for those who may see it: records by party, proofs, tiles."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct
from psycopg import Cursor

from hutong.audit import log
from hutong.audit.events import EVENTS
from hutong.core.errors import Missing
from hutong.db import sql

queries = sql.load(__package__, "reading.sql")

T = TypeVar("T")


class RecordNotYours(Missing):
    """There is no record {entry} of which you are a party."""


class Record(Struct, frozen=True):
    """A private record with the salt of its commitment, as the log keeps it."""

    entry: int
    event: str
    record: str
    """Canonical JSON: the very text the commitment is over."""
    salt: str
    leaf: str
    """The public leaf, of whose bytes the leaf hash is made."""


def record(cur: Cursor, *, entry: int, org: str) -> Record | None:
    """Return the record of `entry` if `org` is a party of it."""
    row = cur.execute(queries.record, {"entry": entry, "org": org}).fetchone()
    if row is None:
        return None
    event, at, text, salt = row
    leaf = log.leaf(EVENTS[event], at=at, commitment=log.commit(salt, text.encode()))
    return Record(entry, event, text, bytes(salt).hex(), leaf.decode())


async def in_thread(work: Callable[[], T]) -> T:
    """Run `work` beside the event loop."""
    return await asyncio.to_thread(work)
