"""Bringing a store to what was delivered, as part of the transaction that closes the delivery.

The store, its feed, numbered on without a gap, the former versions (`formers`) and the rejected rows are written
together. The first rows of a resource are copied where they belong; later ones arrive in a temporary table and only
what differs is written.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
from psycopg import Cursor

from hutong.core import beijing
from hutong.core.errors import Conflicting, Problem
from hutong.db import sql
from hutong.db.rows import one
from hutong.plane import rulebook, sealing, tables, versions
from hutong.plane.delivery import applying, binary, formers, marks, store_sql
from hutong.plane.delivery.applying import RowCounts
from hutong.plane.delivery.formers import Brought
from hutong.plane.delivery.marks import KnownRows
from hutong.plane.delivery.spooling import Spool
from hutong.plane.tables import Store

statements = sql.load(__package__, "merging.sql")


class SnapshotEmpty(Conflicting):
    """The snapshot is empty: it would remove all {stored} records that are held, and waits for the provider's word."""


class SnapshotDeletesMuch(Conflicting):
    """The snapshot would remove {removed} of the {stored} records held ({share}), and waits for the provider's word."""


class SnapshotKeysUnread(Conflicting):
    """Rows were rejected, their key unread; the snapshot would remove {removed} of {stored} records, perhaps theirs."""


class DisplayDiffers(Conflicting):
    """Cells of a key, a code or an item about a person show another text than they hold; the provider is asked."""


_WAITS = {kind.code: kind for kind in (SnapshotEmpty, SnapshotDeletesMuch, SnapshotKeysUnread, DisplayDiffers)}


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """What a delivery did; `last_change` is its version's counter afterwards, `warned` warnings of rows taken."""

    sent: int
    accepted: int
    rejected: int
    inserted: int | None
    updated: int | None
    deleted: int | None
    first_change: int | None
    last_change: int | None
    warned: int = 0
    reached: tuple[int, ...] = ()
    """The former versions that it was brought to as well, and beside each how many rows it changed there."""
    reached_inserted: tuple[int, ...] = ()
    reached_updated: tuple[int, ...] = ()
    reached_deleted: tuple[int, ...] = ()
    stopped: tuple[int, ...] = ()
    """The former versions that stand still from it on."""


@dataclass(frozen=True, slots=True)
class Waits:
    """A delivery needs the provider's word, and why; nothing was merged.

    `stored` records were there, in the newest version or a former one, and `removed` of them would have gone.
    """

    counts: DeliveryCounts
    reason: str
    stored: int
    removed: int


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A fault of a delivery; `shown` is masked where the item is."""

    number: int
    item: str | None
    rule: str
    reason: str
    shown: str | None
    warn: bool = False
    """Whether it is a warning: the row was taken (D-21)."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What would come of a delivery: rows taken and rejected, records new, changed and deleted; why it would wait.

    Of one that would wait only what it would delete is known, of one without any row to take not even that.
    """

    accepted: int
    rejected: int
    inserted: int | None
    updated: int | None
    deleted: int | None
    waits: str | None
    unplaced: int = 0
    """Rejected rows of which no record is held: what is deleted may be what they should have said."""
    faults: tuple[RejectedRow, ...] = ()
    """The first faults, in the order of the file."""

    @classmethod
    def of(cls, merged: DeliveryCounts | Waits) -> Self:
        """Return what a delivery did, or would have done."""
        if isinstance(merged, Waits):
            return cls(merged.counts.accepted, merged.counts.rejected, None, None, merged.removed, merged.reason)
        return cls(merged.accepted, merged.rejected, merged.inserted, merged.updated, merged.deleted, None)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `asdict` gave, after it went through JSON; what was kept before there were faults has none."""
        return cls(**{**kept, "faults": tuple(RejectedRow(**each) for each in kept.get("faults", ()))})

    @property
    def nothing(self) -> bool:
        """Whether no row would be taken, though there are some: such a file is not delivered (SX-04-f)."""
        return bool(self.rejected and not self.accepted)

    @property
    def lost(self) -> int:
        """How many records at most would be deleted because the rows about them have faults."""
        return min(self.deleted or 0, self.unplaced)


@dataclass(frozen=True, slots=True)
class MostDeleted:
    """How much a snapshot may delete without the provider's word: a number of rows, or a percentage of those stored."""

    rows: int
    percent: int

    def allows(self, deleted: int, *, there: int) -> bool:
        """Whether it may delete so many of the rows that are there."""
        return deleted <= self.rows or 100 * deleted <= self.percent * there


def most_deleted(cur: Cursor, *, now: datetime) -> MostDeleted:
    """Return what the rulebook lets a snapshot delete without asking."""
    day = beijing.day(now)
    return MostDeleted(
        rulebook.number(cur, "delivery.deleted_rows", day=day),
        rulebook.number(cur, "delivery.deleted_percent", day=day),
    )


def merge(
    cur: Cursor, spool: Spool, *, store: Store, key: str, snapshot: bool, current: int | None,
    carried_to: Sequence[int],
    by: str, key_id: str, now: datetime, may_delete: MostDeleted | None, copied: Callable[[], None],
    doubted: bool = False,
) -> DeliveryCounts | Waits:  # fmt: skip
    """Merge the delivery `key` into `store`, and return what changed or why it must wait.

    The caller holds the resource's lock.

    - `current` is the newest version that had data until now, None where none did.
    - `carried_to` are the former versions that the delivery is brought to as well.
    - `by` hands the delivery in, `key_id` names the key it was sealed with.
    - `may_delete` is what a snapshot may delete: one that deletes more waits, and so does one that deletes any record
      while it has rows that nobody can tell the record of, whichever version it deletes them in. With None, none waits.
    - `copied` is called when every row has reached the database.
    - `doubted` has it wait whatever it changes, once nothing else has it wait.
    """
    code, version = store.definition.code, store.definition.version
    named = {"code": code, "version": version, "key": key, "now": now}
    cur.execute(statements.take_memory)
    warned = keep_rejected(cur, spool, named)
    must_wait = partial(_must_wait, cur, spool, may_delete=may_delete if snapshot else None, warned=warned)
    if doubted and current is None:
        return _doubted(spool, stored=0, removed=0, warned=warned)
    if current is None:
        changes = _fill(cur, spool, store, now=now, copied=copied)
    else:
        former = tables.version(cur, code=code, version=current) if current != version else None
        if former is not None:  # the feed goes on counting where that of the former version has come to
            store = replace(store, last_change=former.last_change, kept_from=former.last_change + 1)
        _arrive(cur, spool, store)
        copied()
        listing = store_sql.changed(store, snapshot=snapshot, former=former, known=spool.known is not None)
        changes = applying.compare(cur, store, listing)
        waits = must_wait(former or store, changes)
        if waits is not None:
            return waits
        if carried_to or doubted:  # what it deletes there is known once it was written here
            cur.execute(statements.begin_writing)
        applying.apply(cur, store, changes, now=now, former=former)
        cur.execute(store_sql.remark(store))
    first = current != version
    _stamp(cur, spool, store, named, key_id=key_id if first else None)
    counts = _counts(spool, changes, store, warned=warned)
    if current is None or not (first or carried_to):
        return _taken_back(cur, spool, former or store, changes, warned=warned) if doubted else counts
    if first:
        versions.succeed(cur, code=code, version=version, former=current, now=now, by=by)
    newest = tables.version(cur, code=code, version=version)
    brought = formers.bring(
        cur, newest, numbers=carried_to, key_id=key_id, snapshot=snapshot, now=now, must_wait=must_wait,
        whole=snapshot and spool.known is None,
    )  # fmt: skip
    if isinstance(brought, Waits):
        cur.execute(statements.undo_writing)
        return brought
    if doubted:
        return _taken_back(cur, spool, store, changes, warned=warned)
    return _with_formers(counts, brought)


def _stamp(cur: Cursor, spool: Spool, store: Store, named: dict[str, Any], *, key_id: str | None) -> None:
    """Note under which key, that of a first delivery, and in which normal form the store is sealed by now."""
    if key_id is not None:
        stamp = {"key_id": key_id, "normaliser_version": spool.form, "kept_from": store.kept_from}
        cur.execute(statements.stamp_key, {**named, **stamp})
        cur.execute(statements.advance, named)
    elif store.normaliser_version != spool.form:
        versions.seal_anew(cur, code=named["code"], version=named["version"], form=spool.form)


def _taken_back(cur: Cursor, spool: Spool, store: Store, changes: RowCounts, *, warned: int) -> Waits:
    cur.execute(statements.undo_writing)
    return _doubted(spool, stored=rows(cur, store), removed=changes.deleted, warned=warned)


def _doubted(spool: Spool, *, stored: int, removed: int, warned: int) -> Waits:
    return Waits(_unmerged(spool, warned=warned), DisplayDiffers.code, stored, removed)


def _unmerged(spool: Spool, *, warned: int) -> DeliveryCounts:
    return DeliveryCounts(spool.sent, spool.accepted, spool.rejected, None, None, None, None, None, warned)


def waiting(reason: str, *, stored: int | None, removed: int | None) -> Problem:
    """Return what is to be confirmed before a delivery that waits for `reason` goes on; without facts not kept."""
    if not stored or removed is None:
        return _WAITS[reason]()
    return _WAITS[reason](stored=stored, removed=removed, share=f"{removed / stored:.1%}")


def rows(cur: Cursor, store: Store) -> int:
    """Return how many rows `store` has."""
    definition = store.definition
    cur.execute(statements.rows_of_version, {"code": definition.code, "version": definition.version})
    found: int = one(cur)["rows"]
    return found


def known(cur: Cursor, store: Store) -> KnownRows:
    """Return record keys and marks of the rows of `store`; a row without a mark is given one that fits no row."""
    found = [data for (data,) in cur.execute(store_sql.marks(store), binary=True)]
    width = sealing.RECORD_LENGTH + marks.LENGTH
    data = pa.py_buffer(b"".join(found))
    pairs = pa.Array.from_buffers(pa.binary(width), data.size // width, [None, data])
    records = pc.binary_slice(pairs, 0, sealing.RECORD_LENGTH)
    return KnownRows(records, pc.binary_slice(pairs, sealing.RECORD_LENGTH, width), store.last_change)


def keep_rejected(cur: Cursor, spool: Spool, named: Mapping[str, Any]) -> int:
    """Keep the faults of a delivery, and return how many of them are warnings of rows that are taken (D-21)."""
    cur.execute(statements.rejected)
    _copy(cur, statements.copy_rejected, spool.faults())
    cur.execute(statements.unwarned)
    cur.execute(statements.keep_rejected, named)
    found: int = one(cur.execute(statements.count_warned))["warnings"]
    return found


def _fill(cur: Cursor, spool: Spool, store: Store, *, now: datetime, copied: Callable[[], None]) -> RowCounts:
    """Copy the first rows of a resource into the store itself, tell its feed, and make the indexes of both."""
    tables.drop_indexes(cur, store)
    _copy(cur, store_sql.copy_all(store), spool.numbered(store.last_change + 1))
    copied()
    cur.execute(store_sql.feed_all(store), {"now": now})
    tables.make_indexes(cur, store)
    changes = RowCounts(spool.accepted, 0, 0)
    applying.note(cur, store, changes, more=changes.inserted, now=now)
    return changes


def _arrive(cur: Cursor, spool: Spool, store: Store) -> None:
    cur.execute(store_sql.arriving(store))
    _copy(cur, store_sql.copy_arriving(store), spool.rows())
    cur.execute(statements.spared)
    cur.execute(statements.missing)
    _copy(cur, statements.copy_missing, spool.missing())
    cur.execute(statements.analyze_arriving)


def _must_wait(
    cur: Cursor, spool: Spool, store: Store, changes: RowCounts, *, may_delete: MostDeleted | None, warned: int
) -> Waits | None:
    """Return what a snapshot with such changes of `store` waits with, None if it need not wait."""
    there = rows(cur, store)
    if may_delete is None or not there:
        return None
    if spool.sent == 0:
        reason = SnapshotEmpty.code
    elif not may_delete.allows(changes.deleted, there=there):
        reason = SnapshotDeletesMuch.code
    elif changes.deleted and one(cur.execute(statements.unread))["unread"]:
        reason = SnapshotKeysUnread.code
    else:
        return None
    return Waits(_unmerged(spool, warned=warned), reason, there, changes.deleted)


def _counts(spool: Spool, changes: RowCounts, store: Store, *, warned: int) -> DeliveryCounts:
    last = store.last_change
    return DeliveryCounts(
        sent=spool.sent,
        accepted=spool.accepted,
        rejected=spool.rejected,
        inserted=changes.inserted,
        updated=changes.updated,
        deleted=changes.deleted,
        first_change=last + 1 if changes.total else None,
        last_change=last + changes.total,
        warned=warned,
    )


def _with_formers(counts: DeliveryCounts, brought: Brought) -> DeliveryCounts:
    changed = brought.reached.values()
    return replace(
        counts,
        reached=tuple(brought.reached),
        reached_inserted=tuple(each.inserted for each in changed),
        reached_updated=tuple(each.updated for each in changed),
        reached_deleted=tuple(each.deleted for each in changed),
        stopped=brought.stopped,
    )


def _copy(cur: Cursor, statement: Any, chunks: Iterable[memoryview]) -> None:
    with cur.copy(statement) as copy, closing(_ahead(binary.framed(chunks))) as made:
        for chunk in made:
            copy.write(chunk)


def _ahead(chunks: Iterator[bytes | memoryview]) -> Generator[bytes | memoryview, None, None]:
    """Yield chunks, each made by a thread while the one before is being sent.

    Not psycopg's writer with a queue: with a full one an interrupt waits until PostgreSQL has taken all of it.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="copy") as maker:
        coming = maker.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = maker.submit(next, chunks, None)
            yield chunk
