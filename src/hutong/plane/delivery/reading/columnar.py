"""Parquet and Arrow into blocks of text, in pieces whose size is measured before they are made."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from hutong.core.errors import Malformed
from hutong.plane.definition import Definition
from hutong.plane.delivery.blocks import BLOCK_BYTES, BLOCK_ROWS, Block
from hutong.plane.delivery.reading import header, unpacking
from hutong.plane.delivery.reading.failures import FileBroken, RowTooWide
from hutong.plane.delivery.reading.report import WhatWasRead

_CHUNK = 1 << 20
_WIDEST_ROW = 64 << 20


class ColumnUnreadable(Malformed):
    """The column {item} of {file} is of type {type}, which cannot be read as text."""


def open_parquet(path: Path, *, definition: Definition, changes: bool) -> tuple[WhatWasRead, Iterator[Block]]:
    """Return the report and the rows of the Parquet file `path`, measured before any is unpacked.

    Raises FileBroken, ColumnUnreadable and what `header` and `unpacking` raise.
    """
    try:
        schema = parquet.read_schema(path)
        found = header.columns(schema.names, definition=definition, changes=changes, file=path.name)
        _readable(path, schema, found)
        file = parquet.ParquetFile(path, buffer_size=_CHUNK, pre_buffer=False)
        rows = unpacking.parquet_rows(path, file.metadata, most=BLOCK_ROWS)
    except (pa.ArrowException, OSError, unpacking.HeaderBroken):
        raise FileBroken(file=path.name, format="parquet", row=0) from None
    batches = file.iter_batches(batch_size=rows, use_threads=False)
    return WhatWasRead("parquet"), _columnar(path, "parquet", batches, found)


def open_arrow(path: Path, *, definition: Definition, changes: bool) -> tuple[WhatWasRead, Iterator[Block]]:
    """Return the report and the rows of the Arrow file `path`, measured before any is unpacked.

    Raises FileBroken, ColumnUnreadable and what `header` and `unpacking` raise.
    """
    try:
        file = pa.ipc.open_file(pa.memory_map(str(path)))
        found = header.columns(file.schema.names, definition=definition, changes=changes, file=path.name)
        _readable(path, file.schema, found)
        unpacking.arrow_batches(path)
    except (pa.ArrowException, OSError, unpacking.HeaderBroken):
        raise FileBroken(file=path.name, format="arrow", row=0) from None
    batches = (file.get_batch(i) for i in range(file.num_record_batches))
    return WhatWasRead("arrow"), _columnar(path, "arrow", batches, found)


def titles(path: Path, format: str) -> list[str]:
    """Return the column names of a Parquet or Arrow file; raises FileBroken."""
    try:
        if format == "parquet":
            names = parquet.ParquetFile(path).schema_arrow.names
        else:
            names = pa.ipc.open_file(pa.memory_map(str(path))).schema.names
        return header.find([names], wanted=None, file=path.name).found
    except (pa.ArrowException, OSError):
        raise FileBroken(file=path.name, format=format, row=0) from None


def _columnar(path: Path, format: str, batches: Iterator[pa.RecordBatch], found: list[str]) -> Iterator[Block]:
    number = 2
    measure = unpacking.Measure(path)
    try:
        for whole in batches:
            for start in range(0, whole.num_rows, BLOCK_ROWS):
                for batch in _pieces(path, whole.slice(start, BLOCK_ROWS), measure, number):
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
    if batch.num_rows == 1 or size <= BLOCK_BYTES:
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
