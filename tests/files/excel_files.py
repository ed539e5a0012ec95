"""Honest files as Excel writes them: each shows one habit of people or of the program."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from hand import MAIN, XML, Book, held, letters, serial
from truth import BUSINESSES, PAYMENTS, RESIDENTS, HonestFile, Table

from hutong.plane.definition import Item, Type

Writer = Callable[[Path, Table], Path]
FROZEN = (
    '<sheetViews><sheetView tabSelected="1" workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" '
    'state="frozen"/><selection pane="bottomLeft" activeCell="C5" sqref="C5"/></sheetView></sheetViews>'
)


def plain(path: Path, table: Table) -> Path:
    """Write a sheet and two empty ones beside it."""
    book = Book()
    return book.save(path, {"Sheet1": book.sheet(book.rows(table)), "Sheet2": book.sheet(""), "Sheet3": book.sheet("")})


def rich_and_phonetic(path: Path, table: Table) -> Path:
    """Write texts in runs of several fonts, with their pronunciation beside them."""
    def of(book: Book, place: str, item: Item, value: str | None) -> str | None:
        if item.type not in (Type.STRING, Type.MEMO) or not value:
            return None
        head, tail = value[:1], value[1:]
        runs = (
            f"<r><rPr><b/><sz val=\"11\"/><rFont val=\"宋体\"/></rPr><t>{head}</t></r>"
            f'<r><rPr><sz val="11"/><color rgb="FFFF0000"/></rPr><t xml:space="preserve">{tail}</t></r>'
            '<rPh sb="0" eb="1"><t>pinyin</t></rPh><phoneticPr fontId="1" type="noConversion"/>'
        )
        return f'<c r="{place}" t="s"><v>{book.string(runs)}</v></c>'

    book = Book()
    return book.save(path, {"登记": book.sheet(book.rows(table, of=of))})


def inline_rich(path: Path, table: Table) -> Path:
    """Write texts inline, some of them in runs."""
    def of(book: Book, place: str, item: Item, value: str | None) -> str | None:
        if item.code != "name" or not value:
            return None
        return f'<c r="{place}" t="inlineStr"><is><r><t>{value[:2]}</t></r><r><t>{value[2:]}</t></r></is></c>'

    book = Book(shared=False)
    return book.save(path, {"Sheet1": book.sheet(book.rows(table, of=of))})


def absolute_targets(path: Path, table: Table) -> Path:
    """Write relations whose targets begin at the root of the package."""
    book = Book()
    return book.save(path, {"Sheet1": book.sheet(book.rows(table))}, targets="/xl/")


def strict(path: Path, table: Table) -> Path:
    """Write a strict workbook, whose days are written out."""
    def of(book: Book, place: str, item: Item, value: str | None) -> str | None:
        return f'<c r="{place}" s="3" t="d"><v>{value}</v></c>' if item.type is Type.DATE and value else None

    book = Book(strict=True)
    return book.save(path, {"Sheet1": book.sheet(book.rows(table, of=of))})


def strict_with_numbers(path: Path, table: Table) -> Path:
    """Write a strict workbook whose days are numbers."""
    book = Book(strict=True)
    return book.save(path, {"Sheet1": book.sheet(book.rows(table))})


def since_1904(path: Path, table: Table) -> Path:
    """Write days that count from 1904, as Excel on an old Mac does."""
    book = Book(since_1904=True)
    return book.save(path, {"Sheet1": book.sheet(book.rows(table))})


def dated(format: int | str) -> Writer:
    """Return a writer of days in one format."""
    def write(path: Path, table: Table) -> Path:
        book = Book(formats={Type.DATE: format})
        return book.save(path, {"Sheet1": book.sheet(book.rows(table))})

    return write


def moments(format: str) -> Writer:
    """Return a writer of moments in one format."""
    def write(path: Path, table: Table) -> Path:
        book = Book(formats={Type.DATETIME: format})
        return book.save(path, {"Sheet1": book.sheet(book.rows(table))})

    return write


def without_dimension(path: Path, table: Table) -> Path:
    """Write a sheet that does not say how large it is."""
    book = Book()
    return book.save(path, {"Sheet1": book.sheet(book.rows(table), dimension="")})


def wrong_dimension(path: Path, table: Table) -> Path:
    """Write a sheet that says it is one cell."""
    book = Book()
    return book.save(path, {"Sheet1": book.sheet(book.rows(table), dimension="A1")})


def without_places(path: Path, table: Table) -> Path:
    """Write rows and cells that do not say where they are: they stand one after the other."""
    book = Book()
    made = []
    for row in [dict(zip(table.codes, table.names, strict=True)), *table.rows]:
        cells = []
        for item in table.definition.items:
            header = row[item.code] == item.name
            value = item.name if header else held(item.type, row[item.code])
            one = book.cell("A1", value, 0 if header else 4 if item.type is Type.DATETIME else 3 if item.type is Type.DATE else 0)
            cells.append(one.replace(' r="A1"', ""))
        made.append(f"<row>{''.join(cells)}</row>")
    return book.save(path, {"Sheet1": book.sheet("".join(made), dimension="")})


def styled_to_the_end(path: Path, table: Table) -> Path:
    """Write a sheet in which somebody formatted whole columns: empty cells in a thousand rows, and in the last one."""
    book = Book()
    last, many = len(table.rows) + 2, [letters(at) for at in range(12)]
    empty = "".join(
        book.line(number, [f'<c r="{letter}{number}" s="1"/>' for letter in many])
        for number in [*range(last, 1200), 1_048_576]
    )
    columns = '<cols><col min="1" max="16384" width="12.625" style="1" customWidth="1"/></cols>'
    return book.save(path, {"Sheet1": book.sheet(book.rows(table) + empty, dimension="A1:L1048576", before=columns)})


def under_titles(path: Path, table: Table) -> Path:
    """Write a form: a merged title, a line of who fills it in, frozen panes, a filter and print titles."""
    book, wide = Book(), letters(len(table.names) - 1)
    above = book.line(1, [book.cell("A1", "某县2025年度情况登记表")]) + book.line(
        2, [book.cell("A2", "填报单位：某县某局"), book.cell("D2", "填报日期：2025年12月31日")]
    )
    merged = f'<autoFilter ref="A3:{wide}3"/><mergeCells count="2"><mergeCell ref="A1:{wide}1"/><mergeCell ref="A2:C2"/></mergeCells>'
    content = above + book.rows(table, first=3)
    return book.save(path, {"登记表": book.sheet(content, before=FROZEN, after=merged)})


def header_of_two_rows(path: Path, table: Table) -> Path:
    """Write a header of two rows: 基本信息 over four columns, 其他 over the others, single titles merged downwards."""
    book, names = Book(), table.names
    upper = [names[0], "基本信息", None, None, "其他情况", *[None] * (len(names) - 5)]
    lower = [None, *names[1:]]
    cells = [[book.cell(f"{letters(at)}{row}", one) for at, one in enumerate(line)] for row, line in ((1, upper), (2, lower))]
    merged = '<mergeCells count="3"><mergeCell ref="A1:A2"/><mergeCell ref="B1:D1"/><mergeCell ref="E1:G1"/></mergeCells>'
    content = book.line(1, cells[0]) + book.line(2, cells[1]) + book.rows(table, first=3, titles=[])
    return book.save(path, {"Sheet1": book.sheet(content, after=merged)})


def titles_of_a_form(path: Path, table: Table) -> Path:
    """Write titles as forms do: stars, 必填, line breaks, blanks inside, full width."""
    wrapped = [
        [f"{name}*", f"*{name}", f"{name[:2]}\n{name[2:]}", f"{name}（必填）", "　".join(name), f" {name} ", name][at % 7]
        for at, name in enumerate(table.names)
    ]
    book = Book()
    return book.save(path, {"Sheet1": book.sheet(book.rows(table, titles=wrapped))})


def at_b3(path: Path, table: Table) -> Path:
    """Write a table that begins in B3, without a title."""
    book = Book()
    return book.save(path, {"Sheet1": book.sheet(book.rows(table, first=3, left=1), dimension="B3:I30")})


def hidden_rows_and_columns(path: Path, table: Table) -> Path:
    """Write a sheet in which a filter hides rows, and columns are hidden and grouped."""
    book = Book()
    columns = '<cols><col min="2" max="3" width="0" hidden="1" customWidth="1" outlineLevel="1"/></cols>'
    rows = book.rows(table, attributes=lambda number: ' hidden="1"' if number % 3 == 0 else ' ht="20" customHeight="1"')
    filtered = '<autoFilter ref="A1:G25"><filterColumn colId="3"><filters><filter val="甲"/></filters></filterColumn></autoFilter>'
    return book.save(path, {"Sheet1": book.sheet(rows, before=columns, after=filtered)})


def among_other_sheets(path: Path, table: Table) -> Path:
    """Write a template: how to fill it in first, then the records, then hidden sheets with lists to choose from."""
    book = Book()
    told = ["填表说明", "1. 登记编号为 8 位数字。", "2. 日期填写为 2025-01-02。", "3. 带 * 的为必填项。"]
    help = "".join(book.line(at, [book.cell(f"A{at}", one)]) for at, one in enumerate(told, start=1))
    words = "".join(book.line(at, [book.cell(f"A{at}", one)]) for at, one in enumerate(["男", "女", "未说明"], start=1))
    chosen = '<dataValidations count="1"><dataValidation type="list" allowBlank="1" sqref="G2:G500"><formula1>字典!$A$1:$A$3</formula1></dataValidation></dataValidations>'
    sheets = {
        "填表说明": book.sheet(help), "数据": book.sheet(book.rows(table), after=chosen), "字典": book.sheet(words),
        "配置": book.sheet(words),
    }  # fmt: skip
    return book.save(path, sheets, states={"字典": "hidden", "配置": "veryHidden"})


def with_comments(path: Path, table: Table) -> Path:
    """Write cells with comments, links and a picture's frame."""
    book = Book()
    comments = f'{XML}<comments xmlns="{MAIN}"><authors><author>某人</author></authors><commentList><comment ref="B2" authorId="0"><text><r><t>请核实</t></r></text></comment></commentList></comments>'
    relations = (
        f'{XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="../comments1.xml"/>'
        '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" '
        'Target="https://example.com/a" TargetMode="External"/></Relationships>'
    )
    links = '<hyperlinks><hyperlink ref="F3" r:id="rId2" display="链接"/></hyperlinks>'
    more = {"xl/comments1.xml": comments, "xl/worksheets/_rels/sheet1.xml.rels": relations, "xl/drawings/vmlDrawing1.vml": "<xml/>"}
    return book.save(path, {"Sheet1": book.sheet(book.rows(table), after=links)}, more=more)


def with_rules_and_extensions(path: Path, table: Table) -> Path:
    """Write data validation, conditional formats, ignored errors and what later versions put behind them."""
    book = Book()
    after = (
        '<conditionalFormatting sqref="A2:A500"><cfRule type="duplicateValues" dxfId="0" priority="1"/></conditionalFormatting>'
        '<dataValidations count="1"><dataValidation type="textLength" operator="equal" allowBlank="1" sqref="C2:C500"><formula1>18</formula1></dataValidation></dataValidations>'
        '<ignoredErrors><ignoredError sqref="A2:C500" numberStoredAsText="1"/></ignoredErrors>'
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        '<x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list">'
        "<x14:formula1><xm:f>字典!$A$1:$A$9</xm:f></x14:formula1><xm:sqref>G2</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    return book.save(path, {"Sheet1": book.sheet(book.rows(table), after=after)})


def as_a_table(path: Path, table: Table) -> Path:
    """Write the records as a table of Excel's, with its own part."""
    book, reach = Book(), f"A1:{letters(len(table.names) - 1)}{len(table.rows) + 1}"
    columns = "".join(f'<tableColumn id="{at}" name="{name}"/>' for at, name in enumerate(table.names, start=1))
    part = f'{XML}<table xmlns="{MAIN}" id="1" name="表1" displayName="表1" ref="{reach}" totalsRowShown="0"><autoFilter ref="{reach}"/><tableColumns count="{len(table.names)}">{columns}</tableColumns><tableStyleInfo name="TableStyleMedium2" showRowStripes="1"/></table>'
    return book.save(
        path, {"Sheet1": book.sheet(book.rows(table), after='<tableParts count="1"><tablePart r:id="rId1"/></tableParts>')},
        more={"xl/tables/table1.xml": part},
    )  # fmt: skip


def with_macros(path: Path, table: Table) -> Path:
    """Write a workbook with macros, as .xlsm."""
    book = Book()
    return book.save(path, {"Sheet1": book.sheet(book.rows(table))}, more={"xl/vbaProject.bin": bytes(range(256)) * 20})


def computed(path: Path, table: Table) -> Path:
    """Write some columns as formulas with the values they had when the workbook was saved."""
    def of(book: Book, place: str, item: Item, value: str | None) -> str | None:
        number = place.lstrip("ABCDEFGHIJ")
        if item.code == "name" and value:
            return f'<c r="{place}" t="str"><f>VLOOKUP(A{number},名单!$A:$B,2,FALSE)</f><v>{value}</v></c>'
        if item.code == "staff":
            shared = 'ref="F2:F19">SUM(I2:J2)' if number == "2" else ">"
            return f'<c r="{place}"><f t="shared" si="0" {shared}</f><v>{value}</v></c>'
        if item.code == "operating":
            return f'<c r="{place}" t="b"><f t="array" ref="{place}">F{number}&gt;0</f><v>{int(value == "true")}</v></c>'
        return None

    book = Book()
    return book.save(path, {"Sheet1": book.sheet(book.rows(table, of=of))})


def money(format: str) -> Writer:
    """Return a writer of amounts in one format."""
    def write(path: Path, table: Table) -> Path:
        book = Book(formats={Type.CURRENCY: format, Type.DOUBLE: 10})
        return book.save(path, {"Sheet1": book.sheet(book.rows(table))})

    return write


def padded_by_format(path: Path, table: Table) -> Path:
    """Write the codes as numbers that a format shows with their zeros."""
    def of(book: Book, place: str, item: Item, value: str | None) -> str | None:
        return book.cell(place, float(value or 0), 9) if item.code == "register_no" else None

    book = Book(formats={Type.LOGICAL: "00000000"})
    return book.save(path, {"Sheet1": book.sheet(book.rows(table, of=of))})


def phones_as_numbers(path: Path, table: Table) -> Path:
    """Write telephone numbers as numbers, as Excel does with what is typed."""
    def of(book: Book, place: str, item: Item, value: str | None) -> str | None:
        return book.cell(place, float(value or 0)) if item.code == "phone" else None

    book = Book()
    return book.save(path, {"Sheet1": book.sheet(book.rows(table, of=of))})


def behind_a_chart(path: Path, table: Table) -> Path:
    """Write a workbook whose first sheet is a chart."""
    book = Book()
    chart = f'{XML}<chartsheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"/></sheetViews></chartsheet>'
    return book.save(path, {"图表1": chart, "数据": book.sheet(book.rows(table))}, kinds={"图表1": "chartsheet"})


def prefixed(path: Path, table: Table) -> Path:
    """Write a sheet whose elements have a prefix, as programs on the Open XML SDK do."""
    book = Book()
    xml = book.sheet(book.rows(table))
    for tag in ("worksheet", "sheetData", "row", "c", "v", "is", "t", "sheetViews", "sheetView", "dimension", "pageMargins", "sheetFormatPr"):
        for before, after in ((f"<{tag} ", f"<x:{tag} "), (f"<{tag}>", f"<x:{tag}>"), (f"</{tag}>", f"</x:{tag}>"), (f"<{tag}/>", f"<x:{tag}/>")):
            xml = xml.replace(before, after)
    return book.save(path, {"Sheet1": xml.replace("xmlns=", "xmlns:x=", 1)})


def escaped_breaks(path: Path, table: Table) -> Path:
    """Write line breaks in cells as Excel escapes what came from elsewhere."""
    def of(book: Book, place: str, item: Item, value: str | None) -> str | None:
        if item.type is not Type.MEMO or not value or "\n" not in value:
            return None
        escaped = value.replace("\n", "_x000D_\n")
        return f'<c r="{place}" t="s"><v>{book.string(f"<t>{escaped}</t>")}</v></c>'

    book = Book()
    return book.save(path, {"Sheet1": book.sheet(book.rows(table, of=of))})


def stored_without_packing(path: Path, table: Table) -> Path:
    """Write an archive whose parts are not packed, as some programs do."""
    book = Book()
    return book.save(path, {"Sheet1": book.sheet(book.rows(table))}, kept=zipfile.ZIP_STORED)


def sparse(path: Path, table: Table) -> Path:
    """Write no cell where there is no value, and no row that is empty."""
    def of(book: Book, place: str, item: Item, value: str | None) -> str | None:
        return "" if value is None else None

    book = Book()
    return book.save(path, {"Sheet1": book.sheet(book.rows(table, of=of))})


def text_dates(path: Path, table: Table) -> Path:
    """Write days as texts in the ways people type them."""
    def of(book: Book, place: str, item: Item, value: str | None) -> str | None:
        if item.type is not Type.DATE or not value:
            return None
        year, month, day = value.split("-")
        ways = [value, f"{year}年{int(month)}月{int(day)}日", f"{year}/{int(month)}/{int(day)}", f"{year}.{month}.{day}", f"{year}{month}{day}"]
        return book.cell(place, ways[serial(value) % 5], 1)

    book = Book()
    return book.save(path, {"Sheet1": book.sheet(book.rows(table, of=of))})


ZH = '[$-804]yyyy"年"m"月"d"日";@'
FILES: dict[str, tuple[Table, Writer]] = {
    "excel-plain": (RESIDENTS, plain),
    "excel-rich-text-and-phonetic": (RESIDENTS, rich_and_phonetic),
    "excel-inline-rich-text": (RESIDENTS, inline_rich),
    "excel-absolute-targets": (BUSINESSES, absolute_targets),
    "excel-strict-days-written-out": (RESIDENTS, strict),
    "excel-strict": (PAYMENTS, strict_with_numbers),
    "excel-1904": (PAYMENTS, since_1904),
    "excel-date-31": (BUSINESSES, dated(31)),
    "excel-date-57": (RESIDENTS, dated(57)),
    "excel-date-zh": (RESIDENTS, dated(ZH)),
    "excel-date-dbnum": (BUSINESSES, dated('[DBNum1][$-804]yyyy"年"m"月"d"日";@')),
    "excel-date-long-system": (BUSINESSES, dated("[$-F800]dddd, mmmm dd, yyyy")),
    "excel-moment-zh": (PAYMENTS, moments('yyyy"年"m"月"d"日" h"时"mm"分"ss"秒"')),
    "excel-moment-am-pm": (PAYMENTS, moments("yyyy/m/d h:mm:ss AM/PM")),
    "excel-without-dimension": (RESIDENTS, without_dimension),
    "excel-wrong-dimension": (PAYMENTS, wrong_dimension),
    "excel-without-places": (BUSINESSES, without_places),
    "excel-styled-to-the-end": (RESIDENTS, styled_to_the_end),
    "excel-under-titles": (RESIDENTS, under_titles),
    "excel-header-of-two-rows": (RESIDENTS, header_of_two_rows),
    "excel-titles-of-a-form": (RESIDENTS, titles_of_a_form),
    "excel-at-b3": (BUSINESSES, at_b3),
    "excel-hidden-rows-and-columns": (RESIDENTS, hidden_rows_and_columns),
    "excel-among-other-sheets": (RESIDENTS, among_other_sheets),
    "excel-with-comments": (RESIDENTS, with_comments),
    "excel-with-rules": (BUSINESSES, with_rules_and_extensions),
    "excel-as-a-table": (PAYMENTS, as_a_table),
    "excel-with-macros": (BUSINESSES, with_macros),
    "excel-computed": (BUSINESSES, computed),
    "excel-accounting": (PAYMENTS, money('_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ')),
    "excel-percent": (BUSINESSES, money("0.00")),
    "excel-zeros-by-format": (RESIDENTS, padded_by_format),
    "excel-phones-as-numbers": (RESIDENTS, phones_as_numbers),
    "excel-behind-a-chart": (PAYMENTS, behind_a_chart),
    "excel-prefixed": (BUSINESSES, prefixed),
    "excel-escaped-breaks": (PAYMENTS, escaped_breaks),
    "excel-unpacked": (RESIDENTS, stored_without_packing),
    "excel-sparse": (RESIDENTS, sparse),
    "excel-days-as-text": (RESIDENTS, text_dates),
}
"""Name → table and writer."""
HONEST = [HonestFile(name, table, write) for name, (table, write) in FILES.items()]
