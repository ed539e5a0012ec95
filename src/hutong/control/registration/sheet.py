"""One table of a unit's departments, persons and devices, CSV or Excel: what its rows say, and what cannot be read.

The one reader of deliveries reads it, whatever the file is. Nothing of it is kept: what was read stands on the page
that shows it, and comes back with the word that it counts.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hutong.control.registration import people
from hutong.core import headings
from hutong.core.errors import Invalid, Problem, TooLarge
from hutong.plane.definition import Definition, Item
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading.report import WhatWasRead

COLUMNS: Mapping[str, str] = {
    "kind": "类别", "name": "名称", "code": "标识", "department": "所在部门", "identity_no": "公民身份号码",
    "phone_no": "联系电话", "address": "网络地址",
}  # fmt: skip
"""Fact → the title of its column, in the order of the form; a form in English is titled by the facts."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "department": ("部门", "使用部门", "department"),
    "user": ("人员", "使用人员", "person", "user"),
    "device": ("设备", "使用设备", "device"),
}
"""Kind of registration → how a row may call it, the form's own word first."""
ASKED: Mapping[str, tuple[str, ...]] = {
    "department": ("name",), "user": ("name", "code", "department", *people.NUMBERS),
    "device": ("name", "code", "department", "address"),
}  # fmt: skip
"""Kind → the facts that its row says; what else stands there is a fault."""
MOST_ROWS = 5_000
"""Rows of one file."""
_FORM = Definition("registrations", 1, "登记表", "", (), tuple(Item(code, title) for code, title in COLUMNS.items()))


class SheetTooLong(TooLarge):
    """{file} has {number} rows; one takes at most {most}."""

    at = ("file",)


class SheetMerged(Invalid):
    """{file} has {number} merged areas among its rows: what they hold stands in one cell of each alone."""

    clause = "PS-09-1"
    at = ("file",)


class SheetEmpty(Invalid):
    """{file} has the form's header and no row below it."""

    at = ("file",)


class RowUnreadable(Invalid):
    """Row {row} cannot be read: cell {cell} holds a formula without a value, an error, or digits that were lost."""

    clause = "PS-09-1"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row as it stands there, its number as a person counts; `kind` is empty where its word means none."""

    number: int
    kind: str
    said: Mapping[str, str]
    """Fact → what its cell says, without the blanks around it."""

    def shown(self, name: str) -> str:
        """Return what its cell says of a fact, as it may be read: a number of a person masked."""
        said = self.said[name]
        return people.masked(name, said) if name in people.NUMBERS and said else said


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with a cell, or with a row where `column` is empty."""

    row: int
    column: str
    """The fact its column says."""
    problem: Problem


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A file of registrations: its rows, the faults that reading found, and how it was read."""

    rows: tuple[SheetRow, ...]
    faults: tuple[CellFault, ...]
    report: WhatWasRead


def read(path: Path) -> SheetRead:
    """Return what the file at `path` says; its columns may stand in any order, under a heading, beside a numbering.

    Raises SheetTooLong, SheetMerged, SheetEmpty, and what reading a delivery raises of a file as a whole: another form,
    or last year's, is refused with the columns that are missing or unknown.
    """
    found = reading.open_(path, definition=_FORM)
    faults: list[CellFault] = []
    rows: list[SheetRow] = []
    for row in _rows(found, faults):
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise SheetTooLong(file=path.name, number=found.report.records, most=MOST_ROWS)
    if found.report.merged:
        raise SheetMerged(file=path.name, number=found.report.merged)
    if not rows and not faults:
        raise SheetEmpty(file=path.name)
    return SheetRead(tuple(rows), tuple(faults), found.report)


def written(rows: Sequence[SheetRow], faults: Sequence[CellFault]) -> str:
    """Return rows, and the faults that reading them found, as a page keeps them until they count."""
    told = [[row.number, *(row.said[name] for name in COLUMNS)] for row in rows]
    odd = [[fault.row, fault.problem.facts["cell"]] for fault in faults]
    return json.dumps([*odd, *told], ensure_ascii=False, separators=(",", ":"))


def kept(text: str) -> tuple[tuple[SheetRow, ...], tuple[CellFault, ...]]:
    """Return the rows and faults that a page kept (`written`); raises RowsLost where they are not what it kept."""
    try:
        found = [_kept(each) for each in json.loads(text)]
    except (ValueError, TypeError, RecursionError):
        raise RowsLost from None
    if not found or len(found) > MOST_ROWS:
        raise RowsLost
    rows = tuple(each for each in found if isinstance(each, SheetRow))
    return rows, tuple(each for each in found if isinstance(each, CellFault))


class RowsLost(Invalid):
    """What was read of the file did not come back whole; choose the file once more."""

    at = ("file",)


def kind_of(word: str) -> str:
    """Return the kind that a word means, however it is written; nothing where it means none."""
    return _WORDS.get(headings.folded(word), "")


_WORDS = {headings.folded(word): kind for kind, words in KINDS.items() for word in words}


def _kept(each: list[object]) -> SheetRow | CellFault:
    number, *said = each
    if type(number) is not int or len(said) not in (1, len(COLUMNS)) or not all(type(cell) is str for cell in said):
        raise ValueError
    if len(said) == 1:
        return CellFault(number, "", RowUnreadable(row=number, cell=said[0]))
    return _row(number, dict(zip(COLUMNS, said, strict=True)))


def _row(number: int, said: Mapping[str, Any]) -> SheetRow:
    return SheetRow(number, kind_of(said["kind"]), {name: cell.strip() for name, cell in said.items()})


def _rows(found: reading.Reading, faults: list[CellFault]) -> Iterator[SheetRow]:
    for block in found.blocks():
        for odd in block.unreadable:
            faults.append(CellFault(odd.number, "", RowUnreadable(row=odd.number, cell=odd.shown)))
        columns = {field.name: block.batch.column(place).to_pylist() for place, field in enumerate(block.batch.schema)}
        for place, number in enumerate(block.numbers):
            yield _row(number, {name: (columns[name][place] if name in columns else "") or "" for name in COLUMNS})
