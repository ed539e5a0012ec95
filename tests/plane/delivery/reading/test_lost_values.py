"""An error, hashes or a number without its digits is told by its cell and rejected alike as text and in a workbook."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import HEADER, PACKAGE, RELATED, definition, rows, sheet, write

from hutong.plane.definition import Definition, Item, Mode
from hutong.plane.delivery import reading
from hutong.plane.delivery.blocks import OP
from hutong.plane.delivery.reading import lost_values
from hutong.plane.delivery.reading.report import WhatWasRead

CELL_ERROR, LOST_DIGITS = lost_values.CellError.code, lost_values.NumberLostDigits.code
ERRORS = [
    "#N/A",
    "#DIV/0!",
    "#REF!",
    "#VALUE!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "Err:502",
    "###",
    "#" * 40,
]
LOST = ["1.10101E+17", "6.22202E+18", "1.23457E+11", "-1.5E+15", "9E+99", "1E+100"]
NO_LOST = [
    "1.5E+05",
    "1E+10",
    "1.1E17",
    "1.1e+17",
    "E+17",
    "1.10101E+17x",
    "11E+17",
    "#N",
    "##",
    "#1",
    "#N/A 无",
    "N/A",
]


def both(folder: Path, table: list[list[str | None]]) -> list[Path]:
    """Write a table of texts as text and as a workbook."""
    text = "".join(",".join(cell or "" for cell in line) + "\n" for line in table)
    (folder / "a.csv").write_text(text, encoding="utf-8")
    return [folder / "a.csv", write(folder / "a.xlsx", {"一": sheet(rows(table))})]


def read(
    path: Path, wanted: Definition | None = None, *, changes: bool = False
) -> tuple[list[dict[str, str | None]], list[tuple[int, str, str]], WhatWasRead]:
    """Return the records, the rows that could not be read, and what was read."""
    found = reading.open_(path, definition=wanted or definition(), changes=changes)
    blocks = [*found.blocks()]
    records = [row for block in blocks for row in block.batch.to_pylist()]
    return (
        records,
        [(each.number, each.reason, each.shown) for block in blocks for each in block.unreadable],
        found.report,
    )


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_is_no_value_and_its_cell_is_told(error: str, tmp_path: Path) -> None:
    """As a spreadsheet writes its errors when it saves text; the second record has its error in the key."""
    table = [["登记表"], HEADER, ["001", None, "1", error], [error, None, "2", "x"], ["003", error, error, None]]
    for path in both(tmp_path, table):  # type: ignore[arg-type]
        records, unreadable, report = read(path)
        assert records == [
            {"code": "001", "day": None, "amount": "1", "note": None},
            {"code": "003", "day": None, "amount": None, "note": None},
        ]
        assert unreadable == [(4, CELL_ERROR, "A4")]
        assert (report.errors.number, sorted(report.errors.first)) == (4, ["A4", "B5", "C5", "D3"])
        assert (report.records, report.noteworthy) == (3, True)


@pytest.mark.parametrize("lost", LOST)
def test_a_number_without_its_digits_is_rejected_where_it_is_text_and_told_where_it_is_a_number(
    lost: str, tmp_path: Path
) -> None:
    table = [HEADER, [lost, None, "1", None], ["002", None, lost, None], ["003", None, "3", lost]]
    for path in both(tmp_path, table):  # type: ignore[arg-type]
        records, unreadable, report = read(path)
        assert [record["code"] for record in records] == ["002"]
        assert unreadable == [(2, LOST_DIGITS, "A2"), (4, LOST_DIGITS, "D4")]
        assert {item: found.first for item, found in report.differing.items()} == {
            "code": ("A2",), "amount": ("C3",), "note": ("D4",)
        }  # fmt: skip


@pytest.mark.parametrize("value", NO_LOST)
def test_what_only_looks_like_it_is_a_text_like_any_other(value: str, tmp_path: Path) -> None:
    for path in both(tmp_path, [HEADER, ["001", None, None, value]]):  # type: ignore[arg-type]
        records, unreadable, report = read(path)
        assert ([record["note"] for record in records], unreadable) == ([value], [])
        assert (report.errors.number, report.differing) == (0, {})


PERSONS = Definition(
    code="1/1", version=1, name="x", provider="p", key=("id",),
    items=(Item("id", "编号", offered=Mode.QUERY), Item("name", "姓名", offered=Mode.QUERY)),
)  # fmt: skip


def test_of_a_deleted_record_the_key_alone_has_to_be_there(tmp_path: Path) -> None:
    table = [["id", "name", OP], ["A1", "#N/A", "d"], ["A2", "#N/A", "u"], ["#REF!", "x", "d"], ["1.5E+17", "x", "d"]]
    for path in both(tmp_path, table):  # type: ignore[arg-type]
        records, unreadable, _ = read(path, PERSONS, changes=True)
        assert records == [{"id": "A1", "name": None, OP: "d"}]
        assert unreadable == [(3, CELL_ERROR, "B3"), (4, CELL_ERROR, "A4"), (5, LOST_DIGITS, "A5")]


CELLS = st.sampled_from([None, "x", "1", *ERRORS[:3], *LOST[:2], "合计", "2024-01-02"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=8))
def test_both_forms_are_told_alike(tmp_path: Path, table: list[list[str | None]]) -> None:
    found = [read(path) for path in both(tmp_path, [HEADER, *table])]  # type: ignore[list-item]
    (records, unreadable, of_text), (others, also, of_book) = found
    assert (others, also) == (records, unreadable)
    assert (of_book.errors.number, of_book.differing) == (of_text.errors.number, of_text.differing)


def test_what_is_true_is_shown_in_capitals_in_a_text_and_read_so(tmp_path: Path) -> None:
    """As the same sheet has it when it is saved as text."""
    line = ["001", None, None, '<c r="{at}" t="b"><v>1</v></c>']
    records, _, _ = read(write(tmp_path / "a.xlsx", {"一": sheet(rows([HEADER, line]))}))
    assert records[0]["note"] == "TRUE"


def made_by(path: Path, program: str) -> Path:
    """Let a workbook say which program made it, as its properties do."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name).decode() for name in old.namelist()}
    told = f'<Relationship Id="p" Type="{RELATED}/extended-properties" Target="docProps/app.xml"/></Relationships>'
    parts["_rels/.rels"] = parts["_rels/.rels"].replace("</Relationships>", told)
    said = f"<Application>{program}</Application><Pages>0</Pages>"
    parts["docProps/app.xml"] = f'<Properties xmlns="{PACKAGE}">{said}</Properties>'
    with zipfile.ZipFile(path, "w") as new:
        for name, xml in parts.items():
            new.writestr(name, xml)
    return path


SUM = '<c r="{at}"><f>SUM(X1:X9)</f><v>%s</v></c>'


@pytest.mark.parametrize(
    ("program", "value", "read_as"),
    [("Apache POI", "0.0", None), ("NPOI", "0", None), ("Apache POI", "7.0", "7"), ("Microsoft Excel", "0", "0"),
     ("Apache POI 的说明", "0", "0")],
)  # fmt: skip
def test_of_a_program_that_computes_nothing_the_zero_beside_a_formula_is_no_value(
    program: str, value: str, read_as: str | None, tmp_path: Path
) -> None:
    table = [HEADER, ["001", None, SUM % value, None], ["002", None, "0", None]]
    path = made_by(write(tmp_path / "a.xlsx", {"一": sheet(rows(table))}), program)  # type: ignore[arg-type]
    records, unreadable, report = read(path)
    assert ([record["amount"] for record in records], unreadable) == ([read_as, "0"], [])
    assert report.formulas.first == (() if read_as else ("C2",))


def test_a_program_that_asks_for_computing_may_write_a_zero_in_any_way(tmp_path: Path) -> None:
    table = [HEADER, *(["001", None, SUM % value, None] for value in ("0", "0.0"))]
    path = write(tmp_path / "a.xlsx", {"一": sheet(rows(table))}, book="")  # type: ignore[arg-type]
    assert read(path)[2].formulas.number == 0
    asks = '<calcPr calcId="0" fullCalcOnLoad="1"/>'
    path = write(tmp_path / "a.xlsx", {"一": sheet(rows(table))}, book=asks)  # type: ignore[arg-type]
    assert read(path)[2].formulas.first == ("C2", "C3")
