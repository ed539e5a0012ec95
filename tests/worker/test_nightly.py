"""Once a day control looks after itself: what its tables say of whose turn it is, and deputies whose time is over."""

from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import pytest
from acting import NOW, PASSWORD, entries
from django.contrib.sessions.backends.db import SessionStore

from hutong.control.procedures import models
from hutong.control.units import deputies, deputyships, logins, sessions
from hutong.control.units import operations as members
from hutong.control.units.deputyships import DeputyFilters
from hutong.control.units.models import FailedLogin
from hutong.db.database import Database
from hutong.worker import nightly


def night(url: str, now: datetime, **given) -> None:
    """Run what one worker would run at a moment."""
    with ExitStack() as stack:
        locks, record = (stack.enter_context(closing(Database(url, role="worker", size=1))) for _ in range(2))
        nightly.once(locks, record, clock=lambda: now, **given)


@pytest.fixture
def lodged(county) -> str:
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    return no


def waits(no: str) -> list[tuple[str, str]]:
    return [(row.role, row.action) for row in models.Turn.objects.filter(case=no).order_by("id")]


def test_a_turn_that_is_not_what_the_facts_say_is_found_mended_and_entered_once(county, lodged):
    before = waits(lodged)
    models.Turn.objects.filter(case=lodged, action="endorse").delete()
    for later in (timedelta(), timedelta(hours=1)):
        night(county.url, NOW + later)
        assert waits(lodged) == before
        assert entries(county.url, "procedures.turns_mended") == 1


def test_where_the_table_is_right_nothing_is_entered(county, lodged):
    night(county.url, NOW)
    assert entries(county.url, "procedures.turns_mended") == 0


def test_a_deputy_ends_with_the_last_day_and_not_before(county, lodged):
    account = {"username": "other", "password": PASSWORD, "name": "吴敏", "unit": county.police, "roles": ["consumer"]}
    members.add_officer(**account, now=NOW, by="init")
    given = {"role": "competent", "unit": county.actor("competent").unit, "username": "other", "reason": "请假"}
    deputies.name(**given, until_date=NOW.date(), actor=county.actor("authority"), now=NOW)
    night(county.url, NOW)
    assert [each.username for each in deputyships.listed(DeputyFilters(now=True))] == ["other"]
    night(county.url, NOW + timedelta(days=1))
    assert deputyships.listed(DeputyFilters(now=True)) == []


def test_failed_logins_go_once_they_count_no_more_and_no_sooner(county):
    for minutes in (0, 10):
        logins.claim_attempt(username="editor", source="10.0.0.1", now=NOW + timedelta(minutes=minutes))
    (forget,) = (item.run for item in nightly.NIGHTLY if item.name == "forget_failed_logins")
    for later, left in ((-1, 2), (0, 1), (10, 0)):
        forget(NOW + timedelta(days=1, minutes=later))
        assert FailedLogin.objects.count() == left


def test_what_browsers_kept_and_logins_that_nobody_uses_go_at_night(county):
    sessions.begin(username="editor", source="10.0.0.1", browser="Firefox", now=NOW)
    expired = SessionStore()
    expired["x"] = 1
    expired.set_expiry(-1)
    expired.save()
    night(county.url, NOW + timedelta(minutes=29))
    assert len(sessions.standing("editor", now=NOW)) == 1
    assert not SessionStore().exists(expired.session_key)
    night(county.url, NOW + timedelta(days=1))
    assert sessions.standing("editor", now=NOW) == []


def test_each_pass_runs_once_a_day_and_one_that_fails_stops_no_other_and_is_tried_again(county):
    ran = []

    def fails(now):
        ran.append("fails")
        raise RuntimeError

    schedule = (nightly.NightlyPass("fails", fails), nightly.NightlyPass("works", lambda now: ran.append("works")))
    for later in (timedelta(), timedelta(minutes=10), timedelta(days=1)):
        night(county.url, NOW + later, schedule=schedule)
    assert ran == ["fails", "works", "fails", "fails", "works"]


def test_the_day_of_the_passes_begins_at_two_in_the_morning_in_china(county):
    ran = []
    schedule = (nightly.NightlyPass("works", ran.append),)
    two = datetime(2026, 3, 2, 18, tzinfo=UTC)
    moments = [two - timedelta(seconds=1), two, two + timedelta(hours=23, minutes=59), two + timedelta(days=1)]
    for moment in moments:
        night(county.url, moment, schedule=schedule)
    assert ran == [moments[0], moments[1], moments[3]]
