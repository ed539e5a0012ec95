"""How large a workbook becomes, told by a look through its parts before openpyxl reads any.

A few kilobytes can name row two thousand million, and every row before it would be made; hold parts that unpack to
gigabytes; or keep the parser from ever letting go of what it read. Where rows or cells would be lost without a word,
because their numbers do not rise, the workbook is broken.
"""

import re
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO
from xml.parsers import expat

from hutong.core.errors import Malformed, TooLarge

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_MISSING = 10_000
"""Rows that may be missing in a run."""

MOST_EMPTY = 1 << 28
"""Cells that may be missing before others in their rows, all rows together."""

LARGEST_WORKBOOK = 4 << 30
LARGEST_RATIO = 250
ALWAYS_FINE = 64 << 20
"""A workbook may become so large, however small it was; beyond, at most `LARGEST_RATIO` times its size."""

LARGEST_STRINGS = 192 << 20
MOST_STRINGS = 3 << 20
"""Shared strings are all in memory at the same time."""

LARGEST_PIECE = 16 << 20
"""Bytes of one row, or of all that is neither row nor shared string: a parser has them in memory as a tree."""

_CHUNK = 1 << 20
_CLOSING = 12
"""Bytes of a closing tag and a line break, which are no tree."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ROW, _STRING = f"{_MAIN} row", f"{_MAIN} si"
_KNOWN = re.compile(r"\[Content_Types\]\.xml|xl/(worksheets/sheet[0-9]{1,4}|sharedStrings|styles|workbook)\.xml")

_SHEET = re.compile(r"(^|/)worksheets/[^/]+\.xml$")


class WorkbookSuspicious(TooLarge):
    """The workbook {file} unpacks to {size} bytes, {ratio} times its size; that is not accepted."""


class WorkbookDeclares(Malformed):
    """{part} of the workbook {file} has a document type declaration; that is not accepted."""


class CellBeyondSheet(TooLarge):
    """{part} of the workbook {file} has row {row}, column {column}; a sheet has {rows} rows by {columns}."""


class RowsMissing(TooLarge):
    """In {part} of the workbook {file}, {missing} rows are missing before row {row}; at most {most} may be in a run."""


class CellsMissing(TooLarge):
    """In {part} of the workbook {file}, {missing} cells are missing up to row {row}; at most {most} may be."""


class PartTooLarge(TooLarge):
    """{part} of the workbook {file} needs {size} bytes at a time after row {row}; at most {most} may be."""


class StringsTooLarge(TooLarge):
    """The workbook {file} has over {count} shared strings or {size} bytes of them, more than is kept in memory."""


class WorkbookTruncated(Malformed):
    """The workbook {file} cannot be opened: the list of its parts, at its end, is damaged or not there."""


class PartDamaged(Malformed):
    """The workbook {file} cannot be opened: its part {part} is damaged."""


class NoWorkbook(Malformed):
    """{file} is a ZIP archive, but no Excel workbook (.xlsx)."""


class WorkbookBroken(Exception):
    """Rows or cells are not in their order after `row`."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


_UNREADABLE = (zipfile.BadZipFile, EOFError, OSError, RuntimeError, ValueError, zlib.error)
"""What zipfile is known to raise for an archive that is damaged."""


def guard(path: Path) -> str:
    """Refuse a workbook that unpacks beyond measure, names cells beyond a sheet, or declares a document type.

    Returns the first of the known parts that is not XML throughout, which may hinder its reader; none is "". Raises
    one of the problems above, or WorkbookBroken.
    """
    packed = max(path.stat().st_size, 1)
    damaged, unpacked = "", 0
    try:
        archive = zipfile.ZipFile(path)
    except _UNREADABLE:
        raise WorkbookTruncated(file=path.name) from None
    with archive:
        parts = archive.infolist()
        _measure(path, sum(part.file_size for part in parts), packed)
        for place, part in enumerate(parts, start=1):
            known = _KNOWN.fullmatch(part.filename)
            seen = _Part(path, part.filename if known else f"#{place}")
            try:
                with archive.open(part) as file:
                    unpacked = _look_through(file, seen, unpacked, packed)
            except _UNREADABLE:
                raise PartDamaged(file=path.name, part=seen.name) from None
            if known and not seen.readable:
                damaged = damaged or seen.name
    return damaged


def unopened(path: Path, *, damaged: str) -> PartDamaged | NoWorkbook | None:
    """Return why what passed the guard could not be opened, where it can be told."""
    if damaged:
        return PartDamaged(file=path.name, part=damaged)
    with zipfile.ZipFile(path) as archive:
        has_sheet = any(_SHEET.search(name) for name in archive.namelist())
    return None if has_sheet else NoWorkbook(file=path.name)


def _measure(path: Path, size: int, packed: int) -> None:
    if size > LARGEST_WORKBOOK or (size > ALWAYS_FINE and size > LARGEST_RATIO * packed):
        raise WorkbookSuspicious(file=path.name, size=size, ratio=size // packed)


def _look_through(file: IO[bytes], part: "_Part", unpacked: int, packed: int) -> int:
    """Read one part, whatever its name says it is; returns the bytes unpacked so far."""
    parser = part.parser()
    begun, more = unpacked, True
    while more:
        chunk = file.read(_CHUNK)
        more = bool(chunk)
        unpacked += len(chunk)
        _measure(part.path, unpacked, packed)
        if part.readable:
            try:
                parser.Parse(chunk, not more)
            except expat.ExpatError:  # no parser reads further than this one
                part.readable = False
            else:
                part.read_to(unpacked - begun)
    return unpacked


@dataclass(slots=True)
class _Part:
    """How much of one part has been read so far."""

    path: Path
    name: str
    row: int = 0
    column: int = 0
    missing: int = 0
    strings: int = 0
    string_bytes: int = 0
    inside: int = 0
    """How deep in a row or shared string, 0 outside."""
    since: int = 0
    """Where the row, the shared string, or what is outside them began."""
    outside: int = 0
    """Bytes outside rows and shared strings, up to `since`."""
    in_row: bool = False
    readable: bool = True
    """It is XML so far."""

    def parser(self) -> expat.XMLParserType:
        """Return a parser that tells this part what it meets."""
        parser = expat.ParserCreate(namespace_separator=" ")

        def start(tag: str, attributes: dict[str, str]) -> None:
            if self.inside:
                if tag in (_ROW, _STRING):
                    raise WorkbookBroken(self.row)
                if self.inside == 1 and self.in_row:
                    self.cell(attributes.get("r"))
                self.inside += 1
            elif tag in (_ROW, _STRING):
                at = parser.CurrentByteIndex
                self.read_to(at)
                self.outside += max(at - self.since - _CLOSING, 0)
                self.inside, self.since, self.in_row = 1, at, tag == _ROW
                if self.in_row:
                    self.begin_row(attributes.get("r"))

        def end(tag: str) -> None:
            if self.inside:
                self.inside -= 1
                if not self.inside:
                    at = parser.CurrentByteIndex
                    self.read_to(at)
                    if not self.in_row:
                        self.add_string(at - self.since)
                    self.since = at

        def declare(*declared: object) -> None:
            raise WorkbookDeclares(file=self.path.name, part=self.name)

        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.StartDoctypeDeclHandler = declare
        return parser

    def read_to(self, at: int) -> None:
        """Refuse a piece that is larger than a piece may be, at byte `at` of the part."""
        size = at - self.since + (0 if self.inside else self.outside)
        if size > LARGEST_PIECE:
            raise PartTooLarge(file=self.path.name, part=self.name, row=self.row, size=size, most=LARGEST_PIECE)

    def begin_row(self, named: str | None) -> None:
        """Count a row by the number it has, or the next one."""
        row = self.row + 1 if named is None else _number(named, self.row)
        if row > MOST_ROWS:
            self.refuse_place(row, 0)
        if row <= self.row:
            raise WorkbookBroken(self.row)
        missing = row - self.row - 1
        if missing > MOST_MISSING:
            raise RowsMissing(file=self.path.name, part=self.name, row=row, missing=missing, most=MOST_MISSING)
        self.row, self.column = row, 0

    def cell(self, named: str | None) -> None:
        """Count a cell by the column it has, or the next one."""
        column = _column(named.rstrip("0123456789")) if named else self.column + 1
        if column > MOST_COLUMNS:
            self.refuse_place(self.row, column)
        if column <= self.column:
            raise WorkbookBroken(self.row - 1)
        self.missing += column - self.column - 1
        self.column = column
        if self.missing > MOST_EMPTY:
            raise CellsMissing(file=self.path.name, part=self.name, row=self.row, missing=self.missing, most=MOST_EMPTY)

    def refuse_place(self, row: int, column: int) -> None:
        """Refuse a place no sheet has."""
        raise CellBeyondSheet(
            file=self.path.name, part=self.name, row=row, column=column, rows=MOST_ROWS, columns=MOST_COLUMNS
        )

    def add_string(self, size: int) -> None:
        """Count a shared string."""
        self.strings += 1
        self.string_bytes += size
        if self.strings > MOST_STRINGS or self.string_bytes > LARGEST_STRINGS:
            raise StringsTooLarge(file=self.path.name, count=MOST_STRINGS, size=LARGEST_STRINGS)


def _number(named: str, before: int) -> int:
    """Return a row's number; some programs write it as 5.0."""
    if not re.fullmatch(r"[0-9]{1,15}(\.0{1,3})?", named, re.ASCII):
        raise WorkbookBroken(before)
    return int(named.partition(".")[0])


@lru_cache(maxsize=MOST_COLUMNS)
def _column(letters: str) -> int:
    """Return the number of a column by its letters, 0 if they are none."""
    if not (0 < len(letters) < 4 and letters.isascii() and letters.isalpha()):
        return 0
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number
