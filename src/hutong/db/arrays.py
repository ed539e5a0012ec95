"""Columns as PostgreSQL arrays, written at once in its binary form.

psycopg's own way looks at every element of a list several times, to find out what it is; here whoever hands the
column over says so, and an answer hands over twenty. A column works as a parameter of any statement, also as `%b`.
"""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

_BYTEA, _INT8, _INT4, _TEXT, _TIMESTAMPTZ = 17, 20, 23, 25, 1184
_ARRAY_OF = {_BYTEA: 1001, _INT8: 1016, _INT4: 1007, _TEXT: 1009, _TIMESTAMPTZ: 1185}
_HEAD, _EMPTY, _LENGTH = struct.Struct(">iiIii"), struct.Struct(">iiI"), struct.Struct(">i")
_LENGTHS = [_LENGTH.pack(length) for length in range(1024)]
_NULL = _LENGTH.pack(-1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class ArrayColumn:
    """A column in PostgreSQL's form; made by the functions here."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data


class _Texts(ArrayColumn): ...


class _Bytes(ArrayColumn): ...


class _Int4s(ArrayColumn): ...


class _Int8s(ArrayColumn): ...


class _Moments(ArrayColumn): ...


def texts(values: Sequence[str | None]) -> ArrayColumn:
    """Return a `text[]`; None is null."""
    distinct = set(values)
    if 2 * len(distinct) <= len(values):  # answers of one list have grant, unit, event and most else in common
        packed = {each: _NULL if each is None else _packed(each.encode()) for each in distinct}
        return _Texts(_head(_TEXT, len(values), nulls=None in distinct) + b"".join([packed[each] for each in values]))
    return _Texts(_varying(_TEXT, [None if value is None else value.encode() for value in values]))


def utf8(values: Sequence[bytes | None]) -> ArrayColumn:
    """Return a `text[]` of texts that are UTF-8 already; None is null."""
    return _Texts(_varying(_TEXT, values))


def blobs(values: Sequence[bytes | None]) -> ArrayColumn:
    """Return a `bytea[]`; None is null."""
    return _Bytes(_varying(_BYTEA, values))


def int4s(values: Sequence[int]) -> ArrayColumn:
    """Return an `int[]`; raises struct.error beyond 32 bits."""
    return _Int4s(_fixed(_INT4, values, width=4, code="i"))


def int8s(values: Sequence[int]) -> ArrayColumn:
    """Return a `bigint[]`; raises struct.error beyond 64 bits."""
    return _Int8s(_fixed(_INT8, values, width=8, code="q"))


def moments(values: Sequence[datetime]) -> ArrayColumn:
    """Return a `timestamptz[]` of moments with an offset."""
    return _Moments(_fixed(_TIMESTAMPTZ, [(at - _EPOCH) // _MICROSECOND for at in values], width=8, code="q"))


def _varying(oid: int, values: Sequence[bytes | None]) -> bytes:
    parts = [_head(oid, len(values), nulls=None in values)]
    for value in values:
        if value is None:
            parts.append(_NULL)
        else:
            length = len(value)
            parts.append(_LENGTHS[length] if length < 1024 else _LENGTH.pack(length))
            parts.append(value)
    return b"".join(parts)


def _packed(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value


def _fixed(oid: int, values: Sequence[int], *, width: int, code: str) -> bytes:
    flat = [part for value in values for part in (width, value)]
    return _head(oid, len(values), nulls=False) + struct.pack(f">{f'i{code}' * len(values)}", *flat)


def _head(oid: int, count: int, *, nulls: bool) -> bytes:
    return _HEAD.pack(1, nulls, oid, count, 1) if count else _EMPTY.pack(0, 0, oid)


def _dumper(column: type[ArrayColumn], element: int) -> None:
    class ColumnDumper(Dumper):
        format = Format.BINARY
        oid = _ARRAY_OF[element]

        def dump(self, obj: ArrayColumn) -> bytes:
            return obj.data

    psycopg.adapters.register_dumper(column, ColumnDumper)


for _column, _element in (
    (_Texts, _TEXT),
    (_Bytes, _BYTEA),
    (_Int4s, _INT4),
    (_Int8s, _INT8),
    (_Moments, _TIMESTAMPTZ),
):
    _dumper(_column, _element)
