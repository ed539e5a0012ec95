"""The look at one sheet and at the shared strings: how large they are, and what the reader of values does not tell.

That is where formulas without a value and errors are, the formats of cells, merged areas. The same look sees that rows
and cells stand in their order, and that nothing stands there that the reader of values would pass over.
"""

import re
from array import array
from collections.abc import Mapping
from xml.parsers import expat

from hutong.plane.delivery.reading import workbook_guard, workbook_places
from hutong.plane.delivery.reading.workbook_alike import AlikeRows
from hutong.plane.delivery.reading.workbook_guard import MOST_COLUMNS, MOST_ROWS, PartLook

KNOWN_ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"))
"""Errors that the reader of values knows."""
_NO_RESULT = ("0", "0.0")
"""What programs write as the value of a formula that they do not compute."""
_INDEX = re.compile(r"[0-9]{0,9}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,15}(\.0{1,3})?", re.ASCII)

_REFERENCE = re.compile(rb"<(?:[^<>:/ ]+:)?v(?: [^<>]*)?>[^<]*&")
"""A value with a reference to a character, as &#49;, which the reader of values takes for no number."""
_BEGUN = 1 << 10
"""Bytes of a value that began before."""
_OF_CELLS = frozenset(("c", "v", "is"))


class WorkbookBroken(Exception):
    """Rows or cells are not in their order after `row`."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


class SheetLook(PartLook):
    """The look at a sheet; what is there once it is through."""

    def __init__(self, styles: Mapping[str, int], *, uncomputed: bool) -> None:
        """`styles` are the formats that are looked for, by the texts of the numbers of styles."""
        self.rows = self.filled = self.texts = 0
        """Rows and cells that say something, and of these the cells with a shared string."""
        self.row = self.last_row = self.last_column = 0
        """The row that was begun last; of the last cells that say something."""
        self.formulas, self.errors = array("Q"), array("Q")
        """Places of formulas without a value and of errors, in their order."""
        self.runs: dict[int, array[int]] = {}
        """Column → first row, last row and format of cells of one format below each other, in their order."""
        self._changes = 0
        """How often the format changes below a cell."""
        self.merged: list[tuple[int, int, int, int]] = []
        """Areas: first row and column, last row and column."""
        self.hidden = array("L")
        """Rows that say something and are hidden, in their order."""
        self.odd = False
        """The reader of values would not understand all of it."""
        self.size = 0
        """Bytes."""
        self.styles, self.uncomputed = styles, uncomputed
        self._column, self._type, self.begun = 0, "n", False
        self._hidden = False
        """Whether the row is hidden."""
        self._valued = False
        """Whether the cell has its value already."""
        self._before = b""
        """The end of the bytes before: a value may begin there."""
        self._row_text, self._row_length = "0", 1
        self._gap: tuple[int, int] | None = None
        """The first row behind too many that are missing, and how many these are."""
        self._pending = ""
        self._said: list[str] = []

    def begin(self, parser: expat.XMLParserType, *, file: str, part: str) -> None:
        """Set the handlers."""
        super().begin(parser, file=file, part=part)
        self._parser, self._alike = parser, AlikeRows(self)
        parser.buffer_text = True
        parser.StartElementHandler = self._root
        parser.StartCdataSectionHandler = parser.CommentHandler = parser.ProcessingInstructionHandler = self._noted_odd
        parser.XmlDeclHandler = self._declared

    def read_to(self, size: int) -> None:
        """Note how many bytes it has."""
        self.size = size

    def parse(self, parser: expat.XMLParserType, chunk: bytes) -> None:
        """Give the parser what is left of the next bytes without the rows that are alike."""
        if b"&" in chunk and not self.odd:
            begun = self._before + chunk
            self.odd = _REFERENCE.search(begun) is not None
        self._before = chunk[max(chunk.rfind(b"<"), len(chunk) - _BEGUN) :]
        self._alike.parse(parser, chunk)

    def begin_row(self, row: int) -> None:
        """Take the next row that is there; raises CellBeyondSheet and WorkbookBroken."""
        if row > MOST_ROWS:
            self._refuse_place(row, 0)
        if row <= self.row:
            raise WorkbookBroken(self.row)
        missing = row - self.row - 1
        if missing > workbook_guard.MOST_MISSING and self._gap is None:
            self._gap = (row, missing)
        self.row, self._column = row, 0

    def says_something(self, row: int) -> None:
        """Note that a row has a value, and none of those that were begun after it; raises RowsMissing.

        Rows that are formatted and empty may be anywhere: whoever formats whole columns has one at the sheet's end.
        """
        if self._gap is not None and row >= self._gap[0]:
            at, missing = self._gap
            raise workbook_guard.RowsMissing(
                file=self.file, part=self.part, row=at, missing=missing, most=workbook_guard.MOST_MISSING
            )
        self.last_row = row

    def run(self, column: int, format: int, first: int, last: int) -> None:
        """Note cells in a format."""
        known = self.runs.get(column)
        if known is None:
            self.runs[column] = array("l", (first, last, format))
        elif known[-1] == format and known[-2] == first - 1:
            known[-2] = last
        else:
            known.extend((first, last, format))
            self._changes += 1
            self._keep(self._changes, most=workbook_guard.MOST_CHANGES)

    def _root(self, tag: str, attributes: dict[str, str]) -> None:
        before, colon, _ = tag.rpartition(":")
        names = ("row", "c", "v", "f", "is", "t", "r", "rPr")
        self._row_tag, self._cell_tag, self._value_tag, self._formula_tag, self._text_tag, *rest = (
            before + colon + name for name in names
        )
        self._within = frozenset(rest)
        self._parser.StartElementHandler = self._start

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == self._cell_tag:
            self._cell(attributes)
        elif tag in (self._value_tag, self._text_tag):
            self._value(tag)
        elif tag == self._row_tag:
            named = attributes.get("r")
            self.begin_row(self.row + 1 if named is None else self._number(named))
            self._row_text = str(self.row)
            self._row_length = len(self._row_text)
            self._hidden = attributes.get("hidden") in ("1", "true", "on")
        elif tag == self._formula_tag:
            self._pending = "e" if self._pending == "e" else "f"
            self._parser.EndElementHandler = self._ended
        elif tag not in self._within:
            self._beside(tag.rpartition(":")[2], attributes)

    def _cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            column = self._column + 1
        elif place[-self._row_length :] != self._row_text or not (
            column := workbook_places.column_of(place[: -self._row_length])
        ):
            column = self._odd_place(place)
        if column <= self._column:
            raise WorkbookBroken(self.row - 1)
        if column > MOST_COLUMNS:
            self._refuse_place(self.row, column)
        self._column, self._valued = column, False
        format = self.styles.get(attributes.get("s", ""))
        if format is not None:
            self.run(column, format, self.row, self.row)
        self._type = attributes.get("t", "n")
        if self._type == "s":  # its number is looked at: the reader of values takes what is none for the first string
            self.texts += 1
            self._pending, self._parser.EndElementHandler = "s", self._ended
        elif self._type == "e":
            self._pending, self._parser.EndElementHandler = "e", self._ended

    def _value(self, tag: str) -> None:
        """Note the value of a cell, which has one, in the place of its kind; raises WorkbookBroken."""
        if self._valued or (tag == self._value_tag and self._type == "inlineStr"):
            raise WorkbookBroken(self.row - 1)
        self._valued = True
        self.filled += 1
        if self.row != self.last_row:
            self.says_something(self.row)
            self.rows += 1
            if self._hidden:
                self.hidden.append(self.row)
        if self._column > self.last_column:
            self.last_column = self._column
        if self._pending:
            self._parser.CharacterDataHandler = self._said.append

    def _ended(self, tag: str) -> None:
        """See what was the value of a cell with a formula or an error."""
        if tag != self._cell_tag:
            self._parser.CharacterDataHandler = None
            return
        said = "".join(self._said)
        if self._type == "s":
            self.odd = self.odd or not _INDEX.fullmatch(said)
        self._tell(said.strip())
        self._pending = ""
        self._said.clear()
        self._parser.CharacterDataHandler = self._parser.EndElementHandler = None

    def _tell(self, said: str) -> None:
        """Note the place of an error or of a formula whose value is `said`."""
        place = workbook_places.place_of(self.row, self._column)
        if self._pending == "e":
            self.errors.append(place)
            self.odd = self.odd or said not in KNOWN_ERRORS
        elif self._pending == "f" and (
            (not said and self._type != "str") or (self.uncomputed and said in _NO_RESULT and self._type == "n")
        ):
            self.formulas.append(place)

    def _beside(self, tag: str, attributes: dict[str, str]) -> None:
        """PartLook at an element beside the cells."""
        if tag == "mergeCell":
            if area := workbook_places.area_of(attributes.get("ref", "")):
                self.merged.append(area)
                self._keep(len(self.merged), most=workbook_guard.MOST_MERGED)
            else:
                self.odd = True
        elif tag == "dimension":
            self.odd = self.odd or workbook_places.area_of(attributes.get("ref", "")) is None
        elif tag in _OF_CELLS:  # under another prefix than the sheet's: nobody can tell who reads it
            raise WorkbookBroken(self.row)
        elif tag == "sheetData":
            if self.begun:
                raise WorkbookBroken(self.row)
            self.begun = True

    def _number(self, named: str) -> int:
        """Return a row's number; some programs write it as 5.0."""
        if not _NUMBER.fullmatch(named):
            raise WorkbookBroken(self.row)
        self.odd = self.odd or "." in named
        return int(named.partition(".")[0])

    def _odd_place(self, place: str) -> int:
        """Return the column of a cell whose place is not written as usual."""
        found = workbook_places.PLACE.fullmatch(place)
        if not found or int(found[2]) != self.row:
            raise WorkbookBroken(self.row - 1)
        self.odd = True
        return workbook_places.column_of(found[1].upper())

    def _keep(self, number: int, *, most: int) -> None:
        workbook_guard.refuse_many(number, most=most, file=self.file, part=self.part)

    def _noted_odd(self, *_: object) -> None:
        self.odd = True

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.odd = self.odd or not _is_utf8(encoding)

    def _refuse_place(self, row: int, column: int) -> None:
        """Refuse a place no sheet has."""
        raise workbook_guard.CellBeyondSheet(
            file=self.file, part=self.part, row=row, column=column, rows=MOST_ROWS, columns=MOST_COLUMNS
        )


class StringsLook(PartLook):
    """The look at the shared strings."""

    def __init__(self) -> None:
        self.number = 0
        self.longest = 0
        """Bytes of the longest."""
        self.sizes = array("L")
        """Bytes of each but the last."""
        self.odd = False
        self.last = 0
        """Bytes of the last, with what follows it."""
        self._since: int | None = None

    def begin(self, parser: expat.XMLParserType, *, file: str, part: str) -> None:
        """Count strings and their bytes."""
        super().begin(parser, file=file, part=part)

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "si" or tag.endswith(":si"):
                at = parser.CurrentByteIndex
                if self._since is not None:
                    self._ended(at)
                    self.sizes.append(at - self._since)
                self._since = at
                self.number += 1
                if self.number > workbook_guard.MOST_STRINGS:
                    self._refuse()

        def odd(*_: object) -> None:
            self.odd = True

        def declared(_version: str, encoding: str | None, _standalone: int) -> None:
            self.odd = self.odd or not _is_utf8(encoding)

        parser.StartElementHandler = start
        parser.StartCdataSectionHandler = parser.CommentHandler = parser.ProcessingInstructionHandler = odd
        parser.XmlDeclHandler = declared

    def read_to(self, size: int) -> None:
        """Refuse more than is kept in memory."""
        self._ended(size)
        self.last = size - (self._since or 0)
        if size > workbook_guard.LARGEST_STRINGS:
            self._refuse()

    def _ended(self, at: int) -> None:
        """Note a string that ends before byte `at`, or has come so far."""
        size = at - (self._since or 0)
        self.longest = max(self.longest, size)
        if size > workbook_guard.LARGEST_PIECE:
            raise workbook_guard.PartTooLarge(
                file=self.file, part=self.part, size=size, most=workbook_guard.LARGEST_PIECE
            )

    def _refuse(self) -> None:
        raise workbook_guard.StringsTooLarge(
            file=self.file, count=workbook_guard.MOST_STRINGS, size=workbook_guard.LARGEST_STRINGS
        )


def _is_utf8(encoding: str | None) -> bool:
    return (encoding or "utf-8").lower() in ("utf-8", "utf8", "us-ascii")
