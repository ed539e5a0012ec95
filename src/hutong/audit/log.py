"""Appending to the log: an entry in the transaction of what it tells of, a commitment in a public leaf."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import psycopg
from psycopg import Cursor

from hutong.audit import columns, subjects
from hutong.audit.events import EVENTS, Event
from hutong.audit.leaves import leaf
from hutong.audit.record_templates import WrongRecord, checked
from hutong.core import canonical, defaults, merkle
from hutong.core.errors import TooLarge, Unavailable
from hutong.core.leaves import SALT_LENGTH, commit, moment
from hutong.db import arrays, sql, trips

statements = sql.load(__package__, "log.sql")

PLATFORM = "hutong"
"""Who is entered for what time does: the platform itself, no officer; no account is called so."""


LATEST = timedelta(minutes=defaults.number("audit.transaction_minutes")) * 3 / 4
"""How long after its moment an entry may be written, by what the platform's clock showed last (`audit.timely`)."""
_TOO_LATE, _NO_ENTRY, _TOO_LONG = "HT004", "HT005", "HT006"


class EntryTooLate(Unavailable):
    """This began {minutes} minutes ago or longer, and is not entered any more: nothing of it was done."""


class NotEntered(Unavailable):
    """The database took this for no entry of the log: nothing of it was done."""


class EntryTooLong(TooLarge):
    """The entry of this in the log would have more than {most} bytes: nothing of it was done."""


class LogEntry(NamedTuple):
    """What happened, when, the fields of its event, and the parties that may read them.

    `record` is a mapping, or the text a `RecordTemplate` of that event made, with its `typed` columns and `latency_us`.
    Parties are credit codes, as many as there are: `unit` acted or asked, `counterpart` is the other, for a use the
    provider, and further ones are `others`. `subjects` are those of a use, gathered; its record names their root.
    """

    event: str
    at: datetime
    record: Mapping[str, object] | bytes
    unit: str | None = None
    counterpart: str | None = None
    others: Sequence[str] = ()
    subjects: bytes = b""
    typed: columns.Texts | None = None
    latency_us: int | None = None


class Receipt(NamedTuple):
    """Where an entry is kept, and by which hash its inclusion can be proven."""

    entry_id: int
    leaf_hash: bytes


def reserving(count: int) -> trips.Statement:
    """Return the statement that reserves ids for `count` entries, a row each; an id that is not used stays unused."""
    return statements.reserve, {"count": count}


def append(cur: Cursor, entries: Sequence[LogEntry], *, ids: Sequence[int] | None = None) -> list[Receipt]:
    """Write all entries in one statement, in the caller's transaction; returns one receipt each, in order.

    With `ids`, one each that `reserving` gave, the statement may go with the commit (`db.trips`). After the caller's
    commit the entries will be placed in the tree. Raises WrongRecord for an unknown event, for a record that has not
    exactly its event's fields, for subjects that the record does not name, and for a moment without an offset;
    EntryTooLate for a moment too long ago for verifying to take it; EntryTooLong for a record longer than any of ours;
    and NotEntered where the database takes it for no entry. With `ids` the database's own failure says that.
    """
    if not entries:
        return []
    events = [_event(entry) for entry in entries]
    records = [each.record if isinstance(each.record, bytes) else canonical.dumps(each.record) for each in entries]
    pool = os.urandom(SALT_LENGTH * len(entries))
    salts = [pool[i : i + SALT_LENGTH] for i in range(0, len(pool), SALT_LENGTH)]
    commitments = [_commitment(*each) for each in zip(events, entries, salts, records, strict=True)]
    leaves = [
        leaf(event, at=entry.at, commitment=commitment)
        for event, entry, commitment in zip(events, entries, commitments, strict=True)
    ]
    numbers = ids or [number for (number,) in trips.together(cur, [reserving(len(entries))])[0]]
    given = {
        "ids": arrays.int8s(numbers),
        "at": arrays.moments([entry.at for entry in entries]),
        "events": arrays.texts([event.name for event in events]),
        "classes": arrays.texts([str(event.record_class) for event in events]),
        "units": arrays.texts([entry.unit for entry in entries]),
        "counterparts": arrays.texts([entry.counterpart for entry in entries]),
        "salts": arrays.blobs(salts),
        "records": arrays.utf8(records),
        "commitments": arrays.blobs(commitments),
        "subjects": arrays.texts([subjects.literal(entry.subjects) for entry in entries]),
        **_typed(entries),
        **_further(entries, numbers),
    }
    if ids:
        trips.leave(cur, (statements.append, given))
    else:
        try:
            trips.together(cur, [(statements.append, given)])
        except psycopg.Error as fault:
            if fault.sqlstate == _TOO_LATE:
                raise EntryTooLate(minutes=round(LATEST / timedelta(minutes=1))) from fault
            if fault.sqlstate == _TOO_LONG:
                raise EntryTooLong(most=defaults.number("audit.record_bytes")) from fault
            if fault.sqlstate == _NO_ENTRY:
                raise NotEntered from fault
            raise
    return [Receipt(number, merkle.leaf_hash(data)) for number, data in zip(numbers, leaves, strict=True)]


def _commitment(event: Event, entry: LogEntry, salt: bytes, record: bytes) -> bytes:
    return commit(
        salt, record, at=moment(entry.at), event=event.name, record_class=event.record_class,
        unit=entry.unit, counterpart=entry.counterpart, others=entry.others,
    )  # fmt: skip


def _typed(entries: Sequence[LogEntry]) -> dict[str, arrays.ArrayColumn]:
    """Return what stands in typed columns, by the fields of the records."""
    rows, latencies = [], []
    for entry in entries:
        if isinstance(entry.record, bytes):
            rows.append(entry.typed or columns.NONE)
            latencies.append(entry.latency_us)
        else:
            rows.append(columns.texts(entry.record))
            latencies.append(columns.latency(entry.record))
    found = {field: arrays.texts(values) for field, values in zip(columns.FIELDS, zip(*rows, strict=True), strict=True)}
    found["latencies"] = arrays.int8s([-1 if each is None else each for each in latencies])
    return found


_NO_PARTIES = {"party_ids": arrays.int8s([]), "party_units": arrays.texts([])}


def _further(entries: Sequence[LogEntry], numbers: Sequence[int]) -> dict[str, arrays.ArrayColumn]:
    """Return the parties of entries beyond the two columns, each with the entry's id."""
    rows = [
        (number, unit)
        for entry, number in zip(entries, numbers, strict=True)
        if entry.others
        for unit in dict.fromkeys(entry.others)
        if unit not in (entry.unit, entry.counterpart)
    ]
    if not rows:
        return _NO_PARTIES
    ids, units = zip(*rows, strict=True)
    return {"party_ids": arrays.int8s(ids), "party_units": arrays.texts(units)}


def _event(entry: LogEntry) -> Event:
    if entry.at.utcoffset() is None:
        raise WrongRecord(f"{entry.event}: the moment has no offset")
    if isinstance(entry.record, bytes):
        return EVENTS[entry.event]
    if subjects.root(entry.subjects) != entry.record.get("subjects"):
        raise WrongRecord(f"{entry.event}: the record does not name its subjects")
    return checked(entry.event, entry.record)
