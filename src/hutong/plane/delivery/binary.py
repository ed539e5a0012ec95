"""Rows in PostgreSQL's binary COPY format, put together a column at a time.

A field is four bytes of length (-1 for null) and the value as PostgreSQL's own receive functions read it. Numbers,
days and lengths are made once for each distinct value; the rest is joining.
"""

import struct
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"

NULL = b"\xff\xff\xff\xff"
"""The field of no value."""

_EPOCH = date(2000, 1, 1)
_NOTHING = pa.scalar(b"", pa.binary())


def field(values: pa.Array) -> pa.BinaryArray:
    """Return `values`, bytes or text, as fields."""
    data = values.cast(pa.binary())
    lengths = pc.binary_length(data).dictionary_encode()
    packed = pa.array([struct.pack(">i", length) for length in lengths.dictionary.to_pylist()], pa.binary())
    written = pc.fill_null(packed.take(lengths.indices), NULL)
    return pc.binary_join_element_wise(written, pc.fill_null(data, b""), _NOTHING)


def joined(*fields: pa.BinaryArray) -> pa.BinaryArray:
    """Return the fields of each row side by side."""
    return pc.binary_join_element_wise(*fields, _NOTHING)


def rows(count: int, fields: Sequence[pa.BinaryArray]) -> memoryview:
    """Return whole rows of `count` fields; each of `fields` may hold several."""
    return _bytes(pc.binary_join_element_wise(pa.scalar(struct.pack(">h", count), pa.binary()), *fields, _NOTHING))


def framed(chunks: Iterable[memoryview]) -> Iterator[bytes | memoryview]:
    """Yield rows as a whole binary COPY."""
    yield HEADER
    yield from chunks
    yield TRAILER


def integers(values: Sequence[int]) -> pa.FixedSizeBinaryArray:
    """Return whole numbers as PostgreSQL's bigint."""
    data = array("q", values)
    if sys.byteorder == "little":
        data.byteswap()
    return pa.Array.from_buffers(pa.binary(8), len(data), [None, pa.py_buffer(data)])


def numbers(texts: pa.StringArray) -> pa.BinaryArray:
    """Return decimals in their normal form as PostgreSQL's numeric."""
    return _each(texts, _numeric)


def days(texts: pa.StringArray) -> pa.BinaryArray:
    """Return days, YYYY-MM-DD, as PostgreSQL's date."""
    return _each(texts, lambda text: struct.pack(">i", (date.fromisoformat(text) - _EPOCH).days))


def _each(texts: pa.StringArray, encode: Callable[[str], bytes]) -> pa.BinaryArray:
    coded = texts.dictionary_encode()
    return pa.array([encode(text) for text in coded.dictionary.to_pylist()], pa.binary()).take(coded.indices)


def _numeric(text: str) -> bytes:
    whole, _, fraction = text.lstrip("-").partition(".")
    scale = len(fraction)
    whole = whole.zfill(-(-len(whole) // 4) * 4)
    fraction = fraction.ljust(-(-scale // 4) * 4, "0")
    digits = [int((whole + fraction)[at : at + 4]) for at in range(0, len(whole) + len(fraction), 4)]
    weight = len(whole) // 4 - 1
    while digits and digits[0] == 0:
        digits.pop(0)
        weight -= 1
    while digits and digits[-1] == 0:
        digits.pop()
    sign = 0x4000 if text.startswith("-") and digits else 0
    return struct.pack(f">hhHH{len(digits)}H", len(digits), weight if digits else 0, sign, scale, *digits)


def _bytes(values: pa.BinaryArray) -> memoryview:
    offsets = memoryview(values.buffers()[1]).cast("i")
    first, last = offsets[values.offset], offsets[values.offset + len(values)]
    data = values.buffers()[2]
    return memoryview(b"") if data is None else memoryview(data)[first:last]
