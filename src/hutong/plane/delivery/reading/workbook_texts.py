"""How much text the cells of a sheet hold together: a shared string is in memory once for every cell that names it."""

from collections.abc import Sequence
from xml.parsers import expat

from hutong.plane.delivery.reading import workbook_guard
from hutong.plane.delivery.reading.workbook_guard import Archive, PartLook
from hutong.plane.delivery.reading.workbook_look import SheetLook, StringsLook

_LEAST_CELL = 24
"""Bytes of a cell beside what it holds."""
_LEAST_NAMED = 30
"""Bytes of a cell that names a shared string."""


def refuse_large(archive: Archive, part: str, sheet: SheetLook, strings: StringsLook) -> None:
    """Refuse a sheet that holds more text than is kept in memory; raises SheetTextsTooLarge.

    Where it might, by the longest string there is, the strings that its cells name are counted.
    """
    size = max(sheet.size - _LEAST_CELL * (sheet.filled - sheet.texts) - _LEAST_NAMED * sheet.texts, 0)
    if size + sheet.texts * strings.longest > workbook_guard.LARGEST_SHEET:
        named = _NamedStrings([*strings.sizes, strings.last])
        archive.look(part, named)
        size += named.size
    if size > workbook_guard.LARGEST_SHEET:
        raise workbook_guard.SheetTextsTooLarge(
            file=archive.path.name, part=archive.told(part), size=size, most=workbook_guard.LARGEST_SHEET
        )


class _NamedStrings(PartLook):
    """The look at a sheet that adds up the sizes of the strings its cells name."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.size = 0
        self._sizes = sizes

    def begin(self, parser: expat.XMLParserType, *, file: str, part: str) -> None:
        """Set the handlers."""
        super().begin(parser, file=file, part=part)
        said: list[str] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            name = tag.rpartition(":")[2]
            if name == "c":
                said.clear()
                parser.CharacterDataHandler = said.append if attributes.get("t") == "s" else None

        def end(tag: str) -> None:
            if said and tag.rpartition(":")[2] == "v":
                place = "".join(said).strip()
                said.clear()
                if place.isascii() and place.isdigit() and len(place) < 8 and int(place) < len(self._sizes):
                    self.size += self._sizes[int(place)]

        parser.StartElementHandler, parser.EndElementHandler = start, end
