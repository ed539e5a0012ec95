"""A pattern that is accepted with a definition judges every row, from its first character to its last."""

import re

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from hutong.plane import patterns

LETTERS = st.text(alphabet="ab01-\n", max_size=6)


@given(pattern=st.from_regex(r"[ab01.*+?|\[\]{},-]{0,8}", fullmatch=True))
def test_a_pattern_has_a_fault_exactly_where_no_row_can_be_judged_by_it(pattern: str) -> None:
    fault = patterns.pattern_fault(pattern)

    try:
        pc.match_substring_regex(pa.array(["ab01"]), patterns.whole(pattern))
    except pa.ArrowInvalid:
        assert fault
    else:
        assert fault == ""


def test_a_pattern_that_closes_what_is_put_around_it_has_a_fault() -> None:
    assert patterns.pattern_fault("a)|(b")


@given(value=LETTERS)
def test_a_value_is_judged_as_a_whole(value: str) -> None:
    judged = pc.match_substring_regex(pa.array([value]), patterns.whole("a|b[01]+"))[0].as_py()

    assert judged == (re.fullmatch("a|b[01]+", value) is not None)
