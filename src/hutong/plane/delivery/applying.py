"""What a delivery changes in one version of a resource: listed, counted, and written to its holding and its feed."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor
from psycopg.sql import Composed

from hutong.db import rows, sql
from hutong.plane.delivery import statements
from hutong.plane.tables import Held

queries = sql.load(__package__, "applying.sql")


@dataclass(frozen=True, slots=True)
class Changes:
    """How many records of a version a delivery inserts, updates and deletes."""

    inserted: int
    updated: int
    deleted: int

    @property
    def total(self) -> int:
        """By how much the feed goes on."""
        return self.inserted + self.updated + self.deleted


def compare(cur: Cursor, held: Held, statement: Composed) -> Changes:
    """List in table `changed` what `statement` finds, numbered on from the feed of `held`, and return how much it is.

    `statement` is `statements.changed` or `statements.changed_former`. By then what was listed for another version has
    to be gone (`forget`).
    """
    cur.execute(statement, {"last": held.last_change})
    cur.execute(queries.analyze_changed)
    return Changes(**rows.one(cur.execute(queries.count_changed)))


def apply(cur: Cursor, held: Held, changes: Changes, *, now: datetime, former: Held | None = None) -> None:
    """Write table `changed` to holding and feed of `held`, and note how far they have come.

    With the first full load of a version that succeeds `former`, what is gone is told as deleted: `held` never had it.
    """
    if changes.deleted and former is None:
        cur.execute(statements.delete_changed(held))
    if changes.updated:
        cur.execute(statements.update_changed(held))
    if changes.inserted:
        cur.execute(statements.insert_changed(held))
    cur.execute(statements.feed_changed(held), {"now": now})
    note(cur, held, changes, more=changes.inserted - (0 if former else changes.deleted), now=now)


def forget(cur: Cursor) -> None:
    """Do without the list of changes of one version, so that another can have its own."""
    cur.execute(queries.drop_changed)


def note(cur: Cursor, held: Held, changes: Changes, *, more: int, now: datetime) -> None:
    """Note that `held` has so many rows more, and that its feed has gone on by `changes`."""
    code, version = held.definition.code, held.definition.version
    counted = {"code": code, "version": version, "more": more, "last_change": held.last_change + changes.total}
    cur.execute(queries.count_rows, {**counted, "now": now})
