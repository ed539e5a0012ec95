import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hutong.core import normalise
from hutong.plane.definition import Item, Mode, QualityRule, Rule, Type
from hutong.plane.delivery import columns

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.text(
    st.sampled_from("阿张·.． \u3000\u200bAaÀKİΣßſ0１2-/:T年月日\x00𬍛"), max_size=10
)
_days = st.dates().map(str) | st.sampled_from(["0000-01-01", "2026-02-30", "2026-2-3", "20260203", "9999-12-31"])
_numbers = st.from_regex(r"\A-?[0-9]{0,3}(\.[0-9]{0,3})?\Z")


@given(values=st.lists(st.none() | _texts | _days | _numbers, max_size=8), type=st.sampled_from(list(Type)))
@example(values=["K", "İ", "ﬁ", "", None], type=Type.STRING)
@example(values=["0000-01-01"], type=Type.DATE)
@example(values=["阿.张", "欧阳./<=>?@a"], type=Type.STRING)
@example(values=[None, None], type=Type.DATE)
def test_a_column_comes_to_what_its_values_come_to_one_by_one(values: list, type: Type) -> None:
    given = pa.array([None, *values], pa.string())[1:]  # a slice, as batches of a file are
    column = columns.ItemColumn(given, Item("x", "项", type), key=False)
    expected = normalise.column(values, type=type)
    if type not in columns.TEXT:
        expected = [value or None for value in expected]
    assert column.normal.to_pylist() == expected


@given(values=st.lists(_days, min_size=1, max_size=3))
def test_days_are_read_only_where_every_value_is_one_already(values: list[str]) -> None:
    found = columns.days(pa.array(values, pa.string()))
    settled = [normalise.normalise(v, type="D") == v and len(v) == 10 for v in values]
    if found is not None:
        assert all(settled)
        assert [str(day) for day in found.to_pylist()] == values


@pytest.mark.parametrize(
    ("item", "kept"),
    [
        (Item("x", "项"), ["a", "", None]),
        (Item("x", "项", offered=Mode.QUERY), ["Ａ", "", None]),
        (Item("x", "项", offered=Mode.QUERY, rules=(QualityRule(Rule.MINIMUM, "a"),)), ["a", "", None]),
    ],
)
def test_text_that_is_never_digested_nor_compared_stays_as_it_is(item: Item, kept: list) -> None:
    assert columns.ItemColumn(pa.array(["Ａ", "", None]), item, key=False).normal.to_pylist() == kept


def test_empty_text_of_a_key_is_missing() -> None:
    assert columns.ItemColumn(pa.array(["Ａ", "", None]), Item("x", "项"), key=True).normal.to_pylist() == [
        "a",
        None,
        None,
    ]


def test_every_distinct_value_is_judged_once() -> None:
    asked: list[str] = []
    given = pa.array(["a", "b", "a", None, "b"])
    assert columns.failing(given, lambda value: asked.append(value) or value == "a") == [1, 4]
    assert sorted(asked) == ["a", "b"]
