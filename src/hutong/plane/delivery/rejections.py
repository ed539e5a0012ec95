"""The rejected rows of a delivery as its provider reads them: where each stands, and why it was rejected."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from psycopg.rows import class_row

from hutong.core import text
from hutong.core.labels import Language, label, subject_of
from hutong.db import sql
from hutong.db.database import Cur
from hutong.plane.definition import Holding, Item, Rule
from hutong.plane.delivery import loading, quality, reading, writing
from hutong.plane.delivery.blocks import OP
from hutong.plane.delivery.merging import RejectedRow as RejectedRow

statements = sql.load(__package__, "rejections.sql")

REASONS = (quality, reading, loading)
"""Modules whose refusals rows are rejected for: imported here, so that their words are known."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A rejected row with the name of its item, or the code where the catalogue has it no more, the rule and why."""

    row: RejectedRow
    item: str | None
    rule: str
    why: str
    value: str | None
    """What stood there, in words where it is masked or was not kept; None where nothing did."""


FIRST = 1000
"""Faults that are read at once, where nobody says how many."""

BreachPlace = tuple[int, str, str]
"""Where a fault stands among those of its delivery: row, item (empty for the whole row), rule."""
BEGINNING: BreachPlace = (0, "", "")


@dataclass(frozen=True, slots=True)
class RejectionFilters:
    """Which faults are wanted: of an item, where it is not empty; warnings or the others, where that is said."""

    item: str = ""
    warn: bool | None = None


def rejected(
    cur: Cur, *, code: str, key: str, provider: str, after: BreachPlace = BEGINNING,
    filters: RejectionFilters | None = None,
    limit: int = FIRST,
) -> list[RejectedRow]:  # fmt: skip
    """Return the first faults of a delivery of this provider after the fault `after`, in the order of its file."""
    number, item, rule = after
    place = {"number": number, "after_item": item, "after_rule": rule, "limit": limit}
    asked = {**_wanted(code, key, provider, filters), **place}
    with cur.connection.cursor(row_factory=class_row(RejectedRow)) as rows:
        return rows.execute(statements.rejected, asked).fetchall()


def write_all(cur: Cur, *, code: str, key: str, provider: str, to: Path) -> None:
    """Write every fault of a delivery of this provider to a file, for `read_all`: they are never all in memory."""
    asked = {**_wanted(code, key, provider, None), "number": 0, "after_item": "", "after_rule": "", "limit": None}
    with (
        cur.connection.cursor("faults", row_factory=class_row(RejectedRow)) as rows,
        to.open("w", encoding="utf-8") as file,
    ):
        rows.itersize = FIRST
        for row in rows.execute(statements.rejected, asked):
            file.write(json.dumps(asdict(row)) + "\n")


def read_all(file: TextIO) -> Iterator[RejectedRow]:
    """Yield the faults that `write_all` wrote, and close the file."""
    with file:
        for line in file:
            yield RejectedRow(**json.loads(line))


def counted(
    cur: Cur, *, code: str, key: str, provider: str, filters: RejectionFilters | None = None, most: int
) -> int:
    """Return how many faults of a delivery of this provider there are, counted up to `most`."""
    row = cur.execute(statements.counted, {**_wanted(code, key, provider, filters), "limit": most}).fetchone()
    assert row is not None
    return int(row[0])


def _wanted(code: str, key: str, provider: str, filters: RejectionFilters | None) -> dict[str, object]:
    wanted = filters or RejectionFilters()
    return {"code": code, "key": key, "provider": provider, "item": wanted.item, "warn": wanted.warn}


def told(rows: Iterable[RejectedRow], items: Mapping[str, Item], *, language: Language) -> list[Rejection]:
    """Return each row with why it was rejected, in the reader's language; `items` are those of the catalogue, by code.

    It is told with what the catalogue asks of the item now, and never with the row's value.
    """
    return [
        Rejection(row, _name(row, items), _rule(row, language), _why(row, items, language), value(row, items, language))
        for row in rows
    ]


def value(row: RejectedRow, items: Mapping[str, Item], language: Language) -> str | None:
    """Return the value of a fault as it may be told: nobody takes the shape of a masked one for what stood there."""
    if row.shown is None or row.reason == quality.KeyRepeated.code:
        return None
    if row.item == OP and not row.shown:
        return label("rejected.not_kept", language=language)
    item = items.get(row.item or "")
    if item is None or item.holding is Holding.PLAIN:
        return row.shown
    return _masked(row.shown, language)


def _masked(shape: str, language: Language) -> str:
    """Return in words how a masked value was made, whose shape was kept; of any other its shape is taken first."""
    if set(shape) - {*quality.SHAPES.values(), "…"}:  # as it was kept while the catalogue did not mask its item
        shape = quality.masked(shape)
    counts = {sort: shape.count(sign) for sort, sign in quality.SHAPES.items()}
    named = [label(f"rejected.{sort}", language=language, count=count) for sort, count in counts.items() if count]
    sorts = label("rejected.between", language=language).join(named)
    code = "masked_longer" if shape.endswith("…") else "masked"
    return label(f"rejected.{code}", language=language, count=len(shape.removesuffix("…")), sorts=sorts)


def _rule(row: RejectedRow, language: Language) -> str:
    known = subject_of("rules").get(row.rule)
    return known[language] if known else row.rule


def _name(row: RejectedRow, items: Mapping[str, Item]) -> str | None:
    item = items.get(row.item or "")
    return row.item if item is None else item.name


def _why(row: RejectedRow, items: Mapping[str, Item], language: Language) -> str:
    if row.item is None or row.reason == quality.KeyRepeated.code:  # of these a place or a number of cells is kept
        return text.refused(row.reason, {"argument": row.shown} if row.shown else {}, language=language)
    item = items.get(row.item)
    if item is None:
        return text.refused(row.reason, {"item": row.item}, language=language)
    asked = _asked(row, item, language)
    return text.refused(row.reason, {"item": item.name, **({"argument": asked} if asked else {})}, language=language)


def _asked(row: RejectedRow, item: Item, language: Language) -> object:
    """Return what the rule that the row broke asks of the item; nothing where the item has that rule no more."""
    match row.reason:
        case "VALUE_TOO_LONG":
            return writing.longest(item)
        case "VALUE_OF_OTHER_TYPE":
            return label(f"types.{item.type}", language=language)
    asked = next((rule.argument for rule in item.rules if rule.rule == row.rule), None)
    if asked and row.rule == Rule.ONE_OF:
        return (", " if language == "en" else "、").join(dict.fromkeys(asked.split("|")))
    return asked
