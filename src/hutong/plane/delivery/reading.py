"""Reading what is delivered: CSV, Excel, Parquet or Arrow into batches of text, never the whole file at once.

What is refused is told by place and number, never by what stands there: a header may be a row of values, and the
messages of libraries quote cells. A row has the number a person sees: the header is row 1 (Parquet and Arrow have
none; their first row is 2 all the same). The header names items by code or by name. Everything is read as text;
null and empty text differ.
"""

import codecs
import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from hutong.core.errors import Malformed, TooLarge
from hutong.plane.definition import Definition
from hutong.plane.delivery import formats, unpacking, workbooks
from hutong.plane.delivery.blocks import OP, Block, Unreadable

warnings.filterwarnings("ignore", module=r"openpyxl\.")  # its warnings quote cells, and end in the log

LONGEST_LINE = 1 << 20

_CHUNK = 1 << 20
_BLOCK = 4 << 20
_ROWS = 1 << 15
_WIDEST_BLOCK = 8 << 20
_WIDEST_ROW = 64 << 20
_ENCODINGS = ("utf-8", "gb18030")
_TOLD = 50
"""Columns a refusal lists."""


class FileEmpty(Malformed):
    """The file {file} is empty: there is not even a header."""


class EncodingBroken(Malformed):
    """Line {line} of {file} is neither UTF-8 nor GB18030."""


class LineTooLong(TooLarge):
    """Line {line} of {file} is longer than {longest} bytes."""


class FileBroken(Malformed):
    """{file} cannot be read as {format}; it breaks after row {row}."""


class ColumnsWrong(Malformed):
    """The columns of {file} do not fit {resource}: missing {missing}, {count} unknown (columns {unknown})."""


class ColumnsMissing(ColumnsWrong):
    """The columns of {file} do not fit {resource}: missing {missing}."""


class ColumnsUnknown(ColumnsWrong):
    """The columns of {file} do not fit {resource}: {count} unknown (columns {unknown})."""


class ColumnsRepeated(ColumnsWrong):
    """The columns of {file} do not fit {resource}: twice {twice}."""


class ColumnUnreadable(Malformed):
    """The column {item} of {file} is of type {type}, which cannot be read as text."""


class RowTooWide(TooLarge):
    """A row of {file} after row {row} is larger than {longest} bytes."""


def blocks(path: Path, *, definition: Definition, format: str | None = None, changes: bool = False) -> Iterator[Block]:
    """Yield the rows of `path`; `changes` asks for the column `_op` too. Raises a Malformed or TooLarge.

    Every fault of the file as a whole comes before the first block where it can be known then; encoding, line
    length and columns always can.
    """
    read = _READERS[formats.of(path, said=format)]
    if path.stat().st_size == 0:
        raise FileEmpty(file=path.name)
    return read(path, definition, changes)


def header(path: Path) -> list[str]:
    """Return the column names of `path`, as they stand there; raises a Malformed or TooLarge."""
    if path.stat().st_size == 0:
        raise FileEmpty(file=path.name)
    format = formats.of(path)
    try:
        if format == "parquet":
            return list(parquet.ParquetFile(path).schema_arrow.names)
        if format == "arrow":
            return list(pa.ipc.open_file(pa.memory_map(str(path))).schema.names)
    except (pa.ArrowException, OSError):
        raise FileBroken(file=path.name, format=format, row=0) from None
    if format == "csv":
        return _header(path, _encoding(path))
    damaged = _guard(path)
    with path.open("rb") as file:
        return _titles(path, file, damaged)[0]


def columns(header: Sequence[str], *, definition: Definition, changes: bool, file: str) -> list[str]:
    """Return the item code of each column of `header`, which may use codes or names; raises ColumnsWrong."""
    wanted = [item.code for item in definition.items] + ([OP] if changes else [])
    by_name: dict[str, str] = {}
    for item in definition.items:
        by_name[item.name] = "" if item.name in by_name else item.code
    known = {name: code for name, code in by_name.items() if code} | {code: code for code in wanted}
    titles = [title.lstrip("\ufeff").strip() for title in header]
    found = [known.get(title, "") for title in titles]
    missing = [code for code in wanted if code not in found]
    unknown = [str(place) for place, code in enumerate(found, start=1) if not code]
    twice = sorted({code for code in found if code and found.count(code) > 1})
    named = {"missing": missing, "unknown": unknown, "twice": twice}
    told: dict[str, object] = {fault: _listed(those) for fault, those in named.items() if those}
    if unknown:
        told["count"] = len(unknown)
    if missing or unknown:
        fault = ColumnsWrong if missing and unknown else ColumnsMissing if missing else ColumnsUnknown
        raise fault(file=file, resource=definition.code, **told)
    if twice:
        raise ColumnsRepeated(file=file, resource=definition.code, **told)
    return found


def _listed(those: Sequence[str]) -> str:
    return ", ".join(those[:_TOLD]) + (", \u2026" if len(those) > _TOLD else "")


def _csv(path: Path, definition: Definition, changes: bool) -> Iterator[Block]:
    encoding = _encoding(path)
    header = _header(path, encoding)
    found = columns(header, definition=definition, changes=changes, file=path.name)
    return _csv_blocks(path, found, encoding)


def _csv_blocks(path: Path, found: list[str], encoding: str) -> Iterator[Block]:
    ragged: list[Unreadable] = []

    def note(row: arrow_csv.InvalidRow) -> str:
        shown = f"{row.actual_columns} / {row.expected_columns}"
        ragged.append(Unreadable(row.number, "ROW_RAGGED", shown))
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
        if path.stat().st_size <= LONGEST_LINE and _header(path, encoding, alone=True):
            return
        if "straddling" in str(fault):
            raise RowTooWide(file=path.name, row=number - 1, longest=_BLOCK) from None
        raise FileBroken(file=path.name, format="csv", row=number - 1) from None
    nothing = pa.record_batch([pa.array([], pa.string()) for _ in found], names=found)
    if ragged:
        yield Block(nothing, [], ragged)


def _numbers(first: int, count: int, ragged: list[Unreadable]) -> tuple[Sequence[int], int]:
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


def _header(path: Path, encoding: str, *, alone: bool = False) -> list[str]:
    """Return the titles; with `alone`, none if there is anything after them."""
    with path.open(encoding=encoding, newline="") as file:
        start = file.read(_CHUNK)
    csv.field_size_limit(_CHUNK)
    rows = (row for row in csv.reader(io.StringIO(start, newline="")) if row)
    header = next(rows, None)
    if alone and next(rows, None) is not None:
        return []
    if header is None or not "".join(header).strip("\ufeff "):
        raise FileEmpty(file=path.name)
    return header


def _parquet(path: Path, definition: Definition, changes: bool) -> Iterator[Block]:
    try:
        schema = parquet.read_schema(path)
        found = columns(schema.names, definition=definition, changes=changes, file=path.name)
        _readable(path, schema, found)
        file = parquet.ParquetFile(path, buffer_size=_CHUNK, pre_buffer=False)
        rows = unpacking.parquet_rows(path, file.metadata, most=_ROWS)
    except (pa.ArrowException, OSError, unpacking.HeaderBroken):
        raise FileBroken(file=path.name, format="parquet", row=0) from None
    return _columnar(path, "parquet", file.iter_batches(batch_size=rows, use_threads=False), found)


def _arrow(path: Path, definition: Definition, changes: bool) -> Iterator[Block]:
    try:
        file = pa.ipc.open_file(pa.memory_map(str(path)))
        found = columns(file.schema.names, definition=definition, changes=changes, file=path.name)
        _readable(path, file.schema, found)
        unpacking.arrow_batches(path)
    except (pa.ArrowException, OSError, unpacking.HeaderBroken):
        raise FileBroken(file=path.name, format="arrow", row=0) from None
    return _columnar(path, "arrow", (file.get_batch(i) for i in range(file.num_record_batches)), found)


def _columnar(path: Path, format: str, batches: Iterator[pa.RecordBatch], found: list[str]) -> Iterator[Block]:
    number = 2
    measure = unpacking.Measure(path)
    try:
        for whole in batches:
            for start in range(0, whole.num_rows, _ROWS):
                for batch in _pieces(path, whole.slice(start, _ROWS), measure, number):
                    arrays = [_text(c, code, path) for c, code in zip(batch.columns, found, strict=True)]
                    text = pa.record_batch(arrays, names=found)
                    text.validate(full=True)
                    yield Block(text, range(number, number + batch.num_rows))
                    number += batch.num_rows
    except (pa.ArrowException, OSError):
        raise FileBroken(file=path.name, format=format, row=number - 1) from None


def _pieces(path: Path, batch: pa.RecordBatch, measure: unpacking.Measure, number: int) -> Iterator[pa.RecordBatch]:
    """Yield the rows of `batch` in pieces whose text is of a bounded size, having measured it before making it."""
    size = sum(_size(column) for column in batch.columns)
    if batch.num_rows == 1 and size > _WIDEST_ROW:
        raise RowTooWide(file=path.name, row=number - 1, longest=_WIDEST_ROW)
    if batch.num_rows == 1 or size <= _WIDEST_BLOCK:
        measure.add(size)
        yield batch
    else:
        half = batch.num_rows // 2
        yield from _pieces(path, batch.slice(0, half), measure, number)
        yield from _pieces(path, batch.slice(half), measure, number + half)


def _size(column: pa.Array) -> int:
    """Return how many bytes of text a column becomes; at least a few for every row."""
    column.validate(full=True)
    few = 8 * len(column)
    coded = pa.types.is_dictionary(column.type)
    if not _is_text(column.type.value_type if coded else column.type):
        return few
    if column.type == pa.string_view():  # each view of 16 bytes begins with its length
        views = memoryview(column.buffers()[1]).cast("i")
        return few + sum(views[4 * column.offset : 4 * (column.offset + len(column)) : 4])
    lengths = pc.binary_length(column.dictionary if coded else column).cast(pa.int64())
    return few + (pc.sum(lengths.take(column.indices) if coded else lengths).as_py() or 0)


def _readable(path: Path, schema: pa.Schema, found: list[str]) -> None:
    """Refuse columns that cannot be read as text, before any of them is."""
    for one, code in zip(schema, found, strict=True):
        kind = one.type.value_type if pa.types.is_dictionary(one.type) else one.type
        if not (pa.types.is_primitive(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind) or _is_text(kind)):
            raise ColumnUnreadable(file=path.name, item=code, type=_kind(kind))


def _is_text(kind: pa.DataType) -> bool:
    return kind in (pa.string(), pa.large_string(), pa.string_view())


def _text(column: pa.Array, code: str, path: Path) -> pa.Array:
    try:
        return pc.cast(column, pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        raise ColumnUnreadable(file=path.name, item=code, type=_kind(column.type)) from None


def _kind(type: pa.DataType) -> str:
    """Return the name of a type without its parameters, which hold names the file chose."""
    return re.split(r"[^a-z0-9_]", str(type), maxsplit=1)[0]


def _xlsx(path: Path, definition: Definition, changes: bool) -> Iterator[Block]:
    damaged = _guard(path)
    file = path.open("rb")
    try:
        titles, rows = _titles(path, file, damaged)
        found = columns(titles, definition=definition, changes=changes, file=path.name)
    except BaseException:
        file.close()
        raise
    return _sheet(path, file, rows, found)


def _titles(path: Path, file: BinaryIO, damaged: str) -> tuple[list[str], Iterator[tuple[object, ...]]]:
    """Return the titles and the rows after them; the file is given open, as openpyxl judges names by their suffix.

    Where it cannot be opened, the part that is `damaged` is named, if there is one.
    """
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        header = next(rows, ())
    except _BROKEN:
        broken = FileBroken(file=path.name, format="xlsx", row=0)
        raise workbooks.unopened(path, damaged=damaged) or broken from None
    titles = ["" if cell is None else str(cell) for cell in header]
    while titles and not titles[-1].strip():
        titles.pop()
    if not titles:
        raise FileEmpty(file=path.name)
    return titles, rows


def _sheet(path: Path, file: BinaryIO, rows: Iterator[tuple[object, ...]], found: list[str]) -> Iterator[Block]:
    width = len(found)
    kept: list[list[str | None]] = []
    numbers: list[int] = []
    unreadable: list[Unreadable] = []

    def block() -> Block:
        arrays = [pa.array(column, pa.string()) for column in zip(*kept, strict=True)] or [
            pa.array([], pa.string()) for _ in found
        ]
        return Block(pa.record_batch(arrays, names=found), numbers, unreadable)

    number, size = 1, 0
    try:
        for number, row in enumerate(rows, start=2):
            cells = [_cell(value) for value in row]
            if not any(cell is not None for cell in cells):
                continue
            if any(cell is not None for cell in cells[width:]):
                unreadable.append(Unreadable(number, "ROW_RAGGED", f"{len(cells)} / {width}"))
                continue
            texts = "".join(cell for cell in cells if cell)
            if not texts.isascii() and _surrogate(texts):
                unreadable.append(Unreadable(number, "ROW_SURROGATE", ""))
                continue
            kept.append((cells + [None] * (width - len(cells)))[:width])
            numbers.append(number)
            size += len(texts)
            if len(kept) + len(unreadable) >= _ROWS or size > _WIDEST_BLOCK:
                yield block()
                kept, numbers, unreadable, size = [], [], [], 0
        yield block()
    except _BROKEN:
        raise FileBroken(file=path.name, format="xlsx", row=number) from None
    finally:
        file.close()


def _cell(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _guard(path: Path) -> str:
    try:
        return workbooks.guard(path)
    except workbooks.WorkbookBroken as broken:
        raise FileBroken(file=path.name, format="xlsx", row=broken.row) from None


_BROKEN = (
    ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError,
    InvalidFileException, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What zipfile and openpyxl are known to raise for a workbook that is none."""

_READERS = {"csv": _csv, "parquet": _parquet, "arrow": _arrow, "xlsx": _xlsx}
