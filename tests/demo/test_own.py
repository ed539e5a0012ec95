"""A newcomer's file: its key is named as its titles are written, and the example uses a record that was taken."""

from pathlib import Path

import pytest

from hutong.demo import own, resources
from hutong.plane.delivery import reading

COLUMNS = ["编号", "店 名", "Phone"]


@pytest.mark.parametrize(
    ("named", "column"),
    [("编号", "编号"), (" 编号*", "编号"), ("店名", "店 名"), ("PHONE", "Phone"), ("编号（必填）", "编号")],
)
def test_the_key_is_named_as_titles_are_written(named: str, column: str) -> None:
    assert own.column_of(named, COLUMNS, file=Path("a.csv")) == column


def test_a_key_that_is_no_column_is_told() -> None:
    with pytest.raises(own.KeyColumnMissing):
        own.column_of("电话", COLUMNS, file=Path("a.csv"))
    with pytest.raises(own.KeyColumnMissing):
        own.column_of("a", ["A", "Ａ"], file=Path("a.csv"))


@pytest.mark.parametrize("first", ["001,A\0B", ",缺号", "\u3000,x"])
def test_the_example_is_of_a_record_that_was_taken(first: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"\ufeff店铺情况,\n编号*,店名\n{first}\n002,老张面馆\n", encoding="utf-8")
    columns = reading.titles(path)
    definition = resources.own(code="3010001/001", name="x", provider="p", columns=columns, key=("编号",))
    assert own.example(path, definition, ["c1", "c2"]) == (["002"], "店名=老张面馆")
