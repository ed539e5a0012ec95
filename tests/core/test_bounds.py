"""What is taken can be written, read back and sorted; what cannot is refused, in words that can be written."""

import unicodedata

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


TURNS = ("\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)))


@pytest.mark.parametrize("field", ["name", "officer", "department", "legal_basis", "reason", "abstract"])
def test_no_text_has_a_control_or_what_turns_the_direction_of_writing(field):
    controls = {chr(code) for code in range(0xA0) if unicodedata.category(chr(code)) == "Cc"} - set("\t\n\r")
    for character in (*controls, *TURNS):
        with pytest.raises(bounds.CharacterUnusable):
            bounds.check(f"民政{character}业务", field=field)
    bounds.check("民政 业务·Ａ（一）\U0002000b", field=field)


@pytest.mark.parametrize("field", sorted(bounds.LENGTHS))
def test_a_short_field_is_one_line(field):
    for character in "\t\n\r\u2028\u2029":
        if field in ("abstract", "item-rules", "sentences"):
            bounds.check(f"民政{character}业务", field=field)
            continue
        with pytest.raises(bounds.CharacterUnusable):
            bounds.check(f"民政{character}业务", field=field)
    bounds.check("一\n二", field="reason")


PROSE = {
    "name", "role", "system", "officer", "to", "action", "no", "id", "key", "department", "address", "item-name",
    "abstract", "item-rules", "title", "owner", "executed_by", "sentences",
}  # fmt: skip
"""Bounded fields that are written in words or chosen: what is too long for them is shortened."""


def test_no_bounded_field_is_forgotten_whose_values_have_a_form_of_their_own():
    assert set(bounds.LENGTHS) - set(bounds.SHAPES) == PROSE


@pytest.mark.parametrize("field", sorted(bounds.SHAPES))
def test_what_is_too_long_for_a_value_with_a_form_is_told_the_form(field):
    with pytest.raises(bounds.ValueMisshaped) as refused:
        bounds.check("1" * (bounds.LENGTHS.get(field, bounds.LONGEST) + 1), field=field)
    assert refused.value.facts["shape"] == bounds.SHAPES[field]
    assert all(bounds.SHAPES[field])
    assert str(bounds.SHAPES[field]) in str(refused.value)
