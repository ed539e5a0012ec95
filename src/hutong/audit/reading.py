"""The private records, for those they concern: the parties of an entry and the auditor (SX-10-b)."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor

from hutong.audit import log
from hutong.audit.events import RecordClass
from hutong.core.errors import Missing
from hutong.db import sql

queries = sql.load(__package__, "reading.sql")

LARGEST_PAGE = 500


class NoSuchRecord(Missing):
    """There is no record {number} that you may read; a record past its years is gone, its proof is not."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: `by` (a person or system), for unit `org`, or as the auditor of the whole log."""

    by: str
    org: str | None = None
    auditor: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A record with all that proves it. `seq` is its place in the tree, None until placed (C.2 UsageLog)."""

    entry_id: int
    seq: int | None
    at: datetime
    event: str
    record_class: str
    org: str | None
    counterpart: str | None
    salt: bytes
    record: str
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """Records, the newest first. `before` asks for the next page, None where there is none."""

    records: tuple[Record, ...]
    before: int | None


def read(cur: Cursor, *, entry_id: int, reader: Reader, now: datetime) -> Record:
    """Return one record, and enter that it was read; raises NoSuchRecord, also for others' records."""
    facts = {"entry": entry_id, "org": reader.org, "auditor": reader.auditor}
    row = cur.execute(queries.read, facts).fetchone()
    if row is None:
        raise NoSuchRecord(number=entry_id)
    _remember(cur, entries=[entry_id], reader=reader, now=now)
    return Record(*row)


def page(
    cur: Cursor,
    *,
    reader: Reader,
    now: datetime,
    record_class: RecordClass | None = None,
    event: str | None = None,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Page:
    """Return the newest records before entry `before`; that they were read is entered in the log."""
    limit = max(1, min(limit, LARGEST_PAGE))
    facts = {
        "org": reader.org,
        "class": record_class,
        "event": event,
        "from_at": from_at,
        "until_at": until_at,
        "before": before,
        "limit": limit + 1,
    }
    rows = cur.execute(queries.all if reader.auditor else queries.of_party, facts).fetchall()
    records = tuple(Record(*row) for row in rows[:limit])
    if records:
        _remember(cur, entries=[record.entry_id for record in records], reader=reader, now=now)
    return Page(records, records[-1].entry_id if len(rows) > limit else None)


def _remember(cur: Cursor, *, entries: list[int], reader: Reader, now: datetime) -> None:
    record = {"by": reader.by, "org": reader.org, "entries": entries}
    log.append(cur, [log.Entry("audit.record_read", now, record, reader.org)])
