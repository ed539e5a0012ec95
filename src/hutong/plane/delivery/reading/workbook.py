"""A sheet of an Excel workbook into blocks of text: what a person sees, where the cells hold nothing else.

The values are read by python-calamine, out of a workbook made of the one sheet that is read, when the whole file has
been looked through. What is shown of them, and what is no value, that look has told.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from hutong.core import headings
from hutong.core.errors import Invalid, Malformed
from hutong.plane.definition import Definition
from hutong.plane.delivery.blocks import BLOCK_BYTES, BLOCK_ROWS, OP, Block, UnreadableRow
from hutong.plane.delivery.reading import (
    header,
    operations,
    shaping,
    suspects,
    workbook_again,
    workbook_guard,
    workbook_look,
    workbook_parts,
    workbook_places,
    workbook_texts,
    workbook_values,
)  # fmt: skip
from hutong.plane.delivery.reading.failures import FileBroken, FileEmpty
from hutong.plane.delivery.reading.header import ColumnsWrong, Header
from hutong.plane.delivery.reading.lost_values import CellError, LostValues, NumberLostDigits
from hutong.plane.delivery.reading.number_formats import NumberFormat
from hutong.plane.delivery.reading.report import MOST_PLACES, LeftOut, Occurrences, WhatWasRead
from hutong.plane.delivery.reading.workbook_guard import Archive
from hutong.plane.delivery.reading.workbook_values import FormatRun, Value
from hutong.plane.values import TEXT

Row = list[Value]


class SheetsHidden(Malformed):
    """Every sheet of {file} that says something is hidden; hidden sheets are not read."""


class FormulaWithoutValue(Invalid):
    """Cell {argument} holds a formula whose value was never computed."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet that was looked through."""

    name: str
    hidden: bool
    part: str
    look: workbook_look.SheetLook


@dataclass(frozen=True, slots=True)
class _Book:
    """A workbook that was looked through: its sheets, its formats by the number their cells are noted with."""

    path: Path
    archive: Archive
    sheets: tuple[_Sheet, ...]
    strings: str | None
    strings_look: workbook_look.StringsLook
    formats: tuple[NumberFormat, ...]
    since_1904: bool


def open_(path: Path, *, definition: Definition, changes: bool) -> tuple[WhatWasRead, Iterator[Block]]:
    """Return the report and the rows of the first visible sheet of `path` whose header fits, all of it looked through.

    Raises FileEmpty, FileBroken, SheetsHidden and what `header` and `workbook_guard` raise.
    """
    with Archive(path) as archive:
        book = _looked_through(path, archive)
        sheet, found, rows = _chosen(book, definition, changes=changes)
    report = WhatWasRead("xlsx", sheet=sheet.name, header_row=found.row, above=found.above)
    report.numbering = found.numbering
    report.left_out = tuple(
        LeftOut(each.name, each.hidden, each.look.rows) for each in book.sheets if each is not sheet and each.look.rows
    )
    report.merged = sum(
        last_row > found.row
        and (first_row, first_column) != (last_row, last_column)
        and first_column <= len(found.columns)
        for first_row, first_column, last_row, last_column in sheet.look.merged
    )
    hidden = [row for row in sheet.look.hidden if row > found.row]
    report.hidden = report.hidden.plus((f"{row}" for row in hidden[:MOST_PLACES]), number=len(hidden))
    return report, _Rows(book, sheet, found, definition, report).blocks(rows)


def titles(path: Path) -> list[str]:
    """Return the column names of the first visible sheet with a table."""
    with Archive(path) as archive:
        return _chosen(_looked_through(path, archive), None, changes=False)[1].found


def _looked_through(path: Path, archive: Archive) -> _Book:
    """Look through every part of a workbook."""
    made = workbook_parts.book(archive)
    formats = [*dict.fromkeys(each for each in made.formats if not each.plain)]
    numbers = {format: number for number, format in enumerate(formats)}
    styles = {str(style): numbers[each] for style, each in enumerate(made.formats) if each in numbers}
    sheets = []
    for part in made.sheets:
        look = workbook_look.SheetLook(styles, uncomputed=made.uncomputed)
        try:
            archive.look(part.part, look)
        except workbook_look.WorkbookBroken as broken:
            raise FileBroken(file=path.name, format="xlsx", row=broken.row) from None
        sheets.append(_Sheet(part.name, part.hidden, part.part, look))
    strings = workbook_look.StringsLook()
    if made.strings:
        archive.look(made.strings, strings)
    archive.look_at_rest()
    return _Book(path, archive, tuple(sheets), made.strings, strings, tuple(formats), made.since_1904)


def _chosen(book: _Book, definition: Definition | None, *, changes: bool) -> tuple[_Sheet, Header, Iterator[Row]]:
    """Return the first visible sheet whose header fits, with it and the rows below it; without a definition, any.

    One with nothing below its header is a form that was copied elsewhere and filled there, unless there is no other.
    """
    filled = [sheet for sheet in book.sheets if sheet.look.rows]
    visible = [sheet for sheet in filled if not sheet.hidden]
    if not visible:
        raise (SheetsHidden if filled else FileEmpty)(file=book.path.name)
    refused: list[ColumnsWrong] = []
    spare: tuple[_Sheet, Header, Iterator[Row]] | None = None
    for sheet in visible:
        rows = _rows(book, sheet)
        first = [*headings.beginning(rows, _says_something)]
        texts = _texts(book, sheet, first)
        try:
            found = header.find(texts, wanted=definition, changes=changes, file=book.path.name)
        except ColumnsWrong as fault:
            refused.append(fault)
        except FileEmpty:
            continue
        else:
            chosen = (sheet, found, _chained(first[found.row :], rows))
            if sheet.look.last_row > found.row and (definition is not None or len(found.found) > 1):
                return chosen
            spare = spare or chosen
    if spare is not None:
        return spare
    if not refused:
        raise FileEmpty(file=book.path.name)
    raise min(refused, key=lambda fault: fault.lacking)


def _says_something(row: Row) -> bool:
    return any(not isinstance(cell, str) or headings.text_of(cell) for cell in row)


def _chained(first: list[Row], rest: Iterator[Row]) -> Iterator[Row]:
    yield from first
    yield from rest


def _texts(book: _Book, sheet: _Sheet, rows: Sequence[Row]) -> list[list[str]]:
    """Return the first rows as texts."""
    columns = [
        workbook_values.column(
            values, _runs(book, sheet, place + 1, 1, len(rows)), textual=True, since_1904=book.since_1904
        ).text.to_pylist()
        for place, values in enumerate(zip(*rows, strict=True))
    ]
    return [[cell or "" for cell in row] for row in zip(*columns, strict=True)]


def _runs(book: _Book, sheet: _Sheet, column: int, first: int, last: int) -> list[FormatRun]:
    """Return the runs of one format among the rows from `first` to `last` of a column, numbered from 0."""
    known = sheet.look.runs.get(column)
    if known is None:
        return []
    low, high = 0, len(known) // 3
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if known[3 * middle + 1] < first else (low, middle)
    found = []
    while low < len(known) // 3 and known[3 * low] <= last:
        begins, ends, format = known[3 * low : 3 * low + 3]
        found.append(FormatRun(max(begins, first) - first, min(ends, last) - first, book.formats[format]))
        low += 1
    return found


def _rows(book: _Book, sheet: _Sheet) -> Iterator[Row]:
    """Return the rows of a sheet, from row 1 and column A on; raises SheetTooLarge and FileBroken."""
    look = sheet.look
    workbook_guard.refuse_large(
        book.path, book.archive.told(sheet.part), row=look.last_row, column=look.last_column, filled=look.filled
    )
    workbook_texts.refuse_large(book.archive, sheet.part, look, book.strings_look)
    odd = look.odd or book.strings_look.odd
    for plain in (True,) if odd else (False, True):
        try:
            if plain:
                number = book.strings_look.number
                made = workbook_again.plain_sheet(book.archive, sheet.part, book.strings, number=number)
            else:
                made = workbook_again.one_sheet(book.archive, sheet.part, book.strings)
            return _from_a(CalamineWorkbook.from_filelike(made).get_sheet_by_index(0))
        except CalamineError:
            continue
        except workbook_look.WorkbookBroken as broken:
            raise FileBroken(file=book.path.name, format="xlsx", row=broken.row) from None
    raise FileBroken(file=book.path.name, format="xlsx", row=0)


def _from_a(sheet: CalamineSheet) -> Iterator[Row]:
    """Return the rows of a sheet from column A on; calamine begins with the first column that has a cell."""
    left = sheet.start[1] if sheet.start else 0
    rows: Iterator[Row] = iter(sheet.iter_rows())
    return ([""] * left + row for row in rows) if left else rows


class _Rows:
    """From rows to blocks."""

    def __init__(self, book: _Book, sheet: _Sheet, found: Header, definition: Definition, report: WhatWasRead) -> None:
        self._book, self._sheet, self._header, self._report = book, sheet, found, report
        self._columns = [*found.columns, *[""] * (sheet.look.last_column - len(found.columns))]
        self._shape = shaping.Shape(self._columns, ",", quotes=False, header_row=found.row)
        self._items = {item.code: item for item in definition.items}
        self._lost = LostValues(definition, self._columns, report)

    def blocks(self, rows: Iterator[Row]) -> Iterator[Block]:
        """Yield the rows below the header."""
        number = self._header.row + 1
        while some := [*islice(rows, BLOCK_ROWS)]:
            yield from _split(self._block(some, number))
            number += len(some)

    def _block(self, rows: list[Row], first: int) -> Block:
        refused: dict[int, tuple[type[Invalid], str, str]] = {}
        self._take_out(self._sheet.look.errors, CellError, rows, first, refused)
        self._take_out(self._sheet.look.formulas, FormulaWithoutValue, rows, first, refused)
        columns = []
        width = len(self._columns)
        for place, values in enumerate(zip(*rows, strict=True)):
            code = self._columns[place] if place < width else ""
            item = self._items.get(code)
            textual = item is None or item.type in TEXT
            runs = _runs(self._book, self._sheet, place + 1, first, first + len(rows) - 1)
            found = workbook_values.column(values, runs, textual=textual, since_1904=self._book.since_1904)
            columns.append(found.text)
            if item is None:
                continue
            for row in found.lost:
                refused.setdefault(first + row, (NumberLostDigits, _name(first + row, place + 1), code))
            told = sorted({*found.differing, *found.lost})
            if told:
                known = self._report.differing.get(code, Occurrences())
                places = (_name(first + row, place + 1) for row in told[:MOST_PLACES])
                self._report.differing[code] = known.plus(places, number=len(told))
        columns += [pa.nulls(len(rows), pa.string())] * (width - len(columns))
        batch = pa.record_batch(columns, names=self._shape.columns)
        numbers: Sequence[int] = range(first, first + len(rows))
        unreadable: list[UnreadableRow] = []
        if refused:
            ops = batch.column(OP).to_pylist() if OP in self._columns else []
            for row, (cause, cell, code) in [*refused.items()]:
                if ops and operations.of(ops[row - first]) == operations.DELETE and code not in self._lost.key:
                    del refused[row]
                else:
                    unreadable.append(UnreadableRow(row, cause.code, cell, suspects.like_none(batch, row - first)))
            kept = [row not in refused for row in numbers]
            batch = batch.filter(pa.array(kept, pa.bool_()))
            numbers = [row for row, keep in zip(numbers, kept, strict=True) if keep]
        block, empty = self._shape.block(batch, numbers, ())
        self._report.empty_rows += empty
        unreadable = sorted([*unreadable, *block.unreadable], key=lambda row: row.number)
        return self._lost.without(Block(block.batch, block.numbers, unreadable))

    def _take_out(
        self, places: Sequence[int], cause: type[Invalid], rows: list[Row], first: int,
        refused: dict[int, tuple[type[Invalid], str, str]],
    ) -> None:  # fmt: skip
        """Empty the cells at `places` among `rows`, tell them, and refuse rows that cannot be without their value."""
        begin = bisect_left(places, workbook_places.place_of(first, 1))
        end = bisect_left(places, workbook_places.place_of(first + len(rows), 1))
        told: list[int] = []
        for place in places[begin:end]:
            row, column = workbook_places.row_of(place), workbook_places.column_in(place)
            cells = rows[row - first]
            if column <= len(cells):
                cells[column - 1] = ""
            code = self._columns[column - 1] if column <= len(self._columns) else ""
            if code:
                told.append(place)
                if code in self._lost.grave:
                    refused.setdefault(row, (cause, workbook_places.name_of(place), code))
        if told:
            names = (workbook_places.name_of(place) for place in told[:MOST_PLACES])
            if cause is CellError:
                self._report.errors = self._report.errors.plus(names, number=len(told))
            else:
                self._report.formulas = self._report.formulas.plus(names, number=len(told))


def _name(row: int, column: int) -> str:
    return workbook_places.name_of(workbook_places.place_of(row, column))


def _split(block: Block) -> Iterator[Block]:
    """Yield a block in pieces of no more bytes than a block has."""
    rows = block.batch.num_rows
    if block.batch.nbytes <= BLOCK_BYTES or rows < 2:
        yield block
        return
    half = rows // 2
    yield from _split(Block(block.batch.slice(0, half), block.numbers[:half], block.unreadable))
    yield from _split(Block(block.batch.slice(half), block.numbers[half:]))
