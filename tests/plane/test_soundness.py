"""What no store can be made of: each fault is told by itself, with the item it is about, in both languages."""

from dataclasses import replace

import pytest
from delivering import definition

from hutong.core import text
from hutong.core.digest import SuiteUnknown
from hutong.core.errors import Problem
from hutong.plane import soundness
from hutong.plane.definition import Form, Item, Mode, QualityRule, Rule, Type

CODE = "307001/000001"
A = Item("a", "甲")
SCAN = Item(
    "scan", "扫描件", Type.GENERAL, rules=(QualityRule(Rule.KINDS, "pdf|jpeg"), QualityRule(Rule.MEGABYTES, "20"))
)
INTERFACE = {"form": Form.INTERFACE, "service": "vehicle.check", "time_out": 30}


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
        ({"form": Form.FILE}, soundness.FileItemMissing, "none of its items carries a file.", "没有一个信息项是文件"),
        (
            {"items": (A, SCAN)}, soundness.FileItemElsewhere,
            "is of the form table, and its item 扫描件 carries a file", "的形态为库表，信息项“扫描件”却是文件",
        ),
        (
            {"form": Form.FILE, "items": (A, replace(SCAN, rules=SCAN.rules[:1]))}, soundness.FileRuleMissing,
            "the item 扫描件 carries a file; it says once its kinds (pdf|", "须各写一条“文件种类”（pdf|",
        ),
        (
            {"items": (replace(A, rules=SCAN.rules[:1]),)}, soundness.FileRuleElsewhere,
            "the item 甲 carries no file", "信息项“甲”不是文件",
        ),
        (
            {"form": Form.FILE, "items": (A, replace(SCAN, length=64))}, soundness.FileItemHasLength,
            "has a greatest number of characters.", "不能规定最长字数",
        ),
        (
            {**INTERFACE, "items": (replace(A, offered=Mode.SUBSCRIBE),)}, soundness.OfferedBeyondForm,
            "its item 甲 is offered for subscribe", "信息项“甲”不能开放到数据订阅",
        ),
        *(({**INTERFACE, **faulty}, soundness.ServiceMissing, "1 to 30 seconds.", "应答时限（1 至 30 秒）")
          for faulty in ({"service": ""}, {"service": "http://10.0.0.1/"}, {"time_out": 0}, {"time_out": 31})),
        *(({"service": "vehicle.check", "time_out": 30} | faulty, soundness.ServiceElsewhere, "only an interface has",
           "只有接口才") for faulty in ({"service": ""}, {"time_out": 0})),
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


@pytest.mark.clause("P-3")
@pytest.mark.parametrize(
    "rules",
    [
        (QualityRule(Rule.KINDS, "pdf|exe"), SCAN.rules[1]),
        (QualityRule(Rule.KINDS, ""), SCAN.rules[1]),
        (replace(SCAN.rules[0], warn=True), SCAN.rules[1]),
        (*SCAN.rules, SCAN.rules[1]),
        *((SCAN.rules[0], QualityRule(Rule.MEGABYTES, most)) for most in ("", "0", "201", "1.5", "9" * 5000)),
    ],
)
def test_a_file_is_of_known_kinds_and_bounded_and_nothing_else_is_taken(rules: tuple[QualityRule, ...]) -> None:
    soundness.check(definition(items=(A, SCAN), key=("a",), form=Form.FILE))
    faulty = refused(items=(A, replace(SCAN, rules=rules)), form=Form.FILE)
    assert type(faulty) is soundness.FileRuleMissing
