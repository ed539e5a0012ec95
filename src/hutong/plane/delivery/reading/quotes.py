"""Whether the quotation marks of a text are those of RFC 4180, so that no line is swallowed by one that went astray.

A quotation mark opens a cell where it is the cell's first character, is doubled inside of it, and ends it; then a
separator or the end of the line follows. A quoted cell may go over several lines, unless they look like records
themselves. A mark inside of a cell that none opened is a character like any other.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hutong.core.errors import Malformed
from hutong.plane.delivery.reading.failures import RowTooWide

LARGEST_RECORD = 4 << 20
"""Bytes of one record."""
_NEARLY = 6
"""Columns from which a line with one separator too few looks like a record as well."""


class QuoteAstray(Malformed):
    """The quotation mark in line {line} of {file} stands where it swallows what follows it."""


class QuoteUnclosed(QuoteAstray):
    """The quotation mark that opens a cell in line {line} of {file} is never closed."""


class QuoteClosedWithin(QuoteAstray):
    """The cell that a quotation mark opens in line {line} of {file} is closed where no cell ends."""


class QuoteOverRecords(QuoteAstray):
    """The cell that a quotation mark opens in line {line} of {file} goes on over lines that look like records."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of a table before its quotation marks are looked at."""

    separator: bytes
    width: int
    """Its columns; 0 where that is not known."""
    begins: int
    """The byte at which its first record begins."""
    quoted: bool = False
    """Whether every title is quoted: the program that wrote it quotes all cells."""


@dataclass(frozen=True, slots=True)
class _Cell:
    at: int
    end: int
    quoted: bool


class _Unfinished(Exception):
    """The record goes on beyond what was read so far; its last cell begins at `at`."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


def check(chunks: Callable[[], Iterator[bytes]], table: Layout, *, file: str) -> int:
    """Return how many line breaks stand inside of the cells of records; `chunks` yields the text in UTF-8.

    Raises a QuoteAstray with the line of the mark, or RowTooWide.
    """
    look = _Look(chunks, table, file)
    rest = b""
    for chunk in chunks():
        rest = look.through(rest + chunk, last=False)
    if rest:
        look.through(rest if rest.endswith((b"\n", b"\r")) else rest + b"\n", last=True)
    return look.breaks


class _Look:
    """The look at one text, which goes over the plain records at once and stops where a cell has several lines."""

    def __init__(self, chunks: Callable[[], Iterator[bytes]], table: Layout, file: str) -> None:
        self._chunks, self._table, self._file = chunks, table, file
        between = re.escape(table.separator)
        self._plain = re.compile(rb"[^%b\r\n]*+" % between)
        one_line = rb'[^"%b\r\n][^%b\r\n]*+|"(?:[^"\r\n]++|"")*+" *+' % (between, between)
        self._records = re.compile(rb"(?:(?:%b)?+(?:%b|\r\n?|\n))*+" % (one_line, between))
        some = rb'(?:%b|"(?:[^"%b]++|"")*+" *+)?+' % (one_line, between)
        others = rb"(?:%b%b){%d}" % (between, some, max(table.width - 1, 0))
        self._harmless = re.compile(rb"(?:%b%b(?:\r\n?|\n))*+" % (some, others))
        """Records of all cells whose cells of several lines have no separator: none of their lines is a record."""
        self._quoted = re.compile(rb'(?<![^%b\r\n])"(?:[^"]++|"")*+"' % between)
        self._before = 0
        """Bytes of the text before those that are looked at."""
        self.breaks = 0

    def through(self, data: bytes, *, last: bool) -> bytes:
        """Look at whole records and return what is left for the next time."""
        at = 0
        while (end := self._records.match(data, at).end()) < len(data):  # type: ignore[union-attr]
            start = max(data.rfind(b"\n", at, end), data.rfind(b"\r", at, end), at - 1) + 1
            if (passed := self._pass_harmless(data, start)) > start:
                at = passed
                continue
            try:
                cells, at = self._record(data, start)
            except _Unfinished as unfinished:
                self._refuse_endless(data, start, unfinished.at, last=last)
                self._before += start
                return data[start:]
            self._judge(data, start, at, cells)
        start = max(data.rfind(b"\n", at), data.rfind(b"\r", at), at - 1) + 1
        self._before += start
        return data[start:]

    def _pass_harmless(self, data: bytes, start: int) -> int:
        """Count the breaks of the records from `start` on in which no line can look like one, and return their end."""
        if self._table.width < 2 or self._before + start < self._table.begins:
            return start
        end = self._harmless.match(data, start).end()  # type: ignore[union-attr]
        if end > start:
            passed = data[start:end]
            self.breaks += len(_BREAK.findall(passed)) - len(_BREAK.findall(self._quoted.sub(b"", passed)))
        return end

    def _record(self, data: bytes, start: int) -> tuple[list[_Cell], int]:
        """Return the cells of the record that begins at `start`, and where it ends."""
        cells, at = list[_Cell](), start
        while True:
            if data.startswith(b'"', at):
                found = _QUOTED.match(data, at)
                end = found.end() if found else len(data)
            else:
                found, end = None, self._plain.match(data, at).end()  # type: ignore[union-attr]
            if end >= len(data):
                raise _Unfinished(at)
            cells.append(_Cell(at, end, found is not None))
            if data.startswith(self._table.separator, end):
                at = end + 1
            elif data.startswith((b"\r", b"\n"), end):
                return cells, end + (2 if data.startswith(b"\r\n", end) else 1)
            else:
                raise QuoteClosedWithin(file=self._file, line=self._line(at))

    def _judge(self, data: bytes, start: int, end: int, cells: Sequence[_Cell]) -> None:
        """Count the breaks of a record, and refuse one whose lines look like records."""
        width = self._table.width
        record = self._before + start >= self._table.begins
        several = [cell for cell in cells if cell.quoted and _BREAK.search(data, cell.at, cell.end)]
        if several and width and record and len(cells) != width:
            raise QuoteOverRecords(file=self._file, line=self._line(several[0].at))
        if record:
            self.breaks += sum(len(_BREAK.findall(data, cell.at, cell.end)) for cell in several)
        every = self._table.quoted and all(each.quoted for each in cells)
        if several and width and not every and (astray := self._over_records(data, cells, several)):
            raise QuoteOverRecords(file=self._file, line=self._line(astray.at))

    def _over_records(self, data: bytes, cells: Sequence[_Cell], several: Sequence[_Cell]) -> _Cell | None:
        """Return the first of the cells of `several` lines in which a line looks like a record.

        A line inside of it has the separators of a record, or both have that it begins and ends in; or the cell has as
        many in all, and a line in it begins as the record does.
        """
        width, separator = self._table.width, self._table.separator
        least = width - (2 if width >= _NEARLY else 1)
        begins = _alike(_BREAK.split(data[cells[0].at : cells[0].end])[0], separator)
        for place, cell in enumerate(cells):
            if cell not in several:
                continue
            lines = _BREAK.split(data[cell.at : cell.end])
            first, *inside, last = [line.count(separator) for line in lines]
            ends = min(place + first, last + len(cells) - 1 - place)
            if max([ends, *inside]) >= least:
                return cell
            if first + sum(inside) + last >= width - 1 and any(map(begins.match, lines[1:])):
                return cell
        return None

    def _refuse_endless(self, data: bytes, start: int, at: int, *, last: bool) -> None:
        """Refuse a record that is too large, or whose last cell is not closed where the text ends."""
        if last:
            raise QuoteUnclosed(file=self._file, line=self._line(at))
        if len(data) - start > LARGEST_RECORD:
            inside = _BREAK.split(data[at:])[1:-1]
            if self._table.width and any(
                line.count(self._table.separator) >= self._table.width - 1 for line in inside[:_SOME]
            ):
                raise QuoteUnclosed(file=self._file, line=self._line(at))
            raise RowTooWide(file=self._file, row=self._line(start) - 1, longest=LARGEST_RECORD)

    def _line(self, at: int) -> int:
        """Return the line in which byte `at` of what is looked at stands."""
        left, line, returned = self._before + at, 1, False
        for chunk in self._chunks():
            part = chunk[:left]
            left -= len(part)
            line += len(_BREAK.findall(part)) - (returned and part.startswith(b"\n"))
            returned = part.endswith(b"\r")
            if not left:
                break
        return line


def _alike(first: bytes, separator: bytes) -> re.Pattern[bytes]:
    """Return what a line begins with whose first cell is made as `first` is: digits for digits, letters for letters."""
    made = _RUN.sub(_made, first.strip(b'" '))
    return re.compile(b'"?%b"? *%b' % (made, re.escape(separator)) if made else b"(?!)")


def _made(run: re.Match[bytes]) -> bytes:
    return {"digits": b"[0-9]+", "letters": b"[A-Za-z]+", "others": b"[\\x80-\\xff]+"}.get(
        run.lastgroup or "", re.escape(run.group())
    )


_RUN = re.compile(rb"(?P<digits>[0-9]+)|(?P<letters>[A-Za-z]+)|(?P<others>[\x80-\xff]+)|(?P<sign>.)")
_QUOTED = re.compile(rb'"(?:[^"]++|"")*+" *+')
_BREAK = re.compile(rb"\r\n?|\n")
_SOME = 100
"""Lines looked at of a cell without end."""
