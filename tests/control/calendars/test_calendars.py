"""A year the package does not know is loaded by the operator, and what waited for it is computed (D-20)."""

from datetime import UTC, date, datetime

import psycopg
import pytest
from acting import NOW, entries
from django.db import connection, transaction

from hutong.control.calendars import operations as calendars
from hutong.control.calendars import queries as known
from hutong.control.calendars import rules
from hutong.control.procedures import clocks, passes
from hutong.control.units.rules import Actor
from hutong.core import holiday_notice
from hutong.core.workdays import Calendar

OFFICIAL = Calendar.official()
OFFICE = frozenset({("operator", "")})
OPERATOR = Actor("operator", "李强", "", "信息中心", frozenset({"operator"}), offices=OFFICE)
LATE = datetime(2026, 12, 30, 2, tzinfo=UTC)
FILE = b"date,until,kind,name\n2027-01-01,2027-01-03,holiday,\xe5\x85\x83\xe6\x97\xa6\n"


def load(content=FILE, **changes):
    given = {"source": "notice.csv", "known": OFFICIAL, "actor": OPERATOR, "now": NOW}
    return calendars.load(content, **{"also": passes.recompute_deadlines, **given, **changes})


@pytest.mark.clause("D-20")
def test_a_deadline_that_waited_is_computed_when_the_year_is_loaded(county):
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=LATE)
    assert county.due(no).day is None

    loaded = load()

    assert (loaded.year, loaded.days_off, loaded.makeup, loaded.computed) == (2027, 3, 0, 1)
    due = county.due(no)
    assert due.day == date(2027, 1, 7)
    assert "元旦放假" in due.zh
    assert entries(county.url, "calendar.loaded") == 1


@pytest.mark.clause("D-20")
def test_steps_taken_afterwards_count_by_it_whatever_calendar_the_door_knows(county):
    load()
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=LATE)

    assert county.due(no).day == date(2027, 1, 7)


@pytest.mark.clause("D-20")
def test_a_deadline_that_waited_is_computed_when_the_package_comes_to_know_the_year(county):
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=LATE)

    assert calendars.catch_up(OFFICIAL.with_year(2027, [date(2027, 1, 1)], []), also=passes.recompute_deadlines) == 1
    assert county.due(no).day == date(2027, 1, 7)


def test_a_calendar_is_not_loaded_between_counting_a_deadline_and_committing_it(county):
    with psycopg.connect(county.url) as other, transaction.atomic():
        calendars.lock(shared=True)
        with other.transaction():
            lock = "select pg_try_advisory_xact_lock{}(hashtextextended('hutong.calendar', 0))"
            assert other.execute(lock.format("")).fetchone() == (False,)
            assert other.execute(lock.format("_shared")).fetchone() == (True,)


def test_the_same_file_again_changes_nothing(county):
    load()
    assert load(now=LATE).year == 2027
    assert entries(county.url, "calendar.loaded") == 1


@pytest.mark.parametrize("content", [FILE.replace(b"2027", b"2026"), FILE.replace(b"03,h", b"02,h")])
def test_refuses_a_year_that_is_known_unless_it_is_loaded_again_on_purpose(county, content):
    load()
    with pytest.raises(rules.CalendarYearKnown):
        load(content)
    assert entries(county.url, "calendar.loaded") == 1

    load(content, again=True)

    assert entries(county.url, "calendar.loaded") == 2


def test_running_deadlines_that_a_new_day_off_would_move_are_told_and_keep_their_day(county):
    load()
    moved, early = county.draft(), county.draft()
    county.walk(moved, to="PURPOSE_VERIFYING", now=LATE)
    county.walk(early, to="PURPOSE_VERIFYING", now=datetime(2026, 11, 2, 2, tzinfo=UTC))
    day = county.due(moved).day
    assert clocks.kept(known.calendar(OFFICIAL), year=2027) == []

    load(FILE.replace(b"2027-01-03", b"2027-01-08"), again=True)

    assert county.due(moved).day == day == date(2027, 1, 7)
    [told] = clocks.kept(known.calendar(OFFICIAL), year=2027)
    assert (told.case, told.day, told.reckoned, told.day_off) == (moved, day, date(2027, 1, 14), True)


def test_a_deadline_behind_a_new_day_off_is_told_as_one_that_would_move(county):
    load()
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=LATE)
    load(FILE + "2027-01-05,,holiday,元旦\n".encode(), again=True)

    [told] = clocks.kept(known.calendar(OFFICIAL), year=2027)
    assert (told.day, told.reckoned, told.day_off) == (date(2027, 1, 7), date(2027, 1, 8), False)


def test_a_faulty_file_loads_nothing(county):
    with pytest.raises(holiday_notice.NoticeDayTwice):
        load(FILE + b"2027-01-02,,workday,x\n")
    assert [year.year for year in known.years(OFFICIAL)] == sorted(OFFICIAL.years)


def test_shows_which_years_are_known_and_from_where(county):
    load()
    *packaged, loaded = known.years(OFFICIAL)

    assert (loaded.year, loaded.days_off, loaded.source, loaded.loaded_at) == (2027, 3, "notice.csv", NOW)
    assert {year.source for year in packaged} == {None}


def test_if_the_entry_cannot_be_written_no_calendar_is_loaded(county, log_down):
    log_down(county.url)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        load()

    connection.rollback()
    assert 2027 not in [year.year for year in known.years(OFFICIAL)]


def test_what_waits_is_computed_by_the_whole_calendar_in_the_same_transaction(county):
    seen = []

    def fails(calendar):
        seen.append(calendar.years)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        load(also=fails)

    assert seen == [OFFICIAL.years | {2027}]
    assert [year.year for year in known.years(OFFICIAL)] == sorted(OFFICIAL.years)
    assert entries(county.url, "calendar.loaded") == 0
