"""A list as a file: every line is in it as it was, and no spreadsheet makes anything else of it."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from hutong.web.lists import files

ABOUT = (("导出时间（北京时间）", "2026年3月2日 09:00"), ("关键词", "=人口"))
NASTY = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40),
    st.sampled_from(["=1+1", "+86", "-1", "@SUM(A1)", "007", "330523199001011234", "http://a.b/", "1e5", "＝1"]),
)
LINES = st.lists(st.lists(st.one_of(NASTY, st.integers(0, 10**9)), min_size=3, max_size=3), max_size=20)


def a_file() -> files.File:
    return files.File("hutong-things", "事项", ("编号", "名称", "数目"), ABOUT)


def sheets(path: Path) -> dict[str, list[list[object]]]:
    """Return the rows of each sheet of a workbook."""
    book = load_workbook(path)
    return {sheet.title: [["" if v is None else v for v in row] for row in sheet.iter_rows(values_only=True)]
            for sheet in book}  # fmt: skip


@given(lines=LINES)
@settings(max_examples=40, deadline=None)
def test_a_workbook_gives_back_every_text_as_text_and_every_number_as_number(lines, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "list.xlsx"
    files.workbook(a_file(), lines, path=path)
    found = sheets(path)
    assert list(found) == ["事项", "导出说明"]
    assert found["事项"] == [["编号", "名称", "数目"], *([*line] for line in lines)][: len(found["事项"])]
    assert all(not any(line) for line in lines[len(found["事项"]) - 1 :])  # what is empty to the end is not read back
    assert found["导出说明"] == [list(pair) for pair in ABOUT]


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(tmp_path):
    path = tmp_path / "list.xlsx"
    files.workbook(a_file(), [("=1+1", "http://a.b/", "@x")], path=path)
    with zipfile.ZipFile(path) as made:
        text = made.read("xl/worksheets/sheet1.xml").decode()
    assert ("<f>" in text, "hyperlink" in text, "=1+1" in text) == (False, False, True)


def test_more_lines_than_a_sheet_takes_go_on_in_another(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST", 3)
    path = tmp_path / "list.xlsx"
    files.workbook(a_file(), ((f"{number}", "x", number) for number in range(7)), path=path)
    found = sheets(path)
    assert list(found) == ["事项", "事项2", "事项3", "导出说明"]
    assert [row[0] for name in ("事项", "事项2", "事项3") for row in found[name][1:]] == [f"{n}" for n in range(7)]


def test_a_text_that_no_cell_takes_is_cut_and_says_so(tmp_path):
    path = tmp_path / "list.xlsx"
    files.workbook(a_file(), [("长" * 40_000, "", 0)], path=path)
    told = sheets(path)["事项"][1][0]
    assert (len(told), told[-19:]) == (files.LONGEST, "长……（共 40000 字，此处从略）"[-19:])


@given(lines=LINES)
@settings(max_examples=60, deadline=None)
def test_an_archive_gives_back_every_line_and_begins_no_cell_with_a_formula(lines):
    made = zipfile.ZipFile(io.BytesIO(b"".join(files.archive(a_file(), lines))))
    assert made.namelist() == ["事项.csv", "导出说明.csv"]
    text = made.read("事项.csv").decode("utf-8-sig")
    (first, *rows) = csv.reader(io.StringIO(text, newline=""))
    assert first == ["编号", "名称", "数目"]
    assert rows == [[files.text(value) for value in line] for line in lines]
    assert all(value.lstrip("'\t") == str(given).lstrip("'\t") for row, line in zip(rows, lines, strict=True)
               for value, given in zip(row, line, strict=True))  # fmt: skip
    assert not any(value[:1] in ("=", "+", "-", "@", "＝") for row in rows for value in row)


def test_an_archive_is_made_as_it_is_read():
    taken = []

    def lines():
        for number in range(200_000):
            taken.append(number)
            yield (f"GX-{number * 7919 % 1_000_003}", "某单位", number)

    pieces = files.archive(a_file(), lines())
    next(pieces)
    assert len(taken) < 100_000


def test_a_list_of_more_rows_than_a_workbook_takes_is_handed_out_as_an_archive(tmp_path):
    kinds = {many: files.response(a_file(), [("1", "x", 1)], many=many, spool=tmp_path)["Content-Type"]
             for many in (0, files.MOST, files.MOST + 1)}  # fmt: skip
    assert kinds == {0: files.EXCEL, files.MOST: files.EXCEL, files.MOST + 1: "application/zip"}
    assert list(tmp_path.iterdir()) == []


def test_a_file_says_when_it_was_made_and_that_all_is_in_it():
    told = files.about([], now=datetime(2026, 3, 2, 1, tzinfo=UTC), actor=None)
    assert told == (("导出时间（北京时间）", "2026-03-02 09:00"), ("条件", "全部"))


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"), ("+86", "'+86"), ("-1", "'-1"), ("@a", "'@a"), ("\t=1", "'\t=1"), ("\uff1d1", "'\uff1d1"),
        ("330523200512192451", "\t330523200512192451"), ("007", "\t007"), ("42", "42"), (42, "42"), (None, ""),
        ("甲", "甲"),
    ],
)  # fmt: skip
def test_a_spreadsheet_reckons_nothing_and_keeps_identifiers_as_they_are(value, cell):
    assert files.text(value) == cell
