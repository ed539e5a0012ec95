"""The kinds of files that are taken, and the one question about a file: what is it, and is it that alone?"""

from collections.abc import Callable
from dataclasses import dataclass

import puremagic

from hutong.control.procedures.kinds import containers, faults, names, pages, pictures


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: its code, its media type, and the endings its files may have."""

    code: str
    media_type: str
    endings: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS: dict[str, FileKind] = {
    kind.code: kind
    for kind in (
        FileKind("pdf", "application/pdf", ("pdf",)),
        FileKind("ofd", "application/ofd", ("ofd",)),
        FileKind("docx", _OFFICE + "wordprocessingml.document", ("docx",)),
        FileKind("xlsx", _OFFICE + "spreadsheetml.sheet", ("xlsx",)),
        FileKind("jpg", "image/jpeg", ("jpg", "jpeg")),
        FileKind("png", "image/png", ("png",)),
        FileKind("tif", "image/tiff", ("tif", "tiff")),
        FileKind("txt", "text/plain", ("txt",)),
        FileKind("csv", "text/csv", ("csv",)),
    )
}
"""Code → kind. Web pages, drawings with scripts, old office files and archives are not among them."""
_BY_ENDING = {ending: kind for kind in KINDS.values() for ending in kind.endings}
_OTHER_ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")
_PICTURES: dict[str, tuple[tuple[bytes, ...], Callable[[bytes], int]]] = {
    "png": ((pictures.PNG,), pictures.png_end),
    "jpg": ((pictures.JPEG,), pictures.jpeg_end),
    "tif": (pictures.TIFF, pictures.tiff_end),
}
_TIFF_PADDING = 3


def named(name: str) -> FileKind:
    """Return the kind that a file's name says; raises AttachmentKindRefused and what `names.ending` does."""
    kind = _BY_ENDING.get(names.ending(name))
    if kind is None:
        raise faults.AttachmentKindRefused(name=name, kinds=", ".join(_BY_ENDING))
    return kind


def check(content: bytes, *, name: str) -> FileKind:
    """Return the kind of a file whose content is what its name says, and nothing else besides.

    Raises what `named` does; AttachmentNotItsKind, AttachmentBroken, AttachmentPolyglot, and what
    `containers.check` does.
    """
    kind = named(name)
    if kind.code in containers.PARTS:
        if not content.startswith(containers.BEGIN):
            raise faults.AttachmentNotItsKind(name=name, found=looks_like(content))
        containers.check(content, kind=kind.code, name=name)
    elif kind.code in _PICTURES:
        _check_picture(content, kind=kind, name=name)
    elif kind.code == "pdf":
        _check_pdf(content, name=name)
    elif content.startswith(pages.PDF) or not pages.is_text(content):
        raise faults.AttachmentNotItsKind(name=name, found=looks_like(content))
    if kind.code not in containers.PARTS and _carries_another(content, kind=kind):
        raise faults.AttachmentPolyglot(name=name, kind=kind.code)
    return kind


def looks_like(content: bytes) -> str:
    """Return the ending that files with such a beginning mostly have, or a question mark."""
    try:
        return puremagic.from_string(content[:4096]).removeprefix(".") or "?"
    except (puremagic.PureError, ValueError):
        return "?"


def _check_picture(content: bytes, *, kind: FileKind, name: str) -> None:
    heads, end_of = _PICTURES[kind.code]
    if not content.startswith(heads):
        raise faults.AttachmentNotItsKind(name=name, found=looks_like(content))
    try:
        end = end_of(content)
    except pictures.PictureUnreadable:
        raise faults.AttachmentBroken(name=name, kind=kind.code) from None
    padding = _TIFF_PADDING if kind.code == "tif" else 0
    if len(content) > end and (len(content) > end + padding or content[end:].strip(b"\0")):
        raise faults.AttachmentPolyglot(name=name, kind=kind.code)


def _check_pdf(content: bytes, *, name: str) -> None:
    if not content.startswith(pages.PDF):
        raise faults.AttachmentNotItsKind(name=name, found=looks_like(content))
    if not pages.pdf_ends(content):
        fault = faults.AttachmentPolyglot if b"%%EOF" in content else faults.AttachmentBroken
        raise fault(name=name, kind="pdf")


def _carries_another(content: bytes, *, kind: FileKind) -> bool:
    """Whether a reader of archives or of PDF would find a file of its own in this one."""
    archive = b"PK\x01\x02" in content and b"PK\x05\x06" in content
    document = kind.code != "pdf" and pages.PDF in content[:1024]
    return archive or document or any(sign in content for sign in _OTHER_ARCHIVES)
