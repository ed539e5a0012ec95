"""Raising a limit for one unit until a day, and closing an alarm: each a decision with its entry."""

from dataclasses import replace
from datetime import timedelta

import pytest
from answering import CONSUMER, NOW, STRANGER, records
from guessing import REGISTER, ask, candidates, county

from hutong.core import beijing
from hutong.core.errors import Problem
from hutong.core.limits import LimitOutOfBounds
from hutong.plane import raising, rulebook
from hutong.plane.answer import alarms
from hutong.plane.raising import Raised

TODAY = beijing.day(NOW)
DAY = timedelta(days=1)


@pytest.fixture
def people(db):
    return county(db, 30)


def raise_limit(db, name="compare.value_records", value=12, *, days=10, consumer=CONSUMER, definition=None, **more):
    raised = Raised(name, consumer, value, TODAY + days * DAY, "县数局〔2026〕9号", **more)
    with db.transaction() as cur:
        return raising.raise_limit(cur, raised=raised, definition=definition, now=NOW, by="authority")


def tried(db, sought, start, stop, now=NOW):
    asks = [("g1", [sought.said("name")._replace(key=(number,))]) for number in candidates(sought)[start:stop]]
    return [each.code if isinstance(each, Problem) else "answered" for each in ask(db, asks, now=now)]


@pytest.mark.clause("D-25")
def test_a_raised_limit_counts_at_once_for_its_unit_and_resource_and_ends_with_its_last_day(db, people):
    sought = people[0]
    assert tried(db, sought, 0, 11)[-1] == "VALUE_SPENT"
    raise_limit(db, code="another", value=20)
    raise_limit(db, consumer=STRANGER, value=20)
    assert tried(db, sought, 10, 11) == ["VALUE_SPENT"]
    raise_limit(db, code="register")
    assert tried(db, sought, 10, 13) == ["answered"] * 2 + ["VALUE_SPENT"]
    raise_limit(db, value=13, days=20)
    assert tried(db, sought, 12, 14, now=NOW + 20 * DAY) == ["answered", "VALUE_SPENT"]
    other = people[1]
    assert tried(db, other, 0, 11, now=NOW + 21 * DAY) == ["answered"] * 10 + ["VALUE_SPENT"]


@pytest.mark.clause("D-25")
def test_it_is_entered_with_who_decided_why_and_until_when(db):
    assert raise_limit(db, code="register", days=0) > 0
    assert records(db, "plane.limit_raised") == [
        {
            "limit": "compare.value_records", "unit": CONSUMER, "resource": "register", "value": 12,
            "until_date": TODAY.isoformat(), "reason": "县数局〔2026〕9号", "by": "authority",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"name": "system.protection_level", "value": 3}, raising.LimitNotRaised),
        ({"name": "nothing", "value": 3}, raising.LimitNotRaised),
        ({"name": "compare.share_percent", "value": 50, "code": "register"}, raising.LimitOfEveryResource),
        ({"name": "compare.share_percent", "value": 101}, LimitOutOfBounds),
        ({"value": 10}, raising.LimitNotHigher),
        ({"days": -1}, raising.RaisedTooLong),
        ({"days": 92}, raising.RaisedTooLong),
    ],
)
def test_nothing_else_is_raised_nothing_is_lowered_and_nothing_without_an_end(db, given, refused):
    with pytest.raises(refused):
        raise_limit(db, **given)
    assert records(db, "plane.limit_raised") == []


@pytest.mark.clause("D-25")
@pytest.mark.parametrize("of", [REGISTER, None])
def test_what_would_change_nothing_is_told_and_not_raised(db, people, of):
    code = REGISTER.code if of else ""
    with db.transaction() as cur:
        cur.execute("update plane.store set rows = 4019")  # five in a hundred are 200
    for name, value, refused in (
        ("query.records_least", 200, raising.ShareIsMore), ("query.daily_records", 2000, raising.YearIsLess)
    ):  # fmt: skip
        with pytest.raises(refused):
            raise_limit(db, name, value, code=code, definition=of)
    assert records(db, "plane.limit_raised") == []
    assert raise_limit(db, "query.records_least", 1001, code=code, definition=of) > 0
    assert raise_limit(db, "query.daily_records", 1002, code=code, definition=of) > 0


@pytest.mark.clause("D-25")
def test_what_does_not_count_for_a_resource_is_not_raised_for_it(db):
    streets = replace(REGISTER, personal=False)
    with pytest.raises(raising.NothingLimited):
        raise_limit(db, "query.daily_records", 2000, code="register", definition=streets)
    assert raise_limit(db, code="register", definition=streets) > 0  # items are sensitive
    plain = replace(streets, items=tuple(replace(item, sensitive=False) for item in REGISTER.items))
    with pytest.raises(raising.NothingLimited):
        raise_limit(db, value=14, code="register", definition=plain)


def test_a_limit_is_never_less_than_the_rulebook_says(db, people):
    raise_limit(db)
    with db.transaction() as cur:
        rulebook.keep(cur, {"compare.value_records": 15}, version=1, from_date=TODAY)
    assert tried(db, people[0], 0, 16) == ["answered"] * 15 + ["VALUE_SPENT"]


def test_an_alarm_is_closed_once_with_what_was_found(db):
    with db.transaction() as cur:
        alarms.open_alarm(cur, limit="compare.share_percent", consumer=CONSUMER, seen=30, most=20, now=NOW)
    with db.transaction() as cur:
        ((id_,),) = cur.execute("select id from plane.alarm").fetchall()
        assert raising.alarmed_unit(cur, id=id_) == CONSUMER
        raising.close_alarm(cur, id=id_, finding="数据源陈旧", now=NOW, by="authority")
        assert raising.alarmed_unit(cur, id=id_) is None
        with pytest.raises(raising.NoSuchAlarm):
            raising.close_alarm(cur, id=id_, finding="再次", now=NOW, by="authority")
    (entered,) = records(db, "plane.alarm_closed")
    assert (entered["limit"], entered["unit"], entered["finding"]) == ("compare.share_percent", CONSUMER, "数据源陈旧")
