"""Files made for tests: good ones of each kind, each by a few lines of our own."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
EXE = b"MZ\x90\x00" + bytes(56) + (128).to_bytes(4, "little") + bytes(64) + b"PE\0\0" + bytes(400)


def archive(members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as file:
        for name, body in members.items():
            file.writestr(name, body)
    return made.getvalue()


@dataclass(frozen=True)
class Member:
    """A member of an archive as its maker chose, so that a test can make one that lies."""

    name: bytes
    body: bytes
    packed: bytes | None = None
    local_name: bytes | None = None
    local_flags: int = 0
    local_method: int = 8
    crc: int | None = None
    before: bytes = b""


def raw_archive(members: list[Member], *, end: tuple[int, int, int] = (0, 0, 0)) -> bytes:
    """Return a zip archive to the letter of its makers; `end` is added to disk, first disk and entries here."""
    made, listed = b"", b""
    for member in members:
        deflate = zlib.compressobj(wbits=-15)
        packed = member.packed or deflate.compress(member.body) + deflate.flush()
        made += member.before
        crc = zlib.crc32(member.body) if member.crc is None else member.crc
        sizes = struct.pack("<3I", crc, len(packed), len(member.body))
        local = member.local_name or member.name
        listed += struct.pack("<4s6H", b"PK\x01\x02", 20, 20, 0, 8, 0, 0) + sizes
        listed += struct.pack("<5H2I", len(member.name), 0, 0, 0, 0, 0, len(made)) + member.name
        made += struct.pack("<4s5H", b"PK\x03\x04", 20, member.local_flags, member.local_method, 0, 0) + sizes
        made += struct.pack("<2H", len(local), 0) + local + packed
    disk, first, here = end
    count = len(members)
    last = struct.pack("<4s4H2IH", b"PK\x05\x06", disk, first, count + here, count, len(listed), len(made), 0)
    return made + listed + last


def docx(more: dict[str, bytes] | None = None, *, called: str = DOCX_TYPE) -> bytes:
    """Return a small DOCX, with `more` members in it."""
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{called}"/></Types>'
    return archive({"[Content_Types].xml": types.encode(), "word/document.xml": b"<w:document/>", **(more or {})})


def xlsx(more: dict[str, bytes] | None = None) -> bytes:
    """Return a small XLSX."""
    types = f'<Types><Override PartName="/xl/workbook.xml" ContentType="{XLSX_TYPE}"/></Types>'
    return archive({"[Content_Types].xml": types.encode(), "xl/workbook.xml": b"<workbook/>", **(more or {})})


def ofd() -> bytes:
    """Return a small OFD."""
    return archive({"OFD.xml": b"<ofd:OFD/>", "Doc_0/Document.xml": b"<ofd:Document/>"})


def pdf(stream: bytes = b"") -> bytes:
    """Return a small PDF with `stream` as it is in one of its objects."""
    body = b"%PDF-1.7\n1 0 obj\n<</Length " + str(len(stream)).encode() + b">>\nstream\n" + stream + b"\nendstream\n"
    return body + b"endobj\nxref\n0 1\ntrailer\n<<>>\nstartxref\n" + str(len(body)).encode() + b"\n%%EOF\n"


IHDR = (b"IHDR", struct.pack(">2I5B", 1, 1, 8, 0, 0, 0, 0))
IDAT, IEND = (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """Return a PNG of one dot, or of the chunks given."""
    made = [
        struct.pack(">I", len(body)) + name + body + zlib.crc32(name + body).to_bytes(4, "big")
        for name, body in chunks or (IHDR, IDAT, IEND)
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


def jpeg(comment: bytes = b"") -> bytes:
    """Return the frame of a JPEG with a comment in it."""
    said = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0" + said + scan + b"\xff\xd9"


STRIP = ((256, 1), (257, 1), (273, 8), (279, 2))
"""Fields of a TIFF: width and height, where the strip is and how long."""


def tiff(order: str = "<", *, fields: tuple[tuple[int, int], ...] = STRIP, following: int = 0) -> bytes:
    """Return a TIFF of one strip, little-endian or big-endian (">"), with a directory at 10."""
    values = [struct.pack(order + "HHII", tag, 4, 1, value) for tag, value in fields]
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 10) + b"\x80\x00"
    return head + struct.pack(order + "H", len(fields)) + b"".join(values) + struct.pack(order + "I", following)


GOOD = {
    "批复.pdf": pdf(),
    "公文.ofd": ofd(),
    "说明.docx": docx(),
    "清单.xlsx": xlsx(),
    "印章.jpg": jpeg(),
    "扫描.jpeg": jpeg(),
    "图.png": png(),
    "传真.tif": tiff(),
    "Fax.TIFF": tiff(">"),
    "备注.txt": "第一行\r\n第二行\t完".encode(),
    "旧系统.txt": "张三，浙江省".encode("gb18030"),
    "名单.csv": "\ufeff姓名,住址\n张三,新市镇\n".encode(),
}
"""Name → content of files that are taken."""
