"""Sixty honest files and more, as Excel, WPS, programs and databases write them, are taken with the values they show.

What LibreOffice writes is asked of LibreOffice itself (`tests/foreign/test_office.py`).
"""

from collections import Counter
from pathlib import Path

import excel_files
import honest
import pytest
import text_files
from hand import Book
from honest import HONEST, changed, taken
from truth import RESIDENTS, HonestFile, Table

from hutong.plane.definition import Item


@pytest.mark.parametrize("file", HONEST, ids=lambda file: file.name)
def test_an_honest_file_is_taken_with_the_values_it_shows(file: HonestFile, tmp_path: Path) -> None:
    got = taken(file.write(tmp_path / "a", file.table), file.table.definition)
    assert (got.faults, changed(file.table, got.rows)) == ([], []), got.told


def test_the_set_has_sixty_files_each_of_another_kind() -> None:
    assert len(HONEST) >= 60
    assert max(Counter(file.name for file in HONEST).values()) == 1
    by = Counter(file.name.partition("-")[0] for file in HONEST)
    assert min(by[writer] for writer in ("excel", "wps", "openpyxl", "xlsxwriter", "csv")) >= 6


@pytest.mark.parametrize(
    ("place", "wrong"), [("name", "张三 "), ("birth_date", "1990-01-02"), ("register_no", None), ("id_number", "x")]
)
def test_a_cell_that_was_read_wrongly_is_seen(place: str, wrong: str | None) -> None:
    rows = [dict(row) for row in RESIDENTS.rows]
    assert changed(RESIDENTS, rows) == []
    rows[3][place] = wrong
    assert len(changed(RESIDENTS, rows)) == 1
    assert changed(RESIDENTS, rows[1:]) == ["23 records instead of 24"]


def below(path: Path, table: Table) -> Path:
    """Write a total and a signature below the records."""
    book = Book()
    last = len(table.rows) + 2
    foot = book.line(last, [book.cell(f"A{last}", "合计"), book.cell(f"E{last}", "24人")])
    signed = book.line(last + 1, [book.cell(f"A{last + 1}", "填表人：某人")])
    return book.save(path, {"Sheet1": book.sheet(book.rows(table) + foot + signed)})


def merged_downwards(path: Path, table: Table) -> Path:
    """Write addresses once for several records, in cells that are merged downwards."""
    def of(book: Book, place: str, item: Item, value: str | None) -> str | None:
        number = int(place[1:])
        return f'<c r="{place}" s="1"/>' if item.code == "address" and number % 3 != 2 else None

    book = Book()
    areas = "".join(f'<mergeCell ref="F{row}:F{row + 2}"/>' for row in range(2, len(table.rows), 3))
    return book.save(path, {"Sheet1": book.sheet(book.rows(table, of=of), after=f"<mergeCells>{areas}</mergeCells>")})


def numbers_of_18_digits(path: Path, table: Table) -> Path:
    """Write resident numbers as numbers, as Excel makes of what is typed: the last three digits are gone."""
    def of(book: Book, place: str, item: Item, value: str | None) -> str | None:
        whole = item.code == "id_number" and value and value.isdigit()
        return book.cell(place, float(value or 0)) if whole else None

    book = Book()
    return book.save(path, {"Sheet1": book.sheet(book.rows(table, of=of))})


DIGITS = [row for row, record in enumerate(RESIDENTS.rows, start=2) if (record["id_number"] or "").isdigit()]


def test_a_total_and_a_signature_are_told_and_left_to_the_provider(tmp_path: Path) -> None:
    """What it is, its provider knows: both lack what a record has to have, and go back with their rows."""
    got = taken(below(tmp_path / "a.xlsx", RESIDENTS), RESIDENTS.definition)
    assert changed(RESIDENTS, got.rows) == []
    assert got.faults == [(26, "VALUE_MISSING"), (27, "VALUE_MISSING")]
    assert got.told[-1] == honest.say("suspicious", count=2, rows="26, 27")


def test_cells_merged_downwards_are_told_and_not_made_up(tmp_path: Path) -> None:
    got = taken(merged_downwards(tmp_path / "a.xlsx", RESIDENTS), RESIDENTS.definition)
    lost = changed(RESIDENTS, got.rows)
    assert (len(lost), {line.split()[2] for line in lost}) == (16, {"address:"})
    assert honest.say("merged", number=8) in got.told


def test_digits_that_excel_dropped_are_told_by_their_cells(tmp_path: Path) -> None:
    got = taken(numbers_of_18_digits(tmp_path / "a.xlsx", RESIDENTS), RESIDENTS.definition)
    assert got.faults == [(row, "NUMBER_LOST_DIGITS") for row in DIGITS]
    assert len(got.rows) == len(RESIDENTS.rows) - len(DIGITS)


def test_rows_that_are_formatted_and_empty_may_be_at_the_end_of_the_sheet_and_values_may_not(tmp_path: Path) -> None:
    """Whoever formats whole columns has a row 1,048,576; a value there means that a million rows are missing."""
    got = taken(excel_files.styled_to_the_end(tmp_path / "a.xlsx", RESIDENTS), RESIDENTS.definition)
    assert len(got.rows) == 24


def test_what_keeps_a_number_text_is_counted_and_told_by_its_rows(tmp_path: Path) -> None:
    by_name = {file.name: file for file in text_files.HONEST}
    for name, code, said in (
        ("csv-apostrophes", "bared", {"count": 3 * 24, "rows": "2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …"}),
        ("csv-mysql-null", "nulls", {"count": 7, "rows": "2, 8, 9, 15, 16, 22, 23"}),
    ):
        file = by_name[name]
        assert honest.say(code, **said) in taken(file.write(tmp_path / name, file.table), file.table.definition).told
