"""What is taken can be written, read back and sorted; what cannot is refused, in words that can be written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import bounds
from hutong.core.errors import Problem

anything = st.text(st.characters(), max_size=60) | st.text("a\0\ud800\udfff\U0001f600宽", max_size=20)


@given(text=anything, field=anything)
def test_what_is_taken_can_be_written_and_so_can_every_refusal(text, field):
    try:
        bounds.check(text, field=field)
    except Problem as refused:
        str(refused).encode()
        return
    assert "\0" not in text
    assert text.encode().decode() == text


@pytest.mark.parametrize("field", [*bounds.LENGTHS, "reason"])
def test_a_text_is_as_long_as_its_column_and_no_longer(field):
    most = bounds.LENGTHS.get(field, bounds.LONGEST)
    bounds.check("宽" * most, field=field)
    with pytest.raises(bounds.FieldTooLong):
        bounds.check("宽" * (most + 1), field=field)


@pytest.mark.parametrize(
    ("given", "number"),
    [("1", 1), ("2147483647", bounds.LARGEST), ("2147483648", None), ("0", None), ("-1", None), ("", None), ("²", None),
     ("9" * 5000, None), ("٣", 3), ("1.5", None), (" 1", None)],
)  # fmt: skip
def test_a_number_is_one_that_a_column_keeps(given, number):
    assert bounds.whole(given) == number
