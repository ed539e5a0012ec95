"""The format of a file, recognised by its content and never by its name."""

import codecs
import mmap
import zipfile
from pathlib import Path

from hutong.core.errors import Malformed

READ = ("csv", "xlsx", "parquet", "arrow")

_FIRST = ((b"PAR1", "parquet"), (b"ARROW1", "arrow"), (b"PK\x03\x04", "xlsx"), (b"PK\x05\x06", "xlsx"))
_COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1")
"""Begins what Office wrote before 2007, and the envelope of a workbook with a password."""
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_LOOKED_AT = 1 << 16


class FormatUnknown(Malformed):
    """{format} is no format Hutong reads; there are csv, xlsx, parquet and arrow."""


class FormatDiffers(Malformed):
    """{file} is sent as {said}, but it is {found}."""


class WorkbookOld(Malformed):
    """{file} is in the format of Office before 2007 (.xls), which is not read."""


class WorkbookLocked(Malformed):
    """The workbook {file} is locked with a password."""


class FileUnrecognised(Malformed):
    """{file} is neither text nor a whole file of a format that is read; it may be damaged."""


def of(path: Path, *, said: str | None = None) -> str:
    """Return the format of `path`, which its sender may have `said`; raises one of the failures above.

    What nothing speaks against is csv; `refuse_binary` is for where it turns out not to be text.
    """
    if said not in (None, *READ):
        raise FormatUnknown(format=said)
    with path.open("rb") as file:
        start = file.read(8)
    if start == _COMPOUND:
        raise (WorkbookLocked if _contains(path, _LOCKED) else WorkbookOld)(file=path.name)
    found = next((format for magic, format in _FIRST if start.startswith(magic)), None)
    if found is None and zipfile.is_zipfile(path):
        found = "xlsx"  # its beginning is damaged
    if said and found not in (None, said):
        raise FormatDiffers(file=path.name, said=said, found=found)
    return said or found or "csv"


def refuse_binary(path: Path) -> None:
    """Refuse what is no text in any encoding; raises FileUnrecognised."""
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT)
    if b"\0" in start and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileUnrecognised(file=path.name)


def _contains(path: Path, wanted: bytes) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(wanted) >= 0
