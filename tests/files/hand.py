"""Workbooks written part by part, as Excel and WPS write them, with all that stands in such parts beside the values."""

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from truth import Table

from hutong.plane.definition import Item, Type

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATED = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
LATER = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr" '
    'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" '
    'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"'
)
Value = str | float | bool | None
OfCell = Callable[["Book", str, Item, str | None], str | None]
"""Returns the XML of a cell, from its place, its item and its value; None where it is as the others are."""
FORMATS: dict[Type, int | str] = {
    Type.STRING: 49, Type.MEMO: 49, Type.DATE: 14, Type.DATETIME: 22, Type.CURRENCY: 4, Type.NUMERIC: 0,
    Type.INTEGER: 1, Type.DOUBLE: 0, Type.LOGICAL: 0,
}  # fmt: skip
STYLES = {type: place for place, type in enumerate(FORMATS, start=1)}


def letters(column: int) -> str:
    """Return a column's letters, 0 is the first."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def held(type: Type, value: str | None, *, since_1904: bool = False) -> Value:
    """Return a value as a spreadsheet holds it: a day as its number, a number as such, text as text."""
    if value is None:
        return None
    if type in (Type.DATE, Type.DATETIME):
        past = datetime.fromisoformat(value) - datetime(1899, 12, 30)
        return past.days + past.seconds / 86_400 - (1462 if since_1904 else 0)
    if type is Type.LOGICAL:
        return value == "true"
    return value if type in (Type.STRING, Type.MEMO) else float(value)


@dataclass(slots=True)
class Book:
    """A workbook that is being written: its shared strings so far, and how its values are formatted."""

    strict: bool = False
    since_1904: bool = False
    shared: bool = True
    formats: Mapping[Type, int | str] = field(default_factory=dict)
    strings: list[str] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)

    def string(self, xml: str) -> int:
        """Return the number of a shared string, whose inside is given."""
        if xml not in self.known:
            self.known[xml] = len(self.strings)
            self.strings.append(f"<si>{xml}</si>")
        return self.known[xml]

    def cell(self, place: str, value: Value, style: int = 0) -> str:
        """Return a cell."""
        styled = f' s="{style}"' if style else ""
        if value is None:
            return f'<c r="{place}"{styled}/>'
        if isinstance(value, bool):
            return f'<c r="{place}"{styled} t="b"><v>{int(value)}</v></c>'
        if isinstance(value, str):
            kept = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
            text = f"<t{kept}>{escape(value)}</t>"
            if not self.shared:
                return f'<c r="{place}"{styled} t="inlineStr"><is>{text}</is></c>'
            return f'<c r="{place}"{styled} t="s"><v>{self.string(text)}</v></c>'
        return f'<c r="{place}"{styled}><v>{value:.17g}</v></c>'

    def line(self, number: int, cells: Sequence[str], attributes: str = "") -> str:
        """Return a row."""
        return f'<row r="{number}" spans="1:{len(cells)}"{attributes} x14ac:dyDescent="0.2">{"".join(cells)}</row>'

    def rows(
        self, table: Table, *, first: int = 1, left: int = 0, titles: Sequence[str] | None = None,
        of: OfCell | None = None, attributes: Callable[[int], str] = lambda number: "",
    ) -> str:  # fmt: skip
        """Return the header, at row `first` and from column `left` on, and the records below it."""
        made = []
        if titles is None or titles:
            named = titles or table.names
            cells = [self.cell(f"{letters(left + at)}{first}", one) for at, one in enumerate(named)]
            made.append(self.line(first, cells))
            first += 1
        for number, row in enumerate(table.rows, start=first):
            cells = []
            for at, item in enumerate(table.definition.items):
                place, value = f"{letters(left + at)}{number}", row[item.code]
                own = of(self, place, item, value) if of else None
                own = self.typed(place, item, value) if own is None else own
                cells.append(own)
            made.append(self.line(number, cells, attributes(number)))
        return "".join(made)

    def typed(self, place: str, item: Item, value: str | None) -> str:
        """Return the cell of an item as a spreadsheet holds it, in its format."""
        return self.cell(place, held(item.type, value, since_1904=self.since_1904), STYLES[item.type])

    def sheet(self, rows: str, *, dimension: str = "A1:H30", before: str = "", after: str = "") -> str:
        """Return a sheet; `before` and `after` stand at the sides of its rows."""
        main, related = (STRICT_MAIN, STRICT_RELATED) if self.strict else (MAIN, RELATED)
        told = f'<dimension ref="{dimension}"/>' if dimension else ""
        view = '<sheetViews><sheetView workbookViewId="0"/></sheetViews>' if "<sheetViews" not in before else ""
        return (
            f'{XML}<worksheet xmlns="{main}" xmlns:r="{related}" {LATER}>{told}{view}{before}'
            f'<sheetFormatPr defaultRowHeight="14.25" x14ac:dyDescent="0.2"/><sheetData>{rows}</sheetData>{after}'
            '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/></worksheet>'
        )

    def styles(self) -> str:
        """Return the styles: 0 is General, then that of each type."""
        formats = {**FORMATS, **self.formats}
        own = [code for code in formats.values() if isinstance(code, str)]
        listed = "".join(f'<numFmt numFmtId="{176 + at}" formatCode={quoteattr(code)}/>' for at, code in enumerate(own))
        numbers = [176 + own.index(code) if isinstance(code, str) else code for code in formats.values()]
        cells = "".join(
            f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"><alignment '
            'vertical="center"/></xf>'
            for number in [0, *numbers]
        )
        counted = f'<numFmts count="{len(own)}">{listed}</numFmts>' if own else ""
        return (
            f'{XML}<styleSheet xmlns="{STRICT_MAIN if self.strict else MAIN}">{counted}'
            '<fonts count="1"><font><sz val="11"/><name val="宋体"/><charset val="134"/></font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
            '</fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f'<cellXfs count="{len(numbers) + 1}">{cells}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles>'
            '<dxfs count="0"/></styleSheet>'
        )

    def save(
        self, path: Path, sheets: Mapping[str, str], *, states: Mapping[str, str] | None = None, targets: str = "",
        book: str = "", named: Mapping[str, str] | None = None, more: Mapping[str, str | bytes] | None = None,
        kinds: Mapping[str, str] | None = None, kept: int = zipfile.ZIP_DEFLATED,
    ) -> Path:  # fmt: skip
        """Write the workbook of `sheets` by name.

        `states` says which are hidden, `targets` stands before the targets of relations, `named` has other names of
        parts, `more` further parts, and `kinds` sheets of another kind than worksheet.
        """
        main, related = (STRICT_MAIN, STRICT_RELATED) if self.strict else (MAIN, RELATED)
        parts: dict[str, str | bytes] = {}
        relations, listed = [], []
        for at, (name, xml) in enumerate(sheets.items(), start=1):
            kind = (kinds or {}).get(name, "worksheet")
            parts[f"xl/{kind}s/sheet{at}.xml"] = xml
            relations.append((f"rId{at}", kind, f"{kind}s/sheet{at}.xml"))
            state = f' state="{states[name]}"' if states and name in states else ""
            listed.append(f'<sheet name={quoteattr(name)} sheetId="{at + 3}"{state} r:id="rId{at}"/>')
        parts["xl/styles.xml"] = self.styles()
        relations.append(("rId90", "styles", "styles.xml"))
        if self.shared:
            count = len(self.strings)
            parts["xl/sharedStrings.xml"] = (
                f'{XML}<sst xmlns="{main}" count="{count}" uniqueCount="{count}">{"".join(self.strings)}</sst>'
            )
            relations.append(("rId91", "sharedStrings", "sharedStrings.xml"))
        flag = ' date1904="1"' if self.since_1904 else ""
        parts["xl/workbook.xml"] = (
            f'{XML}<workbook xmlns="{main}" xmlns:r="{related}"><fileVersion appName="xl" lastEdited="7" '
            f'lowestEdited="7" rupBuild="27425"/><workbookPr{flag} defaultThemeVersion="166925"/>{book}<bookViews>'
            f'<workbookView xWindow="0" yWindow="0" windowWidth="28800" windowHeight="12210"/>'
            f'</bookViews><sheets>{"".join(listed)}</sheets>'
            '<calcPr calcId="191029"/></workbook>'
        )
        parts["xl/_rels/workbook.xml.rels"] = _relations(related, [(a, b, targets + c) for a, b, c in relations])
        parts["_rels/.rels"] = _relations(related, [("rId1", "officeDocument", f"{targets and '/'}xl/workbook.xml")])
        parts["docProps/app.xml"] = f"{XML}<Properties><Application>Microsoft Excel</Application></Properties>"
        parts |= more or {}
        types = "".join(f'<Override PartName="/{part}" ContentType="application/xml"/>' for part in parts)
        with zipfile.ZipFile(path, "w", kept) as archive:
            archive.writestr("[Content_Types].xml", f'{XML}<Types xmlns="{PACKAGE}/content-types">{types}</Types>')
            for part, content in parts.items():
                archive.writestr((named or {}).get(part, part), content)
        return path


XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'


def _relations(related: str, listed: Sequence[tuple[str, str, str]]) -> str:
    inside = "".join(f'<Relationship Id="{id}" Type="{related}/{kind}" Target="{to}"/>' for id, kind, to in listed)
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def serial(day: str) -> int:
    """Return the number of a day."""
    return (date.fromisoformat(day) - date(1899, 12, 30)).days
