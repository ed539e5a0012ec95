"""The encoding of a text, known for the whole of it before any row is read; its lines; whether it has quotes."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hutong.core.errors import Malformed, TooLarge
from hutong.plane.delivery.reading import foreign, formats

LONGEST_LINE = 1 << 20

_CHUNK = 1 << 20
_MARK = "\ufeff"
_CODECS = ("utf-8", "gb18030")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class EncodingBroken(Malformed):
    """Line {line} of {file} is neither UTF-8 nor GB18030."""


class CharacterCut(EncodingBroken):
    """{file} is UTF-8, but a character in line {line} is cut off or damaged."""


class MarkedEncodingBroken(Malformed):
    """{file} begins with the mark of UTF-16, but line {line} is none."""


class LineTooLong(TooLarge):
    """Line {line} of {file} is longer than {longest} bytes."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text that can be read from its first byte to its last."""

    path: Path
    codec: str
    marks: int
    """Byte order marks before its first character."""
    lines: int
    """Its lines, empty ones among them; a line ends with LF, CR or both."""
    quotes: bool
    """Whether there is a quotation mark anywhere."""

    @property
    def encoding(self) -> str:
        """The encoding as a report has it."""
        return "utf-8 with a mark" if self.codec == "utf-8" and self.marks else self.codec

    @property
    def marked(self) -> int:
        """The bytes of its marks in UTF-8."""
        return len(_MARK.encode()) * self.marks

    def start(self, most: int = _CHUNK) -> str:
        """Return the first characters, without marks; whole lines, unless there is none."""
        with self.path.open(encoding=self.codec, newline="") as file:
            start = file.read(most)
            more = file.read(1)
        text = start.lstrip(_MARK)
        if more and (end := max(text.rfind("\n"), text.rfind("\r", 0, -1))) >= 0:
            return text[: end + 1]
        return text

    def utf8(self, *, skip: int = 0, replace: tuple[str, str] | None = None) -> Iterator[bytes]:
        """Yield the text in UTF-8, without marks and its first `skip` bytes, one character replaced by another."""
        skip += self.marked
        with self.path.open("rb") as file:
            if self.codec == "utf-8" and replace is None:
                file.seek(skip)
                yield from iter(lambda: file.read(_CHUNK), b"")
                return
            decoder = codecs.getincrementaldecoder(self.codec)("strict")
            for chunk in iter(lambda: file.read(_CHUNK), b""):
                text = decoder.decode(chunk)
                made = (text.replace(*replace) if replace else text).encode()
                left = made[skip:]
                skip -= len(made) - len(left)
                if left:
                    yield left


def look(path: Path) -> Text:
    """Read `path` through and return the encoding the whole of it is valid in.

    Raises EncodingBroken, CharacterCut, MarkedEncodingBroken or LineTooLong with the line, FileIsOther and
    FileUnrecognised.
    """
    with path.open("rb") as file:
        start = file.read(formats.LOOKED_AT)
    if start.startswith(_UTF_16) and not start.startswith(codecs.BOM_UTF32_LE):
        return _look(path, "utf-16", MarkedEncodingBroken)
    formats.refuse_unmarked(path, start)
    furthest: EncodingBroken | None = None
    for codec in _CODECS:
        try:
            return _look(path, codec, EncodingBroken)
        except EncodingBroken as broken:
            if codec == "utf-8" and _rather_utf8(path):
                raise CharacterCut(**broken.facts) from None
            if furthest is None or broken.facts["line"] > furthest.facts["line"]:
                furthest = broken
    formats.refuse_binary(path)
    if kind := foreign.of(start):
        raise formats.other(path, kind) from None
    assert furthest is not None
    raise furthest from None


def _rather_utf8(path: Path) -> bool:
    """Whether nearly all of what is beyond ASCII is UTF-8; in other encodings its sequences are there by chance alone.

    As much of it is looked at as is at the beginning of most texts, wherever it begins.
    """
    others = sequences = 0
    with path.open("rb") as file:
        if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8:
            return True
        file.seek(0)
        for chunk in iter(lambda: file.read(formats.LOOKED_AT), b""):
            if found := len(chunk) - len(chunk.translate(None, delete=_OTHER_BYTES)):
                others += found
                sequences += sum(map(len, _SEQUENCES.findall(chunk)))
            if others > formats.LOOKED_AT // 2:
                break
    return others >= _FEW_BYTES and 10 * sequences > 9 * others


_OTHER_BYTES = bytes(range(0x80, 0x100))
_SEQUENCES = re.compile(rb"(?:[\xe1-\xef][\x80-\xbf]{2})+")
_FEW_BYTES = 12
"""Bytes beyond ASCII, or different characters, up to which nothing is told by them."""


def refuse_others(text: Text, *, unread: bool = False) -> None:
    """Refuse what is rather in an encoding that is not read; raises FileIsOther. `unread`: its header made no sense."""
    _refuse_big5(text, unread=unread)
    with text.path.open("rb") as file:
        kind = foreign.of(file.read(formats.LOOKED_AT))
    if kind and (text.codec == "gb18030" or kind in foreign.SEVEN_BITS):
        raise formats.other(text.path, kind)


def _refuse_big5(text: Text, *, unread: bool) -> None:
    """Refuse what is valid as GB18030 and is rather Big5; raises FileIsOther. `unread`: its header made no sense.

    In Big5 four of ten characters end in an ASCII byte and none in 80 to A0; in Chinese text of GB18030 few end in
    ASCII, and of the rare ones that do the others end or begin as nothing does in Big5.
    """
    if text.codec != "gb18030":
        return
    with text.path.open("rb") as file:
        start = file.read(formats.LOOKED_AT)
    found = _TWO_BYTES.findall(start)
    low = {each for each in found if each[1] < 0x7F}
    enough = _SOME if unread or _rather_big5(set(found), low) else _MANY
    if len(low) < enough or 10 * sum(each[1] < 0x7F for each in found) < len(found):
        return
    if all(0xA1 <= first <= 0xF9 and not 0x7F < second < 0xA1 for first, second in found):
        raise formats.other(text.path, "big5")


def _rather_big5(found: set[bytes], low: set[bytes]) -> bool:
    """Whether all characters begin as the common ones of Big5 do; of Chinese text in GB18030 nearly half do not."""
    return len(found) >= _FEW_BYTES and 5 * len(low) >= len(found) and max(each[0] for each in found) <= _LAST_COMMON


_LAST_COMMON = 0xC6
"""The first byte of the last character that is common in Big5; those of GB18030 are ordered by their sound up to F7."""
_TWO_BYTES = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_MANY, _SOME = 8, 2
"""Different characters that end in ASCII from which a text is taken for Big5."""


def _look(path: Path, codec: str, fault: type[EncodingBroken | MarkedEncodingBroken]) -> Text:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    lines, marks, begun, quotes = _Lines(path), 0, False, False
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(_CHUNK), b""):
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as broken:
                raise fault(file=path.name, line=_line_of(broken, lines, chunk, codec, pending)) from None
            if not begun and text:
                marks, begun = len(text) - len(text.lstrip(_MARK)), True
            plain = text.encode() if codec == "utf-16" else chunk  # elsewhere no character has such a byte inside
            lines.add(plain)
            quotes = quotes or b'"' in plain
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise fault(file=path.name, line=lines.ended + 1) from None
    return Text(path, codec, marks, lines.every, quotes)


def _line_of(broken: UnicodeDecodeError, lines: "_Lines", chunk: bytes, codec: str, pending: int) -> int:
    good = chunk[: max(broken.start - pending, 0)]
    if codec == "utf-16":
        good = bytes(broken.object[: broken.start]).decode(broken.encoding, "replace").encode()
    lines.add(good)
    return lines.ended + 1


@dataclass(slots=True)
class _Lines:
    """The lines of a text as it comes."""

    path: Path
    ended: int = 0
    open_bytes: int = 0
    """Of the line that has not ended."""
    _after_return: bool = field(default=False)

    def add(self, chunk: bytes) -> None:
        """Count the lines of a chunk; raises LineTooLong."""
        if not chunk:
            return
        first, last = chunk.find(b"\n"), chunk.rfind(b"\n")
        before = self.ended
        self.ended += chunk.count(b"\n")
        if b"\r" in chunk:
            self.ended += chunk.count(b"\r") - chunk.count(b"\r\n")
            returned = chunk.find(b"\r")
            first = returned if first < 0 else min(first, returned)
            last = max(last, chunk.rfind(b"\r"))
        if self._after_return and chunk.startswith(b"\n"):
            self.ended -= 1
        self._after_return = chunk.endswith(b"\r")
        if self.open_bytes + (len(chunk) if first < 0 else first) > LONGEST_LINE:
            raise LineTooLong(file=self.path.name, line=before + 1, longest=LONGEST_LINE)
        self.open_bytes = self.open_bytes + len(chunk) if first < 0 else len(chunk) - last - 1

    @property
    def every(self) -> int:
        """All lines, the last also where nothing ends it."""
        return self.ended + bool(self.open_bytes)


class Stream(io.RawIOBase):
    """A text as Arrow asks for it, in pieces of whole lines."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._kept = b""

    def readable(self) -> bool:
        """Say yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes that end with a line, or as many where no line ends within them."""
        parts, length = [self._kept], len(self._kept)
        while length <= size and (chunk := next(self._chunks, b"")):
            parts.append(chunk)
            length += len(chunk)
        self._kept = b"".join(parts)
        if len(self._kept) <= size:
            done, self._kept = self._kept, b""
            return done
        end = max(self._kept.rfind(b"\n", 0, size), self._kept.rfind(b"\r", 0, size - 1)) + 1 or size
        done, self._kept = self._kept[:end], self._kept[end:]
        return done
