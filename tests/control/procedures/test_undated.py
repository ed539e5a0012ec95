"""What waits for a calendar is listed; loading one is looked at first, and changes nothing until it is confirmed."""

from datetime import UTC, date, datetime

import pytest
from acting import NOW, entries

from hutong.control.calendars import operations as calendars
from hutong.control.calendars.models import CalendarYear
from hutong.control.calendars.rules import CalendarNotYours, CalendarYearKnown
from hutong.control.procedures import passes, undated
from hutong.core.workdays import Calendar

OFFICIAL = Calendar.official()
LATE = datetime(2026, 12, 30, 2, tzinfo=UTC)
FILE = "date,until,kind,name\n2027-01-01,2027-01-03,holiday,元旦\n".encode()
OTHER = "date,until,kind,name\n2027-01-01,,holiday,元旦\n".encode()


def waits(county) -> str:
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=LATE)
    return no


def looked(county, content: bytes = FILE, *, by: str = "operator"):
    return undated.preview(content, actor=county.actor(by), known=OFFICIAL)


def load(county, content: bytes = FILE, *, meant_for: str):
    given = {"source": "国办发明电〔2026〕1号", "actor": county.actor("operator"), "known": OFFICIAL, "now": NOW}
    return undated.load(content, meant_for=meant_for, **given)


@pytest.mark.clause("D-20")
def test_who_loads_calendars_finds_every_deadline_that_waits_for_one(county):
    no = waits(county)
    found = undated.page(county.actor("operator"), running=True, after=None, limit=10)
    assert [(row.case, row.name) for row in found] == [(no, "filing")]
    assert undated.desk(county.actor("authority"), known=OFFICIAL).waiting == 1
    steps = {row.name for row in undated.page(county.actor("operator"), after=None, limit=10) if row.ended_at}
    assert "endorse" in steps, "of what was done meanwhile is to be told whether it was in time"
    assert undated.page(county.actor("operator"), words="nothing", after=None, limit=10) == []


def test_others_are_not_shown_the_cases_of_all_units(county):
    waits(county)
    with pytest.raises(CalendarNotYours):
        undated.page(county.actor("consumer"), after=None, limit=10)
    desk = undated.desk(county.actor("consumer"), known=OFFICIAL)
    assert (desk.may, desk.waiting) == (False, 0) and desk.years


@pytest.mark.clause("D-20")
def test_a_look_says_what_would_change_and_changes_nothing(county):
    no, before = waits(county), entries(county.url, "calendar.loaded")
    found = looked(county)
    assert (found.year, found.computed, found.before, found.at) == (2027, 1, None, "none")
    assert sorted(found.days_off) == [date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)]
    assert county.due(no).day is None and not CalendarYear.objects.exists()
    assert entries(county.url, "calendar.loaded") == before


@pytest.mark.clause("D-20")
def test_confirmed_it_is_loaded_as_it_was_shown_and_twice_does_nothing_more(county):
    no = waits(county)
    at = looked(county).at
    assert [load(county, meant_for=at).computed for _ in range(2)] == [1, 0]
    assert county.due(no).day == date(2027, 1, 7)
    assert entries(county.url, "calendar.loaded") == 1


def test_of_a_year_that_is_known_it_says_which_days_become_others(county):
    load(county, meant_for="none")
    found = looked(county, OTHER)
    assert found.before is not None and found.before.source == "国办发明电〔2026〕1号"
    assert found.changed == ()  # the second and the third of January 2027 are a weekend
    more = looked(county, FILE + "2027-01-04,,holiday,元旦\n".encode())
    assert more.changed == (date(2027, 1, 4),)


def test_a_year_that_became_known_meanwhile_from_elsewhere_is_not_overwritten(county):
    at = looked(county).at
    calendars.load(
        OTHER, source="another", known=OFFICIAL, actor=county.actor("authority"), now=NOW,
        also=passes.recompute_deadlines,
    )  # fmt: skip
    with pytest.raises(CalendarYearKnown):
        load(county, meant_for=at)
    assert load(county, meant_for=looked(county).at).year == 2027


def test_deadlines_that_keep_their_day_are_shown_beforehand(county):
    load(county, meant_for="none")
    no = waits(county)
    more = looked(county, FILE + "2027-01-04,2027-01-07,holiday,元旦\n".encode())
    assert [(row.case, row.day, row.day_off) for row in more.kept] == [(no, date(2027, 1, 7), True)]


def test_nobody_else_looks_at_a_notice_and_no_large_file_is_read(county):
    with pytest.raises(CalendarNotYours):
        looked(county, by="consumer")
    with pytest.raises(undated.CalendarFileTooLarge):
        looked(county, b"x" * (undated.MOST + 1))
