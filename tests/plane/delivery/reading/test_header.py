"""One reader of headers: titles as forms write them, under titles of the table, in two rows, beginning anywhere."""

import pytest

from hutong.core.text import say
from hutong.plane.definition import Definition, Item
from hutong.plane.delivery.reading import header
from hutong.plane.delivery.reading.failures import FileEmpty

ITEMS = (
    Item("resident_number", "公民身份号码"),
    Item("name", "姓名"),
    Item("phone", "联系电话"),
    Item("capital", "注册资本（万元）"),
)
WANTED = Definition(code="1/1", version=1, name="x", provider="p", key=("name",), items=ITEMS)
CODES = ["resident_number", "name", "phone", "capital"]
NAMES = [item.name for item in ITEMS]
RECORD = ["330523199001011019", "甲", "1", "2"]


def find(*rows: list[str], changes: bool = False) -> header.Header:
    return header.find(rows, wanted=WANTED, changes=changes, file="a.csv")


@pytest.mark.parametrize(
    "titles",
    [
        CODES,
        NAMES,
        ["\ufeff公民身份号码", " 姓 名 ", "联系\n电话", "注册资本(万元)"],
        ["公民身份号码*", "* 姓名", "联系电话（选填）", "注册资本（万元）【必填】"],
        ["＊公民身份号码", "姓名(必填项)", "联系电话：", "注册资本 （万元）"],
        ["RESIDENT_NUMBER", "Ｎａｍｅ", '"phone"', "\u200bcapital\u202c"],
        ["“公民身份号码”", "姓\r\n名\r\n（必填）", "联系电话 [ optional ]", "注册资本\u3000（万元）"],
        ["公民 身份 号码", "name*", "phone(required)", "Capital"],
    ],
)
def test_titles_are_read_as_forms_write_them(titles: list[str]) -> None:
    found = find(titles, RECORD)
    assert (found.row, found.above, list(found.columns)) == (1, 0, CODES)


def test_a_unit_beside_a_title_is_no_hint() -> None:
    with pytest.raises(header.ColumnsWrong):
        find([*NAMES[:3], "注册资本（元）"], RECORD)


def test_the_order_is_free_and_a_change_has_its_operation() -> None:
    found = find(["_op", *NAMES[::-1]], ["u", *RECORD[::-1]], changes=True)
    assert found.found == ["_op", *CODES[::-1]]


@pytest.mark.parametrize(
    ("above", "row"),
    [
        ([["某某县人口登记表"]], 2),
        ([["某某县人口登记表", "", "", ""], [], ["单位：某某局", "", "2026年3月", ""]], 4),
        ([[] for _ in range(40)], 41),
        ([["1", "2", "3", "4"]], 2),
    ],
)
def test_titles_of_the_table_may_stand_above(above: list[list[str]], row: int) -> None:
    found = find(*above, NAMES, RECORD)
    assert (found.row, found.above) == (row, sum(any(each) for each in above))


def test_a_table_may_begin_in_b3_and_end_before_empty_columns() -> None:
    found = find([], [], ["", "", *NAMES, "", ""], ["", "", *RECORD])
    assert (found.row, found.found, found.places) == (3, CODES, [2, 3, 4, 5])


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (["基本信息", "", "其他", ""], NAMES),
        (["公民身份号码", "姓名", "其他", ""], ["", "", "联系电话", "注册资本（万元）"]),
        (["公民身份号码", "姓名", "联系", "注册资本"], ["", "", "电话", "（万元）"]),
        (["公民身份号码", "姓名", "联系", ""], ["", "", "电话", "注册资本（万元）"]),
    ],
)
def test_a_header_of_two_rows_is_read_where_the_lower_completes_the_upper(upper: list[str], lower: list[str]) -> None:
    found = find(["登记表"], upper, lower, RECORD)
    assert (found.row, found.found) == (3, CODES)
    assert found.above == (2 if lower == NAMES else 1)


def test_what_almost_fits_is_told_by_its_place_and_quotes_nothing() -> None:
    with pytest.raises(header.ColumnsWrong) as refused:
        find(["登记表"], [], ["身份证号码", "姓名", "电话", "住在某处的张三"], RECORD)
    zh, en = (say(refused.value, language=language).message for language in ("zh", "en"))
    assert "表头取第 3 行" in zh
    assert "第 1 列的标题与“公民身份号码”相近" in zh
    assert "第 3 列的标题与“联系电话”相近" in zh
    assert "header: row 3" in en
    assert "The title of column 3 resembles 联系电话." in en
    assert "张三" not in zh + en + repr(refused.value)


def test_a_title_with_a_unit_is_not_that_item_and_is_told_as_near() -> None:
    """元 is not 万元, and nobody but the provider knows which of them the values are in."""
    with pytest.raises(header.ColumnsWrong) as refused:
        find(["公民身份号码（本人及配偶的号码）", "姓名", "联系电话", "住址"], RECORD)
    assert "第 1 列的标题与“公民身份号码”相近" in say(refused.value, language="zh").message


def test_nothing_at_all_is_empty() -> None:
    with pytest.raises(FileEmpty):
        find([], ["", " ", "\u200b"], ["\ufeff"])


@pytest.mark.parametrize(
    ("rows", "row", "above", "titles"),
    [
        ([["a", "b"], ["1", "2"]], 1, 0, ["a", "b"]),
        ([["某某表"], ["a", "b"], ["1", "2"]], 2, 1, ["a", "b"]),
        (
            [["某某表", "", ""], ["单位", "2026年", ""], ["a*", "b（必填）", " c "], ["1", "2", "3"]],
            3,
            2,
            ["a", "b", "c"],
        ),
        ([[], ["", "a", "b"], ["", "1", "2"]], 2, 0, ["a", "b"]),
        ([["组", "", "丙"], ["甲", "乙", ""], ["1", "2", "3"]], 2, 0, ["甲", "乙", "丙"]),
        ([["只有一列"], ["1"]], 1, 0, ["只有一列"]),
        ([["a", "b"]], 1, 0, ["a", "b"]),
    ],
)
def test_without_a_catalogue_it_is_the_first_row_as_wide_as_what_follows(
    rows: list[list[str]], row: int, above: int, titles: list[str]
) -> None:
    found = header.find(rows, wanted=None, file="a.csv")
    assert (found.row, found.above, found.found) == (row, above, titles)
