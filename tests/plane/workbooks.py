"""Workbooks written by hand, as the XML their parts are."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from hutong.plane.definition import Definition, Item, Mode, Type

TRANSITIONAL = "http://schemas.openxmlformats.org"
MAIN = f"{TRANSITIONAL}/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATED = f"{TRANSITIONAL}/officeDocument/2006/relationships"
STRICT_RELATED = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = f"{TRANSITIONAL}/package/2006"
Cell = str | float | None


ITEMS = (
    Item("code", "代码", offered=Mode.QUERY),
    Item("day", "日期", Type.DATE, offered=Mode.QUERY),
    Item("amount", "金额", Type.NUMERIC, offered=Mode.QUERY),
    Item("note", "备注", Type.MEMO, offered=Mode.QUERY),
)
HEADER = [item.code for item in ITEMS]


def definition(**changes: object) -> Definition:
    """Return a resource that is about no person."""
    values = {"code": "307001/000001", "version": 1, "name": "x", "provider": "p", "key": ("code",), "items": ITEMS,
              "personal": False}  # fmt: skip
    return Definition(**{**values, **changes})  # type: ignore[arg-type]


def letter(column: int) -> str:
    """Return a column's letters, 0 is the first; of the first 26."""
    return chr(65 + column)


def cell(place: str, value: Cell, style: int | None = None) -> str:
    """Return a cell as programs write it that have no shared strings."""
    styled = "" if style is None else f' s="{style}"'
    if value is None:
        return f'<c r="{place}"{styled}/>'
    if isinstance(value, str):
        return f'<c r="{place}"{styled} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{place}"{styled}><v>{value!r}</v></c>'


def rows(table: Sequence[Sequence[Cell | tuple[Cell, int]]], *, first: int = 1, left: int = 0) -> str:
    """Return rows; a cell may be its value and its style, or XML as it is where it begins with <c."""
    made = []
    for number, line in enumerate(table, start=first):
        cells = []
        for column, one in enumerate(line, start=left):
            if isinstance(one, str) and one.startswith("<c"):
                cells.append(one.format(at=f"{letter(column)}{number}"))
                continue
            value, style = one if isinstance(one, tuple) else (one, None)
            cells.append(cell(f"{letter(column)}{number}", value, style))
        made.append(f'<row r="{number}">{"".join(cells)}</row>')
    return "".join(made)


def sheet(content: str, *, after: str = "", before: str = "", main: str = MAIN) -> str:
    """Return a sheet with rows and what stands beside them."""
    return f'<worksheet xmlns="{main}">{before}<sheetData>{content}</sheetData>{after}</worksheet>'


def styles(*formats: str | int, main: str = MAIN, fills: str = "") -> str:
    """Return styles: number 0 is General, then one of each format, by its code or the number of a built-in one."""
    own = [code for code in formats if isinstance(code, str)]
    listed = "".join(
        f'<numFmt numFmtId="{164 + place}" formatCode={quoteattr(code)}/>' for place, code in enumerate(own)
    )
    numbers = [0, *(164 + own.index(code) if isinstance(code, str) else code for code in formats)]
    cells = "".join(f'<xf numFmtId="{number}" applyNumberFormat="1"/>' for number in numbers)
    return (
        f'<styleSheet xmlns="{main}"><numFmts>{listed}</numFmts>{fills}'
        f'<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>{cells}</cellXfs></styleSheet>'
    )


def write(
    path: Path, sheets: Mapping[str, str], *, styled: str | None = None, strings: str | None = None,
    hidden: Sequence[str] = (), book: str = "", strict: bool = False, folder: str = "xl",
    named: Mapping[str, str] | None = None,
) -> Path:  # fmt: skip
    """Write a workbook of `sheets` by name; `book` stands before its sheets, `named` are parts called otherwise."""
    main, related = (STRICT_MAIN, STRICT_RELATED) if strict else (MAIN, RELATED)
    kinds = {f"s{place}": ("worksheet", f"worksheets/sheet{place}.xml") for place in range(1, len(sheets) + 1)}
    parts = {f"{folder}/worksheets/sheet{place}.xml": xml for place, xml in enumerate(sheets.values(), start=1)}
    for kind, target, xml in (("styles", "styles.xml", styled), ("sharedStrings", "sharedStrings.xml", strings)):
        if xml is not None:
            kinds[kind] = (kind, target)
            parts[f"{folder}/{target}"] = xml
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{place}"{" state=" + quoteattr("hidden") if name in hidden else ""} '
        f'r:id="s{place}"/>'
        for place, name in enumerate(sheets, start=1)
    )
    relations = "".join(
        f'<Relationship Id="{key}" Type="{related}/{kind}" Target="{target}"/>' for key, (kind, target) in kinds.items()
    )
    parts |= {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{related}/officeDocument" Target="{folder}/workbook.xml"/></Relationships>',
        f"{folder}/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{related}">{book}'
        f"<sheets>{listed}</sheets></workbook>",
        f"{folder}/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f"{relations}</Relationships>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in parts.items():
            archive.writestr((named or {}).get(name, name), xml)
    return path
