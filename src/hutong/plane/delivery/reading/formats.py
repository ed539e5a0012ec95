"""The format of a file, recognised by its content and never by its name."""

import codecs
import mmap
import re
import zipfile
from pathlib import Path

from hutong.core.errors import Malformed
from hutong.core.labels import both

READ = ("csv", "xlsx", "parquet", "arrow")

_FIRST = ((b"PAR1", "parquet"), (b"ARROW1", "arrow"), (b"PK\x03\x04", "xlsx"), (b"PK\x05\x06", "xlsx"))
_COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1")
"""Begins what Office wrote before 2007, and the envelope of a workbook with a password."""
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_DOCUMENT = "WordDocument".encode("utf-16-le")
LOOKED_AT = 1 << 16
"""Bytes at the beginning of a file from which it is judged."""

_OTHER: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF87a", "picture"),
    (b"GIF89a", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"\x1f\x8b\x08", "archive"),
    (b"\xfd7zXZ\0", "archive"),
    (b"BZh", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"SQLite format 3\0", "database"),
    (b"\0\x01\0\0Standard Jet DB", "database"),
    (b"\0\x01\0\0Standard ACE DB", "database"),
    (b"PGDMP\x01", "database"),
    (b"TAPE\0\0", "database"),
    (b"$FL2", "statistics"),
    (b"$FL3", "statistics"),
    (b"<stata_dta>", "statistics"),
    (b"HEADER RECORD*******L", "statistics"),
    (bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf", "statistics"),
    (b"Obj\x01", "columnar"),
    (b"ORC\x08", "columnar"),
    (b"FEA1\0\0\0\0", "columnar"),
)
"""How files begin that are no table, and what they are."""
_OTHER_PATTERNS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"[\x02-\x05\x30-\x32\x43\x63\x83\x8b\x8e\xcb\xf5\xfb]"
                rb".[\x01-\x0c][\x01-\x1f].{5}[\x00-\x7f].{2}\0\0", re.S), "dbase"),
    (re.compile(rb"[\x71-\x73][\x01\x02]\x01\0", re.S), "statistics"),
    (re.compile(rb"\x03\0.(EXPORT|TEXPORT):V", re.S), "database"),
    (re.compile(rb"RIFF.{4}WEBP|\0\0\0.ftyp|BM.{4}\0{4}", re.S), "picture"),
    (re.compile(rb".{257}ustar", re.S), "archive"),
)  # fmt: skip
_OLD = re.compile(rb"\x09\x00\x04\x00|\x09[\x02\x04]\x06\x00|\x09\x08[\x08\x10]\x00", re.S)
"""Begins a workbook of Excel 2 to 5 that stands in no envelope."""
_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(<\?xml.*)?(<\?mso-application[^>]*>|<Workbook\b|.{0,500}urn:schemas-microsoft-com:office:spreadsheet)",
                re.I | re.S), "xml_workbook"),
    (re.compile(r"(<!--.*?-->\s*|<\?xml.*?\?>\s*)*<(!doctype\s+html|html|head|meta|body|table|div|style|script|center|font)\b",
                re.I | re.S), "html"),
    (re.compile(r"(?:<!--.*?-->\s*)*(<\?xml|<!doctype|<[a-z_][\w.:-]*(\s[^<>]*)?/?>)", re.I | re.S), "xml"),
    (re.compile(r"([A-Za-z-]+:[^\n]*\n([ \t][^\n]*\n)*)*MIME-Version:", re.I), "mhtml"),
    (re.compile(r"ID;P[^\n]*\n[A-Z];|TABLE\s*\n0,1\s*\n", re.I), "exchange"),
    (re.compile(r"(?:--[^\n]*\n\s*|/\*.*?\*/;?\s*)*(?:insert\s+into\s|create\s+(?:table|database)\s|drop\s+table\s"
                r"|set\s+(?:names|foreign_key_checks|identity_insert)\b|use\s+[`\[]?\w+[`\]]?\s*(?:;|\ngo\b))",
                re.I | re.S), "sql"),
    (re.compile(r"""\{\s*("[^"]*"\s*:|\})|\[\s*(\{\s*"|\[\s*["\d[]|\])""", re.S), "json"),
)  # fmt: skip
"""How texts begin that are no table."""
_PACKED = {
    "word/document.xml": "document",
    "ppt/presentation.xml": "document",
    "OFD.xml": "document",
    "content.xml": "open_document",
    "Index/Document.iwa": "open_document",
}
"""A part of a ZIP archive → what it is then."""


class FormatUnknown(Malformed):
    """{format} is no format Hutong reads; there are csv, xlsx, parquet and arrow."""


class FormatDiffers(Malformed):
    """{file} is sent as {said}, but it is {found}."""


class WorkbookOld(Malformed):
    """{file} is in the format of Office before 2007 (.xls), which is not read."""


class WorkbookLocked(Malformed):
    """The workbook {file} is locked with a password."""


class FileIsOther(Malformed):
    """{file} is {kind}; that is no table which is read."""


class WorkbookIsText(Malformed):
    """{file} is called a workbook, but it is text, and no row of its beginning names any column that is wanted."""


class FileUnrecognised(Malformed):
    """{file} is neither text nor a whole file of a format that is read; it may be damaged."""


def of(path: Path, *, said: str | None = None) -> str:
    """Return the format of `path`, which its sender may have `said`; raises one of the failures above.

    Raises FileIsOther for what is plainly no table. What nothing speaks against is csv; `refuse_binary` is for where it
    turns out not to be text.
    """
    if said not in (None, *READ):
        raise FormatUnknown(format=said)
    with path.open("rb") as file:
        start = file.read(8)
    if _OLD.match(start):
        raise WorkbookOld(file=path.name)
    if start == _COMPOUND:
        if _contains(path, _DOCUMENT):
            raise other(path, "document")
        raise (WorkbookLocked if _contains(path, _LOCKED) else WorkbookOld)(file=path.name)
    found = next((format for magic, format in _FIRST if start.startswith(magic)), None)
    if found is None and zipfile.is_zipfile(path):
        found = "xlsx"  # its beginning is damaged
    if found in (None, "xlsx"):
        _refuse_other(path, packed=found == "xlsx")
    if said and found not in (None, said):
        raise FormatDiffers(file=path.name, said=said, found=found)
    return said or found or "csv"


def other(path: Path, kind: str) -> FileIsOther:
    """Return the refusal of a file that is of a known kind and no table."""
    return FileIsOther(file=path.name, kind=both(f"kinds_of_files.{kind}"))


def refuse_unmarked(path: Path, start: bytes) -> None:
    """Refuse UTF-16 without a mark and UTF-32, told by where the zeros of their `start` are; raises FileIsOther."""
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) or _is_utf32(start):
        raise other(path, "utf32")
    zeros = [start[parity::2].count(0) for parity in (0, 1)]
    if max(zeros) > len(start) // 16 and min(zeros) <= max(zeros) // 8:
        codec = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        text = start[: len(start) // 2 * 2].decode(codec, "replace")
        if all(character.isprintable() or character.isspace() for character in text):
            raise other(path, "utf16_unmarked")


def _is_utf32(start: bytes) -> bool:
    """Whether each character has four bytes, of which one is always zero and another nearly always."""
    size = len(start) // 4
    zeros = [start[place::4].count(0) for place in range(4)]
    outer, inner = (3, 2) if zeros[3] > zeros[0] else (0, 1)
    return min(zeros) < size <= zeros[outer] and 2 * zeros[inner] > size


def _refuse_other(path: Path, *, packed: bool) -> None:
    """Refuse what begins like something else than a table; raises FileIsOther."""
    if packed:
        try:
            with zipfile.ZipFile(path) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError):
            return  # what is wrong with it the workbook's reader tells
        kind = next((kind for part, kind in _PACKED.items() if part in names), None)
    else:
        with path.open("rb") as file:
            start = file.read(LOOKED_AT)
        kind = next((kind for magic, kind in _OTHER if start.startswith(magic)), None)
        kind = kind or next((kind for pattern, kind in _OTHER_PATTERNS if pattern.match(start)), None)
        kind = kind or next((kind for pattern, kind in _TEXTS if pattern.match(_plain(start))), None)
    if kind is not None:
        raise other(path, kind)


def _plain(start: bytes) -> str:
    """Return the beginning of a text, whatever its encoding, as far as ASCII tells."""
    marked = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = start.decode("utf-16" if marked else "utf-8", "replace")
    return text.lstrip("\ufeff \t\r\n")


def refuse_named_otherwise(path: Path) -> None:
    """Refuse text that goes by the name of a workbook, where no column was found in it; raises WorkbookIsText."""
    if path.suffix.lower() in _WORKBOOKS:
        raise WorkbookIsText(file=path.name)


_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlt", ".xltx", ".et", ".ett")
"""How the names of workbooks end."""


def refuse_binary(path: Path) -> None:
    """Refuse what is no text in any encoding; raises FileUnrecognised."""
    with path.open("rb") as file:
        start = file.read(LOOKED_AT)
    if b"\0" in start and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileUnrecognised(file=path.name)


def _contains(path: Path, wanted: bytes) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(wanted) >= 0
