"""Zstandard as backups are written in it: each file is whole frames with a checksum of their content."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from hutong.core.errors import Conflicting

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 1
"""Of 22. Rows of people's records come to the same size at 3, which takes two and a half times as long (0080)."""
PIECE = 1 << 20
"""Bytes that are read at once."""

_SET = zstd.CompressionParameter
_OPTIONS: dict[int, int] = {_SET.compression_level: LEVEL, _SET.checksum_flag: 1}


class Readable(Protocol):
    """What bytes are read from."""

    def read(self, size: int = -1, /) -> bytes | None:
        """Return the next bytes, at most so many."""


class FrameDamaged(Conflicting):
    """The file {file} cannot be decompressed: {reason}"""


class FrameCut(Conflicting):
    """The file {file} ends in the middle of what was compressed."""


def compressor(*, threads: int = 0) -> zstd.ZstdCompressor:
    """Return what compresses one frame, which carries the checksum of its content; `threads` of its own do, if any."""
    return zstd.ZstdCompressor(options={**_OPTIONS, _SET.nb_workers: threads})


def content(file: Readable, *, name: str | Path, most: int) -> Iterator[bytes]:
    """Yield the content of a file of whole frames, as it is read, in pieces of at most PIECE bytes.

    Each frame's checksum is held to it. Raises FrameDamaged where its content is not what was compressed or is longer
    than `most`, FrameCut where it is cut short or empty.
    """
    decompressor, left = zstd.ZstdDecompressor(), most
    try:
        while piece := file.read(PIECE):
            while piece or not (decompressor.eof or decompressor.needs_input):
                if decompressor.eof:
                    decompressor = zstd.ZstdDecompressor()
                content = decompressor.decompress(piece, PIECE)  # what is small may unpack to more than there is memory
                if len(content) > left:
                    raise FrameDamaged(file=str(name), reason=f"more than {most} bytes")
                left -= len(content)
                yield content
                piece = decompressor.unused_data if decompressor.eof else b""
    except zstd.ZstdError as fault:
        raise FrameDamaged(file=str(name), reason=str(fault)) from None
    if not decompressor.eof:
        raise FrameCut(file=str(name))
