"""Working days by the official calendar (requirements B.10)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import workdays
from hutong.core.workdays import Calendar

OFFICIAL = Calendar.official()
DAYS = st.dates(date(2024, 6, 1), date(2026, 6, 30))


@pytest.mark.clause("SX-08-f")
@pytest.mark.parametrize(
    ("received", "n", "last"),
    [
        (date(2018, 1, 1), 1, date(2018, 1, 2)),
        (date(2026, 2, 13), 5, date(2026, 2, 27)),
        (date(2026, 4, 30), 5, date(2026, 5, 11)),
        (date(2026, 9, 18), 5, date(2026, 9, 24)),
        (date(2026, 9, 29), 5, date(2026, 10, 12)),
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
    ],
)
def test_a_deadline_is_the_nth_working_day_after_the_day_of_receipt(received, n, last):
    assert workdays.add_workdays(received, n, calendar=OFFICIAL).day == last


@pytest.mark.clause("D-7")
@pytest.mark.parametrize(
    ("effective", "rule_a", "rule_b"),
    [
        (date(2026, 2, 24), date(2026, 2, 10), date(2026, 2, 9)),
        (date(2026, 5, 6), date(2026, 4, 24), date(2026, 4, 23)),
        (date(2026, 10, 12), date(2026, 9, 29), date(2026, 9, 28)),
    ],
)
def test_notice_five_working_days_ahead(effective, rule_a, rule_b):
    assert workdays.latest_day_to_tell(effective, 5, calendar=OFFICIAL).day == rule_a
    assert workdays.latest_day_to_tell(effective, 5, rule="B", calendar=OFFICIAL).day == rule_b


@pytest.mark.clause("D-7")
@pytest.mark.parametrize(
    ("effective", "rule_a", "rule_b"),
    [
        (date(2026, 2, 24), date(2026, 2, 13), date(2026, 2, 12)),
        (date(2026, 5, 6), date(2026, 4, 29), date(2026, 4, 28)),
        (date(2026, 10, 12), date(2026, 10, 9), date(2026, 10, 8)),
    ],
)
def test_notice_two_working_days_ahead(effective, rule_a, rule_b):
    assert workdays.latest_day_to_tell(effective, 2, calendar=OFFICIAL).day == rule_a
    assert workdays.latest_day_to_tell(effective, 2, rule="B", calendar=OFFICIAL).day == rule_b


@pytest.mark.clause("D-7")
@given(effective=DAYS, n=st.integers(0, 12))
def test_rule_a_is_the_last_notice_from_which_the_nth_working_day_is_not_after_the_effective_day(
    effective, n
):
    notice = workdays.latest_day_to_tell(effective, n, calendar=OFFICIAL).day
    earlier = (effective - timedelta(days=i) for i in range(60))
    wanted = next(
        day
        for day in earlier
        if OFFICIAL.is_workday(day) and workdays.add_workdays(day, n, calendar=OFFICIAL).day <= effective
    )
    assert notice == wanted


@pytest.mark.clause("D-7")
@given(effective=DAYS, n=st.integers(0, 12))
def test_rule_b_is_the_last_notice_with_n_full_working_days_before_the_effective_day(effective, n):
    notice = workdays.latest_day_to_tell(effective, n, rule="B", calendar=OFFICIAL).day
    before = effective - timedelta(days=1)
    wanted = next(
        day
        for day in (before - timedelta(days=i) for i in range(60))
        if OFFICIAL.is_workday(day)
        and workdays.workdays_between(day, before, calendar=OFFICIAL).workdays >= n
    )
    assert notice == wanted


@given(day=DAYS, n=st.integers(1, 30))
def test_counting_back_finds_what_was_counted_forward(day, n):
    deadline = workdays.add_workdays(day, n, calendar=OFFICIAL)
    assert OFFICIAL.is_workday(deadline.day)
    assert workdays.workdays_between(day, deadline.day, calendar=OFFICIAL).workdays == n
    assert sum(day.works for day in deadline.explanation.days) == n


@pytest.mark.parametrize("year", [2025, 2026])
def test_2025_and_2026_have_248_working_days(year):
    span = workdays.workdays_between(date(year - 1, 12, 31), date(year, 12, 31), calendar=OFFICIAL)
    assert span.workdays == 248


def test_the_official_days_of_2026_are_those_of_the_notice():
    off = {day for day in OFFICIAL.days_off if day.year == 2026}
    periods = [((1, 1), 3), ((2, 15), 9), ((4, 4), 3), ((5, 1), 5), ((6, 19), 3), ((9, 25), 3), ((10, 1), 7)]
    assert off == {date(2026, *start) + timedelta(days=i) for start, length in periods for i in range(length)}
    made_up = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]
    assert {day for day in OFFICIAL.makeup if day.year == 2026} == {date(2026, *day) for day in made_up}


@pytest.mark.clause("D-20")
def test_a_year_without_a_notice_is_refused_and_never_guessed():
    with pytest.raises(workdays.YearNotLoaded) as refused:
        workdays.add_workdays(date(2026, 12, 28), 5, calendar=OFFICIAL)
    assert refused.value.facts == {"year": 2027}
    with pytest.raises(workdays.YearNotLoaded):
        workdays.latest_day_to_tell(date(2027, 1, 4), 2, calendar=OFFICIAL)
    with pytest.raises(workdays.YearNotLoaded):
        workdays.workdays_between(date(2003, 12, 30), date(2004, 1, 5), calendar=OFFICIAL)
    # What does not reach into the year is computed as ever.
    assert workdays.add_workdays(date(2026, 12, 28), 3, calendar=OFFICIAL).day == date(2026, 12, 31)


@pytest.mark.clause("D-20")
def test_a_year_loaded_later_is_counted_with_its_own_days():
    with_next = OFFICIAL.with_year(
        2027,
        {date(2027, 1, 1): "New Year's Day", date(2027, 1, 4): "补休"},
        [date(2026, 12, 27), date(2027, 1, 9)],
    )
    deadline = workdays.add_workdays(date(2026, 12, 25), 8, calendar=with_next)
    assert deadline.day == date(2027, 1, 7)
    assert "2026-12-27调休上班，计入" in deadline.explanation.told.zh
    assert "2027-01-01元旦放假，不计" in deadline.explanation.told.zh
    assert "2027-01-04补休放假，不计" in deadline.explanation.told.zh
    assert 2027 not in OFFICIAL.years


def test_loading_a_year_again_replaces_it():
    first = OFFICIAL.with_year(2027, [date(2027, 1, 4)], [])
    assert first.with_year(2027, [date(2027, 1, 5)], []) == OFFICIAL.with_year(2027, [date(2027, 1, 5)], [])


@pytest.mark.parametrize(
    ("days_off", "makeup", "problem"),
    [
        ([date(2028, 1, 1)], [], workdays.CalendarDayOutside),
        ([date(2026, 11, 30)], [], workdays.CalendarDayOutside),
        ([date(2027, 1, 2)], [date(2027, 1, 2)], workdays.CalendarDayTwice),
        ([], [date(2027, 1, 4)], workdays.MakeUpNotWeekend),
    ],
)
def test_refuses_a_calendar_that_contradicts_itself(days_off, makeup, problem):
    with pytest.raises(problem):
        OFFICIAL.with_year(2027, days_off, makeup)


def test_explains_every_day_passed_over_in_both_languages():
    explained = workdays.add_workdays(date(2026, 9, 29), 5, calendar=OFFICIAL).explanation
    assert explained.told.zh == (
        "自2026-09-29次日起算（当日不计）；2026-10-01至2026-10-07国庆节放假，不计；2026-10-10调休上班，计入；"
        "2026-10-11周末，不计；第 5 个工作日为 2026-10-12（周一）。"
    )
    assert explained.told.en == (
        "Counted from the day after 2026-09-29; 2026-10-01 to 2026-10-07 skipped (National Day); "
        "2026-10-10 counted (a make-up workday); 2026-10-11 skipped (weekend); "
        "working day 5 is 2026-10-12 (Monday)."
    )
    assert [day.day.day for day in explained.skipped] == [1, 2, 3, 4, 5, 6, 7, 11]


def test_two_holidays_that_touch_are_told_apart():
    explained = workdays.add_workdays(date(2023, 9, 28), 1, calendar=OFFICIAL).explanation.told.zh
    assert "2023-09-29中秋放假，不计" in explained
    assert "2023-09-30至2023-10-06国庆节放假，不计" in explained


@pytest.mark.clause("D-7")
def test_a_notice_on_a_day_off_counts_from_the_next_working_day():
    assert workdays.given_on(date(2026, 10, 3), calendar=OFFICIAL) == date(2026, 10, 8)
    assert workdays.given_on(date(2026, 10, 10), calendar=OFFICIAL) == date(2026, 10, 10)


def test_no_working_days_is_the_day_itself_and_fewer_is_a_mistake_of_the_program():
    assert workdays.add_workdays(date(2026, 10, 3), 0, calendar=OFFICIAL).day == date(2026, 10, 3)
    with pytest.raises(ValueError, match="never negative"):
        workdays.add_workdays(date(2026, 10, 3), -1, calendar=OFFICIAL)
    assert workdays.workdays_between(date(2026, 5, 6), date(2026, 5, 6), calendar=OFFICIAL).workdays == 0
