"""How often what was used, by month: sums that are kept beside the log and follow from it.

The worker sums in the order of the tree, so that a use is counted once and an answer pays nothing for it. Sums stay
when the records of long ago are purged: they name units and resources, and nobody else.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from psycopg import Cursor
from psycopg.rows import class_row

from hutong.db import sql
from hutong.db.database import Database

statements = sql.load(__package__, "rollups.sql")

BATCH = 50_000
"""Leaves that are summed in one transaction."""


@dataclass(frozen=True, slots=True)
class Month:
    """Uses of a month, which is named by its first day."""

    month: date
    answered: int
    refused: int


@dataclass(frozen=True, slots=True)
class Share:
    """Uses of one unit, or of one resource; the key is empty where a refusal came before either was known."""

    key: str
    answered: int
    refused: int


@dataclass(frozen=True, slots=True)
class MonthSpan:
    """From which month to which, both included, each by its first day; and of which units, where not of all.

    A use is of a unit that asked and of one whose resource it is.
    """

    first: date
    last: date
    units: Collection[str] | None = None

    def facts(self) -> dict[str, object]:
        """Return it as the statements ask for it."""
        return {"first": self.first, "last": self.last, "units": None if self.units is None else sorted(self.units)}


def sum_up(db: Database, *, batch: int = BATCH) -> int:
    """Sum the uses that were placed in the tree since the last time; returns how many leaves those are.

    At most `batch` of them are summed in one transaction.
    """
    done = 0
    while count := _sum_batch(db, batch=batch):
        done += count
    return done


def months(cur: Cursor, span: MonthSpan) -> list[Month]:
    """Return the uses of each month that has any, in their order."""
    with cur.connection.cursor(row_factory=class_row(Month)) as rows:
        return rows.execute(statements.months, span.facts()).fetchall()


def by_unit(cur: Cursor, span: MonthSpan, *, limit: int) -> list[Share]:
    """Return the uses by who asked, the most first, at most `limit` of them."""
    with cur.connection.cursor(row_factory=class_row(Share)) as rows:
        return rows.execute(statements.by_unit, {**span.facts(), "limit": limit}).fetchall()


def by_resource(cur: Cursor, span: MonthSpan, *, limit: int) -> list[Share]:
    """Return the uses by resource, the most first, at most `limit` of them."""
    with cur.connection.cursor(row_factory=class_row(Share)) as rows:
        return rows.execute(statements.by_resource, {**span.facts(), "limit": limit}).fetchall()


def _sum_batch(db: Database, *, batch: int) -> int:
    with db.transaction() as cur:
        ((first, size),) = cur.execute(statements.begin)
        until = min(size, first + batch)
        if until > first:
            part = {"first": first, "until": until}
            ((lowest, highest),) = cur.execute(statements.between, part)
            cur.execute(statements.add, {**part, "lowest": lowest, "highest": highest})
            cur.execute(statements.go_on, part)
        return int(until - first)
