"""How long records are kept, to the hour and over leap days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.audit.events import RecordClass
from hutong.audit.years import KEPT_YEARS, cut_off, kept_until
from hutong.core.beijing import BEIJING

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2045, 1, 1)).map(lambda at: at.replace(tzinfo=BEIJING))
LEAP_DAYS = st.datetimes(datetime(2024, 2, 28), datetime(2024, 3, 2)).map(lambda at: at.replace(tzinfo=BEIJING))
FIVE_LATER = st.datetimes(datetime(2029, 2, 27), datetime(2029, 3, 3)).map(lambda at: at.replace(tzinfo=BEIJING))


@pytest.mark.clause("SX-10-c")
def test_no_class_is_kept_shorter_than_five_years():
    assert KEPT_YEARS.keys() == set(RecordClass)
    assert min(KEPT_YEARS.values()) == 5


@pytest.mark.clause("SX-10-c")
def test_a_record_of_the_leap_day_is_kept_to_the_first_of_march():
    at = datetime(2024, 2, 29, 10, 30, tzinfo=BEIJING)
    assert kept_until(at, RecordClass.USAGE) == datetime(2029, 3, 1, 10, 30, tzinfo=BEIJING)
    for now in (datetime(2029, 2, 28, 23, 59, tzinfo=BEIJING), datetime(2029, 3, 1, 10, 30, tzinfo=BEIJING)):
        assert at >= cut_off(now, RecordClass.USAGE)
    assert at < cut_off(datetime(2029, 3, 1, 10, 31, tzinfo=BEIJING), RecordClass.USAGE)


def test_a_day_begins_in_beijing():
    late = datetime(2024, 2, 28, 17, 0, tzinfo=UTC)  # the 29th in Beijing
    assert kept_until(late, RecordClass.USAGE) == datetime(2029, 2, 28, 17, 0, tzinfo=UTC)


@pytest.mark.clause("SX-10-c")
@given(at=st.one_of(MOMENTS, LEAP_DAYS), now=st.one_of(MOMENTS, FIVE_LATER), kind=st.sampled_from(RecordClass))
def test_the_cut_off_is_the_latest_that_spares_every_record_still_kept(at, now, kind):
    latest = cut_off(now, kind)
    assert at >= latest or kept_until(at, kind) < now
    assert kept_until(latest, kind) >= now


@given(now=MOMENTS, kind=st.sampled_from(RecordClass), years=st.integers(0, 40))
def test_more_years_move_the_cut_off_back_and_fewer_than_the_least_do_not(now, kind, years):
    least = cut_off(now, kind)
    if years <= KEPT_YEARS[kind]:
        assert cut_off(now, kind, years=years) == least
    else:
        moved = now.astimezone(BEIJING).year - cut_off(now, kind, years=years).year
        assert (moved, cut_off(now, kind, years=years) < least) == (years, True)


@given(at=MOMENTS)
def test_five_years_are_never_shorter_than_the_days_in_them(at):
    assert kept_until(at, RecordClass.USAGE) - at >= timedelta(days=1826)
