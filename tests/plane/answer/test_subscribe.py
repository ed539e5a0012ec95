"""SX-07-c: a snapshot, then every change in order and without a gap."""

from dataclasses import replace
from datetime import timedelta

import pytest
from answering import (
    KEYRING,
    NOW,
    PEOPLE,
    a_grant,
    as_it_is,
    asked,
    establish,
    opened,
    person,
    record_key,
    records,
    supply,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.core.errors import Problem
from hutong.plane import grants, tables
from hutong.plane.answer import feeds, subscribe
from hutong.plane.answer.changes import ChangesQuestion
from hutong.plane.answer.snapshot import SnapshotQuestion
from hutong.plane.answer.subscription import Kept
from hutong.plane.definition import Mode

pytestmark = pytest.mark.clause("SX-07-c")
ITEMS = ("name", "street", "born")


@pytest.fixture
def county(db):
    establish(db)
    supply(db, [person(n) for n in range(1, 8)])
    opened(db, a_grant(mode=Mode.SUBSCRIBE, quota=10**6))
    return db


def one(db, question, **more):
    (got,) = subscribe.answer(db, questions=[question], keyring=KEYRING, now=NOW, make=as_it_is, **more)
    return got


def snapshot(db, *, limit=3, between=lambda: None, grant="g1"):
    """Read a whole snapshot; returns rows by id and the change it is at."""
    page = one(db, SnapshotQuestion(asked(grant), limit=limit))
    start, rows = page.change, {r.id: r.values for r in page.rows}
    while page.cursor:
        between()
        page = one(db, SnapshotQuestion(asked(grant), page.cursor, limit))
        assert page.change == start
        rows |= {r.id: r.values for r in page.rows}
    return rows, start


def follow(db, rows, after, *, limit=4, grant="g1"):
    """Apply every change after `after`; returns where it came to."""
    while True:
        got = one(db, ChangesQuestion(asked(grant), after, limit))
        assert [c.change for c in got.changes] == list(range(after + 1, got.complete_to + 1))
        for change in got.changes:
            if change.op == "d":
                rows.pop(change.id, None)
            elif not change.superseded:
                rows[change.id] = change.values
        if got.complete_to == after:
            return after
        after = got.complete_to


def shown(*people):
    return sorted(str({c: p[c] for c in ITEMS}) for p in people)


def test_a_snapshot_holds_every_record_under_ids_made_for_the_grant(county):
    opened(county, a_grant("g2", mode=Mode.SUBSCRIBE))
    rows, change = snapshot(county)
    others, _ = snapshot(county, grant="g2")
    assert sorted(map(str, rows.values())) == shown(*(person(n) for n in range(1, 8)))
    assert change == 7
    assert not set(rows) & set(others)
    keys = KEYRING.resource("people")
    assert not {record_key(keys, PEOPLE, person(n)).hex() for n in range(1, 8)} & set(rows)


def test_changes_come_in_order_with_deletes_and_the_overtaken_marked(county):
    supply(county, [person(1, street="甲"), person(2, street="乙")])
    supply(county, [person(1, street="丙")], deleted=[person(2)["id"]])
    got = one(county, ChangesQuestion(asked(), 7))
    told = [(c.change, c.op, c.superseded, c.values and c.values["street"]) for c in got.changes]
    assert told == [
        (8, "u", True, None),
        (9, "u", True, None),
        (10, "u", False, "丙"),
        (11, "d", False, None),
    ]
    assert (got.after, got.complete_to, got.version) == (7, 11, 1)
    assert got.changes[0].id == got.changes[2].id


def test_a_short_answer_is_complete_only_to_its_last_change(county):
    got = one(county, ChangesQuestion(asked(), 2, limit=3))
    assert ([c.change for c in got.changes], got.complete_to) == ([3, 4, 5], 5)
    rest = one(county, ChangesQuestion(asked(), 5, limit=2))
    assert ([c.change for c in rest.changes], rest.complete_to) == ([6, 7], 7)
    assert one(county, ChangesQuestion(asked(), 7)).changes == []


def test_data_may_change_while_the_snapshot_is_read(county):
    step = iter([[person(1, street="甲"), person(50)], [person(51), person(2, street="乙")]])
    rows, at = snapshot(county, between=lambda: supply(county, next(step), deleted=[person(3)["id"]]))
    assert follow(county, rows, at) == 13
    held = [person(n) for n in (4, 5, 6, 7, 50, 51)] + [person(1, street="甲"), person(2, street="乙")]
    assert sorted(map(str, rows.values())) == shown(*held)


def test_sealed_values_never_enter_a_feed(county):
    got = one(county, ChangesQuestion(asked(), 0))
    assert {tuple(c.values) for c in got.changes} == {ITEMS}


def test_entries_say_from_where_to_where(county):
    one(county, SnapshotQuestion(asked(), limit=3))
    one(county, ChangesQuestion(asked(), 2, limit=3))
    (read,), (followed,) = records(county, "plane.snapshot_read"), records(county, "plane.changes_followed")
    assert (read["returned"], read["change"]) == (3, 7)
    assert (followed["returned"], followed["after"], followed["change"]) == (3, 2, 5)


def test_who_follows_from_what_was_dropped_is_told_to_begin_again(county):
    with county.transaction() as cur:
        cur.execute("update feed.r1_v1 set at = at - interval '40 days' where change <= 4")
    (page,) = subscribe.answer(
        county,
        questions=[SnapshotQuestion(asked(), limit=3)],
        keyring=KEYRING,
        now=NOW,
        make=as_it_is,
    )
    assert feeds.prune(county, now=NOW) == 4
    assert feeds.prune(county, now=NOW) == 0
    gone = one(county, ChangesQuestion(asked(), 3))
    assert (gone.code, gone.facts["kept_from"]) == ("CHANGES_GONE", 5)
    got = one(county, ChangesQuestion(asked(), 4))
    assert ([c.change for c in got.changes], got.kept) == ([5, 6, 7], Kept(5, 30))
    assert feeds.prune(county, now=NOW + timedelta(days=31)) == 3
    supply(county, [person(9)])
    assert one(county, SnapshotQuestion(asked(), page.cursor, 3)).change == 7
    with county.transaction() as cur:
        cur.execute("update plane.store set kept_from = 9")
    assert one(county, SnapshotQuestion(asked(), page.cursor, 3)).code == "SNAPSHOT_OUTDATED"


def test_a_follower_of_another_version_begins_again(county):
    assert one(county, ChangesQuestion(asked(), 7, version=2)).code == "CHANGES_GONE"
    assert one(county, ChangesQuestion(asked(), 7, version=1)).complete_to == 7


def test_a_new_version_has_a_feed_of_its_own_and_no_gap_is_passed_over(county):
    newer = replace(PEOPLE, version=2)
    with county.transaction() as cur:
        tables.publish(cur, definition=newer, now=NOW)
    supply(county, [person(1), person(2)], definition=newer)
    assert one(county, ChangesQuestion(asked(), 5, version=2)).code == "CHANGES_GONE"
    assert [c.change for c in one(county, ChangesQuestion(asked(), 5)).changes] == [6, 7]
    with county.transaction() as cur:
        grants.switch_version(cur, no="g1", now=NOW, by="officer")
        cur.execute("delete from feed.r1_v2 where change = 1")
    assert one(county, ChangesQuestion(asked(), 1)).code == "CHANGES_GONE"
    assert one(county, ChangesQuestion(asked(), 1, version=1)).code == "CHANGES_GONE"
    assert one(county, ChangesQuestion(asked(), 0, version=2)).code == "CHANGES_GONE"
    assert [c.change for c in one(county, ChangesQuestion(asked(), 1, version=2)).changes] == [2]


def test_there_is_nothing_after_the_end_or_before_the_beginning(county):
    assert one(county, ChangesQuestion(asked(), 8)).code == "CHANGE_NOT_THERE"
    assert one(county, ChangesQuestion(asked(), -1)).code in {"CHANGE_NOT_THERE", "CHANGES_GONE"}


def test_a_snapshot_cursor_belongs_to_its_grant(county):
    opened(county, a_grant("g2", mode=Mode.SUBSCRIBE))
    page = one(county, SnapshotQuestion(asked(), limit=3))
    assert one(county, SnapshotQuestion(asked("g2"), page.cursor, 3)).code == "CURSOR_ELSEWHERE"


@pytest.mark.clause("SX-07-e")
@pytest.mark.parametrize(("mode", "refusal"), [(Mode.COMPARE, "COMPARE_SUFFICES"), (Mode.QUERY, "QUERY_SUFFICES")])
def test_following_under_a_lesser_grant_is_refused(county, mode, refusal):
    opened(county, a_grant("g2", mode=mode))
    got = subscribe.answer(
        county,
        questions=[ChangesQuestion(asked("g2"), 0), SnapshotQuestion(asked("g2"))],
        keyring=KEYRING,
        now=NOW,
        make=as_it_is,
    )
    assert [g.code for g in got] == [refusal, refusal]


loads = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(1, 6), st.sampled_from("甲乙丙")), max_size=3, unique_by=lambda t: t[0]),
        st.lists(st.integers(1, 6), max_size=2, unique=True),
    ),
    max_size=5,
)


@settings(max_examples=25)
@given(first=loads, then=loads, limit=st.integers(1, 5))
def test_whoever_reads_a_snapshot_and_follows_ends_with_what_is_held(county, first, then, limit):
    with county.transaction() as cur:
        cur.execute("delete from store.r1_v1")
        cur.execute("delete from feed.r1_v1")
        cur.execute("update plane.store set last_change = 0")
    held = {}

    def load(puts, gone):
        # only what is there is deleted, and what is put in the same load stays
        gone = [n for n in gone if n in held and n not in dict(puts)]
        supply(county, [person(n, street=s) for n, s in puts], deleted=[person(n)["id"] for n in gone])
        held.update({n: person(n, street=s) for n, s in puts})
        for n in gone:
            del held[n]

    for each in first:
        load(*each)
    rest = iter(then)
    rows, at = snapshot(county, limit=limit, between=lambda: load(*next(rest, ([], []))))
    for each in rest:
        load(*each)
    follow(county, rows, at, limit=limit)
    assert sorted(map(str, rows.values())) == shown(*held.values())
    assert not any(isinstance(r, Problem) for r in rows.values())
