"""The clock is watched: that it was set back is entered once and told until it is past its latest moment."""

import json
from datetime import timedelta

import pytest
from remembering import CONSUMER, NOW, usage

from hutong.audit import clock, log, tree, waiting
from hutong.core.beijing import BEIJING


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


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("ahead", [timedelta(minutes=2), timedelta(days=400), timedelta(days=365 * 7000)])
def test_entries_dated_ahead_are_told_with_which_they_are_of_whom_and_until_when_and_are_placed_then(db, signer, ahead):
    with db.transaction() as cur:
        latest = [NOW + ahead, NOW + ahead / 2 + timedelta(hours=1)]
        first, _ = log.append(cur, [usage(at=latest[0], system="sys-1"), usage(at=latest[1])])
        log.append(cur, [usage(at=NOW - timedelta(minutes=5))])
        state = waiting.read(cur, now=NOW)
        who = waiting.ahead(cur, now=NOW)
    (problem,) = (each for each in state.problems if isinstance(each, waiting.EntriesAhead))
    last = max(latest)
    until = f"{last.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    assert problem.facts == {"entries": 2, "first": first.entry_id, "until": until}
    assert [(each.entry_id, each.unit, each.event, each.by) for each in who] == [
        (first.entry_id, CONSUMER, "plane.compared", "sys-1"),
        (first.entry_id + 1, CONSUMER, "plane.compared", None),
    ]
    assert state.seconds == 300.0  # the oldest of those that can be placed, whatever is before it

    assert tree.integrate(db, now=NOW, signer=signer) == 1
    assert tree.integrate(db, now=last, signer=signer) == 2

    with db.transaction() as cur:
        assert (waiting.read(cur, now=last).problems, waiting.ahead(cur, now=last)) == ([], [])
        assert not waiting.late(cur, now=last)


@pytest.mark.clause("SX-10-b")
def test_an_entry_dated_ahead_hides_no_lateness_of_another(db):
    with db.transaction() as cur:
        log.append(cur, [usage(at=NOW + timedelta(days=9)), usage(at=NOW)])
        later = NOW + timedelta(minutes=3)
        assert waiting.late(cur, now=later)
        codes = [each.code for each in waiting.read(cur, now=later).problems]
    assert codes == ["LOG_LATE", "ENTRIES_AHEAD"]
