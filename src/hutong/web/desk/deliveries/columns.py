"""The columns a file of an entry has, as a page and as a template to fill in: each with its rules and an example."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.utils.translation import gettext

from hutong.control.catalog import rules
from hutong.control.catalog.expected import ExpectedFile
from hutong.core.spreadsheet import text
from hutong.plane.definition import OF_FILES, Item, Rule, Type
from hutong.plane.delivery.blocks import OP
from hutong.plane.values import NUMBERS
from hutong.web.desk.catalog import itemrules
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.wording import reader
from hutong.web.wording.names import named

EXAMPLES: dict[Type, str] = {
    Type.DATE: "2026-03-02", Type.DATETIME: "2026-03-02 09:30:00", Type.INTEGER: "12", Type.LOGICAL: "是",
    Type.GENERAL: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    **dict.fromkeys((Type.NUMERIC, Type.CURRENCY, Type.DOUBLE, Type.FLOAT), "1200.50"),
}  # fmt: skip
BY_RULE = {
    Rule.RESIDENT_NUMBER: "110101190001010014",
    Rule.CREDIT_CODE: "91110101MA00000005",
    Rule.REGION_CODE: "110101",
}
"""Numbers whose last digit is right, and that nobody has."""
_FORMATS = {Type.DATE: "yyyy-mm-dd", Type.DATETIME: "yyyy-mm-dd hh:mm:ss"}
_AS_NUMBERS = {*NUMBERS}
_LONGEST_LIST = 255
"""Characters of a list to choose from in a workbook."""
_ROWS = 5_000
"""Rows of a template that are formatted."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of one column, in the words of the reader."""

    name: str
    code: str
    type: str
    must: str
    rules: tuple[str, ...]
    example: str


def table(expected: ExpectedFile) -> Table:
    """Return the columns of a file as a table of a page."""
    titles = ("列（信息项）", "类型", "是否必填", "要求", "示例")
    rows = tuple(
        (
            Cell(each.name, code=each.code if each.code != each.name else ""), Cell(each.type), Cell(each.must),
            Cell("" if each.rules else "—", lines=tuple((rule, "") for rule in each.rules)), Cell(each.example or "—"),
        )
        for each in _asked(expected, changes=False)
    )  # fmt: skip
    return Table(gettext("文件的列"), tuple(Column(gettext(title)) for title in titles), rows, even=False)


def workbook(expected: ExpectedFile, *, changes: bool) -> bytes:
    """Return a workbook to fill in: a sheet with the titles alone, and one that says what each column asks."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
        sheet = book.add_worksheet(gettext("数据"))
        sheet.freeze_panes(1, 0)
        for place, (title, item) in enumerate(_titles(expected, changes=changes)):
            shown = book.add_format({"num_format": _format(item)})
            sheet.set_column(place, place, max(12, 2 * len(title) + 4), shown)
            sheet.write_string(0, place, title, bold)
            if choices := _choices(item):
                listed = {"validate": "list", "source": choices, "error_type": "warning"}
                sheet.data_validation(1, place, _ROWS, place, listed)
        _help(book, expected, changes=changes)
    return made.getvalue()


def comma_separated(expected: ExpectedFile, *, changes: bool) -> bytes:
    """Return a text to fill in: the titles alone, in UTF-8 with its mark, as Excel opens it."""
    line = io.StringIO()
    csv.writer(line).writerow([text(title) for title, _ in _titles(expected, changes=changes)])
    return b"\xef\xbb\xbf" + line.getvalue().encode()


def _titles(expected: ExpectedFile, *, changes: bool) -> Iterator[tuple[str, Item | None]]:
    """Yield the title of each column and its item: its name, or its code where that is no title for one column."""
    names = [item.name for item in expected.items]
    for item in expected.items:
        fits = names.count(item.name) == 1 and rules.fits_as_name(item.name)
        yield (item.name if fits else item.code), item
    if changes:
        yield OP, None


def _help(book: Any, expected: ExpectedFile, *, changes: bool) -> None:
    sheet = book.add_worksheet(gettext("填写说明"))
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 1, 20, wrapped)
    sheet.set_column(2, 3, 10, wrapped)
    sheet.set_column(4, 5, 40, wrapped)
    for place, title in enumerate(("列名", "代码", "类型", "是否必填", "要求", "示例")):
        sheet.write_string(0, place, gettext(title), bold)
    number = 0
    for number, each in enumerate(_asked(expected, changes=changes), start=1):
        for place, said in enumerate((each.name, each.code, each.type, each.must, "\n".join(each.rules), each.example)):
            sheet.write_string(number, place, said, wrapped)
    for note in notes(expected, changes=changes):
        number += 1
        sheet.merge_range(number + 1, 0, number + 1, 5, note, wrapped)


def notes(expected: ExpectedFile, *, changes: bool) -> Sequence[str]:
    """Return what is to be known of every file of an entry."""
    told = [
        gettext("表头用列名或代码都可以，次序不限，可写在标题行之下；列不增不减。"),
        gettext("没有值的留空，不填“无”“—”。日期写作 2026-03-02 或 2026年3月2日；金额和数量只写数字，单位不写。"),
        gettext("号码类的列请设为“文本”格式（模板已设好），否则表格软件会丢掉前面的 0 和第 15 位以后的数字。"),
    ]
    if any(item.type is Type.GENERAL for item in expected.items):
        told.append(digest_note())
    if changes:
        told.append(op_note(expected))
    return told


def digest_note() -> str:
    """Return how what stands for a file is reckoned, on the systems that officers have."""
    return gettext(
        "文件的摘要由文件算出，文件改动一处，摘要就不同：Windows 运行 certutil -hashfile 文件名 SHA256，"
        "统信、麒麟等运行 sha256sum 文件名，把显示的 64 位照抄到表中。"
    )


def op_note(expected: ExpectedFile) -> str:
    """Return what the column of a file of changes says."""
    names = {item.code: item.name for item in expected.items}
    key = (", " if reader.language() == "en" else "、").join(names.get(code, code) for code in expected.key)
    said = gettext("增量文件多一列 _op：u 表示新增或更新这一条，d 表示删除这一条；删除的行只需填写%(key)s。")
    return said % {"key": key}


def _asked(expected: ExpectedFile, *, changes: bool) -> Iterator[_Asked]:
    for item in expected.items:
        key = item.code in expected.key
        must = gettext("必填（识别项）") if key else gettext("必填") if item.required else gettext("可空")
        rules = [gettext("最多 %(count)s 字") % {"count": item.length}] if item.length else []
        if item.type is Type.GENERAL:
            rules.append(gettext("填写文件的 SHA-256 摘要（64 位十六进制），不填文件名，也不附文件"))
        for rule in item.rules:
            if rule.rule not in OF_FILES:
                said = {"rule": str(rule.rule), "argument": rule.argument, "warn": rule.warn}
                rules.append(itemrules.write([said], language=reader.language()))
        yield _Asked(item.name, item.code, named(str(item.type), "type"), must, tuple(rules), example(item))
    if changes:
        yield _Asked(OP, OP, gettext("操作"), gettext("必填"), (gettext("u：新增或更新；d：删除"),), "u")


def example(item: Item) -> str:
    """Return a value that an item takes, as one may write it; empty where any text is one, or a pattern asks for it."""
    for rule in item.rules:
        if rule.rule is Rule.ONE_OF:
            return rule.argument.split("|")[0]
        if rule.rule in BY_RULE:
            return BY_RULE[rule.rule]
        if rule.rule is Rule.MINIMUM:
            return rule.argument
    return "" if any(rule.rule is Rule.PATTERN for rule in item.rules) else EXAMPLES.get(item.type, "")


def _format(item: Item | None) -> str:
    if item is None or item.type not in {*_FORMATS, *_AS_NUMBERS, Type.LOGICAL}:
        return "@"
    return _FORMATS.get(item.type, "General")


def _choices(item: Item | None) -> list[str]:
    """Return what may be chosen in a cell; nothing where it is no list, or a longer one than a workbook takes."""
    if item is None:
        return ["u", "d"]
    listed = next((rule.argument.split("|") for rule in item.rules if rule.rule is Rule.ONE_OF and not rule.warn), [])
    if item.type is Type.LOGICAL:
        listed = listed or ["是", "否"]
    return listed if len(",".join(listed)) <= _LONGEST_LIST and not any("," in each for each in listed) else []
