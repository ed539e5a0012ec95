"""Pictures, read from their first byte to the last that belongs to them."""

import re
import struct
import zlib

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
_MOST_DIRECTORIES = 10_000


class Unreadable(Exception):
    """The bytes are no such picture, or not all of it."""


def png_end(content: bytes) -> int:
    """Return where a PNG ends, behind its IEND; raises Unreadable where a chunk is cut or its check sum wrong."""
    at, seen = len(PNG), b""
    while seen != b"IEND":
        if at + 12 > len(content):
            raise Unreadable
        length, kind = _PNG_CHUNK.unpack_from(content, at)
        body = content[at + 4 : at + 8 + length]
        if (not seen) != (kind == b"IHDR") or zlib.crc32(body).to_bytes(4, "big") != content[at + 8 + length :][:4]:
            raise Unreadable
        at, seen = at + 12 + length, kind
    return at


def jpeg_end(content: bytes) -> int:
    """Return where a JPEG ends, behind its EOI; raises Unreadable where a segment is cut or no scan is in it."""
    at, scanned = 2, False
    try:
        while True:
            if content[at] != 0xFF:
                raise Unreadable
            while content[at] == 0xFF:
                at += 1
            marker, at = content[at], at + 1
            if marker == _END and scanned:
                return at
            if marker in (_START, _END):
                raise Unreadable
            if marker in _ALONE:
                continue
            at += max(2, int.from_bytes(content[at : at + 2], "big"))
            if marker == _SCAN:
                found = _NEXT_MARKER.search(content, at)
                if found is None:
                    raise Unreadable
                at, scanned = found.start(), True
    except IndexError:
        raise Unreadable from None


def tiff_end(content: bytes) -> int:
    """Return where a TIFF ends: behind the last byte that one of its directories points to; raises Unreadable."""
    order = "<" if content.startswith(TIFF[0]) else ">"
    try:
        return _tiff_end(content, order)
    except struct.error:
        raise Unreadable from None


def _tiff_end(content: bytes, order: str) -> int:
    waiting, seen, end = list(struct.unpack_from(order + "I", content, 4)), set[int](), 8
    while waiting:
        directory = waiting.pop()
        if directory in seen or len(seen) > _MOST_DIRECTORIES:
            raise Unreadable
        seen.add(directory)
        fields, following, behind = _directory(content, order, directory)
        waiting += [following] if following else []
        for tag in _TIFF_DIRECTORIES:
            waiting += fields.get(tag, ())
        for offsets, lengths in _TIFF_DATA.items():
            pairs = zip(fields.get(offsets, ()), fields.get(lengths, ()), strict=False)
            behind = max([behind, *(offset + length for offset, length in pairs)])
        end = max(end, behind)
    if end > len(content) or not seen:
        raise Unreadable
    return end


def _directory(content: bytes, order: str, at: int) -> tuple[dict[int, tuple[int, ...]], int, int]:
    """Return a directory's whole-number fields, where the next directory is, and where it and its values end."""
    (count,) = struct.unpack_from(order + "H", content, at)
    fields, end = {}, at + 2 + 12 * count + 4
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, values, offset = struct.unpack_from(order + "HHII", content, entry)
        size = _TIFF_SIZES.get(kind, 1) * values
        place = offset if size > 4 else entry + 8
        end = max(end, place + size)
        if kind in (3, 4, 13):
            fields[tag] = struct.unpack_from(f"{order}{values}{'H' if kind == 3 else 'I'}", content, place)
    (following,) = struct.unpack_from(order + "I", content, at + 2 + 12 * count)
    return fields, following, end
