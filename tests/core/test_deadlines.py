"""Deadlines: so many working days or hours after, so many ahead of a day, a day an order set; and pauses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import beijing, workdays
from hutong.core.deadlines import DeadlineFacts, Pause, reckon
from hutong.core.lifecycle import Counting
from hutong.core.workdays import Calendar

OFFICIAL = Calendar.official()
MOMENTS = st.datetimes(datetime(2026, 1, 5), datetime(2026, 9, 30), timezones=st.just(UTC))


def noon(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 4, tzinfo=UTC)  # noon in Beijing


def days(amount: int, at: datetime, *pauses: Pause) -> DeadlineFacts:
    return DeadlineFacts(Counting.WORKING_DAYS, amount, at, pauses=pauses)


def test_working_days_are_counted_from_the_day_after_and_name_every_day_that_was_not_counted():
    due = reckon(days(5, noon(9, 29)), calendar=OFFICIAL)
    assert due.day == date(2026, 10, 12)
    assert due.late_at == datetime(2026, 10, 12, 16, tzinfo=UTC)
    assert [day for day, _ in due.skipped][:2] == ["2026-10-01", "2026-10-02"]
    assert {why.zh for _, why in due.skipped} >= {"国庆节放假", "周末"}


def test_the_last_day_is_in_time_to_its_end():
    due = reckon(days(1, noon(3, 2)), calendar=OFFICIAL)
    assert due.result(at=due.late_at - timedelta(microseconds=1)) == "met"
    assert due.result(at=due.late_at) == "late"


@given(amount=st.integers(0, 15), at=MOMENTS, pause=st.integers(0, 20), length=st.integers(0, 20))
def test_a_pause_moves_the_day_by_the_working_days_it_lasted_and_by_nothing_else(amount, at, pause, length):
    from_at, until_at = at + timedelta(days=pause), at + timedelta(days=pause + length)
    plain = reckon(days(amount, at), calendar=OFFICIAL)
    used = workdays.workdays_between(beijing.day(at), beijing.day(from_at), calendar=OFFICIAL).workdays
    due = reckon(days(amount, at, Pause(from_at, until_at, "补正")), calendar=OFFICIAL)
    if beijing.day(from_at) <= plain.day:
        rest = workdays.add_workdays(beijing.day(until_at), amount - used, calendar=OFFICIAL)
        assert due.day == rest.day
        assert length or due.day == max(plain.day, beijing.day(at))
    else:  # late before it stood still: late at once when it goes on
        assert due.result(at=until_at) == "late"


@given(amount=st.integers(0, 10), at=MOMENTS, pause=st.integers(0, 20))
def test_what_stands_still_is_never_late_by_standing_still(amount, at, pause):
    event = days(amount, at).paused(at + timedelta(days=pause), reason="补正")
    due = reckon(event, calendar=OFFICIAL)
    assert (due.day, due.late_at) == (None, None)
    much_later = at + timedelta(days=2000)
    late_before = reckon(days(amount, at), calendar=OFFICIAL).result(at=at + timedelta(days=pause))
    assert due.result(at=much_later) == late_before


@given(amount=st.integers(1, 10), at=MOMENTS)
def test_stopped_and_gone_on_within_one_day_nothing_has_changed(amount, at):
    event = days(amount, at).paused(at, reason="补正").going_on(at)
    assert reckon(event, calendar=OFFICIAL).day == reckon(days(amount, at), calendar=OFFICIAL).day


def test_both_languages_say_when_it_stood_still_and_why():
    event = days(5, noon(3, 2)).paused(noon(3, 4), reason="退回补正").going_on(noon(3, 16))
    due = reckon(event, calendar=OFFICIAL)
    assert due.day == date(2026, 3, 19)
    assert "2026-03-04起中止计算（退回补正），尚余 3 个工作日。2026-03-16恢复计算。" in due.told.zh
    assert "Paused from 2026-03-04, 3 working days left. Goes on 2026-03-16." in due.told.en


def test_a_year_whose_calendar_is_not_loaded_is_never_guessed_and_is_reckoned_when_it_is():
    event = days(5, noon(12, 30))
    due = reckon(event, calendar=OFFICIAL)
    assert (due.day, due.result(at=noon(1, 30, 2027))) == (None, "open")
    assert "2027年工作日历尚未载入" in due.told.zh
    loaded = OFFICIAL.with_year(2027, [date(2027, 1, 1)], [])
    assert reckon(event, calendar=loaded).day == date(2027, 1, 7)


def test_hours_run_through_days_off_and_stand_still_too():
    friday = noon(3, 6)
    assert reckon(DeadlineFacts(Counting.HOURS, 24, friday), calendar=OFFICIAL).late_at == noon(3, 7)
    stopped = DeadlineFacts(Counting.HOURS, 24, friday).paused(friday + timedelta(hours=20), reason="等待")
    assert reckon(stopped, calendar=OFFICIAL).left == 240
    gone_on = stopped.going_on(noon(3, 10))
    assert reckon(gone_on, calendar=OFFICIAL).late_at == noon(3, 10) + timedelta(hours=4)


@pytest.mark.parametrize(("rule", "latest"), [("A", date(2026, 3, 6)), ("B", date(2026, 3, 5))])
def test_a_lead_is_in_time_by_rule_a_or_b(rule, latest):
    event = DeadlineFacts(Counting.LEAD, 5, noon(3, 6), date(2026, 3, 13), rule)
    due = reckon(event, calendar=OFFICIAL)
    assert due.day == latest
    assert due.result(at=noon(3, 6)) == ("met" if rule == "A" else "late")


def test_an_order_sets_the_day_itself():
    due = reckon(DeadlineFacts(Counting.ORDER, 0, noon(3, 2), date(2026, 3, 31)), calendar=OFFICIAL)
    assert (due.day, due.result(at=noon(3, 31)), due.result(at=noon(4, 1))) == (date(2026, 3, 31), "met", "late")


@given(pauses=st.lists(st.tuples(MOMENTS, st.none() | MOMENTS, st.text()), max_size=3))
def test_a_pause_is_read_back_as_it_was_kept(pauses):
    for from_at, until_at, reason in pauses:
        assert Pause.read(Pause(from_at, until_at, reason).plain()) == Pause(from_at, until_at, reason)
