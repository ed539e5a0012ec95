"""Quotas and guess budgets."""

import threading
from collections import Counter
from datetime import UTC, date, datetime

import psycopg
import pytest
from answering import a_grant
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.plane.answer import limits
from hutong.plane.answer.limits import Want

DAY = date(2026, 3, 2)
GRANTS = {"g1": a_grant("g1", quota=6, guesses=2), "g2": a_grant("g2", quota=3, guesses=3)}


def want(no="g1", *subjects):
    return Want(GRANTS[no], len(subjects) or 1, Counter(subjects))


def codes(refused):
    return [None if r is None else r.code for r in refused]


def spend(db, *wants, day=DAY):
    """Spend as a list does that looks first; returns the refusals by code."""
    with db.transaction() as cur:
        refused = limits.look(cur, wants=wants, day=day)
        taken = [want for want, refusal in zip(wants, refused, strict=True) if refusal is None]
        limits.spend(cur, wants=taken, day=day)
    return codes(refused)


@pytest.mark.clause("SX-07-d")
def test_a_refused_question_uses_nothing_of_what_a_neighbour_needs(db):
    wants = [want("g1", b"a", b"a"), want("g1", b"a", b"b", b"c"), want("g1", b"b"), want("g1", b"c")]
    assert spend(db, *wants) == [None, "GUESSES_SPENT", None, None]
    assert spend(db, want("g1", b"d", b"e", b"f")) == ["QUOTA_SPENT"]
    assert spend(db, want("g1", b"d", b"e")) == [None]


def test_another_day_begins_anew_and_days_that_are_over_are_forgotten(db):
    assert spend(db, want("g2", b"a", b"b", b"c")) == [None]
    assert spend(db, want("g2", b"a")) == ["QUOTA_SPENT"]
    assert spend(db, want("g2", b"a"), day=date(2026, 3, 3)) == [None]
    assert limits.forget(db, now=datetime(2026, 3, 9, 15, 59, tzinfo=UTC)) == 0  # of seven days none is forgotten
    assert limits.forget(db, now=datetime(2026, 3, 9, 16, tzinfo=UTC)) == 4


@pytest.mark.clause("SX-07-d")
@pytest.mark.parametrize(
    ("wants", "kept"),
    [
        ([want("g1", b"a", b"b", b"c")], True),
        ([want("g1", b"a", b"a", b"a")], False),
        ([want("g1", b"a", b"a"), want("g1", b"a")], False),
        ([want("g2", b"a", b"b", b"c"), want("g2", b"d")], False),
        ([want("g2", b"a"), want("g1", b"a")], True),
    ],
)
def test_what_is_spent_without_a_look_is_within_what_there_is_or_the_transaction_fails(db, wants, kept):
    try:
        with db.transaction() as cur:
            limits.spend(cur, wants=wants, day=DAY)
    except psycopg.Error as fault:
        assert limits.overspent(fault)
        assert not kept
    else:
        assert kept
    with db.transaction() as cur:
        spent = cur.execute("select coalesce(sum(spent), 0)::int from plane.quota_spent").fetchone()
    assert spent == (sum(each.amount for each in wants) if kept else 0,)


def test_another_constraint_that_fails_is_not_what_was_overspent(db):
    with db.transaction() as cur:
        cur.execute("alter table plane.quota_spent add constraint other check (grant_no <> 'g1')")
    with pytest.raises(psycopg.errors.CheckViolation) as failed, db.transaction() as cur:
        limits.spend(cur, wants=[want("g1", b"a")], day=DAY)
    assert not limits.overspent(failed.value)


def test_a_quota_that_was_lowered_refuses_and_one_that_was_raised_takes_more(db):
    assert spend(db, want("g2", b"a", b"b")) == [None]
    lowered, raised = a_grant("g2", quota=1, guesses=3), a_grant("g2", quota=5, guesses=3)
    assert spend(db, Want(lowered, 1, Counter([b"c"]))) == ["QUOTA_SPENT"]
    assert spend(db, Want(raised, 3, Counter([b"c"] * 3))) == [None]
    fewer = a_grant("g2", quota=9, guesses=2)
    assert spend(db, Want(fewer, 1, Counter([b"c"]))) == ["GUESSES_SPENT"]


@pytest.mark.parametrize("look", [True, False])
def test_lists_at_the_same_time_never_exceed_and_never_deadlock(db, look):
    taken: list[int] = []

    def spend_five(order):
        for _ in range(5):
            wants = [want(no, subject) for no, subject in order]
            try:
                if look:
                    taken.append(spend(db, *wants).count(None))
                else:
                    with db.transaction() as cur:
                        limits.spend(cur, wants=wants, day=DAY)
                    taken.append(len(wants))
            except psycopg.errors.CheckViolation:
                taken.append(0)

    order = [("g1", b"a"), ("g1", b"b"), ("g2", b"a"), ("g2", b"c")]
    threads = [threading.Thread(target=spend_five, args=(o,)) for o in (order, order[::-1], order[2:] + order[:2])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 15
    # g1: two about a, two about b; g2: three in all. A list taken whole or not at all fits once.
    assert sum(taken) == (7 if look else 4)


wanted = st.lists(
    st.builds(
        lambda no, subjects: want(no, *subjects),
        st.sampled_from(["g1", "g2"]),
        st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=4),
    ),
    max_size=8,
)


@pytest.mark.clause("SX-07-d")
@settings(max_examples=60)
@given(lists=st.lists(wanted, max_size=4))
def test_a_list_comes_out_as_its_questions_would_one_by_one(db, lists):
    with db.transaction() as cur:
        cur.execute("delete from plane.quota_spent")
        cur.execute("delete from plane.guess_spent")
    quota: Counter = Counter()
    guesses: Counter = Counter()
    for wants in lists:
        expected = []
        for one in wants:
            expected += codes(limits.allot([one], quota_spent=quota, guesses_spent=guesses))
        assert spend(db, *wants) == expected
    with db.transaction() as cur:
        spent = dict(cur.execute("select grant_no, spent from plane.quota_spent where spent > 0").fetchall())
        about = cur.execute("select grant_no, subject, spent from plane.guess_spent where spent > 0").fetchall()
    assert spent == dict(+quota)
    assert {(no, s): n for no, s, n in about} == dict(+guesses)
