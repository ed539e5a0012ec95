"""Files of their own in a member of a document: an archive or a PDF, which nobody who reads the document sees."""

from hutong.control.procedures.kinds import pages

HEADS = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b", b"\x1f\x9d", b"BZh"),
    *(b"\xfd7zXZ\0", b"MSCF\0\0\0\0", b"\x28\xb5\x2f\xfd", b"LZIP", b"!<arch>\n", b"ITSF", b"{\\rtf"),
)
"""How archives begin, packed files, packages and documents of other programs."""
INSIDE = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")
"""What marks an archive wherever it stands: its reader looks for it behind whatever comes before."""
_DIRECTORY, _DIRECTORY_END = b"PK\x01\x02", b"PK\x05\x06"
_TAR, _TAR_AT = b"ustar", 257
_PDF_WITHIN = 1024
"""In so many first bytes a reader of PDF looks for its beginning."""
PACKED_PICTURES = ("emz", "wmz", "svgz")
"""Endings of drawings that office programs keep packed, each by itself."""
_LONGEST = max(map(len, (*INSIDE, _DIRECTORY, _DIRECTORY_END)))


class FileSearch:
    """Looks for a file of its own in a member that is read piece by piece."""

    def __init__(self, name: str) -> None:
        self._packed_picture = name.lower().endswith(tuple(f".{each}" for each in PACKED_PICTURES))
        self._begin = b""
        self._tail = b""
        self._marks: set[bytes] = set()

    def feed(self, piece: bytes) -> None:
        """Read on."""
        if len(self._begin) < _PDF_WITHIN:
            self._begin += piece[: _PDF_WITHIN - len(self._begin)]
        seen = self._tail + piece
        self._marks.update(mark for mark in (*INSIDE, _DIRECTORY, _DIRECTORY_END) if mark in seen)
        self._tail = seen[1 - _LONGEST :]

    @property
    def found(self) -> bool:
        """Whether what was read is, or carries, an archive or a PDF."""
        begin = self._begin
        if self._packed_picture and begin.startswith(b"\x1f\x8b"):
            return False
        other = begin.startswith(HEADS) or begin[_TAR_AT:].startswith(_TAR) or pages.PDF in begin
        return other or not self._marks.isdisjoint(INSIDE) or {_DIRECTORY, _DIRECTORY_END} <= self._marks
