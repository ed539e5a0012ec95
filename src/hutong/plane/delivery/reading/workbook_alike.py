"""Rows that are written alike, of which a sheet has nothing else as a rule: taken as bytes, many at a time.

One pattern is made of the cells of a row: whatever matches it is whole rows in XML, each cell in its place and of a
kind that needs no further look. What matches no pattern is left to the parser of XML, which so has little to do.
"""

import re
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from xml.parsers import expat

from hutong.plane.delivery.reading.workbook_places import MOST_COLUMNS, column_of

_MOST_PATTERNS = 12
_MOST_COLUMNS = 256
_MOST_STYLES = 64
_MOST_LEARNT = 200
_MOST_FAILURES = 2_000
"""Rows that match no pattern, beside a quarter of those that do, after which none is tried any more."""

_END = b"</row>"
_HEAD = re.compile(rb'<row r="[1-9][0-9]{0,6}"(?: [^<>]*)?>')
_NUMBERS = re.compile(rb'<row r="([0-9]+)"')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})[0-9]+"(?: s="([0-9]{1,5})")?(?: t="[A-Za-z]+")?(/?)>')
_SILENT = re.compile(rb"<row [^<>]*>(?:<c [^<>]*/>|<c [^<>]*></c>)*</row>")
_HIDDEN = re.compile(rb'<row r="([0-9]+)"[^<>]* hidden="(?:1|true|on)"[^<>]*>.*?</row>', re.S)
_FORMULA = rb"(?:<f(?: [^<>]*)?>[^<]*+</f>|<f(?: [^<>]*)?/>)?"
_VALUE = (
    rb' t="s"><v>[0-9]{1,7}</v></c>|(?: t="(?:n|b)")?>%s<v>[^<&]++</v></c>| t="str">%s<v>[^<]++</v></c>'
    rb'| t="inlineStr"><is><t(?: xml:space="preserve")?>[^<]*+</t></is></c>'
)


class Noting(Protocol):
    """The look at a sheet, as far as rows that are alike are noted in it."""

    rows: int
    filled: int
    texts: int
    hidden: "array[int]"
    row: int
    last_column: int

    @property
    def styles(self) -> Mapping[str, int]:
        """Formats that are looked for, by the texts of the numbers of styles."""

    @property
    def begun(self) -> bool:
        """Whether rows may come now."""

    @property
    def uncomputed(self) -> bool:
        """Whether values of formulas are looked at."""

    def begin_row(self, row: int) -> None:
        """Take the next row that is there."""

    def says_something(self, row: int) -> None:
        """Note that a row has a value, and none of those that were begun after it."""

    def run(self, column: int, format: int, first: int, last: int) -> None:
        """Note cells in a format."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    rows: re.Pattern[bytes]
    last_column: int
    formats: tuple[tuple[int, int], ...]
    """Columns whose cells have a format that is looked for."""


class AlikeRows:
    """The rows of one sheet that need no parser."""

    def __init__(self, sheet: Noting) -> None:
        self._sheet = sheet
        self._patterns: list[_Pattern] = []
        self._failures = self._learnings = self._taken = 0
        self._held = b""

    def parse(self, parser: expat.XMLParserType, chunk: bytes) -> None:
        """Take what can be taken of the next bytes and give the parser the rest, in their order; none are the end."""
        data = self._held + chunk
        end = data.rfind(_END) + len(_END)
        if not chunk or end < len(_END) or self._failures > _MOST_FAILURES + self._taken // 4:
            self._held = b""
            parser.Parse(data, not chunk)
            return
        data, self._held = data[:end], data[end:]
        given = at = 0
        while (begin := data.find(b"<row ", at)) >= 0:
            found = self._matching(data, begin)
            if found is not None:
                parser.Parse(data[given:begin], False)
                if self._sheet.begun:
                    self._take(*found)
                    given = at = found[1].end()
                    continue
                given = begin
            at = begin + 1
        parser.Parse(data[given:], False)

    def _matching(self, data: bytes, begin: int) -> tuple[_Pattern, re.Match[bytes]] | None:
        for place, pattern in enumerate(self._patterns):
            if found := pattern.rows.match(data, begin):
                self._patterns.insert(0, self._patterns.pop(place))
                return pattern, found
        self._failures += 1
        if self._learnings > _MOST_LEARNT or self._failures > _MOST_FAILURES + self._taken // 4:
            return None
        learnt = self._learnt(data[begin : data.find(_END, begin)])
        found = learnt.rows.match(data, begin) if learnt else None
        if learnt is None or found is None:
            return None
        self._patterns = [learnt, *self._patterns][:_MOST_PATTERNS]
        self._learnings += 1
        return learnt, found

    def _learnt(self, row: bytes) -> _Pattern | None:
        """Return the pattern of rows whose cells are as those of `row`, some of which may be empty or not be there."""
        cells = [match.groups() for match in _CELL.finditer(row)]
        if not _HEAD.match(row) or not 0 < len(cells) <= _MOST_COLUMNS:
            return None
        filled = [place for place, (_, _, empty) in enumerate(cells) if not empty]
        formula = b"" if self._sheet.uncomputed else _FORMULA
        value = _VALUE % (formula, formula)
        parts: list[bytes] = []
        formats: list[tuple[int, int]] = []
        for place, (letters, style, _) in enumerate(cells):
            ends = b"(?:/>|></c>|%s)" % value if filled and place <= filled[-1] else b"(?:/>|></c>)"
            parts.append(rb'(?:<c r="%s\1"%s%s)?' % (letters, self._style(style), ends))
            format = self._sheet.styles.get(style.decode()) if style else None
            if format is not None:
                formats.append((column_of(letters.decode()), format))
        pattern = rb'(?:<row r="([1-9][0-9]{0,6})"(?: [^<>]*)?>%s</row>[ \t\r\n]*)+' % b"".join(parts)
        columns = [column_of(letters.decode()) for letters, _, _ in cells]
        if columns != sorted(set(columns)) or columns[-1] > MOST_COLUMNS:
            return None
        return _Pattern(re.compile(pattern), columns[filled[-1]] if filled else 0, tuple(formats))

    def _style(self, style: bytes | None) -> bytes:
        """Return the pattern of the style of a cell: the same where it is looked for, else any that is not."""
        looked_for = self._sheet.styles
        if style and style.decode() in looked_for:
            return b' s="%s"' % style
        if len(looked_for) > _MOST_STYLES:
            return b' s="%s"' % style if style else b""
        return b'(?: s="(?!(?:%s)")[0-9]{1,5}")?' % "|".join(looked_for or ["-"]).encode()

    def _take(self, pattern: _Pattern, found: re.Match[bytes]) -> None:
        """Note rows that match."""
        sheet, rows = self._sheet, found[0]
        numbers = [*map(int, _NUMBERS.findall(rows))]
        self._taken += len(numbers)
        first, last = numbers[0], numbers[-1]
        if numbers == [*range(first, last + 1)]:
            sheet.begin_row(first)
            if last > first:
                sheet.row = last - 1
                sheet.begin_row(last)
        else:
            for number in numbers:
                sheet.begin_row(number)
        filled = rows.count(b"<v>") + rows.count(b"<is>")
        for column, format in pattern.formats:
            sheet.run(column, format, first, last)
        if filled:
            sheet.filled += filled
            sheet.texts += rows.count(b' t="s"')
            sheet.rows += len(numbers) - len(_SILENT.findall(rows))
            sheet.last_column = max(sheet.last_column, pattern.last_column)
            sheet.says_something(_last_said(rows))
            if b" hidden=" in rows:
                said = (row for row in _HIDDEN.finditer(rows) if b"<v>" in row[0] or b"<is>" in row[0])
                sheet.hidden.extend(int(row[1]) for row in said)


def _last_said(rows: bytes) -> int:
    """Return the number of the last of some rows that has a value, where any has."""
    begin = rows.rfind(b"<row ", 0, max(rows.rfind(b"<v>"), rows.rfind(b"<is>")))
    return int(_NUMBERS.match(rows, begin)[1])  # type: ignore[index]
