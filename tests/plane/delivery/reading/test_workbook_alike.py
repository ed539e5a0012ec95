"""Rows that are alike are taken without a parser, and nothing that is noted of a sheet depends on which those were."""

from pathlib import Path

import pytest
import workbooks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import rows, sheet

from hutong.plane.delivery.reading import workbook_alike, workbook_guard, workbook_look

CELLS = st.sampled_from(
    [
        1.5, "甲", None, (2.0, 1), (3.0, 2), (None, 1), ("乙", 2), (4.0, 3), '<c r="{at}" t="s"><v>0</v></c>',
        '<c r="{at}" s="1"><f>A1+1</f><v>7</v></c>', '<c r="{at}"><f>A1</f><v/></c>',
        '<c r="{at}" t="e"><v>#N/A</v></c>',
        '<c r="{at}" t="str"><f>A1</f><v></v></c>', '<c r="{at}" t="b" s="3"><v>1</v></c>',
    ]
)  # fmt: skip
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=3)


def facts(path: Path, content: str, *, chunk: int) -> dict[str, object]:
    """Return what is noted of a sheet that is read in pieces of so many bytes."""
    workbooks.write(path / "a.xlsx", {"表": content})
    look = workbook_look.SheetLook({"1": 7, "2": 8}, uncomputed=False)
    with pytest.MonkeyPatch.context() as patch, workbook_guard.Archive(path / "a.xlsx") as archive:
        patch.setattr(workbook_guard, "_CHUNK", chunk)
        archive.look("xl/worksheets/sheet1.xml", look)
    formats = {
        (row, column): format
        for column, runs in look.runs.items()
        for first, last, format in zip(runs[::3], runs[1::3], runs[2::3], strict=True)
        for row in range(first, last + 1)
    }
    return {"rows": look.rows, "filled": look.filled, "texts": look.texts, "last": (look.last_row, look.last_column),
            "formulas": [*look.formulas], "errors": [*look.errors], "formats": formats, "odd": look.odd}  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=TABLES, times=st.integers(1, 3), chunk=st.sampled_from([64, 300, 1 << 20]))
def test_what_is_noted_is_what_the_parser_alone_notes(table: list, times: int, chunk: int, tmp_path: Path) -> None:
    content = rows(table * times)
    prefixed = content.replace("<", "<x:").replace("<x:/", "</x:")
    taken = facts(tmp_path, sheet(content), chunk=chunk)
    parsed = facts(
        tmp_path,
        f'<x:worksheet xmlns:x="{workbooks.MAIN}"><x:sheetData>{prefixed}</x:sheetData></x:worksheet>',
        chunk=chunk,
    )
    there = {place: format for place, format in taken["formats"].items() if place in parsed["formats"]}  # type: ignore[attr-defined]
    assert {**taken, "formats": there} == parsed


def test_nearly_all_rows_of_a_usual_sheet_need_no_parser(tmp_path: Path) -> None:
    table = [[f"{row}", (float(row), 1), None if row % 7 else "x", row / 3] for row in range(1, 2000)]
    workbooks.write(tmp_path / "a.xlsx", {"表": sheet(rows(table))})
    look = workbook_look.SheetLook({"1": 7}, uncomputed=False)
    with workbook_guard.Archive(tmp_path / "a.xlsx") as archive:
        archive.look("xl/worksheets/sheet1.xml", look)
    assert look.rows == 1999
    assert look._alike._failures < 10


@pytest.mark.parametrize("odd", [" <!-- <row r='9'/> --> ", "<row r='2000'></row>", "\n"])
def test_what_stands_between_rows_that_are_alike_is_left_to_the_parser(odd: str, tmp_path: Path) -> None:
    first, rest = rows([["x", 1.0]] * 30), rows([["x", 1.0]] * 30, first=3000)
    found = facts(tmp_path, sheet(first + odd + rest), chunk=1 << 20)
    assert (found["rows"], found["last"]) == (60, (3029, 2))


def test_columns_beyond_a_sheet_and_rows_out_of_order_make_no_pattern(tmp_path: Path) -> None:
    alike = workbook_alike.AlikeRows(workbook_look.SheetLook({}, uncomputed=False))
    assert alike._learnt(b'<row r="1"><c r="XFE1"><v>1</v></c>') is None
    assert alike._learnt(b'<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c>') is None
    assert alike._learnt(b'<row r="1"><c r="A1"><v>1</v></c>') is not None
    with pytest.raises(workbook_look.WorkbookBroken):
        facts(tmp_path, sheet(rows([["x"]] * 3) + rows([["x"]] * 3)), chunk=1 << 20)
