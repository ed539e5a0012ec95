"""What no holding can be made of: each fault is told by itself, with the item it is about, in both languages."""

import pytest
from delivering import definition

from hutong.core import text
from hutong.core.digest import SuiteUnknown
from hutong.core.errors import Problem
from hutong.plane import soundness
from hutong.plane.definition import Item, QualityRule, Rule

CODE = "307001/000001"
A = Item("a", "甲")


def refused(**faulty) -> Problem:
    with pytest.raises(Problem) as raised:
        soundness.check(definition(**{"items": (A,), "key": ("a",)} | faulty))
    return raised.value


@pytest.mark.parametrize(
    ("faulty", "kind", "english", "chinese"),
    [
        (
            {"items": (Item("1a", "甲"),), "key": ("1a",)}, soundness.ItemCodeMisshaped,
            "the code 1a of the item 甲 is not a letter", "信息项“甲”的字段名 1a 不合规范",
        ),
        (
            {"items": (Item("a" * 41, "甲"),), "key": ("a" * 41,)}, soundness.ItemCodeMisshaped,
            "of the item 甲 is not a letter", "信息项“甲”的字段名",
        ),
        (
            {"items": (A, Item("a", "乙"))}, soundness.ItemCodeTwice,
            "2 items have the code a.", "字段名 a 用于 2 个信息项。",
        ),
        (
            {"items": (A, *(Item(f"b{n}", "乙") for n in range(600)))}, soundness.ItemsTooMany,
            "has 601 items; at most 600 may be.", "有 601 个信息项，最多 600 个。",
        ),
        ({"key": ()}, soundness.KeyNotNamed, "no item is named as key.", "没有指定识别项。"),
        ({"key": ("b",)}, soundness.KeyItemMissing, "the key names b, which is no item.", "b 被指定为识别项，但不在"),
        ({"key": ("a", "a")}, soundness.KeyItemTwice, "names the item a twice.", "信息项 a 被重复指定为识别项。"),
        ({"suite": "own"}, SuiteUnknown, "called own", "没有名为“own”的密码算法套件"),
    ],
)  # fmt: skip
def test_each_fault_is_told_by_itself_in_both_languages(faulty, kind, english, chinese) -> None:
    problem = refused(**faulty)
    assert type(problem) is kind
    assert english in text.say(problem, language="en").message
    assert chinese in text.say(problem, language="zh").message
    if kind is not SuiteUnknown:
        assert CODE in str(problem)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(?=a)b", "invalid perl operator: (?="),
        (r"(a)\1", r"invalid escape sequence: \1"),
        ("a)|(b", "unexpected ): a)|(b"),
        (r"\Qa", r"missing ): \A(?:\Qa)\z"),
        ("(", "missing ): ("),
    ],
)
def test_refuses_a_pattern_rows_could_not_be_judged_by(pattern: str, said: str) -> None:
    problem = refused(items=(Item("a", "甲", rules=(QualityRule(Rule.PATTERN, pattern),)),))
    assert type(problem) is soundness.PatternUnusable
    assert said in problem.facts["fault"]
    assert f"信息项“甲”（a）的格式规则 {pattern} 不能使用" in text.say(problem, language="zh").message


def test_a_pattern_re2_alone_knows_can_be_used() -> None:
    items = (Item("a", "甲", rules=(QualityRule(Rule.PATTERN, r"\p{Han}+"),)),)
    soundness.check(definition(items=items, key=("a",)))
