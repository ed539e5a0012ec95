"""How large a workbook becomes, told by a look through each of its parts before anything else reads it.

A few kilobytes can name row two thousand million, and every row before it would be made; hold parts that unpack to
gigabytes; or repeat a long text in every cell. Where rows or cells would be lost without a word, because their numbers
do not rise, the workbook is broken.
"""

import re
import struct
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.parsers import expat

from hutong.core.errors import Malformed, TooLarge

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_MISSING = 10_000
"""Rows that may be missing in a run."""

LARGEST_WORKBOOK = 4 << 30
LARGEST_RATIO = 250
ALWAYS_FINE = 64 << 20
"""A workbook may become so large, however small it was; beyond, at most `LARGEST_RATIO` times its size."""

LARGEST_STRINGS = 192 << 20
MOST_STRINGS = 3 << 20
"""Shared strings are all in memory at the same time."""

LARGEST_PIECE = 16 << 20
"""Bytes of one shared string, or of a part that says how the workbook is made: they are in memory at once."""

MOST_CELLS = 12_000_000
LARGEST_SHEET = 640 << 20
"""Cells from A1 to the last that says something, and bytes of their texts: a sheet is in memory at once."""

MOST_CHANGES = 4_000_000
"""Cells of another number format than the one above: each is kept, also where no cell says anything."""
MOST_MERGED = 1_000_000
MOST_ELEMENTS = 400_000
"""Elements that are kept of the parts that say how a workbook is made."""
KEPT_BYTES = 160
"""What one of these may need, at most."""

_CHUNK = 1 << 20
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


class SheetTooLarge(TooLarge):
    """{part} of the workbook {file} reaches to row {row}, column {column}: that is {cells} cells of at most {most}."""


class SheetTextsTooLarge(TooLarge):
    """The cells of {part} of the workbook {file} hold {size} bytes of text of at most {most}."""


class PartTooLarge(TooLarge):
    """{part} of the workbook {file} needs {size} bytes at a time; at most {most} may be."""


class StringsTooLarge(TooLarge):
    """The workbook {file} has over {count} shared strings or {size} bytes of them, more than is kept in memory."""


class WorkbookTruncated(Malformed):
    """The workbook {file} cannot be opened: the list of its parts, at its end, is damaged or not there."""


class PartDamaged(Malformed):
    """The workbook {file} cannot be opened: its part {part} is damaged."""


class NoWorkbook(Malformed):
    """{file} is a ZIP archive, but no Excel workbook (.xlsx)."""


def refuse_large(path: Path, part: str, *, row: int, column: int, filled: int) -> None:
    """Refuse a sheet, `filled` cells of which say something, whose last cell is too far to have all before in memory.

    Raises SheetTooLarge, or CellsMissing where most are empty.
    """
    cells = row * column
    if cells > MOST_CELLS and filled < cells // 2:
        raise CellsMissing(file=path.name, part=part, row=row, missing=cells - filled, most=MOST_CELLS)
    if cells > MOST_CELLS:
        raise SheetTooLarge(file=path.name, part=part, row=row, column=column, cells=cells, most=MOST_CELLS)


def refuse_many(number: int, *, most: int, file: str, part: str) -> None:
    """Refuse more things of a part than are kept in memory, whatever they say; raises PartTooLarge."""
    if number > most:
        raise PartTooLarge(file=file, part=part, size=number * KEPT_BYTES, most=most * KEPT_BYTES)


class PartLook:
    """What is wanted of one part: it sets the handlers of a parser, and is told how far that has come.

    Of this one nothing but that the part, where it is XML, declares no document type.
    """

    file = part = ""

    def begin(self, parser: expat.XMLParserType, *, file: str, part: str) -> None:
        """Set the handlers; `part` is how the part is told of."""
        self.file, self.part = file, part
        parser.StartDoctypeDeclHandler = self._declare

    def parse(self, parser: expat.XMLParserType, chunk: bytes) -> None:
        """Give the parser the next bytes of the part, none at its end; raises ExpatError."""
        parser.Parse(chunk, not chunk)

    def read_to(self, size: int) -> None:
        """Refuse what is too much, after so many bytes."""

    def _declare(self, *declared: object) -> None:
        raise WorkbookDeclares(file=self.file, part=self.part)


class Archive:
    """The parts of a workbook by their names, which are the same in either case; each is looked through once."""

    def __init__(self, path: Path) -> None:
        """Open the archive; raises WorkbookTruncated and WorkbookSuspicious."""
        self.path = path
        self._packed, self._unpacked = max(path.stat().st_size, 1), 0
        try:
            self._archive = zipfile.ZipFile(path)
        except UNREADABLE:
            raise WorkbookTruncated(file=path.name) from None
        self._parts = self._archive.infolist()
        self._places = {_name(part.filename): place for place, part in enumerate(self._parts)}
        self._seen: set[int] = set()
        if len(self._places) < len(self._parts):
            self._archive.close()
            raise WorkbookTruncated(file=path.name)
        try:
            self._measure(sum(part.file_size for part in self._parts))
        except TooLarge:
            self._archive.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._archive.close()

    def __contains__(self, name: str) -> bool:
        return _name(name) in self._places

    @property
    def has_sheets(self) -> bool:
        """Whether a part is called as sheets are."""
        return any(_SHEET.search(name) for name in self._places)

    def told(self, name: str) -> str:
        """Return what a part is called in a refusal: its name, where it is one of those everybody has."""
        place = self._places[_name(name)]
        found = self._parts[place].filename
        return found if _KNOWN.fullmatch(found) else f"#{place + 1}"

    def damaged(self, name: str) -> PartDamaged:
        """Return the refusal of a part."""
        return PartDamaged(file=self.path.name, part=self.told(name))

    def look(self, name: str, look: PartLook, *, needed: bool = True) -> None:
        """PartLook through one part, whatever its name says it is.

        Raises PartDamaged, also where it is `needed` and not XML throughout, and what `look` raises.
        """
        part = self._parts[self._places[_name(name)]]
        again = self._places[_name(name)] in self._seen
        self._seen.add(self._places[_name(name)])
        parser, size, xml = expat.ParserCreate(), 0, True
        look.begin(parser, file=self.path.name, part=self.told(name))
        try:
            with self._archive.open(part) as file:
                while chunk := file.read(_CHUNK):
                    size += len(chunk)
                    if not again:
                        self._unpacked += len(chunk)
                        self._measure(self._unpacked)
                    if xml:
                        xml = _parsed(look, parser, chunk)
                        look.read_to(size)
        except UNREADABLE:
            raise self.damaged(name) from None
        if needed and not (xml and _parsed(look, parser, b"")):
            raise self.damaged(name)

    def look_at_rest(self) -> None:
        """PartLook through every part that was not yet."""
        for place, part in enumerate(self._parts):
            if place not in self._seen:
                self.look(part.filename, PartLook(), needed=False)

    def packed(self, name: str) -> tuple[zipfile.ZipInfo, bytes]:
        """Return what the archive says of a part, and its bytes as they are packed."""
        part = self._parts[self._places[_name(name)]]
        with self.path.open("rb") as file:
            file.seek(part.header_offset)
            header = struct.unpack("<26x2H", file.read(30))
            file.seek(sum(header), 1)
            return part, file.read(part.compress_size)

    def _measure(self, size: int) -> None:
        if size > LARGEST_WORKBOOK or (size > ALWAYS_FINE and size > LARGEST_RATIO * self._packed):
            raise WorkbookSuspicious(file=self.path.name, size=size, ratio=size // self._packed)


def _parsed(look: PartLook, parser: expat.XMLParserType, chunk: bytes) -> bool:
    """Return whether a part is XML so far, the whole of it where `chunk` is empty."""
    try:
        look.parse(parser, chunk)
    except expat.ExpatError:  # no parser reads further than this one
        return False
    return True


def _name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


UNREADABLE = (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error)
"""What zipfile is known to raise for an archive that is damaged."""
