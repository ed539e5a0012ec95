"""A workbook is read as a person sees it: the visible sheet, its days, its zeros; what cannot be read so is told."""

from pathlib import Path

import pytest
import workbooks
import xlsxwriter
from workbooks import rows, sheet, styles

from hutong.plane.definition import Definition, Item, Mode, Type
from hutong.plane.delivery import reading
from hutong.plane.delivery.blocks import UnreadableRow
from hutong.plane.delivery.reading import workbook
from hutong.plane.delivery.reading.header import ColumnsWrong
from hutong.plane.delivery.reading.report import LeftOut, WhatWasRead

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


def read(path: Path, **changes: object) -> tuple[list[tuple], list[UnreadableRow], WhatWasRead]:
    """Return the records with their numbers, what could not be read, and the report."""
    found = reading.open_(path, definition=definition(**changes))
    records, unreadable = [], []
    for block in found.blocks():
        records += [(number, *row.values()) for number, row in zip(block.numbers, block.batch.to_pylist(), strict=True)]
        unreadable += block.unreadable
    return records, unreadable, found.report


def made(path: Path, *lines: list, styled: str | None = None, **more: object) -> Path:
    """Write a workbook of one sheet: the header and `lines`."""
    return workbooks.write(path / "a.xlsx", {"表": sheet(rows([HEADER, *lines]))}, styled=styled, **more)


def test_the_visible_sheet_is_read_and_the_others_are_told(tmp_path: Path) -> None:
    path = workbooks.write(
        tmp_path / "a.xlsx",
        {
            "字典": sheet(rows([["code"], ["男"], ["女"]])),
            "说明": sheet(rows([["请按要求填写"]])),
            "空": sheet(""),
            "一月": sheet(rows([HEADER, ["1", None, 5.0, "x"]])),
            "二月": sheet(rows([HEADER, ["2", None, None, None], [None, None, None, None], ["3", None, None, None]])),
        },
        hidden=["字典"],
    )
    records, _, report = read(path)
    assert records == [(2, "1", None, "5", "x")]
    assert report.sheet == "一月"
    assert report.left_out == (LeftOut("字典", True, 3), LeftOut("说明", False, 1), LeftOut("二月", False, 3))
    assert reading.titles(path) == HEADER


def test_a_workbook_whose_sheets_are_all_hidden_is_refused_as_that(tmp_path: Path) -> None:
    path = workbooks.write(
        tmp_path / "a.xlsx", {"字典": sheet(rows([HEADER, ["1"]])), "空": sheet("")}, hidden=["字典"]
    )
    with pytest.raises(workbook.SheetsHidden):
        read(path)


def test_the_refusal_is_of_the_sheet_that_fits_best(tmp_path: Path) -> None:
    path = workbooks.write(
        tmp_path / "a.xlsx", {"一": sheet(rows([["谁", "何时"]])), "二": sheet(rows([["备注", *HEADER[:3], "多"]]))}
    )
    with pytest.raises(ColumnsWrong) as refused:
        read(path)
    assert refused.value.facts["unknown"] == "5"


@pytest.mark.parametrize("number", [14, 15, 22, *range(27, 32), 36, 50, 51, 57, 58])
def test_days_are_read_by_every_built_in_format(number: int, tmp_path: Path) -> None:
    lines = [[f"{day}", (45293.0 + day, 1), 1.0, (45293.0, 1)] for day in range(3)]
    records, _, _ = read(made(tmp_path, *lines, styled=styles(number)))
    assert [record[2] for record in records] == ["2024-01-02", "2024-01-03", "2024-01-04"]
    assert [record[4] for record in records] == ["2024-01-02"] * 3


@pytest.mark.parametrize(
    "code",
    [
        'yyyy"年"m"月"d"日"', '[$-804]yyyy"年"m"月"d"日";@', "yyyy/m/d;@", "[$-F800]dddd, mmmm dd, yyyy", "e-m-d",
        '[DBNum1][$-804]yyyy"年"m"月"d"日"', "yyyymmdd", "[Red]yyyy.mm.dd", "d/m/yy", "YYYY-MM-DD", r"yyyy\-mm\-dd",
    ],
)  # fmt: skip
def test_days_are_read_by_a_format_of_the_workbooks_own_and_not_told_where_shown_whole(
    code: str, tmp_path: Path
) -> None:
    records, _, report = read(made(tmp_path, ["1", (45293.0, 1), 1.0, "x"], styled=styles(code)))
    assert records == [(2, "1", "2024-01-02", "1", "x")]
    assert report.differing == {}


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    path = made(tmp_path, ["1", (0.0, 1), 1.0, (43831.5, 2)], styled=styles(14, 22), book='<workbookPr date1904="1"/>')
    assert read(path)[0] == [(2, "1", "1904-01-01", "1", "2024-01-02T12:00:00")]


def test_moments_times_and_days_no_calendar_has(tmp_path: Path) -> None:
    lines = [["1", None, None, (45293.25, 1)], ["2", None, None, (0.5, 2)], ["3", None, None, (1.5, 3)],
             ["4", None, None, (60.0, 1)], ["5", None, None, (1.0, 1)], ["6", None, None, (45293.999999, 1)],
             ["7", None, None, (-5.0, 1)], ["8", None, None, (1e12, 1)]]  # fmt: skip
    records, _, _ = read(made(tmp_path, *lines, styled=styles("yyyy-m-d h:mm:ss", "h:mm", "[h]:mm")))
    assert [record[4] for record in records] == [
        "2024-01-02T06:00:00", "12:00:00", "36:00:00", "1900-02-29", "1900-01-01", "2024-01-03", "-5", "1000000000000",
    ]  # fmt: skip


def test_strict_workbooks_other_case_and_empty_fills_are_read(tmp_path: Path) -> None:
    wanted = [(2, "甲", "2024-01-02", "1.5", None)]
    line = ["甲", (45293.0, 1), 1.5, None]
    strict = workbooks.write(
        tmp_path / "strict.xlsx", {"表": sheet(rows([HEADER, line]), main=workbooks.STRICT_MAIN)},
        styled=styles(31, main=workbooks.STRICT_MAIN), strict=True,
    )  # fmt: skip
    assert read(strict)[0] == wanted
    strings = f'<sst xmlns="{workbooks.MAIN}">{"".join(f"<si><t>{each}</t></si>" for each in [*HEADER, "甲"])}</sst>'
    shared = [[f'<c r="{{at}}" t="s"><v>{place}</v></c>' for place in range(4)],
              ['<c r="{at}" t="s"><v>4</v></c>', *line[1:]]]  # fmt: skip
    other = workbooks.write(
        tmp_path / "other.xlsx", {"表": sheet(rows(shared))}, strings=strings,
        styled=styles(31, fills="<fills><fill/></fills>"),
        named={"xl/sharedStrings.xml": "xl/SharedStrings.xml", "xl/workbook.xml": "XL/Workbook.xml"},
    )  # fmt: skip
    assert read(other)[0] == wanted
    assert read(workbooks.write(tmp_path / "folder.xlsx", {"表": sheet(rows([HEADER, line]))}, styled=styles(31),
                                folder="内容/x"))[0] == wanted  # fmt: skip


def test_what_a_workbook_of_another_program_holds_is_the_same(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet("登记")
    page.write_row(2, 1, HEADER)
    page.write_row(3, 1, ["001", None, 12.5, "第一行\n第二行"])
    book.close()
    records, _, report = read(tmp_path / "a.xlsx")
    assert (records, report.header_row) == ([(4, "001", None, "12.5", "第一行\n第二行")], 3)
