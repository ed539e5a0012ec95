"""How often what was used, by month: sums that are kept beside the log and follow from it.

The worker sums in the order of the tree, so that a use is counted once and an answer pays nothing for it. Sums stay
when the records of long ago are purged: they name units and resources, and nobody else.
"""

import json
from collections.abc import Collection, Sequence
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


@dataclass(frozen=True, slots=True)
class Sum:
    """Uses of a resource by a unit in one mode; keys are empty where a refusal came before they were known."""

    unit: str
    resource: str
    mode: str
    answered: int
    refused: int

    @property
    def place(self) -> tuple[int, str, str, str]:
        """Where it stands among others, by how many they are."""
        return self.answered + self.refused, self.unit, self.resource, self.mode


@dataclass(frozen=True, slots=True)
class NamedKeys:
    """The units and the resources that a word of a search is found in, by their keys."""

    units: Collection[str]
    resources: Collection[str]


@dataclass(frozen=True, slots=True)
class SumFilters:
    """Which sums are wanted: of a unit that asked, of a mode, and of what each word is found in."""

    span: MonthSpan
    unit: str = ""
    mode: str = ""
    words: Sequence[NamedKeys] = ()

    def facts(self) -> dict[str, object]:
        """Return it as the statements ask for it."""
        words = [{"units": [*word.units], "resources": [*word.resources]} for word in self.words]
        return {**self.span.facts(), "unit": self.unit or None, "mode": self.mode or None, "words": json.dumps(words)}


def sums(
    cur: Cursor, asked: SumFilters, *, after: tuple[int, str, str, str] | None = None, fewest: bool = False, limit: int
) -> list[Sum]:
    """Return uses by who asked, resource and mode, the most or the fewest first, after a place."""
    total, unit, resource, mode = after or (None, None, None, None)
    place = {"total": total, "at_unit": unit, "at_resource": resource, "at_mode": mode, "limit": limit}
    with cur.connection.cursor(row_factory=class_row(Sum)) as rows:
        asked_of = statements.fewest_first if fewest else statements.most_first
        return rows.execute(asked_of, {**asked.facts(), **place}).fetchall()


def summed(cur: Cursor, asked: SumFilters) -> tuple[int, int, int]:
    """Return how many `sums` there are, and how often was answered and refused in all of them."""
    ((many, answered, refused),) = cur.execute(statements.summed, asked.facts())
    return int(many), int(answered), int(refused)


def keys(cur: Cursor, span: MonthSpan) -> tuple[int, int]:
    """Return how many units asked, and how many resources were asked for."""
    ((units, resources),) = cur.execute(statements.keys, span.facts())
    return int(units), int(resources)


def named(cur: Cursor, span: MonthSpan) -> tuple[list[str], list[str]]:
    """Return the units that asked and the resources that were asked for, by their keys."""
    ((units, resources),) = cur.execute(statements.named, span.facts())
    return units or [], resources or []


def first(cur: Cursor, span: MonthSpan) -> date | None:
    """Return the first month that has uses of the units of a span, whichever months it names."""
    begun: date | None
    ((begun,),) = cur.execute(statements.first, span.facts())
    return begun


def _sum_batch(db: Database, *, batch: int) -> int:
    with db.transaction() as cur:
        cur.execute(statements.plain_plans)
        ((first, size),) = cur.execute(statements.begin)
        until = min(size, first + batch)
        if until > first:
            part = {"first": first, "until": until}
            ((lowest, highest),) = cur.execute(statements.between, part)
            cur.execute(statements.add, {**part, "lowest": lowest, "highest": highest})
            cur.execute(statements.go_on, part)
        return int(until - first)
