"""Pictures, read from their first byte to the last that belongs to them."""

import re
import struct
import zlib
from dataclasses import dataclass

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
TIFF = (b"II*\x00", b"MM\x00*")
_PNG_CHUNK = struct.Struct(">I4s")
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_ALONE = frozenset([0x01, *range(0xD0, 0xD8)])
"""Markers of JPEG that have no length."""
_TIFF_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Type of a TIFF field → bytes of one value (TIFF 6.0, section 2)."""
_TIFF_DATA = {273: 279, 324: 325, 513: 514}
"""Field with offsets of strips, tiles or a thumbnail → field with their lengths."""
_TIFF_DIRECTORIES = (330, 34665, 34853, 40965)
_TIFF_READ = {*_TIFF_DATA, *_TIFF_DATA.values(), *_TIFF_DIRECTORIES}
_MOST_PARTS = 100_000
"""Chunks of a PNG, segments of a JPEG: a picture within the bounds of an attachment has a few thousand."""
_MOST_VALUES = 1_000_000
"""Fields and values of a TIFF that are read: directories may lie one over the other."""


class PictureUnreadable(Exception):
    """The bytes are no such picture, or not all of it."""


def png_end(content: bytes) -> int:
    """Return where a PNG ends, behind its IEND; raises PictureUnreadable for a cut chunk or a wrong check sum."""
    at, seen = len(PNG), b""
    for _ in range(_MOST_PARTS):
        if at + 12 > len(content):
            raise PictureUnreadable
        length, kind = _PNG_CHUNK.unpack_from(content, at)
        end = at + 8 + int(length)
        checked = zlib.crc32(content[at + 4 : end]).to_bytes(4, "big") == content[end : end + 4]
        if (not seen) != (kind == b"IHDR") or not checked:
            raise PictureUnreadable
        at, seen = end + 4, kind
        if seen == b"IEND":
            return at
    raise PictureUnreadable


def jpeg_end(content: bytes) -> int:
    """Return where a JPEG ends, behind its EOI; raises PictureUnreadable where a segment is cut or no scan is in it."""
    at, scanned = 2, False
    try:
        for _ in range(_MOST_PARTS):
            if content[at] != 0xFF:
                raise PictureUnreadable
            while content[at] == 0xFF:
                at += 1
            marker, at = content[at], at + 1
            if marker == _END and scanned:
                return at
            if marker in (_START, _END):
                raise PictureUnreadable
            if marker in _ALONE:
                continue
            at += max(2, int.from_bytes(content[at : at + 2], "big"))
            if marker == _SCAN:
                found = _NEXT_MARKER.search(content, at)
                if found is None:
                    raise PictureUnreadable
                at, scanned = found.start(), True
    except IndexError:
        raise PictureUnreadable from None
    raise PictureUnreadable


def tiff_end(content: bytes) -> int:
    """Return where a TIFF ends: behind the last byte that a directory of it points to; raises PictureUnreadable."""
    order = "<" if content.startswith(TIFF[0]) else ">"
    try:
        return _tiff_end(content, order)
    except struct.error:
        raise PictureUnreadable from None


def _tiff_end(content: bytes, order: str) -> int:
    waiting, seen, end, left = list(struct.unpack_from(order + "I", content, 4)), set[int](), 8, _MOST_VALUES
    while waiting:
        at = waiting.pop()
        if at in seen:
            raise PictureUnreadable
        seen.add(at)
        directory = _directory(content, order, at, most=left)
        left -= directory.read
        for tag in _TIFF_DIRECTORIES:
            waiting += directory.fields.get(tag, ())
        waiting += [directory.following] if directory.following else []
        end = max(end, directory.end)
    if end > len(content):
        raise PictureUnreadable
    return end


@dataclass(frozen=True, slots=True)
class _Directory:
    """Fields of a TIFF that say where something lies, where the next directory is, and where what it names ends."""

    fields: dict[int, tuple[int, ...]]
    following: int
    end: int
    read: int


def _directory(content: bytes, order: str, at: int, *, most: int) -> _Directory:
    (count,) = struct.unpack_from(order + "H", content, at)
    behind = at + 2 + 12 * count
    fields, end, read = dict[int, tuple[int, ...]](), behind + 4, count
    for entry in range(at + 2, behind, 12):
        tag, kind, values, offset = struct.unpack_from(order + "HHII", content, entry)
        size = _TIFF_SIZES.get(kind, 1) * values
        place = offset if size > 4 else entry + 8
        end = max(end, place + size)
        if tag in _TIFF_READ and kind in (3, 4, 13):
            read += values
            if read > most:
                raise PictureUnreadable
            fields[tag] = struct.unpack_from(f"{order}{values}{'H' if kind == 3 else 'I'}", content, place)
    if read > most:
        raise PictureUnreadable
    for offsets, lengths in _TIFF_DATA.items():
        for start, length in zip(fields.get(offsets, ()), fields.get(lengths, ()), strict=False):
            end = max(end, start + length)
    (following,) = struct.unpack_from(order + "I", content, behind)
    return _Directory(fields, following, end, read)
