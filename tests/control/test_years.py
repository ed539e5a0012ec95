"""Days that somebody gives lie in years that people mean: elsewhere they are refused, and no column keeps them."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from acting import NOW
from hypothesis import given
from hypothesis import strategies as st

from hutong.control.procedures import passes
from hutong.control.procedures.models import Turn
from hutong.control.sharing import operations as sharing
from hutong.control.sharing import queries, rules
from hutong.control.units import deputies
from hutong.core import beijing
from hutong.core.beijing import DayFarOff

OWNER = "-c role=hutong_owner"
FAR = [datetime(1, 1, 1, tzinfo=beijing.BEIJING), datetime(9999, 12, 31, 23, tzinfo=UTC)]


@given(st.dates())
def test_a_day_is_taken_from_2000_to_2199_and_the_moment_it_begins_alike(day):
    for taken in (day, beijing.midnight(day)):
        if day.year in range(2000, 2200):
            beijing.check(taken, field="until_at")
        else:
            with pytest.raises(DayFarOff):
                beijing.check(taken, field="until_at")


@pytest.mark.parametrize("far", FAR)
@pytest.mark.parametrize("field", ["from_at", "until_at"])
def test_an_application_for_days_far_off_is_neither_drafted_nor_made_of_a_draft(county, field, far):
    no = county.draft()
    for write in (
        lambda: county.draft(**{field: far}),
        lambda: sharing.amend(no, changes={field: far}, actor=county.actor("consumer"), now=NOW),
    ):
        with pytest.raises(DayFarOff) as refused:
            write()
        assert refused.value.facts["field"] == field
    assert queries.application(no, actor=county.actor("consumer")).until_at == NOW.replace(year=2027)


@pytest.mark.clause("SX-08-d")
def test_what_is_over_already_is_not_lodged(county):
    past = {"from_at": datetime(2019, 1, 1, tzinfo=UTC), "until_at": datetime(2019, 1, 2, tzinfo=UTC)}
    no = county.draft(**past, now=datetime(2018, 12, 1, tzinfo=UTC))
    with pytest.raises(rules.PeriodOver):
        county.take(no, "lodge", by="consumer")
    later = {"from_at": NOW - timedelta(days=1), "until_at": NOW + timedelta(days=1)}
    sharing.amend(no, changes=later, actor=county.actor("consumer"), now=NOW)
    assert county.take(no, "lodge", by="consumer") == "LODGED"


def test_a_deputy_is_not_named_until_a_day_far_off(county):
    given = {"role": "competent", "unit": "", "username": "consumer", "reason": "值班", "now": NOW}
    with pytest.raises(DayFarOff):
        deputies.name(**given, until_date=date(9999, 12, 31), actor=county.actor("authority"))


KEPT = {
    "application_years": "update sharing_application set from_at = '0044-03-15 BC'",
    "access_grant_years": "update plane.access_grant set until_at = 'infinity'",
    "deputy_years": "insert into units_deputy (role, unit_id, officer_id, reason, named_by, from_at, until_date)"
                    " select 'authority', min(unit_id), min(id), 'x', 'x', now(), '12026-01-01' from units_officer",
    "role_assigned_years": "update units_roleassignment set until_date = '2026-01-01'",
    "rulebook_version_years": "insert into rulebook_version values"
                              " (1, '', '0001-01-01 BC', '{\"a\": 1}', 'x', 'x', now(), 'x', 'x')",
    "hold_years": "insert into audit.hold (reason, placed_by, placed_at, until_at)"
                  " values ('x', 'x', now(), 'infinity')",
    "purge_years": "insert into audit.purge (state, class, before_at, requested_by, requested_at)"
                   " values ('requested', 'usage', '0001-01-01', 'x', now())",
}  # fmt: skip
"""Constraint → what it refuses."""


@pytest.mark.parametrize("name", KEPT)
def test_the_database_keeps_no_day_that_could_not_be_read_back(county, name):
    county.walk(county.draft(), to="FILED")
    with psycopg.connect(county.url, options=OWNER) as opened, pytest.raises(psycopg.errors.CheckViolation) as refused:
        opened.execute(KEPT[name])
    assert refused.value.diag.constraint_name == name


def test_a_case_that_cannot_be_read_does_not_keep_the_others_from_being_looked_at(county):
    others = [county.draft() for _ in range(3)]
    unread = county.draft()
    for no in (*others, unread):
        county.take(no, "lodge", by="consumer")
    with psycopg.connect(county.url, options=OWNER) as opened:
        opened.execute("alter table sharing_application drop constraint application_years")
        opened.execute("update sharing_application set from_at = '0044-03-15 BC' where no = %s", [unread])
    Turn.objects.update(why="x")
    with pytest.raises(passes.CasesUnread) as told:
        passes.check_turns(now=NOW)
    assert told.value.facts == {"cases": unread}
    assert set(Turn.objects.filter(why="x").values_list("case", flat=True)) == {unread}
