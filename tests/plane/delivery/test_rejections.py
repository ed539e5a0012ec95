"""A rejected row is told in whole sentences with what the catalogue asks of it, and never with its value."""

import pytest

from hutong.core.errors import Problem
from hutong.core.labels import subject_of
from hutong.plane.definition import Item, Mode, QualityRule, Rule, Type
from hutong.plane.delivery import quality, rejections
from hutong.plane.delivery.rejections import RejectedRow

CODES = sorted(
    {
        kind.code
        for kind in vars(quality).values()
        if isinstance(kind, type) and issubclass(kind, Problem) and kind.__module__.startswith("hutong.plane")
    }
)
BORN = Item("born", "出生日期", Type.DATE, rules=(QualityRule(Rule.MINIMUM, "1900-01-01"),))
KIND = Item("kind", "类别", rules=(QualityRule(Rule.ONE_OF, "行政村|行政村|社区"),))
ITEMS = {"name": Item("name", "姓名"), "born": BORN, "kind": KIND}


def whole(words: str) -> bool:
    """Whether words are there, and nothing is left open in them."""
    return words != "" and not {"…", "?", "{", "}"} & set(words)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("items", [{}, ITEMS], ids=["of an item that is gone", "of an item that is there"])
def test_no_row_is_told_with_a_gap(language, items):
    rows = [RejectedRow(3, "name" if code.startswith("VALUE_") else None, "", code, "3 / 4") for code in CODES]
    told = {each.row.reason: each.why for each in rejections.told(rows, items, language=language)}
    assert {code: why for code, why in told.items() if not whole(why)} == {}
    assert len(told) == len(CODES) > 5


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (RejectedRow(3, "name", "length", "VALUE_TOO_LONG", "文文文"), "“姓名”超过 1000000 个字符。"),
        (RejectedRow(3, "born", "type", "VALUE_OF_OTHER_TYPE", "0000"), "“出生日期”不符合数据类型“日期”。"),
        (RejectedRow(3, "born", "minimum", "VALUE_TOO_SMALL", "0000"), "“出生日期”小于 1900-01-01。"),
        (
            RejectedRow(3, "kind", "one_of", "VALUE_NOT_LISTED", "村"),
            "“类别”不在取值范围内，应为下列之一：行政村、社区。",
        ),
        (RejectedRow(3, "name", "minimum", "VALUE_TOO_SMALL", "文文"), "“姓名”小于规定的最小值。"),
        (RejectedRow(3, "gone", "required", "VALUE_MISSING", None), "“gone”为必填项，未填写。"),
        (RejectedRow(3, None, "row", "ROW_RAGGED", "5 / 6"), "该行的列数与表头不一致（该行 / 表头：5 / 6）。"),
        (RejectedRow(3, None, "row", "ROW_SURROGATE", ""), "该行含有不完整的字符（孤立代理项）。"),
        (
            RejectedRow(3, None, "key", "KEY_REPEATED", "2"),
            "该记录在本批数据第 2 行已经出现，保留前一行，本行不予接收。",
        ),
    ],
)
def test_a_rejected_row_is_told_with_what_the_catalogue_asks_of_the_item_and_never_with_its_value(row, said):
    assert [each.why for each in rejections.told([row], ITEMS, language="zh")] == [said]


def test_an_item_goes_by_its_name_and_one_that_the_catalogue_has_no_more_by_its_code():
    rows = [RejectedRow(1, code, "required", "VALUE_MISSING", None) for code in ("name", "gone", None)]
    assert [each.item for each in rejections.told(rows, ITEMS, language="en")] == ["姓名", "gone", None]


def test_a_type_is_named_in_the_readers_language():
    row = RejectedRow(3, "born", "type", "VALUE_OF_OTHER_TYPE", "0000")
    (told,) = rejections.told([row], ITEMS, language="en")
    assert "date" in told.why
    assert set(subject_of("types")) == {str(kind) for kind in Type}


MASKED = Item("id", "证件号码", offered=Mode.QUERY, sensitive=True)


@pytest.mark.parametrize(
    ("row", "zh", "en"),
    [
        (RejectedRow(3, "id", "resident_number", "VALUE_NO_RESIDENT_NUMBER", "0" * 17 + "A"),
         "（已遮盖，18 位：数字 17、字母 1）", "(masked; characters: 18, digits 17, letters 1)"),
        (RejectedRow(3, "id", "length", "VALUE_TOO_LONG", "文" * 80 + "…"),
         "（已遮盖，80 位以上：汉字等文字 80）", "(masked; characters: more than 80, other letters 80)"),
        (RejectedRow(3, "id", "type", "VALUE_OF_OTHER_TYPE", "=1+张"),
         "（已遮盖，4 位：数字 1、汉字等文字 1、其他字符 2）",
         "(masked; characters: 4, digits 1, other letters 1, other signs 2)"),
        (RejectedRow(3, "name", "length", "VALUE_TOO_LONG", "000"), "000", "000"),
        (RejectedRow(3, "id", "required", "VALUE_MISSING", None), None, None),
        (RejectedRow(3, None, "key", "KEY_REPEATED", "2"), None, None),
        (RejectedRow(3, "_op", "operation", "OPERATION_UNKNOWN", "改一下"), "改一下", "改一下"),
        (RejectedRow(3, "_op", "operation", "OPERATION_UNKNOWN", ""),
         "（未保留：可能是其他列的值）", "(not kept: it may be a value of another column)"),
    ],
)  # fmt: skip
def test_what_is_masked_or_was_not_kept_is_told_in_words_and_not_by_its_shape(row, zh, en):
    items = {"id": MASKED, "name": Item("name", "姓名", offered=Mode.QUERY)}
    assert [rejections.told([row], items, language=to)[0].value for to in ("zh", "en")] == [zh, en]  # type: ignore[arg-type]
