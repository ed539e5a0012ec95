"""A first column that only numbers the rows is left out with a word; none that carries data ever is."""

from pathlib import Path

import pytest
import workbooks
from hypothesis import given
from hypothesis import strategies as st
from workbooks import definition, rows, sheet

from hutong.plane.definition import Item, Mode
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import header, numbering
from hutong.plane.delivery.reading.report import WhatWasRead, told

NAMES = [item.name for item in definition().items]
FORMS = ["csv", "xlsx"]


def written(path: Path, table: list[list[object]], form: str) -> Path:
    if form == "xlsx":
        return workbooks.write(path, {"表": sheet(rows(table))})
    path.write_text("".join(",".join(f"{cell}" for cell in row) + "\n" for row in table), encoding="utf-8")
    return path


def numbered(numbers: list[object], title: str = "序号", names: list[str] = NAMES) -> list[list[object]]:
    body = [[number, f"K{at}", "2024-01-02", "1", "甲"] for at, number in enumerate(numbers)]
    return [[title, *names], *body]


def read(path: Path, wanted=None) -> tuple[list[list[str | None]], WhatWasRead]:
    found = reading.open_(path, definition=wanted or definition())
    return [[*row.values()] for block in found.blocks() for row in block.batch.to_pylist()], found.report


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("title", ["序号", " 序 号 ", "No.", "NO", "#", "行号"])
def test_it_is_left_out_and_told(title: str, form: str, tmp_path: Path) -> None:
    found, report = read(written(tmp_path / "a", numbered([1, 2, 3], title), form))
    assert found == [[f"K{at}", "2024-01-02", "1", "甲"] for at in range(3)]
    assert (report.numbering, report.records) == (1, 3)
    assert "第 1 列只是从 1 起的序号，目录中没有这一项，未作数据读取。" in told(report, "zh")
    assert [line for line in told(report, "en") if line.startswith("Column 1 only numbers the rows")] != []
    assert WhatWasRead.from_json(report.to_json()) == report


@pytest.mark.parametrize("form", FORMS)
def test_a_form_whose_rows_are_numbered_beyond_its_records_has_the_records_alone(form: str, tmp_path: Path) -> None:
    table = [*numbered([1, 2]), [3, "", "", "", ""], [4, "", "", "", ""]]
    found, report = read(written(tmp_path / "a", table, form))
    assert (len(found), report.records, report.empty_rows) == (2, 2, 0)
    assert [line for line in told(report, "zh") if "2 条" in line] != []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "numbers",
    [[1, 2, 4], [2, 3, 4], [1, 1, 2], ["K1", "K2", "K3"], [1, "", 3], [3, 2, 1], [1, 2, "合计"], [10, 20], [0, 1, 2]],
)
def test_one_that_says_anything_else_refuses_the_file(numbers: list[object], form: str, tmp_path: Path) -> None:
    with pytest.raises(header.ColumnsUnknown):
        read(written(tmp_path / "a", numbered(numbers), form))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("odd", [57, 60, "", "六十", "9" * 400, "1" * 19, "1e99", "58." + "0" * 400 + "1"])
def test_one_that_counts_at_first_and_not_later_refuses_the_file(odd: object, form: str, tmp_path: Path) -> None:
    numbers: list[object] = [*range(1, 100)]
    numbers[57] = odd
    with pytest.raises(header.ColumnsUnknown) as refused:
        read(written(tmp_path / "a", numbered(numbers), form))
    assert (refused.value.facts["count"], refused.value.facts["unknown"]) == (1, "1")


def test_it_is_none_of_another_title_place_or_where_an_item_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(header.ColumnsUnknown):
        read(written(tmp_path / "a", numbered([1, 2, 3], "档案号"), "csv"))
    last = [[*row[1:], row[0]] for row in numbered([1, 2, 3])]
    with pytest.raises(header.ColumnsUnknown):
        read(written(tmp_path / "a", last, "csv"))
    wanted = definition(items=(Item("number", "序号", offered=Mode.QUERY), *definition().items))
    found, report = read(written(tmp_path / "a", numbered([1, 2, 3]), "csv"), wanted)
    assert ([row[0] for row in found], report.numbering) == (["1", "2", "3"], 0)


def test_rows_that_cannot_be_read_may_have_had_the_numbers_between(tmp_path: Path) -> None:
    table = numbered([*range(1, 9)])
    text = "".join(",".join(f"{cell}" for cell in row) + "\n" for row in table).replace("K3,", "K3,a,b,")
    path = tmp_path / "a"
    path.write_text(text)
    found = reading.open_(path, definition=definition())
    blocks = [*found.blocks()]
    assert [number for block in blocks for number in block.numbers] == [2, 3, 4, 6, 7, 8, 9]
    assert [row.number for block in blocks for row in block.unreadable] == [5]
    assert found.report.numbering == 1


@pytest.mark.parametrize("title", ["编号", "序列号", "Noname", "序号说明", "", "1"])
def test_what_may_name_anything_else_is_no_title_of_it(title: str) -> None:
    assert not numbering.is_title(title)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=12))
def test_no_column_that_does_not_count_is_left_out(tmp_path_factory, numbers: list[int]) -> None:
    path = written(tmp_path_factory.mktemp("a") / "a.csv", numbered([*numbers]), "csv")
    if numbers == [*range(1, len(numbers) + 1)]:
        assert len(read(path)[0]) == len(numbers)
    else:
        with pytest.raises(header.ColumnsUnknown):
            read(path)
