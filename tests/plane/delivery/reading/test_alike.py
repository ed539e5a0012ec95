"""A sheet is read alike as text and as a workbook: the same records, rejections, numbers of rows, words about them."""

import csv
import io
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.core.errors import Problem
from hutong.plane.definition import Definition, Item
from hutong.plane.delivery import reading

ITEMS = tuple(Item(code, name) for code, name in zip("abcd", ["编号", "名称", "金额", "备注"], strict=True))
WANTED = Definition(code="1/1", version=1, name="x", provider="p", key=("a",), items=ITEMS)
HEADER = ["编号", "名称*", "金额", "备注（必填）"]
TOLD = ("header_row", "above", "records", "empty_rows", "suspicious")
Sheet = list[list[str]]


def as_text(path: Path, sheet: Sheet) -> Path:
    width = max(map(len, sheet))
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator="\r\n").writerows([*row, *[""] * (width - len(row))] for row in sheet)
    path.write_bytes(made.getvalue().encode("gb18030"))
    return path


def as_workbook(path: Path, sheet: Sheet) -> Path:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for place, row in enumerate(sheet):
            for column, cell in enumerate(row):
                if cell:
                    page.write_string(place, column, cell)
    return path


def read(path: Path) -> object:
    try:
        found = reading.open_(path, definition=WANTED)
        records, unreadable = {}, set()
        for block in found.blocks():
            cells = ([cell or None for cell in row.values()] for row in block.batch.to_pylist())
            records |= dict(zip(block.numbers, cells, strict=True))
            unreadable |= {(row.number, row.reason) for row in block.unreadable}
    except Problem as problem:
        return problem.code, problem.facts.get("missing"), problem.facts.get("unknown")
    return records, unreadable, {name: getattr(found.report, name) for name in TOLD}


def alike(folder: Path, sheet: Sheet) -> object:
    found = read(as_text(folder / "a.csv", sheet))
    assert read(as_workbook(folder / "a.xlsx", sheet)) == found
    return found


RECORDS = [["001", "甲", "1", "x"], ["002", "乙", "", ""], ["003", "丙", "3", "一\n二"], ["004", "丁", "4", "y"]]
SHEETS = {
    "plain": [HEADER, *RECORDS],
    "titles and empty rows above": [["某某表"], [], ["单位：某局", "", "2026年"], HEADER, *RECORDS],
    "empty rows among": [HEADER, RECORDS[0], [], RECORDS[2], ["", " ", ""], [], RECORDS[3], [], []],
    "begins in C3": [[], [], *(["", "", *row] for row in [HEADER, *RECORDS])],
    "empty columns": [["", *row[:2], "", *row[2:], "", ""] for row in [HEADER, *RECORDS]],
    "beside the table": [HEADER, RECORDS[0], [*RECORDS[1], "", "?"], *RECORDS[2:]],
    "footer": [HEADER, *RECORDS, ["合计", "", "8"], ["填表人：某某"]],
    "header of two rows": [["基本情况", "", "其他"], HEADER, *RECORDS],
    "header again": [HEADER, RECORDS[0], HEADER, RECORDS[1]],
    "another header": [["编号", "名字", "金额", "备注"], *RECORDS],
    "a column too many": [[*HEADER, "年龄"], *([*row, "1"] for row in RECORDS)],
    "a column without title": [[*HEADER, ""], *([*row, "1"] for row in RECORDS)],
    "no header": RECORDS,
}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_a_sheet_is_read_alike_in_both_forms(sheet: Sheet, tmp_path: Path) -> None:
    alike(tmp_path, sheet)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(["", "某某表", "2026年"]), max_size=4), max_size=3),
    st.lists(
        st.lists(st.sampled_from(["", "", "x", "甲", " ", "合计", "1.50", "一\n二", 'a"b', "，", "0012"]), max_size=6),
        min_size=1,
        max_size=25,
    ),
    st.integers(0, 2),
)
def test_any_sheet_is_read_alike_in_both_forms(tmp_path_factory, above, rows, shift) -> None:
    sheet = [["" for _ in range(shift)] + row for row in [*above, HEADER, *rows]]
    alike(tmp_path_factory.mktemp("a"), sheet)


@pytest.mark.parametrize("left", [0, 1, 3])
def test_what_a_format_shows_is_read_wherever_the_table_begins(left: int, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        page, zeros = book.add_worksheet(), book.add_format({"num_format": "000000"})
        page.write_row(2, left, HEADER)
        for number in range(3, 9):
            page.write_number(number, left, number, zeros)
            page.write_string(number, left + 1, "x")
            page.write_number(number, left + 2, number)
    sheet = [[], [], *(["" for _ in range(left)] + row
             for row in [HEADER, *([f"{n:06}", "x", f"{n}", ""] for n in range(3, 9))])]  # fmt: skip
    assert read(tmp_path / "a.xlsx") == read(as_text(tmp_path / "a.csv", sheet))
    found = reading.open_(tmp_path / "a.xlsx", definition=WANTED)
    assert [block.batch.num_rows for block in found.blocks()] == [6]
    assert found.report.differing["a"].first[:2] == (f"{'ABCD'[left]}4", f"{'ABCD'[left]}5")
