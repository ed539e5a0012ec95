"""Quotas and guess budgets."""

import threading
from collections import Counter
from datetime import date

import pytest
from answering import a_grant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hutong.plane import limits
from hutong.plane.limits import Want

DAY = date(2026, 3, 2)
GRANTS = {"g1": a_grant("g1", quota=6, guesses=2), "g2": a_grant("g2", quota=3, guesses=3)}


def want(no="g1", *subjects):
    return Want(GRANTS[no], len(subjects) or 1, Counter(subjects))


def codes(refused):
    return [None if r is None else r.code for r in refused]


@pytest.mark.clause("SX-07-d")
def test_a_refused_question_uses_nothing_of_what_a_neighbour_needs(cur):
    wants = [want("g1", b"a", b"a"), want("g1", b"a", b"b", b"c"), want("g1", b"b"), want("g1", b"c")]
    assert codes(limits.spend(cur, wants=wants, day=DAY)) == [None, "GUESSES_SPENT", None, None]
    assert codes(limits.spend(cur, wants=[want("g1", b"d", b"e", b"f")], day=DAY)) == ["QUOTA_SPENT"]
    assert codes(limits.spend(cur, wants=[want("g1", b"d", b"e")], day=DAY)) == [None]


def test_another_day_begins_anew_and_days_that_are_over_are_forgotten(db):
    with db.transaction() as cur:
        assert codes(limits.spend(cur, wants=[want("g2", b"a", b"b", b"c")], day=DAY)) == [None]
        assert codes(limits.spend(cur, wants=[want("g2", b"a")], day=DAY)) == ["QUOTA_SPENT"]
        assert codes(limits.spend(cur, wants=[want("g2", b"a")], day=date(2026, 3, 3))) == [None]
    assert limits.forget(db, before=date(2026, 3, 3)) == 4


def test_lists_at_the_same_time_never_exceed_and_never_deadlock(db):
    taken: list[int] = []

    def spend(order):
        for _ in range(5):
            with db.transaction() as cur:
                wants = [want(no, subject) for no, subject in order]
                taken.append(sum(r is None for r in limits.spend(cur, wants=wants, day=DAY)))

    order = [("g1", b"a"), ("g1", b"b"), ("g2", b"a"), ("g2", b"c")]
    threads = [threading.Thread(target=spend, args=(o,)) for o in (order, order[::-1], order[2:] + order[:2])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 15
    assert sum(taken) == 7  # g1: two about a, two about b; g2: three in all


wanted = st.lists(
    st.builds(
        lambda no, subjects: want(no, *subjects),
        st.sampled_from(["g1", "g2"]),
        st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=4),
    ),
    max_size=8,
)


@pytest.mark.clause("SX-07-d")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lists=st.lists(wanted, max_size=4))
def test_a_list_comes_out_as_its_questions_would_one_by_one(cur, lists):
    cur.execute("delete from plane.quota_spent")
    cur.execute("delete from plane.guess_spent")
    quota: Counter = Counter()
    guesses: Counter = Counter()
    for wants in lists:
        expected = []
        for one in wants:
            expected += codes(limits.allot([one], quota_spent=quota, guesses_spent=guesses))
        assert codes(limits.spend(cur, wants=wants, day=DAY)) == expected
    spent = dict(cur.execute("select grant_no, spent from plane.quota_spent where spent > 0").fetchall())
    assert spent == dict(+quota)
    about = cur.execute("select grant_no, subject, spent from plane.guess_spent where spent > 0").fetchall()
    assert {(no, s): n for no, s, n in about} == dict(+guesses)
