import ast
import inspect

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import labels
from hutong.plane.definition import Definition, Item, Mode, QualityRule, Rule, Type
from hutong.plane.delivery import quality
from hutong.plane.values import NUMBERS


def judged(item: Item, values: list[str | None]) -> list[str | None]:
    """The reason each value is refused for, None where it passes; beside a key that always passes."""
    definition = Definition("r", 1, "r", "p", ("key",), (Item("key", "键"), item))
    batch = pa.record_batch(
        [pa.array([str(i) for i in range(len(values))]), pa.array(values, pa.string())], names=["key", item.code]
    )
    checked = quality.check(batch, definition)
    reasons: list[str | None] = [None] * len(values)
    for fault in checked.faults:
        reasons[fault.row] = fault.reason
        assert checked.valid[fault.row] == fault.warn
    assert [reason is None or checked.valid[row] for row, reason in enumerate(reasons)] == checked.valid
    return reasons


def rule(kind: Rule, argument: str = "", type: Type = Type.STRING, **more) -> Item:
    return Item("x", "项", type, rules=(QualityRule(kind, argument, **more),))


OTHER = "VALUE_OF_OTHER_TYPE"


@pytest.mark.clause("SX-04-f")
@pytest.mark.parametrize(
    ("item", "values", "reasons"),
    [
        (Item("x", "项", required=True), ["a", None, "", " ", "\u3000"], [None, *["VALUE_MISSING"] * 4]),
        (Item("x", "项", length=2), ["𠮷😀", "abc", None], [None, "VALUE_TOO_LONG", None]),
        (Item("x", "项"), ["a\x00", "\x00", "a"], ["VALUE_NUL", "VALUE_NUL", None]),
        (Item("x", "项", Type.NUMERIC), ["1", "-1.50", "１２", "1e3", "x", "", None, "1 2"],
         [None, None, None, None, OTHER, None, None, OTHER]),
        (Item("x", "项", Type.INTEGER), ["1", "1.5", "1.0"], [None, OTHER, None]),
        (Item("x", "项", Type.DATE), ["2026-02-28", "2026-02-30", "20260228", "2026年2月3日", "x"],
         [None, OTHER, None, None, OTHER]),
        (Item("x", "项", Type.DATETIME), ["2026-02-28 01:02:03", "2026-02-28T25:00:00"], [None, OTHER]),
        (Item("x", "项", Type.LOGICAL), ["是", "false", "maybe"], [None, None, OTHER]),
        (rule(Rule.PATTERN, "[A-Z]+|é"), ["AB", "é", "AB1", "AB\nC", None],
         [None, None, "VALUE_BREAKS_PATTERN", "VALUE_BREAKS_PATTERN", None]),
        (rule(Rule.ONE_OF, "男|女"), ["男", "女", "男女", None], [None, None, "VALUE_NOT_LISTED", None]),
        (rule(Rule.MINIMUM, "2", Type.NUMERIC), ["10", "2", "1.99", None], [None, None, "VALUE_TOO_SMALL", None]),
        (rule(Rule.MAXIMUM, "2026-01-01", Type.DATE), ["20260101", "2026-01-02"], [None, "VALUE_TOO_LARGE"]),
        (rule(Rule.RESIDENT_NUMBER), ["11010519491231002X", "110105194912310021", None],
         [None, "VALUE_NO_RESIDENT_NUMBER", None]),
        (Item("x", "项", length=18, rules=(QualityRule(Rule.RESIDENT_NUMBER, ""),)),
         ["110105 19491231 002X", "11010519491231002X号"], ["VALUE_NO_RESIDENT_NUMBER"] * 2),
        (rule(Rule.CREDIT_CODE), ["91350100M000100Y43", "91350100M000100Y44"], [None, "VALUE_NO_CREDIT_CODE"]),
        (rule(Rule.REGION_CODE), ["450500", "990000", "4505"], [None, *["VALUE_NO_REGION_CODE"] * 2]),
    ],
)  # fmt: skip
def test_judges_each_value(item: Item, values: list, reasons: list) -> None:
    assert judged(item, values) == reasons


@pytest.mark.clause("D-21")
def test_a_warning_keeps_the_row_unless_something_else_is_wrong() -> None:
    item = Item("x", "项", rules=(QualityRule(Rule.PATTERN, "a+", warn=True), QualityRule(Rule.ONE_OF, "aa|b")))
    definition = Definition("r", 1, "r", "p", ("x",), (item,))
    checked = quality.check(pa.record_batch([pa.array(["aa", "b", "c"])], names=["x"]), definition)
    assert checked.valid == [True, True, False]
    assert [(f.row, f.reason, f.warn) for f in checked.faults] == [
        (1, "VALUE_BREAKS_PATTERN", True), (2, "VALUE_BREAKS_PATTERN", True), (2, "VALUE_NOT_LISTED", False),
    ]  # fmt: skip


def test_reports_show_only_the_shape_of_what_is_sealed_or_protected() -> None:
    value = "1101张AB-\x00" + "9" * 200
    plain = Item("x", "项", offered=Mode.QUERY)
    assert quality.shown(plain, value) == "1101张AB-\u2400" + "9" * 71 + "…"
    for item in (Item("x", "项"), Item("x", "项", offered=Mode.QUERY, sensitive=True)):
        assert quality.shown(item, value) == "0000文AA··" + "0" * 71 + "…"


def test_the_key_is_required_and_of_a_deleted_row_only_the_key_is_looked_at() -> None:
    definition = Definition("r", 1, "r", "p", ("k",), (Item("k", "键"), Item("x", "项", required=True)))
    batch = pa.record_batch([pa.array(["1", None, "3"]), pa.array([None, None, None], pa.string())], names=["k", "x"])
    assert quality.check(batch, definition, deleted=[True, True, False]).valid == [True, False, False]


def test_every_rule_has_a_name_and_every_name_a_rule():
    source = ast.parse(inspect.getsource(quality._wrong))
    told = {node.value.elts[0].value for node in ast.walk(source) if isinstance(node, ast.Yield)
            and isinstance(node.value, ast.Tuple) and isinstance(node.value.elts[0], ast.Constant)}  # fmt: skip
    assert set(labels.subject_of("rules")) == {*told, *map(str, Rule), "key", "row"}


@pytest.mark.parametrize("type", NUMBERS)
@pytest.mark.parametrize("kind", [Rule.MINIMUM, Rule.MAXIMUM])
def test_what_programs_write_for_no_number_is_rejected_where_a_number_has_a_bound(kind: Rule, type: Type) -> None:
    values = ["nan", "NaN", "-nan", "sNaN", "NaN123", "inf", "-Infinity", "5"]
    reasons = judged(rule(kind, "5", type), values)
    assert reasons[-1] is None and None not in reasons[:-1]


@given(st.lists(st.text() | st.sampled_from(["NaN", "-sNaN7", "1e999", "Infinity", "٣", "²", "1_0"]), min_size=1))
def test_whatever_stands_where_a_number_is_bounded_is_judged(values: list[str]) -> None:
    assert len(judged(rule(Rule.MAXIMUM, "10", Type.NUMERIC), [*values])) == len(values)
