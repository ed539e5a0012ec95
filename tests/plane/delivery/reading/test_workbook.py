"""A workbook is read as a person sees it: the visible sheet, its days, its zeros; what cannot be read so is told."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import workbooks
import xlsxwriter
from workbooks import HEADER, definition, rows, sheet, styles

from hutong.core.text import say
from hutong.plane.delivery import reading
from hutong.plane.delivery.blocks import UnreadableRow
from hutong.plane.delivery.reading import workbook, workbook_guard
from hutong.plane.delivery.reading.header import ColumnsWrong
from hutong.plane.delivery.reading.report import LeftOut, WhatWasRead


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


@pytest.mark.parametrize("after", [0, 3])
def test_a_sheet_with_a_header_alone_is_left_for_one_with_records(after: int, tmp_path: Path) -> None:
    """As a template is whose sheet was copied and filled; without another it is the table, of no records."""
    empty, filled = sheet(rows([["登记表"], HEADER, *[[None]] * after])), sheet(rows([HEADER, ["1"], ["2"]]))
    two = workbooks.write(tmp_path / "a.xlsx", {"样表": empty, "三月": filled})
    found = reading.open_(two, definition=definition())
    assert sum(block.batch.num_rows for block in found.blocks()) == 2
    assert (found.report.sheet, found.report.left_out) == ("三月", (LeftOut("样表", False, 2),))
    assert reading.titles(tmp_path / "a.xlsx") == HEADER
    one = workbooks.write(tmp_path / "b.xlsx", {"样表": empty, "空": sheet("")})
    alone = reading.open_(one, definition=definition())
    assert sum(block.batch.num_rows for block in alone.blocks()) == 0
    assert (alone.report.sheet, alone.report.records) == ("样表", 0)


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


ABOUT_PERSONS = {"personal": True}
ERROR, FORMULA = '<c r="{at}" t="e"><v>#N/A</v></c>', '<c r="{at}"><f>A1</f><v/></c>'


def test_a_number_is_read_in_an_item_of_text_as_it_is_shown_and_that_is_told(tmp_path: Path) -> None:
    path = made(
        tmp_path, [(1101.0, 1), None, (7.0, 1), (1.1, 2)], [(2201.0, 1), None, 8.0, (5.0, 3)],
        ["0033", None, None, (1380000.0, 4)], styled=styles("000000", "0.00", '"第"0"号"', "#,##0"),
    )  # fmt: skip
    records, _, report = read(path)
    assert records == [
        (2, "001101", None, "7", "1.10"),
        (3, "002201", None, "8", "第5号"),
        (4, "0033", None, None, "1380000"),
    ]
    assert {item: found.first for item, found in report.differing.items()} == {
        "code": ("A2", "A3"), "note": ("D2", "D3", "D4"),
    }  # fmt: skip


def test_a_number_shown_otherwise_in_another_item_keeps_its_value_and_is_told(tmp_path: Path) -> None:
    lines = [["1", None, (0.126, 1)], ["2", None, (0.12, 1)], ["3", None, (0.15, 2)], ["4", None, (12345.0, 3)],
             ["5", None, (69753.12, 4)], ["6", (45293.0, 5), None], ["7", (45293.5, 6), None]]  # fmt: skip
    formats = styles("0.00", "0%", '0.0,"万"', "#,##0.00", 'yyyy"年"m"月"', "yyyy-m-d")
    records, _, report = read(made(tmp_path, *lines, styled=formats))
    assert [record[3] for record in records] == ["0.126", "0.12", "0.15", "12345", "69753.12", None, None]
    assert [record[2] for record in records[5:]] == ["2024-01-02", "2024-01-02T12:00:00"]
    assert {item: found.first for item, found in report.differing.items()} == {
        "day": ("B7", "B8"), "amount": ("C2", "C4", "C5"),
    }  # fmt: skip


def test_a_number_that_lost_digits_is_rejected_as_that_in_an_item_of_text(tmp_path: Path) -> None:
    lines = [[330523199001011234.0, None, 1.0], ["330523199001011234", None, 1e15], ["3", None, None, 1.10101e17],
             [123456789012345.0, None, None]]  # fmt: skip
    records, unreadable, report = read(made(tmp_path, *lines))
    assert [record[:2] for record in records] == [(3, "330523199001011234"), (5, "123456789012345")]
    assert unreadable == [UnreadableRow(2, "NUMBER_LOST_DIGITS", "A2"), UnreadableRow(4, "NUMBER_LOST_DIGITS", "D4")]
    assert {item: found.first for item, found in report.differing.items()} == {
        "code": ("A2",), "amount": ("C3",), "note": ("D4",),
    }  # fmt: skip


@pytest.mark.parametrize("bad", [ERROR, FORMULA])
def test_what_is_no_value_is_null_and_told_and_a_row_that_cannot_be_without_it_is_rejected(
    bad: str, tmp_path: Path
) -> None:
    path = made(tmp_path, ["1", None, bad, bad], [bad, None, 1.0, "x"], ["3", None, 1.0, "y"])
    records, unreadable, report = read(path)
    cause = "CELL_ERROR" if bad == ERROR else "FORMULA_WITHOUT_VALUE"
    assert records == [(2, "1", None, None, None), (4, "3", None, "1", "y")]
    assert unreadable == [UnreadableRow(3, cause, "A3")]
    found = report.errors if bad == ERROR else report.formulas
    assert (found.number, found.first) == (3, ("C2", "D2", "A3"))
    assert read(path, **ABOUT_PERSONS)[1] == [UnreadableRow(2, cause, "C2"), UnreadableRow(3, cause, "A3")]


def test_errors_no_program_of_2007_knew_break_nothing(tmp_path: Path) -> None:
    path = made(tmp_path, ["1", None, None, '<c r="{at}" t="e"><v>#CALC!</v></c>'], ["2", None, 1.5, "甲 & 乙"])
    records, _, report = read(path)
    assert records == [(2, "1", None, None, None), (3, "2", None, "1.5", "甲 & 乙")]
    assert report.errors.first == ("D2",)


def test_values_that_a_workbook_says_are_still_to_be_computed_are_none(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet()
    page.write_row(0, 0, HEADER)
    page.write_string(1, 0, "1")
    page.write_formula(1, 2, "=1+1")
    page.write_formula(1, 3, '="a"', None, "a")
    book.close()
    records, _, report = read(tmp_path / "a.xlsx")
    assert (records, report.formulas.first) == ([(2, "1", None, None, "a")], ("C2",))


def test_merged_areas_are_told_where_they_reach_into_the_records(tmp_path: Path) -> None:
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in ("A1:D1", "A4:A5", "B2:C3", "D4:D4", "H4:I9"))
    table = rows([["登记表"], [None], HEADER, ["1", None, 5.0, "x"], [None, None, 6.0, "y"]])
    path = workbooks.write(tmp_path / "a.xlsx", {"表": sheet(table, after=f"<mergeCells>{merged}</mergeCells>")})
    records, _, report = read(path)
    assert records == [(4, "1", None, "5", "x"), (5, None, None, "6", "y")]
    assert (report.merged, report.header_row, report.above) == (1, 3, 1)


def test_a_deleted_record_needs_nothing_but_its_key(tmp_path: Path) -> None:
    lines = [["1", None, None, ERROR, "d"], ["2", None, None, ERROR, "u"], [ERROR, None, None, None, "d"]]
    path = workbooks.write(tmp_path / "a.xlsx", {"表": sheet(rows([[*HEADER, "_op"], *lines]))})
    found = reading.open_(path, definition=definition(**ABOUT_PERSONS), changes=True)
    (block,) = found.blocks()
    assert (list(block.numbers), block.batch.column("code").to_pylist()) == ([2], ["1"])
    assert [one.number for one in block.unreadable] == [3, 4]


def test_a_long_text_that_every_cell_names_is_not_made_as_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_guard, "LARGEST_SHEET", 10_000)
    strings = [*HEADER, "x" * 3_000, "y"]
    listed = f'<sst xmlns="{workbooks.MAIN}">{"".join(f"<si><t>{each}</t></si>" for each in strings)}</sst>'

    def path(*named: int) -> Path:
        lines = [[f'<c r="{{at}}" t="s"><v>{place}</v></c>' for place in line] for line in (range(4), named)]
        return workbooks.write(tmp_path / "a.xlsx", {"表": sheet(rows(lines))}, strings=listed)

    assert [record[4] for record in read(path(5, 5, 5, 4))[0]] == ["x" * 3_000]
    with pytest.raises(workbook_guard.SheetTextsTooLarge):
        read(path(4, 4, 4, 4))


def test_a_sheet_beyond_the_bound_is_refused_with_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_guard, "MOST_CELLS", 11)
    path = made(tmp_path, *[["1", 1.0, 1.0, "x"]] * 2)
    with pytest.raises(workbook_guard.SheetTooLarge) as refused:
        read(path)
    assert refused.value.facts["cells"] == 12
    assert "CSV" in say(refused.value, language="zh").advice


MEASURE = """
import sys
from pathlib import Path
from workbooks import definition
from hutong.plane.definition import Item
from hutong.plane.delivery import reading
items = tuple(Item(f"c{place}", f"列{place}") for place in range(8))
found = reading.open_(Path(sys.argv[1]), definition=definition(items=items, key=("c0",)))
count = sum(block.batch.num_rows for block in found.blocks())
print(count, next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.parametrize(
    ("records", "most"),
    [(20_000, 256 << 20), pytest.param(1_000_000, 1 << 30, marks=pytest.mark.full)],
    ids=["a fiftieth", "a million rows of eight columns"],
)
def test_a_large_sheet_is_read_within_its_memory(records: int, most: int, tmp_path: Path) -> None:
    strings = f'<sst xmlns="{workbooks.MAIN}"><si><t>男</t></si><si><t>某县某镇某路</t></si><si><t>备注</t></si></sst>'
    small = workbooks.write(tmp_path / "small.xlsx", {"表": ""}, strings=strings, styled=styles(31))
    cells = "".join(f'<c r="{letter}{{0}}" t="s"><v>{place}</v></c>' for place, letter in enumerate("CDE"))
    line = (
        '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>33052319900101{0}</t></is></c>'
        f'<c r="B{{0}}" t="str"><v>张三</v></c>{cells}<c r="F{{0}}"><v>1380000{{0}}</v></c>'
        '<c r="G{0}" s="1"><v>45293</v></c><c r="H{0}"><v>0.5</v></c></row>'
    )
    before, after = sheet(rows([[f"c{place}" for place in range(8)]])).split("</sheetData>")
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(small) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(before.encode())
            for first in range(2, records + 2, 10_000):
                part.write("".join(map(line.format, range(first, min(first + 10_000, records + 2)))).encode())
            part.write(f"</sheetData>{after}".encode())
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = [sys.executable, "-c", MEASURE, str(path)]
    done = subprocess.run(run, capture_output=True, text=True, env=environ, check=True)
    read_rows, memory = map(int, done.stdout.split())
    assert read_rows == records
    assert memory << 10 < most
