"""How large Parquet and Arrow files become, told by the headers of their pages and batches before any is unpacked.

A few kilobytes can unpack to as many gigabytes: pages and batches that compress well, one long value repeated by a
dictionary. The footer may lie about sizes; what the reader makes room for is what the header of each page (Parquet)
and the first eight bytes of each compressed buffer (Arrow) say, and these are read here.
"""

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

from hutong.core.errors import Malformed, TooLarge

LARGEST_PIECE = 256 << 20
"""Bytes that may be unpacked at a time: an Arrow batch, or the largest page and dictionary of every Parquet column."""

BATCH_BYTES = 64 << 20
"""Bytes of Parquet pages read at a time."""

LARGEST_RATIO = 250
ALWAYS_FINE = 256 << 20
"""A file may become so large, however small it was; beyond, at most `LARGEST_RATIO` times its size."""

_DATA, _DICTIONARY, _DATA_2 = 0, 2, 3
_DELTA_BYTE_ARRAY = 7
_STRUCT = 12


class FileSuspicious(TooLarge):
    """{file} unpacks to {size} bytes and more, {ratio} times its size; that is not accepted."""


class PieceTooLarge(TooLarge):
    """{file} has to be unpacked {size} bytes at a time, more than {largest}; write it in smaller pages or batches."""


class EncodingUnmeasured(Malformed):
    """{file} uses the Parquet encoding {encoding}, of which no one can tell how large it becomes; use another."""


class HeaderBroken(Exception):
    """A header that cannot be read; the file is broken."""


@dataclass(slots=True)
class Measure:
    """Counts what a file has become so far; raises FileSuspicious where that is beyond measure."""

    path: Path
    size: int = 0

    def add(self, size: int) -> None:
        """Count `size` bytes more."""
        self.size += size
        packed = max(self.path.stat().st_size, 1)
        if self.size > ALWAYS_FINE and self.size > LARGEST_RATIO * packed:
            raise FileSuspicious(file=self.path.name, size=self.size, ratio=self.size // packed)


@dataclass(frozen=True, slots=True)
class _Page:
    kind: int
    unpacked: int
    packed: int
    values: int
    encoding: int
    start: int
    """Where the page itself begins."""


def parquet_rows(path: Path, metadata: parquet.FileMetaData, *, most: int) -> int:
    """Return how many rows of `path` may be read at a time, at most `most`; raises what makes it too large.

    Raises FileSuspicious, PieceTooLarge, EncodingUnmeasured or HeaderBroken.
    """
    measure, rows = Measure(path), most
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for group in range(metadata.num_row_groups):
            at_once, a_row = 0, 1.0
            for place in range(metadata.num_columns):
                column = metadata.row_group(group).column(place)
                largest = dictionary = 0
                for page in _pages(path, data, column):
                    measure.add(page.unpacked)
                    if page.kind == _DICTIONARY:
                        dictionary = max(dictionary, page.unpacked)
                        _small_enough(path, dictionary)
                        value = float(_longest(path, data, column, page))
                    else:
                        largest = max(largest, page.unpacked)
                        value = page.unpacked / max(page.values, 1)
                    a_row = max(a_row, value * metadata.num_columns)
                at_once += largest + dictionary
            _small_enough(path, at_once)
            rows = min(rows, max(1, int(BATCH_BYTES / a_row)))
    return rows


def arrow_batches(path: Path) -> None:
    """Look at every compressed batch of an Arrow file; raises FileSuspicious, PieceTooLarge or HeaderBroken."""
    measure = Measure(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            for size in _batches(data):
                measure.add(size)
                _small_enough(path, size)
        except (struct.error, IndexError, OverflowError):
            raise HeaderBroken from None


def _small_enough(path: Path, size: int) -> None:
    if size > LARGEST_PIECE:
        raise PieceTooLarge(file=path.name, size=size, largest=LARGEST_PIECE)


def _pages(path: Path, data: mmap.mmap, column: parquet.ColumnChunkMetaData) -> Iterator[_Page]:
    at = column.data_page_offset
    if column.has_dictionary_page and column.dictionary_page_offset is not None:
        at = min(at, column.dictionary_page_offset)
    until = at + column.total_compressed_size
    seen = 0
    while at < until and seen < column.num_values:
        page = _page(data, at)
        if page.kind in (_DATA, _DATA_2) and page.encoding == _DELTA_BYTE_ARRAY:
            raise EncodingUnmeasured(file=path.name, encoding="DELTA_BYTE_ARRAY")
        yield page
        seen += page.values if page.kind != _DICTIONARY else 0
        at = page.start + page.packed


def _longest(path: Path, data: mmap.mmap, column: parquet.ColumnChunkMetaData, page: _Page) -> int:
    """Return the length of the longest value of a dictionary: every row may be that one."""
    if column.physical_type != "BYTE_ARRAY":
        return 16
    content: bytes | memoryview = data[page.start : page.start + page.packed]
    if column.compression != "UNCOMPRESSED":
        try:
            content = memoryview(pa.decompress(content, page.unpacked, codec=column.compression.lower()))
        except (pa.ArrowException, ValueError, OSError):
            raise HeaderBroken from None
    longest = at = 0
    try:
        while at < len(content):
            (length,) = struct.unpack_from("<I", content, at)
            longest = max(longest, length)
            at += 4 + length
    except struct.error:
        raise HeaderBroken from None
    return longest


def _page(data: mmap.mmap, at: int) -> _Page:
    """Return the page header at `at`."""
    found, at = _read_struct(data, at)
    kind, unpacked, packed = (found.get(place, 0) for place in (1, 2, 3))
    header = found.get({_DATA: 5, _DICTIONARY: 7, _DATA_2: 8}.get(kind, 0), {}) if isinstance(kind, int) else {}
    if not (isinstance(unpacked, int) and isinstance(packed, int) and isinstance(header, dict)):
        raise HeaderBroken
    values, encoding = header.get(1, 0), header.get(4 if kind == _DATA_2 else 2, 0)
    if min(kind, unpacked, packed, values, encoding) < 0:
        raise HeaderBroken
    return _Page(kind, unpacked, packed, values, encoding, at)


# Thrift's compact protocol, as far as page headers need it: whole numbers and structures are kept, all else skipped.


def _read_struct(data: mmap.mmap, at: int, depth: int = 0) -> tuple[dict, int]:  # type: ignore[type-arg]
    found: dict[int, object] = {}
    place = 0
    if depth > 8:
        raise HeaderBroken
    while True:
        head, at = _byte(data, at)
        kind, delta = head & 0x0F, head >> 4
        if kind == 0:
            return found, at
        if delta:
            place += delta
        else:
            place, at = _integer(data, at)
        if kind == _STRUCT:
            found[place], at = _read_struct(data, at, depth + 1)
        elif kind in (4, 5, 6):
            found[place], at = _integer(data, at)
        elif kind in (1, 2):
            pass
        elif kind == 3:
            at += 1
        elif kind == 7:
            at += 8
        elif kind == 8:
            length, at = _varint(data, at)
            at += length
        else:
            raise HeaderBroken  # a page header has no lists, sets or maps


def _integer(data: mmap.mmap, at: int) -> tuple[int, int]:
    value, at = _varint(data, at)
    return (value >> 1) ^ -(value & 1), at


def _varint(data: mmap.mmap, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte, at = _byte(data, at)
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise HeaderBroken


def _byte(data: mmap.mmap, at: int) -> tuple[int, int]:
    if not 0 <= at < len(data):
        raise HeaderBroken
    return data[at], at + 1


# Flatbuffers, as far as an Arrow file's footer and messages need them.


def _batches(data: mmap.mmap) -> Iterator[int]:
    """Yield what each batch and dictionary becomes: nothing where it is not compressed and only mapped."""
    (length,) = struct.unpack_from("<i", data, len(data) - 10)
    footer = _root(data, len(data) - 10 - length)
    for place in (2, 3):  # dictionaries, record batches
        start, count = _vector(data, footer, place)
        for number in range(count):
            offset, head, _, _ = struct.unpack_from("<qiiq", data, start + 24 * number)
            yield _unpacked(data, offset, head)


def _unpacked(data: mmap.mmap, offset: int, head: int) -> int:
    message = _root(data, offset + 8)  # after the mark of continuation and the length
    body = offset + head
    (kind,) = struct.unpack_from("<B", data, _field(data, message, 1) or 0)
    batch = _table(data, message, 2)
    if kind == 2:  # a dictionary's own record batch
        batch = _table(data, batch, 1)
    if not _field(data, batch, 3):
        return 0
    start, count = _vector(data, batch, 2)
    total = 0
    for number in range(count):
        at, length = struct.unpack_from("<qq", data, start + 16 * number)
        if length >= 8:
            (size,) = struct.unpack_from("<q", data, body + at)
            total += length if size < 0 else size
    return total


def _root(data: mmap.mmap, at: int) -> int:
    (offset,) = struct.unpack_from("<I", data, at)
    return at + int(offset)


def _field(data: mmap.mmap, table: int, place: int) -> int:
    """Return where the field of a table is, 0 where it is not there."""
    (back,) = struct.unpack_from("<i", data, table)
    (size,) = struct.unpack_from("<H", data, table - back)
    if 4 + 2 * place >= size:
        return 0
    (offset,) = struct.unpack_from("<H", data, table - back + 4 + 2 * place)
    return table + int(offset) if offset else 0


def _table(data: mmap.mmap, table: int, place: int) -> int:
    at = _field(data, table, place)
    if not at:
        raise HeaderBroken
    return _root(data, at)


def _vector(data: mmap.mmap, table: int, place: int) -> tuple[int, int]:
    """Return where the elements of a vector begin, and how many they are."""
    at = _field(data, table, place)
    if not at:
        return 0, 0
    start = _root(data, at)
    (count,) = struct.unpack_from("<I", data, start)
    return start + 4, int(count)
