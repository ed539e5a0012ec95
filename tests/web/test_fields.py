"""What is typed into forms: numbers, days and codes are read as they are meant, anything else is refused in words."""

from datetime import date

import pytest
from django.apps import apps
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import beijing, bounds
from hutong.web.desk import fields


def form(value: str, *, field: str = "field") -> QueryDict:
    found = QueryDict(mutable=True)
    found[field] = value
    return found


@given(st.integers(1, 2**31 - 1))
def test_a_whole_number_a_column_keeps_is_read_as_itself(number):
    assert fields.number(form(f" {number} "), "field") == number


@given(st.one_of(st.integers(max_value=0), st.integers(min_value=2**31)).map(str) | st.text("0123456789", min_size=11))
def test_any_other_number_is_refused_however_long_it_is(text):
    with pytest.raises(fields.FieldUnreadable) as refused:
        fields.number(form(text), "field")
    assert len(refused.value.facts["value"]) <= fields.SHOWN + 1


@given(st.text())
def test_whatever_is_typed_is_a_number_or_is_refused(text):
    try:
        found = fields.number(form(text), "field")
    except (fields.FieldUnreadable, fields.FieldEmpty):
        return
    assert found == int(text)


@pytest.mark.parametrize("text", ["", "  "])
def test_where_nothing_stands_the_number_is_the_one_meant_or_lacking(text):
    assert fields.number(form(text), "field", 7) == 7
    with pytest.raises(fields.FieldEmpty):
        fields.number(form(text), "field")


@pytest.mark.parametrize("text", ["2026-02-30", "2027-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "x" * 9000])
def test_a_day_that_is_none_is_refused(text):
    with pytest.raises(fields.FieldUnreadable):
        fields.day(form(text), "field")


@pytest.mark.parametrize(
    "text", ["0001-01-01", "1999-12-31", "2200-01-01", "9999-12-31", "０００１年1月1日", "99991231"]
)
def test_a_day_that_lies_far_off_is_told_as_that(text):
    for read in (fields.day, fields.moment):
        with pytest.raises(beijing.DayFarOff, match="2000 to 2199"):
            read(form(text), "field")
    with pytest.raises(beijing.DayFarOff):
        fields.minute(form(f"{text} 17:30"), "field")


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2199, 12, 31)))
def test_a_day_is_read_as_itself_and_begins_in_beijing(day):
    assert fields.day(form(f"{day}"), "field") == day
    assert f"{fields.moment(form(f'{day}'), 'field').isoformat()}" == f"{day}T00:00:00+08:00"


def test_where_one_code_is_asked_for_two_are_refused_and_none_dropped():
    assert fields.one_code(form("social-assistance"), "field") == "social-assistance"
    with pytest.raises(fields.FieldUnreadable, match="one two"):
        fields.one_code(form("one two"), "field")


COUNTED = {"wrong", "officers", "number", "year", "protection_reminders"}
"""Small numbers that nobody types: the platform counts them, or a calendar of the State Council names them."""


def test_a_number_is_no_larger_than_its_column_keeps():
    small = [each for model in apps.get_models() for each in model._meta.get_fields() if "Small" in type(each).__name__]
    assert {each.name for each in small} - COUNTED == set(bounds.NUMBERS)
    for name, most in bounds.NUMBERS.items():
        assert fields.number(form(f"{most}", field=name), name) == most < 2**15
        with pytest.raises(fields.FieldUnreadable):
            fields.number(form(f"{most + 1}", field=name), name)
