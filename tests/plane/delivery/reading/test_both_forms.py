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
        (report.header_row, report.above, report.records, report.suspicious),
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
