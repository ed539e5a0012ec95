"""What a delivery changes in one version of a resource: listed, counted, and written to its store and its feed."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor
from psycopg.sql import Composed

from hutong.db import rows, sql
from hutong.plane.delivery import store_sql
from hutong.plane.tables import Store

statements = sql.load(__package__, "applying.sql")


@dataclass(frozen=True, slots=True)
class RowCounts:
    """How many records of a version a delivery inserts, updates and deletes."""

    inserted: int
    updated: int
    deleted: int

    @property
    def total(self) -> int:
        """By how much the feed goes on."""
        return self.inserted + self.updated + self.deleted


def compare(cur: Cursor, store: Store, statement: Composed) -> RowCounts:
    """List in table `changed` what `statement` finds, numbered on from the feed of `store`, and return how much it is.

    `statement` is `store_sql.changed` or `store_sql.changed_former`. By then what was listed for another version has
    to be gone (`forget`).
    """
    cur.execute(statement, {"last": store.last_change})
    cur.execute(statements.analyze_changed)
    return RowCounts(**rows.one(cur.execute(statements.count_changed)))


def apply(cur: Cursor, store: Store, changes: RowCounts, *, now: datetime, former: Store | None = None) -> None:
    """Write table `changed` to store and feed of `store`, and note how far they have come.

    With the first full load of a version that succeeds `former`, what is gone is told as deleted: `store` never had it.
    """
    if changes.deleted and former is None:
        cur.execute(store_sql.delete_changed(store))
    if changes.updated:
        cur.execute(store_sql.update_changed(store))
    if changes.inserted:
        cur.execute(store_sql.insert_changed(store))
    cur.execute(store_sql.feed_changed(store), {"now": now})
    note(cur, store, changes, more=changes.inserted - (0 if former else changes.deleted), now=now)


def forget(cur: Cursor) -> None:
    """Do without the list of changes of one version, so that another can have its own."""
    cur.execute(statements.drop_changed)


def note(cur: Cursor, store: Store, changes: RowCounts, *, more: int, now: datetime) -> None:
    """Note that `store` has so many rows more, and that its feed has gone on by `changes`."""
    code, version = store.definition.code, store.definition.version
    counted = {"code": code, "version": version, "more": more, "last_change": store.last_change + changes.total}
    cur.execute(statements.count_rows, {**counted, "now": now})
