"""Titles are compared in one form, and cleaned of what forms put around them without losing what they say."""

import pytest

from hutong.core import headings


@pytest.mark.parametrize(
    ("title", "cleaned"),
    [
        ("\ufeff 姓名 ", "姓名"),
        ("*姓名（必填）", "姓名"),
        ("姓\n名：", "姓 名"),
        ("开业 日期", "开业 日期"),
        ("金额（万元）", "金额（万元）"),
        ("Name [Required]", "Name"),
        ("【选填】备注", "备注"),
        ("[编号]", "编号"),
        ("`code`", "code"),
        ("【编 号】*", "编 号"),
        ("证件号码（请填写18位）", "证件号码"),
        ("代码（18位）", "代码"),
        ("日期（YYYY-MM-DD）", "日期"),
        ("日期(格式：2024-01-02)", "日期"),
        ("编号[甲]", "编号[甲]"),
        ("面积（请按亩计）（亩）", "面积（亩）"),
        ("*", ""),
    ],
)
def test_a_title_is_cleaned(title: str, cleaned: str) -> None:
    assert headings.cleaned(title) == cleaned


def test_a_name_of_two_columns_is_no_name_and_a_code_goes_before_a_name() -> None:
    names = headings.Titles({"a": "姓名", "b": "姓 名", "c": "A1", "a1": "编号"})
    assert [names.of((title,)) for title in ("姓名", "姓 名", "姓　名", "A1", "a1", "Ａ１", "编号", "x")] == [
        "a", "b", "", "c", "a1", "", "a1", ""
    ]  # fmt: skip


@pytest.mark.parametrize(
    "title",
    [
        "证件号码（id）",
        "证件号码 (id)",
        "id（证件号码）",
        "ID 证件号码",
        "证件号码/id",
        "证件号码-ID",
        "*证件号码[id]：",
    ],
)
def test_a_title_of_name_and_code_together_is_that_column(title: str) -> None:
    """As a refusal tells which column is missing, so somebody will write it."""
    names = headings.Titles({"id": "证件号码", "name": "姓名", "a": "甲(b)", "b": "甲"})
    assert names.of((title,)) == "id"
    assert [names.of((each,)) for each in ("证件号码（name）", "姓名(id)", "甲(b)", "甲（a）", "id")] == [
        "",
        "",
        "a",
        "",
        "id",
    ]


def test_rows_are_tried_alone_before_two_are_tried_together() -> None:
    rows = [["组", ""], ["甲", "乙"], ["1", "2"]]
    tried = [(lower, upper, titles) for lower, upper, titles in headings.readings(rows, [0, 1, 2])]
    assert [each[:2] for each in tried] == [(0, 0), (1, 1), (2, 2), (1, 0), (2, 1)]
    assert tried[3][2] == [("组甲", "甲"), ("组乙", "乙")]
