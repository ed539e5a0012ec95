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
from hutong.core.counting import COUNTED
from hutong.core.errors import Refused
from hutong.db import sql

statements = sql.load(__package__, "searching.sql")

STATEMENTS = {
    (True, True, False): statements.uses,
    (True, True, True): statements.uses_counted,
    (True, False, False): statements.uses_of_party,
    (True, False, True): statements.uses_of_party_counted,
    (False, True, False): statements.others,
    (False, True, True): statements.others_counted,
    (False, False, False): statements.others_of_party,
    (False, False, True): statements.others_of_party_counted,
}
"""(uses alone, the whole log, their number only) → the statement that reads them."""
_LEAF = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,18}")


class ClassNotYours(Refused):
    """Records of class {record_class} are read by the auditor; the security administrator reads those of security."""

    clause = "SX-11-a"


@dataclass(frozen=True, slots=True)
class RecordFilters:
    """Which records are wanted: of a class, and where it is given of an event, a unit, an officer, a time, a receipt.

    `unit` is a party of the record; where a unit reads, another party. Uses are not looked for by event and `officer`,
    who did it: what is written with every answer has no index of either. `receipt` is an entry's number or the leaf
    hash of a receipt.
    """

    record_class: RecordClass = RecordClass.USAGE
    event: str | None = None
    unit: str | None = None
    officer: str | None = None
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
    found = [number for (number,) in _read(cur, asked, reader=reader, before=before, limit=limit + 1)]
    wanted = found[:limit]
    records = tuple(Record(*row) for row in cur.execute(statements.records, {"ids": wanted}).fetchall())
    if records:
        remember(cur, entries=[record.entry_id for record in records], reader=reader, now=now)
    return RecordsPage(records, wanted[-1] if len(found) > limit else None)


def count(cur: Cursor, asked: RecordFilters, *, reader: Reader, most: int = COUNTED + 1) -> int:
    """Return how many records are wanted, counted up to `most`; raises ClassNotYours."""
    ((many,),) = _read(cur, asked, reader=reader, before=None, limit=most, counted=True) or [(0,)]
    return int(many)


def _read(
    cur: Cursor, asked: RecordFilters, *, reader: Reader, before: int | None, limit: int, counted: bool = False
) -> list[tuple[int]]:
    """Return the ids of what is wanted, or their number alone; nothing where a receipt names no entry."""
    if asked.record_class is not RecordClass.USAGE and not reader.auditor:
        raise ClassNotYours(record_class=asked.record_class)
    number = _number(cur, asked.receipt) if asked.receipt else None
    if asked.receipt and number is None:
        return []
    party = asked.unit if reader.auditor else reader.unit
    facts = {
        "class": asked.record_class, "event": asked.event, "officer": asked.officer, "party": party,
        "other": None if reader.auditor else asked.unit, "from_at": asked.from_at, "until_at": asked.until_at,
        "number": number, "before": before, "limit": limit,
    }  # fmt: skip
    whole = reader.auditor and party is None
    return cur.execute(STATEMENTS[asked.record_class is RecordClass.USAGE, whole, counted], facts).fetchall()


def _number(cur: Cursor, receipt: str) -> int | None:
    """Return the number of the entry that a receipt or a number names; None where it names none in the tree."""
    given = receipt.strip().lower()
    if _LEAF.fullmatch(given):
        row = cur.execute(statements.of_leaf, {"hash": bytes.fromhex(given)}).fetchone()
        return row[0] if row else None
    return int(given) if _NUMBER.fullmatch(given) else None
