"""Text into blocks, by Arrow's reader, after the whole of it was looked through.

Known before the first row: the encoding, the longest line, the separator, the header, and that no quotation mark
swallows a line (`quotes`). Afterwards lines and rows are reconciled. A row has the number a spreadsheet shows: an empty
line is a row, a cell with line breaks is in one.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv

from hutong.core import headings
from hutong.core.errors import Malformed
from hutong.plane.definition import Definition
from hutong.plane.delivery.blocks import Block
from hutong.plane.delivery.reading import encodings, formats, header, longer_separators, quotes, shaping
from hutong.plane.delivery.reading.encodings import Text
from hutong.plane.delivery.reading.failures import FileBroken, FileEmpty, RowTooWide
from hutong.plane.delivery.reading.header import ColumnsWrong, Header
from hutong.plane.delivery.reading.lost_values import LostValues
from hutong.plane.delivery.reading.report import WhatWasRead
from hutong.plane.delivery.reading.short import OddRow, block_of

SEPARATORS = (",", "\t", ";", "|", "\uff0c", "\uff1b")

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")


class LinesUnreconciled(Malformed):
    """Below the header of {file} are {lines} lines, but {rows} rows were read of them; nothing is taken."""


@dataclass(frozen=True, slots=True)
class _Beginning:
    """A text with what was found at its beginning."""

    text: Text
    separator: str
    rows: list[list[str]]
    """The first rows, empty ones among them."""
    raw: list[str]
    """They, as they stand there."""
    ends: list[int]
    """For each of them the bytes of UTF-8 up to its end."""
    lines: list[int]
    """For each of them the lines up to its end."""

    @property
    def byte(self) -> str:
        """The separator as Arrow reads it."""
        return self.separator if self.separator.isascii() else shaping.STAND_IN

    def chunks(self, skip: int = 0) -> Iterator[bytes]:
        """Yield the text in UTF-8."""
        return self.text.utf8(
            skip=skip, replace=None if self.separator.isascii() else (self.separator, shaping.STAND_IN)
        )

    def below(self, place: int) -> object:
        """Return the text in UTF-8 below the row at `place`, as Arrow reads it."""
        skip = self.ends[place]
        if self.text.codec != "utf-8" or not self.separator.isascii():
            return encodings.Stream(self.chunks(skip))
        file = pa.OSFile(str(self.text.path))  # given by its name, one that ends like .gz would be unpacked
        file.seek(self.text.marked + skip)
        return file


def open_(path: Path, *, definition: Definition, changes: bool) -> tuple[WhatWasRead, Iterator[Block]]:
    """Return the report and the rows of `path`, the whole of which was looked through.

    Raises EncodingBroken, MarkedEncodingBroken, LineTooLong, FileEmpty, FileIsOther, FileUnrecognised, QuoteAstray,
    SeparatorOfSeveral, RowTooWide and what `header` raises; LinesUnreconciled with the last row.
    """
    table, found = _opened(path, definition=definition, changes=changes)
    place, text = found.row - 1, table.text
    columns = [*found.columns, *[""] * (_width(table, found) - len(found.columns))]
    breaks = _look_at_quotes(table, place, width=len(columns))
    report = WhatWasRead("csv", text.encoding, table.separator, header_row=found.row, above=found.above)
    report.broken_lines = breaks
    report.numbering = found.numbering
    report.lines = text.lines - (table.lines[place - 1] if place else 0)
    expected = text.lines - table.lines[place] - breaks
    lost = LostValues(definition, columns, report)
    return report, map(lost.without, _rows(table, report, columns, place=place, expected=expected))


def titles(path: Path) -> list[str]:
    """Return the column names; raises what `open_` raises of a file as a whole."""
    table, found = _opened(path, definition=None, changes=False)
    _look_at_quotes(table, found.row - 1, width=_width(table, found))
    return found.found


def _opened(path: Path, *, definition: Definition | None, changes: bool) -> tuple[_Beginning, Header]:
    """Return the text with the separator and the header that fit."""
    text = encodings.look(path)
    start = text.start()
    if not start.strip():
        raise FileEmpty(file=path.name)
    if not start.strip("\0"):
        formats.refuse_binary(path)
    tables = [_split(text, start, each) for each in SEPARATORS if each in start or each == ","]
    likeliest = max(tables, key=_regular)
    lines = [line for line in start.splitlines() if line.strip()][:_FIRST_LINES]
    if definition is None:
        encodings.refuse_others(text)
        single = "".join(SEPARATORS) if _regular(likeliest) else ""
        longer_separators.refuse(lines, fits=longer_separators.regular, file=path.name, but=single)
        return likeliest, header.find(likeliest.rows, wanted=None, file=path.name)
    wrong: dict[str, ColumnsWrong] = {}
    for table in tables:
        try:
            found = header.find(table.rows, wanted=definition, changes=changes, file=path.name)
        except ColumnsWrong as fault:
            wrong[table.separator] = fault
        else:
            if "".join(table.rows[found.row - 1]).isascii():
                encodings.refuse_others(text)
            return table, found
    if text.quotes:  # a stray one may have swallowed the header
        _look_at_quotes(likeliest, None, width=0)
    encodings.refuse_others(text, unread=True)
    longer_separators.refuse(lines, fits=partial(_fits, definition, changes), file=path.name)
    nearest = min(wrong.values(), key=lambda fault: (fault.lacking, fault is not wrong[likeliest.separator]))
    if nearest.lacking == len(definition.items) + changes:
        formats.refuse_named_otherwise(path)
    raise nearest


_FIRST_LINES = 50
"""Lines in which a header is looked for by another separator."""


def _fits(definition: Definition, changes: bool, rows: list[list[str]]) -> bool:
    try:
        header.find(rows, wanted=definition, changes=changes, file="")
    except Malformed:
        return False
    return True


def _split(text: Text, start: str, separator: str) -> _Beginning:
    """Return the first rows of a text as `separator` makes them."""
    table = _Beginning(text, separator, [], [], [], [])
    csv.field_size_limit(max(csv.field_size_limit(), len(start) + 1))  # of all who read CSV: it only grows
    lines: list[str] = []
    reader = csv.reader(_noted(start, lines), delimiter=separator)
    before = size = 0
    for row in headings.beginning(reader, headings.says_something):
        raw = "".join(lines[before:])
        before, size = len(lines), size + len(raw.replace(separator, table.byte).encode())
        table.rows.append(row)
        table.raw.append(raw)
        table.ends.append(size)
        table.lines.append(before)
    return table


def _noted(start: str, lines: list[str]) -> Iterator[str]:
    """Yield line after line, and note in `lines` those that were asked for."""
    for found in _LINE.finditer(start):
        if line := found.group():
            lines.append(line)
            yield line


def _regular(table: _Beginning) -> int:
    """Return how many of the first rows have the width that most of them have, where that is more than one cell."""
    widths = Counter(len(row) for row in table.rows if len(row) > 1)
    return max(widths.values(), default=0)


def _width(table: _Beginning, found: Header) -> int:
    """Return how many cells a row has: as many as the header, or more where most of the first rows of a line do.

    Not where others of them have as many as the header: what is more may be a separator inside of a value that nobody
    quoted. Nor where what is more says something, or the rows are numbered, which stands before their first column.
    """
    below = zip(table.rows[found.row :], table.raw[found.row :], strict=True)
    rows = [row for row, raw in below if any(row) and len(raw.splitlines()) == 1]
    widths = Counter(map(len, rows))
    usual, count = widths.most_common(1)[0] if widths else (0, 0)
    named = len(found.columns)
    surplus = any(headings.says_something(row[named:]) for row in rows)
    numbered = len(rows) > 1 and [row[0].strip() for row in rows] == [str(number + 1) for number in range(len(rows))]
    if widths[named] or surplus or numbered or 2 * count <= widths.total():
        return named
    return max(named, usual)


def _look_at_quotes(table: _Beginning, place: int | None, *, width: int) -> int:
    """Return the line breaks inside of cells below the header at `place`; raises QuoteAstray and RowTooWide."""
    if not table.text.quotes:
        return 0
    begins = 0 if place is None else table.ends[place]
    quoted = place is not None and all(
        part.startswith('"') and part.endswith('"') for part in table.raw[place].strip().split(table.separator)
    )
    known = quotes.Layout(table.byte.encode(), width, begins, quoted)
    return quotes.check(table.chunks, known, file=table.text.path.name)


def _rows(
    table: _Beginning, report: WhatWasRead, columns: Sequence[str], *, place: int, expected: int
) -> Iterator[Block]:
    """Yield the `expected` rows below the header at `place`."""
    if not expected:
        return
    odd: list[OddRow] = []
    number = first = place + 2
    shape = shaping.Shape(columns, table.separator, quotes=table.text.quotes, header_row=first - 1)

    def note(row: arrow_csv.InvalidRow) -> str:
        odd.append(OddRow(first + row.number - 1, row.actual_columns, row.text))
        return "skip"

    def block(batch: pa.RecordBatch, numbers: Sequence[int], among: Sequence[OddRow]) -> Block:
        made, empty = shape.block(batch, numbers, among)
        report.lines = (report.lines or 0) - empty
        return made

    file = table.text.path.name
    try:
        for batch in shape.reader(table.below(place), note):
            numbers, number = _numbers(number, batch.num_rows, odd)
            passed = [one for one in odd if block_of(one.number) < block_of(number)]
            del odd[: len(passed)]
            yield block(batch, numbers, passed)
    except pa.ArrowInvalid as fault:
        if "straddling" in str(fault):
            raise RowTooWide(file=file, row=number - 1, longest=shaping.BLOCK) from None
        raise FileBroken(file=file, format="csv", row=number - 1) from None
    if odd:
        yield block(shape.nothing(), [], odd)
    rows = number - first + sum(row.number >= number for row in odd)
    if rows != expected:
        raise LinesUnreconciled(file=file, lines=expected + report.broken_lines, rows=rows)
    report.as_text = shape.as_text


def _numbers(first: int, count: int, odd: Sequence[OddRow]) -> tuple[Sequence[int], int]:
    """Return the numbers of `count` rows from `first`, without those of odd rows, and the next number."""
    skipped = {one.number for one in odd}
    if not skipped or min(skipped) >= first + count:
        return range(first, first + count), first + count
    numbers: list[int] = []
    while len(numbers) < count:
        if first not in skipped:
            numbers.append(first)
        first += 1
    return numbers, first
