"""What a column of data is taken for: on the side that loses no zero and no digit."""

import pytest

from hutong.control.catalog import guessing
from hutong.plane.definition import Rule, Type


@pytest.mark.parametrize(
    ("values", "type"),
    [
        (["", " "], Type.STRING), (["001", "002"], Type.STRING), (["1", "02"], Type.STRING),
        (["313000"], Type.STRING),
        (["12", "7", ""], Type.INTEGER), (["-3"], Type.INTEGER), (["1.5", "2"], Type.NUMERIC),
        (["1", "x"], Type.STRING),
        (["2026-03-02 09:30:00"], Type.DATETIME), (["2026/3/2", "2026年3月4日"], Type.DATE),
        (["20260302", "20260303"], Type.DATE), (["20269999", "20260303"], Type.STRING),
        (["是", "否"], Type.LOGICAL),
        (["1", "0"], Type.INTEGER), (["13800000000", "13900000000"], Type.STRING),
        (["12345678901234567890", "1"], Type.STRING),
    ],
)  # fmt: skip
def test_guesses_lose_no_zero_and_no_digit(values, type):
    assert guessing.of(values).type is type


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        (["110101190001010014"], Rule.RESIDENT_NUMBER), (["91110101MA00000005", ""], Rule.CREDIT_CODE),
        (["110101190001010014", "110101190001010015"], None), (["张三"], None), ([], None),
    ],
)  # fmt: skip
def test_a_rule_of_identity_is_guessed_where_every_value_keeps_it(values, rule):
    assert guessing.of(values).rule is rule
