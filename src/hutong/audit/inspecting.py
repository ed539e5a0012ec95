"""Comparing the stored log with itself: each record with its leaf, and what stands beside a record with the record.

An export has the columns as they are kept, so whoever verifies one finds the same of what is placed. Here it is found
on the platform, before anything is exported, and of what is not placed yet.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from hutong.audit import columns, lines
from hutong.audit.events import RecordClass
from hutong.audit.faults import Fault
from hutong.core import canonical
from hutong.core.errors import Problem
from hutong.core.leaves import commit, moment, told
from hutong.db import sql
from hutong.db.database import Database

statements = sql.load(__package__, "inspecting.sql")

BATCH = 5_000
"""Entries that are read by one statement, each batch in a transaction of its own."""


def inspect(db: Database) -> Iterator[tuple[int, list[Fault]]]:
    """Yield, batch by batch, how many entries were compared and what is wrong with them; changes nothing."""
    after, seen = 0, BATCH
    while seen == BATCH:
        with db.transaction() as cur:
            rows = cur.execute(statements.entries, {"after": after, "limit": BATCH}).fetchall()
        yield len(rows), [Fault(what, f"entry {row[0]}") for row in rows for what in _faults(*row[1:])]
        after, seen = (rows[-1][0] if rows else after), len(rows)
    with db.transaction() as cur:
        doubled = cur.execute(statements.doubled).fetchall()
    yield (
        0,
        [Fault("doubled_leaf" if told(bytes(leaf)) else "no_leaf", f"entry {entry_id}") for entry_id, leaf in doubled],
    )


def _faults(
    at: datetime, event: str, record_class: str, unit: str | None, counterpart: str | None, others: list[str],
    salt: bytes, record: str, leaf: bytes | None, *beside: Any,
) -> Iterator[str]:  # fmt: skip
    public = None if leaf is None else told(bytes(leaf))
    if public is None:
        yield "no_leaf"
    elif (public["at"], public["event"], public["class"]) != (moment(at), event, record_class):
        yield "other_leaf"
    elif public["commitment"] != commit(
        bytes(salt), record.encode(), at=moment(at), event=event, record_class=record_class,
        unit=unit, counterpart=counterpart, others=others,
    ).hex():  # fmt: skip
        yield "other_record"
    said = _said(record)
    if said is None:
        yield "not_canonical"
        return
    *texts, latency, about = beside
    if (tuple(texts), latency) != (columns.texts(said), columns.latency(said)):
        yield "other_columns"
    if record_class == RecordClass.USAGE and unit != said.get("unit"):
        yield "other_columns"
    digests = [each.bytes for each in about or ()]
    if not lines.named(said, b"".join(sorted(digests))) or len(set(digests)) != len(digests):
        yield "other_subjects"


def _said(record: str) -> Mapping[str, Any] | None:
    try:
        said = canonical.loads(record)
        return said if isinstance(said, dict) and canonical.dumps(said) == record.encode() else None
    except Problem:
        return None
