"""What is due: turns with a limit, the nearest first, each with the days that its clock did not count."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from acting import NOW

from hutong.control.procedures import due, handling
from hutong.control.procedures.due import DueFilters
from hutong.control.procedures.models import Clock
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.core.lifecycle import Seat

BEFORE_MAY = datetime(2026, 4, 30, 2, tzinfo=UTC)
LATER = NOW + timedelta(days=60)


def lodged(county, *, now: datetime = NOW, **given) -> str:
    no = county.draft()
    county.take(no, "lodge", by="consumer", now=now, **given)
    return no


def desk(county) -> list[Seat]:
    return [Seat("competent", county.actor("competent").unit)]


def without_calendar(county):
    return replace(county.calendar, years=county.calendar.years - {2026})


def test_what_is_due_says_which_days_were_not_counted_and_why_as_its_clock_keeps_them(county):
    no = lodged(county, now=BEFORE_MAY)
    (found,) = due.due(desk(county))
    clock = Clock.objects.get(case=no, ended_at=None)
    assert (found.case, found.day, found.limit_clause) == (no, clock.day, clock.clause)
    assert [day for day, _ in found.skipped] == [day for day, _, _ in clock.skipped]
    assert dict(found.skipped)["2026-05-01"].zh == "劳动节放假"
    assert len(found.skipped) >= 5 and found.day > date(2026, 5, 5)


def test_the_nearest_comes_first_and_what_waits_for_a_calendar_last(county):
    waits, late, comes = (
        lodged(county, calendar=without_calendar(county)), lodged(county), lodged(county, now=LATER)
    )  # fmt: skip
    assert [each.case for each in due.due(desk(county))] == [late, comes, waits]
    assert due.counts(desk(county), now=LATER) == due.DueCounts(3, 1, 1, 1, 1)


@pytest.mark.parametrize("kind", ["late", "comes", "waits"])
def test_late_coming_and_without_a_calendar_are_told_apart(county, kind):
    cases = {
        "waits": lodged(county, calendar=without_calendar(county)), "late": lodged(county),
        "comes": lodged(county, now=LATER),
    }  # fmt: skip
    filters = {
        "late": DueFilters(until_at=LATER), "waits": DueFilters(undated=True),
        "comes": DueFilters(from_at=LATER, until_at=due.within_week(LATER)),
    }  # fmt: skip
    assert [each.case for each in due.due(desk(county), filters=filters[kind])] == [cases[kind]]
    assert due.counts(desk(county), now=LATER, filters=filters[kind]).due == 1


def test_a_clause_narrows_to_the_limits_that_it_sets(county):
    no = lodged(county)
    clause = Clock.objects.get(case=no, ended_at=None).clause
    assert [each.case for each in due.due(desk(county), filters=DueFilters(clause=clause))] == [no]
    assert due.due(desk(county), filters=DueFilters(clause="SX-17")) == []
    assert due.counts(desk(county), now=NOW, filters=DueFilters(clause="SX-17")).due == 0


def test_a_case_without_a_limit_is_not_due(county):
    county.draft()
    assert due.due([Seat("consumer", county.actor("consumer").unit)]) == []


def test_pages_follow_one_another_without_a_gap(county):
    numbers = [lodged(county) for _ in range(5)]
    found, after = [], None
    while rows := due.due(desk(county), after=after, limit=2):
        found += [each.case for each in rows]
        after = (rows[-1].order_at, rows[-1].id)
    assert found == numbers


def test_who_has_what_names_each_officer_and_what_nobody_has_taken(county):
    taken, free = lodged(county), lodged(county)
    handling.take_over(APPLICATIONS, taken, actor=county.actor("competent"), now=NOW)
    found = due.by_handler(desk(county), now=LATER)
    assert {(each.handler, each.role): (each.waiting, each.late) for each in found} == {
        ("competent", ""): (1, 1), ("", "competent"): (1, 1),
    }  # fmt: skip
    assert free in {each.case for each in due.due(desk(county), filters=DueFilters(handlers=("",)))}
