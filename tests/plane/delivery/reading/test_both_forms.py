"""A table read as text and as a workbook gives the same records, rejections and row numbers."""

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import HEADER, definition

from hutong.core.errors import Problem
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import number_formats

Cell = str | float | date | None
Table = list[list[Cell]]
TEXTS = st.text(alphabet="abz07 甲乙，。'-", min_size=1, max_size=6).filter(str.strip) | st.sampled_from(
    ["第一行\n第二行", '他说"好"', "a,b", "001", "合计", " 前后 ", "\u3000", "2024-01-02", "1.50"]
)
NUMBERS = st.integers(-(10**14), 10**14).map(float) | st.floats(-1e6, 1e6).map(lambda value: round(value, 3))
CELLS = st.none() | TEXTS | NUMBERS | st.dates(date(1901, 1, 1), date(2100, 1, 1))
LINES = st.lists(CELLS, min_size=4, max_size=4) | st.just([None] * 4) | st.lists(CELLS, min_size=4, max_size=6)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Return a table, perhaps below titles and empty rows, and not always from column A on."""
    left = draw(st.integers(0, 2))
    above = draw(st.sampled_from([[], [["某县登记表"]], [[None]], [["某县登记表"], [None]]]))
    lines = draw(st.lists(LINES, min_size=1, max_size=8))
    made = [*above, HEADER, *lines]
    width = max(place + 1 for line in made for place, cell in enumerate(line) if cell is not None)
    return [[*[None] * left, *line[:width], *[None] * (width - len(line))] for line in made]


def written(cell: Cell) -> str:
    if cell is None or isinstance(cell, date | str):
        return str(cell or "")
    return number_formats.plain(cell)


def found(path: Path) -> object:
    """Return all that is read of a file, or why it is refused."""
    try:
        opened = reading.open_(path, definition=definition())
        blocks = [*opened.blocks()]
    except Problem as problem:
        return problem.code, {name: fact for name, fact in problem.facts.items() if name != "file"}
    report = opened.report
    return (
        [(number, row) for block in blocks for number, row in zip(block.numbers, block.batch.to_pylist(), strict=True)],
        [one for block in blocks for one in block.unreadable],
        (report.header_row, report.above, report.records, report.suspicious, report.illegible, report.errors.number),
        report.differing,
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables())
def test_a_table_is_the_same_in_both_forms(table: Table, tmp_path: Path) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([written(cell) for cell in row] for row in table)
    (tmp_path / "a.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx", {"default_date_format": 'yyyy"年"m"月"d"日"'})
    page = book.add_worksheet()
    other = openpyxl.Workbook()
    for number, row in enumerate(table):
        for place, cell in enumerate(row):
            other.active.cell(number + 1, place + 1).value = cell
            if isinstance(cell, str):
                page.write_string(number, place, cell)
            elif cell is not None:
                page.write(number, place, cell)
    book.close()
    other.save(tmp_path / "b.xlsx")
    wanted = found(tmp_path / "a.csv")
    assert found(tmp_path / "a.xlsx") == wanted
    assert found(tmp_path / "b.xlsx") == wanted


NAMES = [item.name for item in definition().items]
HEADERS: list[list[list[str | None]]] = [
    [[*NAMES]],
    [["基本情况", None, "其他", None], [*NAMES]],
    [[NAMES[0], "时间与金额", None, NAMES[3]], [None, NAMES[1], NAMES[2], None]],
    [[f"{NAMES[0]}*", f"{NAMES[1]}（必填）", "金 额", "备\n注："]],
]
"""What stands above the records, as forms have it."""
WRITTEN = st.none() | st.sampled_from(
    ["甲", "第一行\n第二行", "一\n二\n三", 'a"b', "a,b", "001", "TRUE", "#N/A", "1.5E+17", "2024-01-02", "3", "合计",
     "--", "?？", "张\ue000"]
)  # fmt: skip
RECORDS = st.lists(WRITTEN, min_size=4, max_size=4) | st.just([None] * 4)
Area = tuple[int, int, int, int]
"""First row and column, last row and column."""


@st.composite
def forms(draw: st.DrawFn) -> tuple[list[list[str | None]], list[Area]]:
    """Return the cells of a form, each merged area in its first cell, and the areas."""
    left, right = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    titles: list[list[str | None]] = draw(
        st.sampled_from([[], [["登记表"]], [["附件1"], ["登记表"], []], [[], ["单位：某局", None, "2024年"]]])
    )
    head = draw(st.sampled_from(HEADERS))
    records = draw(st.lists(RECORDS, min_size=1, max_size=7))
    records[-1][0] = records[-1][0] or "末"
    width = left + 4 + right
    table: list[list[str | None]] = []
    for line in [*titles, *head, *records]:
        row: list[str | None] = [*[None] * left, *line]
        table.append([*row, *[None] * (width - len(row))])
    taken: set[tuple[int, int]] = set()
    areas: list[Area] = []
    for _ in range(draw(st.integers(0, 4))):
        row, column = draw(st.integers(0, len(table) - 1)), draw(st.integers(left, left + 3))
        last_row, last_column = row + draw(st.integers(0, 3)), min(column + draw(st.integers(0, 3)), left + 3)
        inside = {(y, x) for y in range(row, last_row + 1) for x in range(column, last_column + 1)}
        begins = len(titles) + len(head)
        crossing = any(row < border <= last_row for border in (len(titles), begins))
        if last_row >= len(table) - 1 or len(inside) < 2 or inside & taken or crossing:
            continue
        if len(titles) <= row < begins and any(table[y][x] for y, x in inside - {(row, column)}):
            continue  # it would hide a title
        taken |= inside
        for y, x in inside - {(row, column)}:
            table[y][x] = None
        areas.append((row, column, last_row, last_column))
    return table, areas


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=forms())
def test_a_form_with_titles_and_merged_cells_is_the_same(
    form: tuple[list[list[str | None]], list[Area]], tmp_path: Path
) -> None:
    """A merged area has its value in its first cell alone, as a person sees it and as it is saved as text."""
    table, areas = form
    out = io.StringIO(newline="")
    csv.writer(out).writerows([cell or "" for cell in row] for row in table)
    (tmp_path / "a.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
    made = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page, framed = made.add_worksheet(), made.add_format({"border": 1})
    other = openpyxl.Workbook()
    for row, column, last_row, last_column in areas:
        page.merge_range(row, column, last_row, last_column, "", framed)
    for number, line in enumerate(table):
        for place, cell in enumerate(line):
            if cell is not None:
                page.write_string(number, place, cell, framed)
                other.active.cell(number + 1, place + 1).value = cell
                other.active.cell(number + 1, place + 1).data_type = "s"
    made.close()
    for row, column, last_row, last_column in areas:
        other.active.merge_cells(
            start_row=row + 1, start_column=column + 1, end_row=last_row + 1, end_column=last_column + 1
        )
    other.save(tmp_path / "b.xlsx")
    wanted = found(tmp_path / "a.csv")
    assert found(tmp_path / "a.xlsx") == wanted
    assert found(tmp_path / "b.xlsx") == wanted
    assert not isinstance(wanted[0], str), wanted
