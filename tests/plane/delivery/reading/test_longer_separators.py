"""A separator of several characters is told as what it is; what can be read stays as it is read."""

from pathlib import Path

import pytest
from workbooks import HEADER, definition

from hutong.core.errors import Problem
from hutong.core.text import say
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import header
from hutong.plane.delivery.reading.longer_separators import SeparatorOfSeveral

ROWS = [["K1", "2024-01-02", "1.5", "甲"], ["K2", "2024-01-03", "", "乙"]]
NAMES = [item.name for item in definition().items]


def written(path: Path, separator: str, titles: list[str]) -> Path:
    path.write_text("".join(separator.join(row) + "\n" for row in [titles, *ROWS]), encoding="utf-8")
    return path


@pytest.mark.parametrize("titles", [HEADER, NAMES], ids=["codes", "names"])
@pytest.mark.parametrize("separator", ["::", "|@|", "~~", "##", "^^", "$$", "@@@", "!|", "、、", "&&", "|~|"])
def test_it_is_told(separator: str, titles: list[str], tmp_path: Path) -> None:
    with pytest.raises(SeparatorOfSeveral) as told:
        reading.open_(written(tmp_path / "a.csv", separator, titles), definition=definition())
    assert f"“{separator}”" in say(told.value, language="zh").message
    assert separator in say(told.value, language="en").message


@pytest.mark.parametrize("separator", ["::", "|@|", "~~"])
def test_so_does_try(separator: str, tmp_path: Path) -> None:
    with pytest.raises(SeparatorOfSeveral):
        reading.titles(written(tmp_path / "a.csv", separator, NAMES))


@pytest.mark.parametrize("separator", ["||", "\t\t", ";;", ",,"])
def test_doubled_ones_are_told_or_read_with_all_their_values(separator: str, tmp_path: Path) -> None:
    try:
        found = reading.open_(written(tmp_path / "a.csv", separator, HEADER), definition=definition())
        rows = [[*row.values()] for block in found.blocks() for row in block.batch.to_pylist()]
    except Problem as told:
        assert told.code == "SEPARATOR_OF_SEVERAL"
    else:
        assert rows == [[cell or None for cell in row] for row in ROWS]


def test_a_table_of_other_columns_is_told_by_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("code,day,amount,other\nK1,2024-01-02,1,a::b::c\n", encoding="utf-8")
    with pytest.raises(header.ColumnsWrong):
        reading.open_(path, definition=definition())


@pytest.mark.parametrize("text", ["名称\n甲::乙\n", "a,,c\n1,,3\n2,,4\n", "名称\n甲\n乙\n"])
def test_try_reads_what_only_has_such_signs_in_it(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    assert reading.titles(path) in (["名称"], ["a", "c"])
