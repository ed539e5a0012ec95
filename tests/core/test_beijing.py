"""Months are reckoned by the day they begin with."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from hutong.core import beijing

_days = st.dates(date(2000, 1, 1), date(2199, 12, 31))


@given(day=_days, ahead=st.integers(-600, 600))
def test_a_month_ahead_begins_on_its_first_and_lies_so_many_months_away(day: date, ahead: int) -> None:
    found = beijing.month(day, ahead=ahead)
    assert found.day == 1
    assert (found.year - day.year) * 12 + found.month - day.month == ahead


def test_a_year_is_passed_both_ways() -> None:
    assert beijing.month(date(2026, 12, 31), ahead=1) == date(2027, 1, 1)
    assert beijing.month(date(2026, 1, 31), ahead=-1) == date(2025, 12, 1)
    assert beijing.month(date(2024, 2, 29)) == date(2024, 2, 1)
