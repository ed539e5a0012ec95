"""The private address of an officer's calendar: made, made anew, withdrawn; it tells nothing once they are stopped."""

import hashlib

import pytest
from acting import NOW, entries
from psycopg.errors import InsufficientPrivilege

from hutong.control.procedures.models import CalendarAddress
from hutong.control.units import feeds, operations
from hutong.control.units.models import Unit


@pytest.fixture
def lodged(county) -> str:
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    return no


def test_an_address_tells_its_officers_deadlines_and_nobody_elses(county, lodged):
    told = feeds.read(feeds.make(county.actor("competent"), now=NOW), now=NOW)
    assert [row.case for row in told.rows] == [lodged] and told.actor.officer == "competent"
    assert feeds.read(feeds.make(county.actor("editor"), now=NOW), now=NOW).rows == []


def test_only_a_digest_of_it_is_kept(county):
    token = feeds.make(county.actor("competent"), now=NOW)
    kept = CalendarAddress.objects.get()
    assert kept.digest == hashlib.sha256(token.encode()).hexdigest() and token not in str(vars(kept))


def test_made_anew_the_one_before_reads_no_more(county):
    first, second = (feeds.make(county.actor("competent"), now=NOW) for _ in range(2))
    with pytest.raises(feeds.NoSuchCalendar):
        feeds.read(first, now=NOW)
    assert feeds.read(second, now=NOW).actor.officer == "competent"


def test_withdrawn_it_reads_no_more_and_a_second_time_nothing_is_done(county):
    token, before = feeds.make(county.actor("competent"), now=NOW), entries(county.url, "auth.changed")
    done = [feeds.withdraw(county.actor("competent"), now=NOW) for _ in range(2)]
    assert (done, entries(county.url, "auth.changed")) == ([True, False], before + 1)
    assert feeds.made_at(county.actor("competent")) is None
    with pytest.raises(feeds.NoSuchCalendar):
        feeds.read(token, now=NOW)


def test_once_the_officer_is_stopped_it_tells_nothing_and_never_again(county):
    token = feeds.make(county.actor("competent"), now=NOW)
    for active in (False, True):
        operations.set_active(username="competent", active=active, now=NOW, by="init")
        with pytest.raises(feeds.NoSuchCalendar):
            feeds.read(token, now=NOW)


def test_once_the_unit_is_stopped_it_tells_nothing(county):
    token = feeds.make(county.actor("competent"), now=NOW)
    Unit.objects.filter(pk=county.actor("competent").unit).update(active=False)
    with pytest.raises(feeds.NoSuchCalendar):
        feeds.read(token, now=NOW)


def test_without_its_entry_no_address_is_made(county, log_down):
    log_down(county.url)
    with pytest.raises(InsufficientPrivilege):
        feeds.make(county.actor("competent"), now=NOW)
    assert not CalendarAddress.objects.exists()
