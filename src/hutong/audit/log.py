"""Appending to the log: an entry in the transaction of what it tells of, a commitment in a public leaf."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor

from hutong.audit.events import EVENTS, Event
from hutong.audit.leaves import SALT_LENGTH, commit, leaf
from hutong.core import canonical, merkle
from hutong.db import sql

queries = sql.load(__package__, "log.sql")


class WrongRecord(ValueError):
    """An entry that its event does not allow: a fault of the program, never of the input."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened, when, the fields of its event, and the parties that may read them.

    `org` acted or asked; `counterpart` is the other party: for a use, the provider. Both are credit codes.
    """

    event: str
    at: datetime
    record: Mapping[str, object]
    org: str | None = None
    counterpart: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an entry is kept, and by which hash its inclusion can be proven."""

    entry_id: int
    leaf_hash: bytes


def append(cur: Cursor, entries: Sequence[Entry]) -> list[Receipt]:
    """Write all entries in one statement, in the caller's transaction; returns one receipt each, in order.

    After the caller's commit the entries will be placed in the tree. Raises WrongRecord for an unknown event,
    for a record that has not exactly its event's fields, and for a moment without an offset.
    """
    if not entries:
        return []
    events = [_event(entry) for entry in entries]
    records = [canonical.dumps(entry.record) for entry in entries]
    pool = os.urandom(SALT_LENGTH * len(entries))
    salts = [pool[i : i + SALT_LENGTH] for i in range(0, len(pool), SALT_LENGTH)]
    leaves = [
        leaf(event, at=entry.at, commitment=commit(salt, record))
        for event, entry, salt, record in zip(events, entries, salts, records, strict=True)
    ]
    cur.execute(
        queries.append,
        (
            [entry.at for entry in entries],
            [event.name for event in events],
            [str(event.record_class) for event in events],
            [entry.org for entry in entries],
            [entry.counterpart for entry in entries],
            salts,
            [record.decode() for record in records],
            leaves,
        ),
    )
    ids = [row[0] for row in cur.fetchall()]
    return [Receipt(id_, merkle.leaf_hash(data)) for id_, data in zip(ids, leaves, strict=True)]


def _event(entry: Entry) -> Event:
    event = EVENTS.get(entry.event)
    if event is None:
        raise WrongRecord(f"{entry.event} is not in audit.events")
    if entry.record.keys() != event.fields:
        wrong = sorted(entry.record.keys() ^ event.fields)
        raise WrongRecord(f"{entry.event}: missing or not of this event: {', '.join(wrong)}")
    if entry.at.utcoffset() is None:
        raise WrongRecord(f"{entry.event}: the moment has no offset")
    return event
