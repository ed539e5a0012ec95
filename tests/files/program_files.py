"""Honest files that programs write with openpyxl and XlsxWriter."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table as ExcelTable
from truth import BUSINESSES, PAYMENTS, RESIDENTS, HonestFile, Table

from hutong.plane.definition import Type

Typed = str | date | datetime | float | bool | Decimal | None


def typed(type: Type, value: str | None) -> Typed:
    """Return a value as a program has it."""
    if value is None or type in (Type.STRING, Type.MEMO):
        return value
    if type is Type.DATE:
        return date.fromisoformat(value)
    if type is Type.DATETIME:
        return datetime.fromisoformat(value)
    return value == "true" if type is Type.LOGICAL else float(value)


def lines(table: Table) -> list[list[Typed]]:
    """Return the records of a table."""
    types = table.types()
    return [[typed(types[code], row[code]) for code in table.codes] for row in table.rows]


def openpyxl_plain(path: Path, table: Table) -> Path:
    """Write line after line, by the codes of the items."""
    book = openpyxl.Workbook()
    for line in [table.codes, *lines(table)]:
        book.active.append(line)
    book.save(path)
    return path


def openpyxl_write_only(path: Path, table: Table) -> Path:
    """Write a stream, as exports of many rows are written."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("导出")
    for line in [table.names, *lines(table)]:
        page.append(line)
    book.save(path)
    return path


def openpyxl_formatted(path: Path, table: Table) -> Path:
    """Write days and amounts in formats of its own."""
    book = openpyxl.Workbook()
    page = book.active
    for line in [table.names, *lines(table)]:
        page.append(line)
    formats = {Type.DATETIME: "yyyy年m月d日 h:mm:ss", Type.DATE: 'yyyy"年"m"月"', Type.CURRENCY: '"¥"#,##0.00', Type.INTEGER: "#,##0"}
    for place, item in enumerate(table.definition.items, start=1):
        for number in range(2, len(table.rows) + 2):
            page.cell(number, place).number_format = formats.get(item.type, "General")
    book.save(path)
    return path


def openpyxl_furnished(path: Path, table: Table) -> Path:
    """Write a table of Excel's with a list to choose from, comments, frozen panes and hidden columns."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "人员 2025"
    for line in [table.names, *lines(table)]:
        page.append(line)
    page.add_table(ExcelTable(displayName="人员", ref=f"A1:G{len(table.rows) + 1}"))
    chosen = DataValidation(type="list", formula1='"低保户,五保户"', allow_blank=True)
    page.add_data_validation(chosen)
    chosen.add("G2:G99")
    page["A1"].comment = Comment("八位", "某人")
    page.freeze_panes = "B2"
    page.column_dimensions["E"].hidden = True
    book.save(path)
    return path


def openpyxl_several_sheets(path: Path, table: Table) -> Path:
    """Write a cover, the records, and a hidden sheet of lists before both."""
    book = openpyxl.Workbook()
    book.active.title = "列表"
    book.active.append(["男"])
    book.active.sheet_state = "hidden"
    cover, page = book.create_sheet("封面"), book.create_sheet("明细")
    cover.append(["某县某局"])
    for line in [table.names, *lines(table)]:
        page.append(line)
    book.active = 2
    book.save(path)
    return path


def openpyxl_rich(path: Path, table: Table) -> Path:
    """Write texts in runs of two fonts."""
    book = openpyxl.Workbook()
    for line in [table.names, *lines(table)]:
        book.active.append(line)
    for number, row in enumerate(table.rows, start=2):
        name = row["name"] or ""
        book.active.cell(number, 2).value = CellRichText(TextBlock(InlineFont(b=True), name[:1]), name[1:])
    book.save(path)
    return path


def openpyxl_under_a_title(path: Path, table: Table) -> Path:
    """Write a merged title and an empty row above the table, which begins in column B."""
    book = openpyxl.Workbook()
    page = book.active
    page["B1"] = "某县企业名录"
    page.merge_cells("B1:I1")
    for number, line in enumerate([table.names, *lines(table)], start=3):
        for place, value in enumerate(line, start=2):
            page.cell(number, place).value = value
    book.save(path)
    return path


def openpyxl_1904_iso(path: Path, table: Table) -> Path:
    """Write days as ISO texts in cells of days, in a workbook that counts from 1904."""
    book = openpyxl.Workbook(iso_dates=True)
    book.epoch = CALENDAR_MAC_1904
    for line in [table.names, *lines(table)]:
        book.active.append(line)
    book.save(path)
    return path


def written(book: xlsxwriter.Workbook, table: Table, *, formats: dict[Type, str] | None = None, first: int = 0) -> None:
    """Write a table with XlsxWriter from row `first` on, each type in its format."""
    page = book.add_worksheet("数据")
    shown = {Type.DATE: "yyyy-mm-dd", Type.DATETIME: "yyyy-mm-dd hh:mm:ss", **(formats or {})}
    made = {type: book.add_format({"num_format": format}) for type, format in shown.items()}
    page.write_row(first, 0, table.names)
    for number, row in enumerate(table.rows, start=first + 1):
        for place, item in enumerate(table.definition.items):
            value = typed(item.type, row[item.code])
            if value is None:
                continue
            if isinstance(value, str):
                page.write_string(number, place, value)
            else:
                page.write(number, place, value, made.get(item.type))


def xlsxwriter_of(
    options: dict[str, object], formats: dict[Type, str] | None = None
) -> Callable[[Path, Table], Path]:
    """Return a writer with options of XlsxWriter."""
    def write(path: Path, table: Table) -> Path:
        book = xlsxwriter.Workbook(path, options)
        written(book, table, formats=formats)
        book.close()
        return path

    return write


def xlsxwriter_rich(path: Path, table: Table) -> Path:
    """Write texts in runs."""
    book = xlsxwriter.Workbook(path)
    written(book, table)
    red = book.add_format({"color": "red"})
    for number, row in enumerate(table.rows, start=1):
        name = row["name"] or ""
        book.worksheets()[0].write_rich_string(number, 1, red, name[:1], name[1:2], *([red, name[2:]] if name[2:] else []))
    book.close()
    return path


def xlsxwriter_table(path: Path, table: Table) -> Path:
    """Write a table of Excel's under a merged title, with frozen panes and hidden rows."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy/m/d"})
    page = book.add_worksheet()
    page.merge_range(0, 0, 0, len(table.names) - 1, "企业登记情况", book.add_format({"align": "center"}))
    page.add_table(1, 0, len(table.rows) + 1, len(table.names) - 1, {
        "columns": [{"header": name} for name in table.names], "data": lines(table),
    })  # fmt: skip
    page.freeze_panes(2, 1)
    page.set_row(5, None, None, {"hidden": True})
    book.close()
    return path


def xlsxwriter_computed(path: Path, table: Table) -> Path:
    """Write amounts as formulas with their results."""
    book = xlsxwriter.Workbook(path)
    written(book, table)
    for number, row in enumerate(table.rows, start=1):
        book.worksheets()[0].write_formula(number, 3, f"=E{number + 1}*1", None, float(row["amount"] or 0))
    book.close()
    return path


HONEST = [
    HonestFile("openpyxl-plain", PAYMENTS, openpyxl_plain),
    HonestFile("openpyxl-write-only", BUSINESSES, openpyxl_write_only),
    HonestFile("openpyxl-formatted", PAYMENTS, openpyxl_formatted),
    HonestFile("openpyxl-furnished", RESIDENTS, openpyxl_furnished),
    HonestFile("openpyxl-several-sheets", RESIDENTS, openpyxl_several_sheets),
    HonestFile("openpyxl-rich", RESIDENTS, openpyxl_rich),
    HonestFile("openpyxl-under-a-title", BUSINESSES, openpyxl_under_a_title),
    HonestFile("openpyxl-1904-iso", PAYMENTS, openpyxl_1904_iso),
    HonestFile("xlsxwriter-plain", PAYMENTS, xlsxwriter_of({})),
    HonestFile("xlsxwriter-constant-memory", BUSINESSES, xlsxwriter_of({"constant_memory": True})),
    HonestFile("xlsxwriter-1904", RESIDENTS, xlsxwriter_of({"date_1904": True})),
    HonestFile("xlsxwriter-zip64", RESIDENTS, xlsxwriter_of({"use_zip64": True}, {Type.DATE: "d mmmm yyyy"})),
    HonestFile("xlsxwriter-rich", RESIDENTS, xlsxwriter_rich),
    HonestFile("xlsxwriter-table", BUSINESSES, xlsxwriter_table),
    HonestFile("xlsxwriter-computed", PAYMENTS, xlsxwriter_computed),
]
