"""Refusals of somebody known: each is entered, and of a flood the number with first and last."""

from contextlib import closing
from datetime import timedelta

import psycopg
import pytest
from remembering import NOW

from hutong.audit import refusals
from hutong.audit.events import EVENTS
from hutong.core import canonical
from hutong.db.database import Database

MINUTE = timedelta(minutes=1)


def refuse(db: Database, times: int, *, by: str = "editor", code: str = "NOT_YOUR_ROLE", at=NOW) -> None:
    for number in range(times):
        record = {"by": by, "unit": None, "code": code, "place": "POST /zh/desk/"}
        with db.transaction() as cur:
            refusals.enter(cur, "desk.refused", record, unit=None, now=at + timedelta(milliseconds=number))


def entries(db: Database, event: str) -> list[dict]:
    with db.transaction() as cur:
        rows = cur.execute("select record from audit.entry where event = %s order by id", [event]).fetchall()
    return [canonical.loads(record) for (record,) in rows]


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("times", [1, 20, 21, 75])
def test_twenty_of_a_kind_in_a_minute_are_entered_singly_and_what_is_beyond_as_one(db, times):
    refuse(db, times)
    assert refusals.enter_many(db, now=NOW) == 0  # the minute is not over
    many = refusals.enter_many(db, now=NOW + MINUTE)

    assert len(entries(db, "desk.refused")) == min(times, 20)
    assert many == (times > 20)
    for entry in entries(db, "desk.refused_many"):
        first, last = (NOW + timedelta(milliseconds=number) for number in (20, times - 1))
        assert (entry["by"], entry["code"], entry["count"]) == ("editor", "NOT_YOUR_ROLE", times - 20)
        assert (entry["first_at"], entry["last_at"]) == (first.isoformat(), last.isoformat())
    assert refusals.enter_many(db, now=NOW + 2 * MINUTE) == 0


def test_another_caller_another_kind_and_another_minute_are_counted_for_themselves(db):
    for given in ({"by": "editor"}, {"by": "consumer"}, {"code": "OTHER"}, {"at": NOW + MINUTE}):
        refuse(db, 20, **given)
    assert len(entries(db, "desk.refused")) == 80
    assert refusals.enter_many(db, now=NOW + 5 * MINUTE) == 0


def test_what_is_refused_with_what_it_ended_undone_is_counted_no_more_than_it_is_entered(db):
    with pytest.raises(ZeroDivisionError), db.transaction() as cur:
        refusals.enter(cur, "desk.refused", {"by": "a", "unit": None, "code": "B", "place": "C"}, unit=None, now=NOW)
        raise ZeroDivisionError
    assert entries(db, "desk.refused") == []


def test_every_event_of_one_has_an_event_of_many_with_its_caller_and_kind():
    for one, (many, caller, kind) in refusals.FOLDED.items():
        assert {caller, kind} <= EVENTS[one].fields & EVENTS[many].fields
        assert {"count", "first_at", "last_at"} <= EVENTS[many].fields


COUNT = refusals.statements.count
FACTS = {"event": "gateway.refused", "caller": "s", "code": "C", "unit": None, "singly": 20, "more": 30}


@pytest.mark.parametrize("role", ["control", "plane"])
@pytest.mark.parametrize(
    "change",
    [
        "update audit.refusal set count = 1",
        "insert into audit.refusal select * from audit.refusal",
        "delete from audit.refusal",
    ],
)
def test_no_door_changes_what_was_counted(db, role, change):
    with closing(Database(db.url, role=role, size=1)) as own:
        with own.transaction() as cur:
            assert cur.execute(COUNT, {**FACTS, "first_at": NOW, "last_at": NOW}).fetchone() == (30,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), own.transaction() as cur:
            cur.execute(change)


@pytest.mark.parametrize(
    "facts",
    [{"more": -29}, {"more": 0}, {"more": None}, {"last_at": NOW + MINUTE}, {"last_at": NOW - MINUTE}],
)
def test_what_was_counted_only_rises_and_is_of_its_minute(db, facts):
    told = {**FACTS, "first_at": NOW, "last_at": NOW}
    with closing(Database(db.url, role="plane", size=1)) as own:
        with own.transaction() as cur:
            cur.execute(COUNT, told)
        with pytest.raises(psycopg.Error) as raised, own.transaction() as cur:
            cur.execute(COUNT, {**told, **facts})
    assert raised.value.sqlstate == "HT003"
