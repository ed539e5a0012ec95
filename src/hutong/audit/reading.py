"""The private records, for those they concern: the parties of an entry and the auditor (SX-10-b)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor

from hutong.audit import leaves, log, subjects
from hutong.core.counting import COUNTED
from hutong.core.errors import Missing, Refused
from hutong.db import sql

statements = sql.load(__package__, "reading.sql")

LARGEST_PAGE = 500


class NoSuchRecord(Missing):
    """There is no record {number} that you may read; a record past its years is gone, its proof is not."""


class OnlyAuditor(Refused):
    """The uses of a subject, wherever they were, are for the auditor."""

    clause = "SX-10-b"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: `by` (an officer or a system), for unit `unit`, or as the auditor of the whole log."""

    by: str
    unit: str | None = None
    auditor: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A record with all that proves it. `seq` is its place in the tree, None until placed (C.2 UsageLog)."""

    entry_id: int
    seq: int | None
    at: datetime
    event: str
    record_class: str
    unit: str | None
    counterpart: str | None
    salt: bytes
    record: str
    leaf: bytes
    others: list[str]
    """Further parties, as the commitment in the leaf is over them too."""

    @property
    def parties(self) -> tuple[str, ...]:
        """Who may read it, besides the auditor, in the order of the commitment."""
        return leaves.parties(self.unit, self.counterpart, self.others)


@dataclass(frozen=True, slots=True)
class RecordsPage:
    """Records, the newest first. `before` asks for the next page, None where there is none."""

    records: tuple[Record, ...]
    before: int | None


def read(cur: Cursor, *, entry_id: int, reader: Reader, now: datetime) -> Record:
    """Return one record, and enter that it was read; raises NoSuchRecord, also for others' records."""
    facts = {"entry": entry_id, "unit": reader.unit, "auditor": reader.auditor}
    row = cur.execute(statements.read, facts).fetchone()
    if row is None:
        raise NoSuchRecord(number=entry_id)
    remember(cur, entries=[entry_id], reader=reader, now=now)
    return Record(*row)


@dataclass(frozen=True, slots=True)
class UseFilters:
    """Which uses of a subject are wanted: of a resource, by a unit, in a period, answered or refused; None is any."""

    resource: str | None = None
    unit: str | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    answered: bool | None = None


@dataclass(frozen=True, slots=True)
class Uses:
    """A page of the uses of a subject, and how many there are in all: `COUNTED` + 1 where there are more."""

    records: tuple[Record, ...]
    before: int | None
    count: int


def of_subject(
    cur: Cursor,
    *,
    digests: Sequence[bytes],
    reader: Reader,
    now: datetime,
    filters: UseFilters | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Uses:
    """Return the newest uses that were about a subject, for the auditor; that it was looked for is entered in the log.

    `digests` are all that the subject can have (`plane.subjects`). What is entered has them beside it, found or not.
    Raises OnlyAuditor.
    """
    if not reader.auditor:
        raise OnlyAuditor
    limit = max(1, min(limit, LARGEST_PAGE))
    about = subjects.gathered(digests)
    facts = {"subjects": subjects.literal(about) or "{}", "before": before, "limit": limit + 1, "counted": COUNTED}
    narrowed = filters or UseFilters()
    facts |= {name: getattr(narrowed, name) for name in UseFilters.__slots__}
    rows = cur.execute(statements.of_subject, facts).fetchall()
    shown = {"ids": [entry_id for entry_id, _, _ in rows[:limit]], "moments": list({at for _, at, _ in rows[:limit]})}
    records = tuple(Record(*row) for row in cur.execute(statements.placed, shown)) if rows else ()
    record = {
        "by": reader.by,
        "unit": reader.unit,
        "subjects": subjects.root(about),
        "entries": [each.entry_id for each in records],
    }
    log.append(cur, [log.LogEntry("audit.subject_read", now, record, reader.unit, subjects=about)])
    return Uses(records, records[-1].entry_id if len(rows) > limit else None, rows[0][-1] if rows else 0)


def remember(cur: Cursor, *, entries: list[int], reader: Reader, now: datetime) -> None:
    """Enter that records were read: by whom, for which unit, and which."""
    record = {"by": reader.by, "unit": reader.unit, "entries": entries}
    log.append(cur, [log.LogEntry("audit.record_read", now, record, reader.unit)])
