"""PDF and plain text."""

import re
import unicodedata

PDF = b"%PDF-"
_PDF_END = re.compile(rb"startxref[\x00\t\n\x0c\r ]+(\d{1,10})[\x00\t\n\x0c\r ]+%%EOF[\x00\t\n\x0c\r ]*\Z")
_LAST = 2048
"""How many bytes before its white space a PDF's end is looked for in."""
_WHITE = b"\0\t\n\x0c\r "
_TEXT_CONTROLS = frozenset("\t\n\r\x0c")


def pdf_ends(content: bytes) -> bool:
    """Whether a PDF ends as ISO 32000-1, 7.5.5 asks: startxref, a place in the file, %%EOF, and white space."""
    body = content.rstrip(_WHITE)
    found = _PDF_END.search(body, max(0, len(body) - _LAST))
    return found is not None and int(found[1]) < len(content)


def is_text(content: bytes) -> bool:
    """Whether the bytes are text: UTF-8 or GB 18030, and no control character but those that part lines and cells."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(unicodedata.category(seen) == "Cc" for seen in set(text) - _TEXT_CONTROLS)
    return False
