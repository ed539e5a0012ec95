"""Honest files as WPS writes them: its own extensions, its Chinese formats, its forms."""

from pathlib import Path

from hand import Book, letters
from truth import BUSINESSES, PAYMENTS, RESIDENTS, HonestFile, Table

from hutong.plane.definition import Item, Type

BUILT = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties '
    'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property '
    'fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="KSOProductBuildVer"><vt:lpwstr>2052-12.1.0.16729</vt:lpwstr>'
    "</property></Properties>"
)
FORMATS = {Type.DATE: "yyyy\\-mm\\-dd;@", Type.DATETIME: "yyyy/m/d h:mm:ss;@", Type.CURRENCY: '#,##0.00_ ;[Red]\\-#,##0.00\\ '}
CUSTOM = '<extLst><ext uri="{B0E3E6C8-4F2A-4A5B-9C6D-1234567890AB}"><etc:pictures xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"/></ext></extLst>'


def plain(path: Path, table: Table) -> Path:
    """Write what WPS saves of a new workbook: three sheets, its custom properties and extensions."""
    book = Book(formats=FORMATS)
    own = {"docProps/custom.xml": BUILT, "customXml/item1.xml": "<s:customData xmlns:s='http://www.wps.cn/x'/>"}
    sheets = {"Sheet1": book.sheet(book.rows(table), after=CUSTOM), "Sheet2": book.sheet(""), "Sheet3": book.sheet("")}
    return book.save(path, sheets, more=own)


def with_cell_pictures(path: Path, table: Table) -> Path:
    """Write a workbook with pictures in cells beside the table, which WPS keeps as a part of its own."""
    own = {
        "docProps/custom.xml": BUILT, "xl/media/image1.png": b"\x89PNG\r\n\x1a\n" + bytes(200),
        "xl/cellimages.xml": '<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"/>',
    }  # fmt: skip
    book = Book(formats=FORMATS)
    return book.save(path, {"人员": book.sheet(book.rows(table))}, more=own)


def old_zh_dates(path: Path, table: Table) -> Path:
    """Write days in the built-in formats of Chinese versions, another in each column."""
    book = Book(formats={Type.DATE: 58, Type.DATETIME: 'yyyy"年"m"月"d"日" hh:mm:ss'})
    return book.save(path, {"工作表1": book.sheet(book.rows(table))})


def form_with_lists(path: Path, table: Table) -> Path:
    """Write a form that WPS made: a title of two merged rows, titles that wrap, lists to choose from."""
    book, wide = Book(formats=FORMATS), letters(len(table.names) - 1)
    titles = [f"{name}\n（必填）" if at < 2 else name for at, name in enumerate(table.names)]
    head = book.line(1, [book.cell("A1", "附件2")]) + book.line(2, [book.cell("A2", "某县企业情况统计表（2025年第四季度）")])
    merged = f'<mergeCells count="1"><mergeCell ref="A2:{wide}3"/></mergeCells>'
    lists = '<dataValidations count="1"><dataValidation type="list" showErrorMessage="1" sqref="G5:G99"><formula1>"是,否"</formula1></dataValidation></dataValidations>'
    return book.save(path, {"统计表": book.sheet(head + book.rows(table, first=4, titles=titles), after=merged + lists)})


def words_for_yes(path: Path, table: Table) -> Path:
    """Write 是 and 否 where Excel would have booleans, and blanks behind texts."""
    def of(book: Book, place: str, item: Item, value: str | None) -> str | None:
        if item.type is Type.LOGICAL:
            return book.cell(place, {"true": "是", "false": "否"}[value or "false"])
        return book.cell(place, f"{value} ", 1) if item.code == "credit_code" else None

    book = Book(formats=FORMATS)
    return book.save(path, {"Sheet1": book.sheet(book.rows(table, of=of))})


def other_case(path: Path, table: Table) -> Path:
    """Write parts in other case, as an exporter of a county's business system does."""
    book = Book(formats=FORMATS)
    named = {"xl/sharedStrings.xml": "xl/SharedStrings.xml", "xl/worksheets/sheet1.xml": "xl/Worksheets/Sheet1.xml"}
    return book.save(path, {"导出数据": book.sheet(book.rows(table))}, named=named)


HONEST = [
    HonestFile("wps-plain", PAYMENTS, plain),
    HonestFile("wps-cell-pictures", RESIDENTS, with_cell_pictures),
    HonestFile("wps-old-zh-dates", PAYMENTS, old_zh_dates),
    HonestFile("wps-form-with-lists", BUSINESSES, form_with_lists),
    HonestFile("wps-words-for-yes", BUSINESSES, words_for_yes),
    HonestFile("wps-other-case", RESIDENTS, other_case),
]
