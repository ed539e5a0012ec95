"""A sheet and shared strings written again in the plainest way, where the reader of values would not understand them.

It reads UTF-8 alone, no CDATA, places only as A1, no errors but those of Excel 2007, and nothing that came later inside
of a cell. All of that is rare; what is read is the same.
"""

import re
import zlib
from collections.abc import Callable
from xml.parsers import expat
from xml.sax.saxutils import escape

from hutong.plane.delivery.reading.workbook_guard import PartLook
from hutong.plane.delivery.reading.workbook_look import WorkbookBroken

_FAST = 1
_HELD = 1 << 16
_INDEX = re.compile(r"\s*[0-9]{1,9}\s*", re.ASCII)


class Packed:
    """A part that is packed while it is written."""

    def __init__(self) -> None:
        self.crc, self.size = 0, 0
        self.packed = bytearray()
        self._packer = zlib.compressobj(_FAST, zlib.DEFLATED, -15)
        self._held: list[str] = []

    def write(self, text: str) -> None:
        """Add some text."""
        self._held.append(text)
        if len(self._held) >= _HELD:
            self._pack()

    def close(self) -> None:
        """End the part."""
        self._pack()
        self.packed += self._packer.flush()

    def _pack(self) -> None:
        data = "".join(self._held).encode()
        self._held.clear()
        self.crc, self.size = zlib.crc32(data, self.crc), self.size + len(data)
        self.packed += self._packer.compress(data)


class _TextLook(PartLook):
    """The look at a part in which texts stand between `t` and `v`, without those of `rPh`, which say how it sounds."""

    def __init__(self) -> None:
        self.made = Packed()
        self._text: list[str] = []
        self._spoken = 0
        self._ending: Callable[[], None] = self._text.clear

    def _listen(self, parser: expat.XMLParserType, start: Callable[[str, dict[str, str]], None],
                end: Callable[[str], None]) -> None:  # fmt: skip
        def begun(tag: str, attributes: dict[str, str]) -> None:
            tag = tag.rpartition(":")[2]
            if tag == "rPh":
                self._spoken += 1
            elif tag in ("t", "v") and not self._spoken:
                kept = attributes.get("xml:space") == "preserve"
                here: list[str] = []
                parser.CharacterDataHandler = here.append
                self._ending = lambda: self._text.append("".join(here) if kept else "".join(here).strip(" \t\r\n"))
            start(tag, attributes)

        def ended(tag: str) -> None:
            tag = tag.rpartition(":")[2]
            if tag == "rPh":
                self._spoken -= 1
            elif tag in ("t", "v") and parser.CharacterDataHandler is not None:
                parser.CharacterDataHandler = None
                self._ending()
            end(tag)

        parser.StartElementHandler, parser.EndElementHandler = begun, ended

    def _taken(self) -> str:
        text = escape("".join(self._text), {"\r": "&#13;"})
        self._text.clear()
        return text


class PlainStrings(_TextLook):
    """The look that writes the shared strings again."""

    def begin(self, parser: expat.XMLParserType, *, file: str, part: str) -> None:
        """Set the handlers."""
        super().begin(parser, file=file, part=part)
        self.made.write("<sst>")

        def start(tag: str, attributes: dict[str, str]) -> None:
            pass

        def end(tag: str) -> None:
            if tag == "si":
                self.made.write(f'<si><t xml:space="preserve">{self._taken()}</t></si>')
            elif tag == "sst":
                self.made.write("</sst>")

        self._listen(parser, start, end)


class PlainSheet(_TextLook):
    """The look that writes the values of a sheet again, which has `strings` shared ones."""

    def __init__(self, strings: int) -> None:
        super().__init__()
        self._strings = strings

    def begin(self, parser: expat.XMLParserType, *, file: str, part: str) -> None:
        """Set the handlers."""
        super().begin(parser, file=file, part=part)
        self.made.write("<worksheet><sheetData>")
        row, kind, place = 0, "n", ""

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal row, kind, place
            if tag == "row":
                row = int(attributes["r"].partition(".")[0]) if "r" in attributes else row + 1
                self.made.write(f'<row r="{row}">')
            elif tag == "c":
                kind = attributes.get("t", "n")
                letters = attributes.get("r", "").replace("$", "").rstrip("0123456789").upper()
                place = f' r="{letters}{row}"' if letters else ""
                self._text.clear()

        def end(tag: str) -> None:
            if tag == "c":
                self._cell(row, kind, place)
            elif tag in ("row", "sheetData"):
                self.made.write(f"</{tag}>")
            elif tag == "worksheet":
                self.made.write("</worksheet>")

        self._listen(parser, start, end)

    def _cell(self, row: int, kind: str, place: str) -> None:
        text = self._taken()
        if kind == "e" or not text:
            self.made.write(f"<c{place}/>")
        elif kind == "inlineStr":
            self.made.write(f'<c{place} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>')
        else:
            if kind == "s" and not (_INDEX.fullmatch(text) and int(text) < self._strings):
                raise WorkbookBroken(row - 1)
            self.made.write(f'<c{place} t="{escape(kind)}"><v xml:space="preserve">{text}</v></c>')
