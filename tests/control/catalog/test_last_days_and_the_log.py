"""P-6: no last day is set, nobody named and no grant let go over to a newer version without an entry in the log."""

from datetime import timedelta

import psycopg
import pytest
from acting import CODE, NOW, County

from hutong.control.catalog import last_days, operations, passes
from hutong.control.sharing import service
from hutong.core import beijing

TODAY = beijing.day(NOW)


def asked(county: County, text: str) -> list[tuple]:
    """Do a statement as the owner; returns its rows, where it has any."""
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        done = opened.execute(text)
        return done.fetchall() if done.description else []


@pytest.fixture
def succeeded(county: County) -> County:
    """A county with a grant on version 1, which a second version with data succeeds for two days more."""
    county.walk(county.draft(), to="FILED")
    no = county.begin_change()
    changes = {"abstract": "新的摘要，用于核验身份的基本信息。"}
    operations.edit(no, changes=changes, actor=county.actor("editor"), now=NOW)
    county.bring_change(no, to="PUBLISHED")
    asked(county, "update plane.store set key_id = 'k1', rows = 3, loaded_at = now()")
    asked(county, "update plane.resource set version = 2")
    until = TODAY + timedelta(days=2)
    asked(county, f"update plane.store set succeeded_at = now(), last_day = '{until}' where version = 1")
    return county


def test_without_its_entry_no_last_day_is_set(succeeded, log_down):
    before = asked(succeeded, "select version, last_day from plane.store order by version")
    log_down(succeeded.url)
    with pytest.raises(Exception, match="permission denied"):
        until = TODAY + timedelta(days=9)
        authority, calendar = succeeded.actor("authority"), succeeded.calendar
        last_days.end(CODE, version=1, until=until, actor=authority, now=NOW, calendar=calendar)
    assert asked(succeeded, "select version, last_day from plane.store order by version") == before


def test_without_its_entry_no_grant_goes_over_to_the_newer_version(succeeded, log_down):
    ((no, _),) = before = asked(succeeded, "select no, version from plane.access_grant")
    log_down(succeeded.url)
    with pytest.raises(Exception, match="permission denied"):
        service.switch_version(no, actor=succeeded.actor("consumer"), now=NOW)
    assert asked(succeeded, "select no, version from plane.access_grant") == before == [(no, 1)]


def test_who_was_not_named_for_want_of_an_entry_is_named_when_there_can_be_one(succeeded, log_down):
    log_down(succeeded.url)
    with pytest.raises(Exception, match="permission denied"):
        passes.remind_to_switch(now=NOW, calendar=succeeded.calendar)
    asked(succeeded, "grant execute on function audit.append to hutong_control")
    assert passes.remind_to_switch(now=NOW, calendar=succeeded.calendar) == 1
