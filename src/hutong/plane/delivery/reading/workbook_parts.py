"""What the small parts of a workbook say: its sheets, the formats of cells, from which year days count."""

import posixpath
from dataclasses import dataclass
from xml.parsers import expat

from hutong.core import bounds
from hutong.plane.delivery.reading import number_formats, workbook_guard
from hutong.plane.delivery.reading.number_formats import NumberFormat
from hutong.plane.delivery.reading.workbook_guard import Archive, PartLook

_ROOT = "_rels/.rels"
_USUAL = "xl/workbook.xml"
_COMPUTES_NOTHING = ("Apache POI", "NPOI")


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet: its name, its part, whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Parts:
    """What a workbook is made of."""

    sheets: tuple[SheetPart, ...]
    strings: str | None
    """The part with the shared strings."""
    formats: tuple[NumberFormat, ...]
    """By the number of a cell's style."""
    since_1904: bool
    uncomputed: bool
    """Whoever opens it is to compute every formula: what stands there as their values is none yet.

    So it is, too, where a program made it that computes nothing by itself.
    """


def book(archive: Archive) -> Parts:
    """Return what the workbook says of itself; raises NoWorkbook and what `Archive.look` raises."""
    main = next(
        (target for kind, target in _related(archive, _ROOT, "").values() if kind.endswith("/officeDocument")), _USUAL
    )
    if main not in archive:
        raise workbook_guard.NoWorkbook(file=archive.path.name)
    elements = _elements(archive, main)
    if not elements or elements[0][0] != "workbook":
        raise workbook_guard.NoWorkbook(file=archive.path.name)
    folder, name = posixpath.split(main)
    related = _related(archive, f"{folder}/_rels/{name}.rels", folder)
    said: dict[str, dict[str, str]] = {}
    sheets: list[SheetPart] = []
    for tag, attributes in elements:
        if tag == "sheet":
            usual = ("/worksheet", f"{folder}/worksheets/sheet{len(sheets) + 1}.xml")
            place = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            kind, target = related.get(place, ("", "") if related else usual)
            if kind.endswith("/worksheet") and target in archive:
                hidden = attributes.get("state", "visible") != "visible"
                name = bounds.UNUSABLE.sub("\ufffd", attributes.get("name", ""))
                sheets.append(SheetPart(name, target, hidden))
        else:
            said.setdefault(tag, attributes)
    parts = {kind.rpartition("/")[2]: target for kind, target in related.values() if target in archive}
    return Parts(
        sheets=tuple(sheets),
        strings=parts.get("sharedStrings"),
        formats=_formats(archive, parts["styles"]) if "styles" in parts else (),
        since_1904=_yes(said.get("workbookPr", {}).get("date1904")),
        uncomputed=_yes(said.get("calcPr", {}).get("fullCalcOnLoad")) or _program(archive) in _COMPUTES_NOTHING,
    )


def _program(archive: Archive) -> str:
    """Return the program that says it made the workbook; empty where none does."""
    said = _Application()
    for kind, target in _related(archive, _ROOT, "").values():
        if kind.lower().endswith(("/extended-properties", "/extendedproperties")) and target in archive:
            archive.look(target, said, needed=False)
    return "".join(said.name).strip()


class _Application(PartLook):
    """The look for the program that made a workbook."""

    def __init__(self) -> None:
        self.name: list[str] = []

    def begin(self, parser: expat.XMLParserType, *, file: str, part: str) -> None:
        """Keep the text of one element."""
        super().begin(parser, file=file, part=part)

        def start(tag: str, _: dict[str, str]) -> None:
            parser.CharacterDataHandler = self.name.append if tag.rpartition(":")[2] == "Application" else None

        def end(_: str) -> None:
            parser.CharacterDataHandler = None

        parser.StartElementHandler, parser.EndElementHandler = start, end


def _formats(archive: Archive, part: str) -> tuple[NumberFormat, ...]:
    """Return the number format of every style of cells, in their order."""
    codes = dict(number_formats.BUILT_IN)
    styles: list[int] = []
    within = ""
    for tag, attributes in _elements(archive, part):
        if tag in ("cellXfs", "cellStyleXfs", "dxfs", "cellStyles", "numFmts"):
            within = tag
        elif tag == "numFmt" and within == "numFmts":
            codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif tag == "xf" and within == "cellXfs":
            styles.append(_whole(attributes.get("numFmtId")))
    return tuple(number_formats.of(codes.get(number, "")) for number in styles)


def _related(archive: Archive, part: str, folder: str) -> dict[str, tuple[str, str]]:
    """Return id → type and target of what `part` relates its own part to, which is in `folder`."""
    if part not in archive:
        return {}
    return {
        said.get("Id", ""): (said.get("Type", ""), posixpath.normpath(posixpath.join("/", folder, said["Target"])))
        for tag, said in _elements(archive, part)
        if tag == "Relationship" and said.get("TargetMode") != "External" and said.get("Target")
    }


def _elements(archive: Archive, part: str) -> list[tuple[str, dict[str, str]]]:
    """Return the elements of a part in their order, by their local names."""
    found = _Elements()
    archive.look(part, found)
    return found.elements


_KEPT = frozenset((
    "sheet", "workbookPr", "calcPr", "Relationship", "cellXfs", "cellStyleXfs", "dxfs", "cellStyles", "numFmts",
    "numFmt", "xf",
))  # fmt: skip


class _Elements(PartLook):
    """The look at a part of which some elements are kept: the first, and those by which it says something."""

    def __init__(self) -> None:
        self.elements: list[tuple[str, dict[str, str]]] = []

    def begin(self, parser: expat.XMLParserType, *, file: str, part: str) -> None:
        """Keep the elements; raises PartTooLarge where they are more than any workbook has."""
        super().begin(parser, file=file, part=part)

        def start(tag: str, attributes: dict[str, str]) -> None:
            name = tag.rpartition(":")[2]
            if name in _KEPT or not self.elements:
                self.elements.append((name, attributes))
                workbook_guard.refuse_many(
                    len(self.elements), most=workbook_guard.MOST_ELEMENTS, file=file, part=part
                )

        parser.StartElementHandler = start

    def read_to(self, size: int) -> None:
        """Refuse more than is kept at once."""
        most = workbook_guard.LARGEST_PIECE
        if size > most:
            raise workbook_guard.PartTooLarge(file=self.file, part=self.part, size=size, most=most)


def _whole(said: str | None) -> int:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 10 else 0


def _yes(said: str | None) -> bool:
    return said in ("1", "true", "on")
