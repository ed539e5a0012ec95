"""Purges and holds by officers on pages: two people, and nothing removed by the door of the pages (SX-10-c, W13)."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from acting import NOW, County, entries
from django.db import connection, transaction

from hutong.audit import purges
from hutong.audit.events import RecordClass
from hutong.audit.holds import HoldEndsTooSoon, HoldFilters
from hutong.audit.purges import PurgeFilters
from hutong.audit.retention import ApproverIsRequester, KeptLonger, UnderHold
from hutong.control.retention import here, operations, queries, rules
from hutong.control.units.meanwhile import DoneAlready, DoneMeanwhile, shown
from hutong.core.errors import Problem
from hutong.db import database

BEFORE = date(2020, 1, 1)
LATER = datetime(2026, 3, 3, 1, tzinfo=UTC)
OPENED = shown(None, now=NOW)


def requested(county: County, *, by: str = "operator", before: date = BEFORE, at: str = OPENED) -> int:
    given = {"actor": county.actor(by), "now": NOW, "meant_for": at}
    return operations.request(RecordClass.USAGE, before, **given)


def at(county: County, number: int, *, by: str = "authority") -> str:
    return queries.page(number, actor=county.actor(by), now=NOW).at


def approve(county: County, number: int, *, by: str, meant_for: str | None = None) -> None:
    seen = at(county, number) if meant_for is None else meant_for
    operations.agree(number, actor=county.actor(by), now=LATER, meant_for=seen)


def state(county: County, number: int) -> str:
    return queries.page(number, actor=county.actor("authority"), now=NOW).purge.state


@pytest.mark.clause("SX-10-c")
def test_one_asks_another_agrees_and_nobody_does_both(county):
    number = requested(county)
    with pytest.raises(ApproverIsRequester):
        approve(county, number, by="operator")
    assert state(county, number) == "requested"
    approve(county, number, by="authority")
    assert state(county, number) == "approved"
    assert [entries(county.url, f"audit.purge_{event}") for event in ("requested", "approved", "refused")] == [1, 1, 1]


@pytest.mark.clause("SX-10-c")
def test_records_that_are_not_old_enough_are_not_even_asked_for_and_that_is_entered(county):
    with pytest.raises(KeptLonger):
        requested(county, before=date(2025, 1, 1))
    assert entries(county.url, "audit.purge_refused") == 1
    assert queries.listed(county.actor("authority"), PurgeFilters(), limit=10) == []


@pytest.mark.clause("SX-10-c")
@pytest.mark.parametrize("who", ["consumer", "editor", "approver", "competent"])
def test_others_neither_see_nor_ask(county, who):
    number = requested(county)
    assert not rules.entitled(county.actor(who))
    for refused in (
        lambda: queries.page(number, actor=county.actor(who), now=NOW),
        lambda: queries.listed(county.actor(who), PurgeFilters(), limit=10),
        lambda: queries.holds_listed(county.actor(who), HoldFilters(), now=NOW, limit=10),
        lambda: queries.form(actor=county.actor(who), now=NOW),
        lambda: requested(county, by=who, at=shown(None, now=LATER)),
        lambda: approve(county, number, by=who),
    ):
        with pytest.raises(Problem):
            refused()
    assert state(county, number) == "requested"


@pytest.mark.clause("SX-10-c")
def test_the_door_of_the_pages_cannot_remove_a_record(county):
    number = requested(county)
    approve(county, number, by="authority")
    tried = ("select audit.remove_entries(1, now())", "delete from audit.entry", "delete from audit.purge",
             "update audit.purge set done_at = now()", "update audit.purge set before_at = now()")  # fmt: skip
    assert {statement: came_of(statement) for statement in tried} == dict.fromkeys(tried, "InsufficientPrivilege")


def came_of(statement: str) -> str:
    """Return what the door of the pages is answered by the database."""
    try:
        with transaction.atomic(), database.joined(connection) as cur:
            cur.execute(statement)
    except psycopg.Error as refused:
        return type(refused).__name__
    return "done"


def test_the_same_form_twice_asks_once_and_agreeing_twice_agrees_once(county):
    number = requested(county)
    assert requested(county) == number
    seen = at(county, number)
    approve(county, number, by="authority", meant_for=seen)
    with pytest.raises(DoneAlready):
        approve(county, number, by="authority", meant_for=seen)
    assert entries(county.url, "audit.purge_approved") == 1


def test_what_was_dropped_meanwhile_is_not_agreed_to(county):
    number = requested(county)
    seen = at(county, number)
    operations.drop(
        number, reason="提错了类别", actor=county.actor("operator"), now=LATER, meant_for=at(county, number)
    )
    with pytest.raises(DoneMeanwhile):
        approve(county, number, by="authority", meant_for=seen)
    assert state(county, number) == "dropped"


@pytest.mark.clause("SX-10-c")
def test_while_a_hold_stands_nothing_is_asked_for_and_lifted_it_goes_on(county):
    given = {"actor": county.actor("authority"), "now": NOW}
    hold = operations.place(RecordClass.USAGE, reason="投诉 12 号", until=None, meant_for=OPENED, **given)
    with pytest.raises(UnderHold):
        requested(county)
    seen = queries.hold(hold, actor=county.actor("authority"), now=NOW).at
    operations.lift(hold, reason="已办结", actor=county.actor("operator"), now=LATER, meant_for=seen)
    assert requested(county) > 0
    assert [entries(county.url, f"audit.hold_{event}") for event in ("placed", "lifted")] == [1, 1]


def test_a_hold_placed_after_both_agreed_keeps_the_records_all_the_same_and_says_so(county):
    number = requested(county)
    approve(county, number, by="authority")
    operations.place(None, reason="审计", until=None, actor=county.actor("authority"), now=LATER, meant_for=OPENED)
    assert isinstance(queries.page(number, actor=county.actor("authority"), now=LATER).going, UnderHold)


def test_a_hold_ends_after_today_and_is_listed_while_it_stands(county):
    given = {"actor": county.actor("authority"), "now": NOW, "meant_for": OPENED}
    with pytest.raises(HoldEndsTooSoon):
        operations.place(None, reason="审计", until=date(2026, 3, 1), **given)
    operations.place(None, reason="审计", until=date(2026, 3, 2), **given)
    listed = {"actor": county.actor("operator"), "filters": HoldFilters(standing=True), "limit": 10}
    assert [len(queries.holds_listed(**listed, now=now)) for now in (NOW, NOW + timedelta(days=1))] == [1, 0]


def test_the_page_says_how_many_records_would_go(county):
    number = requested(county)
    assert queries.page(number, actor=county.actor("operator"), now=NOW).reached == 0
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened, opened.cursor() as cur:
        there = purges.reached(cur, record_class=RecordClass.ADMINISTRATION, before=LATER, most=3)
    assert there == 3


def test_what_is_written_here_goes_with_its_transaction(county):
    with pytest.raises(ZeroDivisionError), here.here().transaction() as cur:
        cur.execute(
            "insert into audit.hold (class, reason, placed_by, placed_at) values ('usage', '审计', 'x', %s)", [NOW]
        )
        raise ZeroDivisionError
    assert queries.holds_listed(county.actor("operator"), HoldFilters(), now=NOW, limit=10) == []
