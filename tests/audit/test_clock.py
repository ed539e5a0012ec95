"""The clock is watched: that it was set back is entered once and told until it is past its latest moment."""

import json
from datetime import timedelta

import pytest
from remembering import NOW

from hutong.audit import clock, waiting


def entered(db):
    with db.transaction() as cur:
        rows = cur.execute("select record from audit.entry where event = 'audit.clock_set_back' order by id").fetchall()
    return [json.loads(record) for (record,) in rows]


def told(db):
    with db.transaction() as cur:
        state = waiting.read(cur, now=NOW)
    return [each for each in state.problems if isinstance(each, waiting.ClockBehind)]


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("back", [timedelta(seconds=3), timedelta(minutes=13), timedelta(days=400)])
def test_a_clock_that_is_set_back_is_entered_once_and_told_until_it_is_past(db, back):
    assert [clock.watch(db, now=NOW + timedelta(seconds=each)) for each in range(3)] == [None] * 3
    latest = NOW + timedelta(seconds=2)

    assert clock.watch(db, now=latest - back) == back

    assert clock.watch(db, now=latest - back + timedelta(seconds=1)) is None
    (record,) = entered(db)
    assert record == {
        "from_at": latest.isoformat(), "to_at": (latest - back).isoformat(), "latest_at": latest.isoformat(),
        "by": "hutong",
    }  # fmt: skip
    clock.watch(db, now=latest - back)
    (problem,) = told(db)
    assert problem.facts == {"seconds": back.total_seconds()}
    clock.watch(db, now=latest)
    assert told(db) == []


def test_a_second_step_back_is_entered_too(db):
    for hours in (5, 4, 3):
        clock.watch(db, now=NOW + timedelta(hours=hours))
    assert len(entered(db)) == 2


def test_clocks_that_differ_a_little_are_not_told(db):
    for seconds in (5, 3.5, 4, 3.2):
        assert clock.watch(db, now=NOW + timedelta(seconds=seconds)) is None
    assert (entered(db), told(db)) == ([], [])
