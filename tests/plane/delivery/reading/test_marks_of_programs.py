"""What programs write beside a value, or for none, is no part of it: the same in text and in workbooks, and told."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
import workbooks
from workbooks import definition, rows, sheet

from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import marks_of_programs
from hutong.plane.delivery.reading.report import Occurrences, WhatWasRead, told

KEPT_TEXT = {
    "'001": "001", "\t001": "001", "001\t": "001", "'45092119900101002X": "45092119900101002X",
    "'45092119900101002x\t": "45092119900101002x", " '001 ": "001", "\t'2024-01-02": "2024-01-02", "'-5.5": "-5.5",
    "'91450921MA0000001A": "91450921MA0000001A", "'1": "1",
}  # fmt: skip
"""What stands in a cell → what is meant."""
LEFT = ["'", "''", "'90s music", "'甲", "O'Neil", "5'", "甲\t", "a\tb", "1\t2", "'1'", "N", "\\n", "x\\N", " 001 "]
"""What is a text like any other."""


def read(path: Path) -> tuple[list[str | None], WhatWasRead]:
    found = reading.open_(path, definition=definition())
    return [note for block in found.blocks() for note in block.batch.column("note").to_pylist()], found.report


def written(path: Path, notes: list[str], form: str) -> Path:
    """Write notes as records of a file."""
    table = [["code", "day", "amount", "note"], *([f"K{at}", "", "1", note] for at, note in enumerate(notes))]
    if form == "xlsx":
        return workbooks.write(path, {"表": sheet(rows(table))})
    path.write_text("".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in table), encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_keeps_a_number_text_is_no_part_of_it(form: str, tmp_path: Path) -> None:
    notes, report = read(written(tmp_path / "a", [*KEPT_TEXT], form))
    assert notes == [*KEPT_TEXT.values()]
    assert (report.bared, report.nulls) == (Occurrences(10, tuple(map(str, range(2, 12)))), Occurrences())


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_text_that_has_such_marks_itself_stays(form: str, tmp_path: Path) -> None:
    notes, report = read(written(tmp_path / "a", LEFT, form))
    assert (notes, report.bared, report.nulls) == (LEFT, Occurrences(), Occurrences())


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_databases_write_for_no_value_is_none(form: str, tmp_path: Path) -> None:
    notes, report = read(written(tmp_path / "a", ["x", "\\N", "y", "\\N"], form))
    assert notes == ["x", None, "y", None]
    assert report.nulls == Occurrences(2, ("3", "5"))
    assert WhatWasRead.from_json(report.to_json()) == report


def test_a_format_that_has_types_and_nulls_of_its_own_is_left_as_it_is(tmp_path: Path) -> None:
    columns = {"code": ["1"], "day": ["2024-01-02"], "amount": ["1"], "note": ["'001"]}
    parquet.write_table(pa.table(columns), tmp_path / "a")
    assert read(tmp_path / "a")[0] == ["'001"]


def test_a_block_without_such_marks_is_the_same_block(tmp_path: Path) -> None:
    found = reading.open_(written(tmp_path / "a", ["x"], "csv"), definition=definition())
    (block,) = found.blocks()
    assert marks_of_programs.without(block, found.report) is block


FOR_NONE = ["NULL", "null", "NaN", "nan", "None", "<NA>", "(null)", "N/A", " nil ", "undefined"]
NAMES = ["Nullarbor", "娜娜", "nan jing", "NaNo", "无", "-", "NAN1", "A/N"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_words_of_programs_for_no_value_are_taken_as_they_are_and_told_by_their_rows(form: str, tmp_path: Path) -> None:
    notes, report = read(written(tmp_path / "a", [*FOR_NONE, *NAMES], form))
    assert notes == [*FOR_NONE, *NAMES]
    assert report.words_for_none == Occurrences(10, tuple(map(str, range(2, 12))))
    assert report.noteworthy
    assert WhatWasRead.from_json(report.to_json()).words_for_none == report.words_for_none
    assert [line for line in told(report, "zh") if "可疑的值 10 个，写作 NULL" in line and "2、3" in line] != []
    assert [line for line in told(report, "en") if "Suspicious values, written as NULL" in line] != []


def test_of_an_item_that_is_no_text_such_a_word_is_rejected_and_not_told_here(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("code,day,amount,note\nK1,NULL,nan,\n")
    assert read(path)[1].words_for_none == Occurrences()
