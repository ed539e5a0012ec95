"""CSV into blocks, by Arrow's reader; the whole file is read through first for its encoding and its longest line."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv

from hutong.core.errors import Malformed, TooLarge
from hutong.plane.definition import Definition
from hutong.plane.delivery.blocks import Block, UnreadableRow
from hutong.plane.delivery.reading import formats, header
from hutong.plane.delivery.reading.failures import FileBroken, FileEmpty, RowTooWide
from hutong.plane.delivery.reading.report import WhatWasRead

LONGEST_LINE = 1 << 20

_CHUNK = 1 << 20
_BLOCK = 4 << 20
_ENCODINGS = ("utf-8", "gb18030")


class EncodingBroken(Malformed):
    """Line {line} of {file} is neither UTF-8 nor GB18030."""


class LineTooLong(TooLarge):
    """Line {line} of {file} is longer than {longest} bytes."""


def open_(path: Path, *, definition: Definition, changes: bool) -> tuple[WhatWasRead, Iterator[Block]]:
    """Return the report and the rows of `path`, known to be of UTF-8 or GB18030 throughout before the first of them.

    Raises EncodingBroken, LineTooLong, FileEmpty, FileUnrecognised and what `header` raises.
    """
    encoding = _encoding(path)
    found = header.columns(_titles(path, encoding), definition=definition, changes=changes, file=path.name)
    return WhatWasRead("csv", encoding, ",", header_row=1), _rows(path, found, encoding)


def titles(path: Path) -> list[str]:
    """Return the column names."""
    return header.find([_titles(path, _encoding(path))], wanted=None, file=path.name).found


def _rows(path: Path, found: list[str], encoding: str) -> Iterator[Block]:
    ragged: list[UnreadableRow] = []

    def note(row: arrow_csv.InvalidRow) -> str:
        shown = f"{row.actual_columns} / {row.expected_columns}"
        ragged.append(UnreadableRow(row.number, "ROW_RAGGED", shown))
        return "skip"

    number = 2
    try:
        reader = arrow_csv.open_csv(
            pa.OSFile(str(path)),  # given by its name, one that ends like .gz would be unpacked
            read_options=arrow_csv.ReadOptions(
                use_threads=False,
                block_size=_BLOCK,
                column_names=found,
                skip_rows_after_names=1,
                encoding=encoding,
            ),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=note),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(found, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        for batch in reader:
            numbers, number = _numbers(number, batch.num_rows, ragged)
            passed = [one for one in ragged if one.number < number]
            del ragged[: len(passed)]
            yield Block(batch, numbers, passed)
    except pa.ArrowInvalid as fault:
        if path.stat().st_size <= LONGEST_LINE and _titles(path, encoding, alone=True):
            return
        if "straddling" in str(fault):
            raise RowTooWide(file=path.name, row=number - 1, longest=_BLOCK) from None
        raise FileBroken(file=path.name, format="csv", row=number - 1) from None
    nothing = pa.record_batch([pa.array([], pa.string()) for _ in found], names=found)
    if ragged:
        yield Block(nothing, [], ragged)


def _numbers(first: int, count: int, ragged: list[UnreadableRow]) -> tuple[Sequence[int], int]:
    """Return the numbers of `count` rows from `first`, without those of ragged rows, and the next number."""
    skipped = {one.number for one in ragged}
    if not skipped or min(skipped) >= first + count:
        return range(first, first + count), first + count
    numbers: list[int] = []
    while len(numbers) < count:
        if first not in skipped:
            numbers.append(first)
        first += 1
    return numbers, first


def _encoding(path: Path) -> str:
    """Return the encoding the whole file is valid in.

    Raises EncodingBroken or LineTooLong with the line, FileUnrecognised.
    """
    furthest = 0
    for encoding in _ENCODINGS:
        line = _broken_line(path, encoding)
        if line is None:
            return encoding
        furthest = max(furthest, line)
    formats.refuse_binary(path)
    raise EncodingBroken(file=path.name, line=furthest)


def _broken_line(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line, carried = 1, 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            first, last = chunk.find(b"\n"), chunk.rfind(b"\n")
            if carried + (len(chunk) if first < 0 else first) > LONGEST_LINE:
                raise LineTooLong(file=path.name, line=line, longest=LONGEST_LINE)
            carried = carried + len(chunk) if first < 0 else len(chunk) - last - 1
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as fault:
                return line + chunk.count(b"\n", 0, max(fault.start - pending, 0))
            line += chunk.count(b"\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return line
    return None


def _titles(path: Path, encoding: str, *, alone: bool = False) -> list[str]:
    """Return the titles; with `alone`, none if there is anything after them."""
    with path.open(encoding=encoding, newline="") as file:
        start = file.read(_CHUNK)
    csv.field_size_limit(_CHUNK)
    rows = (row for row in csv.reader(io.StringIO(start, newline="")) if row)
    first = next(rows, None)
    if alone and next(rows, None) is not None:
        return []
    if first is None or not "".join(first).strip("\ufeff "):
        raise FileEmpty(file=path.name)
    return first
