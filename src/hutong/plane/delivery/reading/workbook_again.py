"""A workbook of one sheet, made of parts that were looked through, for the reader of values."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from hutong.plane.delivery.reading import workbook_plain
from hutong.plane.delivery.reading.workbook_guard import Archive

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def _relationships(**targets: str) -> str:
    related = "".join(
        f'<Relationship Id="{kind}" Type="{_RELATED}/{kind}" Target="{target}"/>' for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>'


_SMALL = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
    "_rels/.rels": _relationships(officeDocument="xl/workbook.xml"),
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets><sheet name="1" sheetId="1" '
    'r:id="worksheet"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": _relationships(worksheet="worksheets/sheet1.xml", sharedStrings="sharedStrings.xml"),
}
"""There are no styles in it: numbers are read as numbers."""


def one_sheet(archive: Archive, sheet: str, strings: str | None) -> io.BytesIO:
    """Return the workbook; the parts stand in it as they are packed in the archive."""
    parts = {_SHEET: archive.packed(sheet)}
    if strings is not None:
        parts[_STRINGS] = archive.packed(strings)
    return _made(parts)


def plain_sheet(archive: Archive, sheet: str, strings: str | None, *, number: int) -> io.BytesIO:
    """Return the workbook with its parts written again, which has a `number` of shared strings.

    Raises WorkbookBroken where a cell names a string that is not there.
    """
    looks: dict[str, tuple[str, workbook_plain.PlainSheet | workbook_plain.PlainStrings]]
    looks = {_SHEET: (sheet, workbook_plain.PlainSheet(number))}
    if strings is not None:
        looks[_STRINGS] = (strings, workbook_plain.PlainStrings())
    parts = {}
    for name, (part, look) in looks.items():
        archive.look(part, look)
        look.made.close()
        info = zipfile.ZipInfo(name)
        info.compress_type, info.CRC, info.file_size = zipfile.ZIP_DEFLATED, look.made.crc, look.made.size
        parts[name] = (info, bytes(look.made.packed))
    return _made(parts)


def _made(parts: Mapping[str, tuple[zipfile.ZipInfo, bytes]]) -> io.BytesIO:
    made = _Zip()
    for name, text in _SMALL.items():
        made.add(name, text.encode())
    for name, (info, packed) in parts.items():
        made.copy(name, info, packed)
    return made.done()


class _Zip:
    """An archive that takes parts as they are packed, which `zipfile` cannot."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        self._listed: list[bytes] = []

    def add(self, name: str, content: bytes) -> None:
        """Add a part as it is."""
        info = zipfile.ZipInfo(name)
        info.CRC, info.file_size, info.compress_size = zlib.crc32(content), len(content), len(content)
        self.copy(name, info, content)

    def copy(self, name: str, part: zipfile.ZipInfo, packed: bytes) -> None:
        """Add a part that is packed as `part` says."""
        told = name.encode()
        facts = struct.pack(
            "<5H3L2H", 20, 0, part.compress_type, 0, 33, part.CRC, len(packed), part.file_size, len(told), 0
        )
        beside = struct.pack("<3H2L", 0, 0, 0, 0, self._bytes.tell())
        self._listed.append(b"PK\1\2" + struct.pack("<H", 20) + facts + beside + told)
        self._bytes.write(b"PK\3\4" + facts + told)
        self._bytes.write(packed)

    def done(self) -> io.BytesIO:
        """Return the archive, to be read from its beginning."""
        at, listed = self._bytes.tell(), b"".join(self._listed)
        number = len(self._listed)
        self._bytes.write(listed + b"PK\5\6" + struct.pack("<4H2LH", 0, 0, number, number, len(listed), at, 0))
        self._bytes.seek(0)
        return self._bytes
