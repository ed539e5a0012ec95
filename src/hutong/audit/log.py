"""Appending to the log: an entry in the transaction of what it tells of, a commitment in a public leaf."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg import Cursor

from hutong.audit.events import EVENTS, Event
from hutong.audit.forms import WrongRecord, checked
from hutong.audit.leaves import SALT_LENGTH, commit, leaf
from hutong.core import canonical, merkle
from hutong.db import arrays, sql, trips

queries = sql.load(__package__, "log.sql")

PLATFORM = "hutong"
"""Who is entered for what time does: the platform itself, no person; no account is called so."""


class Entry(NamedTuple):
    """What happened, when, the fields of its event, and the parties that may read them.

    `record` is a mapping, or the text a `forms.Form` of that event made. `org` acted or asked; `counterpart` is the
    other party: for a use, the provider. Both are credit codes.
    """

    event: str
    at: datetime
    record: Mapping[str, object] | bytes
    org: str | None = None
    counterpart: str | None = None


class Receipt(NamedTuple):
    """Where an entry is kept, and by which hash its inclusion can be proven."""

    entry_id: int
    leaf_hash: bytes


def reserving(count: int) -> trips.Statement:
    """Return the statement that gives ids for so many entries, a row each; an id that is not used is nobody's."""
    return queries.reserve, {"count": count}


def append(cur: Cursor, entries: Sequence[Entry], *, ids: Sequence[int] | None = None) -> list[Receipt]:
    """Write all entries in one statement, in the caller's transaction; returns one receipt each, in order.

    With `ids`, one each that `reserving` gave, the statement may go with the commit (`db.trips`). After the caller's
    commit the entries will be placed in the tree. Raises WrongRecord for an unknown event, for a record that has not
    exactly its event's fields, and for a moment without an offset.
    """
    if not entries:
        return []
    events = [_event(entry) for entry in entries]
    records = [each.record if isinstance(each.record, bytes) else canonical.dumps(each.record) for each in entries]
    pool = os.urandom(SALT_LENGTH * len(entries))
    salts = [pool[i : i + SALT_LENGTH] for i in range(0, len(pool), SALT_LENGTH)]
    leaves = [
        leaf(event, at=entry.at, commitment=commit(salt, record))
        for event, entry, salt, record in zip(events, entries, salts, records, strict=True)
    ]
    numbers = ids or [number for (number,) in trips.together(cur, [reserving(len(entries))])[0]]
    columns = {
        "ids": arrays.int8s(numbers),
        "at": arrays.moments([entry.at for entry in entries]),
        "events": arrays.texts([event.name for event in events]),
        "classes": arrays.texts([str(event.record_class) for event in events]),
        "orgs": arrays.texts([entry.org for entry in entries]),
        "counterparts": arrays.texts([entry.counterpart for entry in entries]),
        "salts": arrays.blobs(salts),
        "records": arrays.utf8(records),
        "leaves": arrays.blobs(leaves),
    }
    if ids:
        trips.leave(cur, (queries.append, columns))
    else:
        trips.together(cur, [(queries.append, columns)])
    return [Receipt(number, merkle.leaf_hash(data)) for number, data in zip(numbers, leaves, strict=True)]


def _event(entry: Entry) -> Event:
    if entry.at.utcoffset() is None:
        raise WrongRecord(f"{entry.event}: the moment has no offset")
    return EVENTS[entry.event] if isinstance(entry.record, bytes) else checked(entry.event, entry.record)
