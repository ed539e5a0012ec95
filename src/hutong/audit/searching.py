"""Looking through one class of the log, narrowed by what has an index of its own (SX-10-b, SX-11-a).

Units read the uses they are a party of; the auditor reads all four classes of the whole log. That records were read is
entered, page by page.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor

from hutong.audit.events import RecordClass
from hutong.audit.reading import LARGEST_PAGE, Reader, Record, RecordsPage, remember
from hutong.core.errors import Refused
from hutong.db import sql

queries = sql.load(__package__, "searching.sql")

COUNTED = 10_000
"""Up to how many records are counted."""
_LEAF = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,18}")


class ClassNotYours(Refused):
    """Records of class {record_class} are read by the auditor; the security administrator reads those of security."""

    clause = "SX-11-a"


@dataclass(frozen=True, slots=True)
class RecordFilters:
    """Which records are wanted: of a class, and where it is given of an event, a unit, a person, a time, a receipt.

    `unit` is a party of the record; where a unit reads, another party. `person` is who did it, and is not looked for
    among uses. `receipt` is an entry's number or the leaf hash of a receipt.
    """

    record_class: RecordClass = RecordClass.USAGE
    event: str | None = None
    unit: str | None = None
    person: str | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    receipt: str | None = None


def page(
    cur: Cursor, asked: RecordFilters, *, reader: Reader, now: datetime, before: int | None = None, limit: int = 50
) -> RecordsPage:
    """Return the newest records that are wanted, before entry `before`; that they were read is entered in the log.

    A unit finds what it is a party of, however many parties there are. Raises ClassNotYours.
    """
    limit = max(1, min(limit, LARGEST_PAGE))
    found = _ids(cur, asked, reader=reader, before=before, limit=limit + 1)
    wanted = found[:limit]
    records = tuple(Record(*row) for row in cur.execute(queries.records, {"ids": wanted}).fetchall())
    if records:
        remember(cur, entries=[record.entry_id for record in records], reader=reader, now=now)
    return RecordsPage(records, wanted[-1] if len(found) > limit else None)


def count(cur: Cursor, asked: RecordFilters, *, reader: Reader, most: int = COUNTED + 1) -> int:
    """Return how many records are wanted, counted up to `most`; raises ClassNotYours."""
    return len(_ids(cur, asked, reader=reader, before=None, limit=most))


def _ids(cur: Cursor, asked: RecordFilters, *, reader: Reader, before: int | None, limit: int) -> list[int]:
    if asked.record_class is not RecordClass.USAGE and not reader.auditor:
        raise ClassNotYours(record_class=asked.record_class)
    number = _number(cur, asked.receipt) if asked.receipt else None
    if asked.receipt and number is None:
        return []
    party = asked.unit if reader.auditor else reader.org
    facts = {
        "class": asked.record_class, "event": asked.event, "person": asked.person, "party": party,
        "other": None if reader.auditor else asked.unit, "from_at": asked.from_at, "until_at": asked.until_at,
        "number": number, "before": before, "limit": limit,
    }  # fmt: skip
    whole = reader.auditor and party is None
    if asked.record_class is RecordClass.USAGE:
        statement = queries.uses if whole else queries.uses_of_party
    else:
        statement = queries.others if whole else queries.others_of_party
    return [number for (number,) in cur.execute(statement, facts).fetchall()]


def _number(cur: Cursor, receipt: str) -> int | None:
    """Return the number of the entry that a receipt or a number names; None where it names none in the tree."""
    given = receipt.strip().lower()
    if _LEAF.fullmatch(given):
        row = cur.execute(queries.of_leaf, {"hash": bytes.fromhex(given)}).fetchone()
        return row[0] if row else None
    return int(given) if _NUMBER.fullmatch(given) else None
