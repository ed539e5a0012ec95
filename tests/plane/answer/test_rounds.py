"""A list is answered as its questions would be one by one, whatever its round remembers, reads or looks at."""

import time
from collections import Counter

import psycopg
import pytest
from answering import (
    KEYRING,
    NOW,
    STRANGER,
    Clock,
    a_grant,
    asked,
    opened,
    person,
    records,
)
from comparing import ID1, ID2, NOBODY, answer, question, told, two_people
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.audit.stock import STOCK_SECONDS
from hutong.core.errors import Problem
from hutong.plane import grants
from hutong.plane.answer import compare, facts, limits, rounds
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.answer.facts import SPENT_SECONDS


@pytest.fixture
def county(db):
    return two_people(db)


@pytest.fixture
def clock(county):
    """Return the clock by which what is remembered of the county grows old."""
    stands = facts.memory(county).clock = Clock()
    return stands


def test_nothing_is_kept_of_what_was_refused(county):
    opened(county, a_grant())
    rounds._kept_template.cache_clear()
    made_up = [question(values={f"made_up_{number}": "x"}) for number in range(50)]
    elsewhere = [question(matter=f"made up {number}") for number in range(50)]
    assert set(told(answer(county, *made_up, *elsewhere))) == {"ITEM_NOT_GRANTED", "MATTER_NOT_GRANTED"}
    assert rounds._kept_template.cache_info().currsize == 0

    assert told(answer(county, question(), question())) == [[{"name": "match"}]] * 2
    assert rounds._kept_template.cache_info().currsize == 1


def test_nothing_is_answered_or_spent_when_the_entry_cannot_be_written(county):
    opened(county, a_grant())
    with county.transaction() as cur:
        cur.execute("alter table audit.entry add constraint refuse_all check (false) not valid")
    with pytest.raises(psycopg.errors.CheckViolation):
        answer(county, question(), question())
    with county.transaction() as cur:
        for table in ("nonce", "quota_spent", "guess_spent"):
            assert cur.execute(f"select count(*) from plane.{table}").fetchone() == (0,)


def test_what_is_made_of_answers_is_given_to_nobody_before_their_entries_are_committed(county):
    opened(county, a_grant())
    with county.transaction() as cur:
        slow = "begin perform pg_sleep(0.3); return new; end"
        cur.execute(f"create function audit.slow() returns trigger language plpgsql as '{slow}'")
        cur.execute("create trigger slow after insert on audit.entry for each row execute function audit.slow()")
    made: list[float] = []

    def make(question, answer):
        with county.transaction() as cur:
            assert cur.execute("select count(*) from audit.entry where event = 'plane.compared'").fetchone() == (0,)
        made.append(time.perf_counter())
        return answer

    (got,) = compare.answer(county, questions=[question()], keyring=KEYRING, now=NOW, make=make)
    assert time.perf_counter() - made[0] > 0.1  # it was made while the entry was being written
    assert len(records(county, "plane.compared")) == 1
    assert told([got]) == [[{"name": "match"}]]
    with county.transaction() as cur:
        cur.execute("alter table audit.entry add constraint refuse_all check (false) not valid")
    with pytest.raises(psycopg.errors.CheckViolation):
        compare.answer(county, questions=[question()], keyring=KEYRING, now=NOW, make=lambda _, answer: answer)


def test_where_a_budget_has_run_out_the_lists_of_the_next_moment_look_first(county, clock, monkeypatch):
    opened(county, a_grant(quota=3), a_grant("g2"))
    looked, look = [], limits.look_spent
    monkeypatch.setattr(limits, "look_spent", lambda *given, **more: (looked.append(1), look(*given, **more))[1])
    assert told(answer(county, question(), question())) == [[{"name": "match"}]] * 2
    assert not looked
    assert told(answer(county, question(), question(), question(grant="g2"))) == [
        [{"name": "match"}],
        "QUOTA_SPENT",
        [{"name": "match"}],
    ]
    assert len(looked) == 1
    clock.goes_on(SPENT_SECONDS - 0.01)
    assert told(answer(county, question(grant="g2"))) == [[{"name": "match"}]]
    assert len(looked) == 2
    clock.goes_on(0.01)
    assert told(answer(county, question(grant="g2"))) == [[{"name": "match"}]]
    assert len(looked) == 2
    assert told(answer(county, question())) == ["QUOTA_SPENT"]
    assert len(looked) == 3
    clock.goes_on(SPENT_SECONDS)
    assert told(answer(county, question(grant="g2"))) == [[{"name": "match"}]]
    assert len(looked) == 3


ANSWERS = "event in ('plane.compared', 'plane.refused')"


@pytest.fixture
def reading(clock, monkeypatch):
    """Return a list to which each reading of facts adds one; what was read grows old as `clock` has it."""
    seen, read = [], facts.read
    monkeypatch.setattr(facts, "read", lambda *given, **more: (seen.append(1), read(*given, **more))[1])
    return seen


def test_what_was_read_a_moment_ago_is_not_read_again(county, reading):
    opened(county, a_grant(), a_grant("g2"))
    for _ in range(3):
        got = answer(county, question(), question(grant="g2"))
        assert told(got) == [[{"name": "match"}]] * 2
    assert len(reading) == 1
    assert told(answer(county, question(grant="none"), question())) == ["GRANT_UNKNOWN", [{"name": "match"}]]
    assert len(reading) == 2
    with county.transaction() as cur:
        cur.execute(f"select count(*), count(distinct id) from audit.entry where {ANSWERS}")
        assert cur.fetchone() == (8, 8)


CHANGES = [
    ("update plane.system set state = 'stopped' where id = 'sys-a'", "SYSTEM_STOPPED"),
    ("update plane.system set revision = revision + 1 where id = 'sys-a'", "SYSTEM_CHANGED"),
    ("update plane.user set state = 'stopped' where id = 'wang'", "USER_NOT_REGISTERED"),
    ("delete from plane.device where id = 'pc1'", "DEVICE_NOT_REGISTERED"),
    ("update plane.access_grant set suspended = 1 where no = 'g1'", "SERVICE_SUSPENDED"),
    ("update plane.system set suspended = 1 where id = 'sys-a'", "SERVICE_SUSPENDED"),
    ("update plane.system set unit_suspended = 1 where id = 'sys-a'", "SERVICE_SUSPENDED"),
    ("update plane.access_grant set state = 'revoked' where no = 'g1'", "GRANT_REVOKED"),
    ("update plane.access_grant set state = 'relinquished' where no = 'g1'", "GRANT_RELINQUISHED"),
    ("update plane.access_grant set items = '{street}' where no = 'g1'", "ITEM_NOT_GRANTED"),
    ("update plane.access_grant set purpose = 'other' where no = 'g1'", "PURPOSE_NOT_GRANTED"),
    ("delete from plane.access_grant where no = 'g1'", "GRANT_UNKNOWN"),
    ("update plane.store set normaliser_version = 99", "STORE_UNUSABLE"),
    ("update plane.store set key_id = 'gone'", "STORE_UNUSABLE"),
    ("update plane.store set last_day = '2026-03-01', succeeded_at = now()", "VERSION_ENDED"),
]


@pytest.mark.clause("SX-16-a")
@pytest.mark.parametrize(("change", "code"), CHANGES)
def test_whatever_changes_counts_from_the_next_answer_on_though_the_rest_is_remembered(county, reading, change, code):
    opened(county, a_grant(), a_grant("g2"))
    for _ in range(2):
        assert told(answer(county, question())) == [[{"name": "match"}]]
    assert len(reading) == 1
    with county.transaction() as cur:
        cur.execute(change)
    for _ in range(2):
        assert told(answer(county, question())) == [code]
    with county.transaction() as cur:
        assert cur.execute("select sum(spent) from plane.quota_spent").fetchone() == (2,)
        cur.execute(f"select event, count(*) from audit.entry where {ANSWERS} group by 1 order by 1")
        entries = cur.fetchall()
    assert entries == [("plane.compared", 2), ("plane.refused", 2)]


def test_a_row_that_is_rewritten_as_it_was_is_read_once_more(county, reading):
    opened(county, a_grant())
    answer(county, question())
    with county.transaction() as cur:
        cur.execute("update plane.access_grant set quota = quota")
    for _ in range(2):
        assert told(answer(county, question())) == [[{"name": "match"}]]
    assert len(reading) == 2


GONE = [
    "update plane.user set state = 'stopped' where id = 'li'",
    "delete from plane.device where id = 'pc2'",
    "delete from plane.access_grant",
]


@pytest.mark.parametrize("change", GONE)
def test_what_is_there_no_more_fails_one_list_and_not_every_one_that_names_it(county, reading, monkeypatch, change):
    opened(county, a_grant(users=("wang", "li"), devices=("pc1", "pc2")))
    changed, seen = facts.changed, []
    monkeypatch.setattr(facts, "changed", lambda fault: (seen.append(fault), changed(fault))[1])
    for _ in range(2):
        answer(county, question(), question(user="li", device="pc2"))
    with county.transaction() as cur:
        cur.execute(change)
    for _ in range(3):
        assert isinstance(answer(county, question(), question(user="li", device="pc2"))[1], Problem)
    assert len(seen) == 1


def test_ids_that_waited_too_long_are_nobodys(county, clock, reading):
    opened(county, a_grant())
    for _ in range(2):
        answer(county, question())
        clock.goes_on(STOCK_SECONDS)
    assert len(reading) == 1
    clock.goes_on(STOCK_SECONDS + 0.01)
    answer(county, question())
    assert len(reading) == 2


def test_a_short_list_leaves_a_long_one_its_ids(county, reading):
    opened(county, a_grant())
    for _ in range(4):
        answer(county, *(question() for _ in range(5)))
        answer(county, question())
    assert len(reading) == 1
    with county.transaction() as cur:
        cur.execute(f"select count(*), count(distinct id) from audit.entry where {ANSWERS}")
        assert cur.fetchone() == (24, 24)


def test_remembers_no_more_than_it_may(county, reading, monkeypatch):
    opened(county, *(a_grant(f"g{n}") for n in range(1, 5)))
    monkeypatch.setattr(facts, "MOST_REMEMBERED", 2)
    for n in (1, 2, 3, 4, 4):
        answer(county, question(grant=f"g{n}"))
    assert len(facts.memory(county)._grants) <= 2
    assert len(reading) == 4


def test_what_is_another_units_is_looked_up_as_what_is_not_there(county, reading):
    opened(county, a_grant(), a_grant("gx", consumer=STRANGER, system="sys-x", users=("xu",)))
    theirs = {"system": "sys-x", "unit": STRANGER, "user": "xu"}
    for _ in range(2):
        answer(county, question(), question(grant="gx", **theirs))
    for changes in ({"grant": "gx"}, {"grant": "gy"}, {"user": "xu"}, {"user": "nobody"}):
        before = len(reading)
        for _ in range(3):
            assert isinstance(answer(county, question(**changes))[0], Problem)
        assert len(reading) == before + 3, changes
    before = len(reading)
    answer(county, question())
    assert len(reading) == before


@pytest.mark.parametrize("looks", [False, True])
def test_a_nonce_is_spent_once_within_a_list_and_across_lists(county, clock, looks):
    opened(county, a_grant())
    for lot in range(3):
        clock.goes_on(SPENT_SECONDS)
        if looks:
            facts.memory(county).budget_ran_out()
        one = question(nonce=bytes([lot]) * 16)
        again = answer(county, one, question(), one)
        assert told(again) == [[{"name": "match"}], [{"name": "match"}], "REPLAYED"]
        clock.goes_on(SPENT_SECONDS)
        assert told(answer(county, question(), one)) == [[{"name": "match"}], "REPLAYED"]


def test_a_question_that_fails_in_sql_fails_alone(county):
    opened(county, a_grant(), a_grant("g2"))
    with county.transaction() as cur:
        cur.execute("alter table plane.quota_spent add constraint broken check (grant_no <> 'g2')")
    got = answer(county, *(question(grant="g2" if place == 3 else "g1") for place in range(7)))
    assert [a.code if isinstance(a, Problem) else "OK" for a in got] == ["OK"] * 3 + ["QUESTION_FAILED"] + ["OK"] * 3
    assert [r["result"] for r in records(county, "plane.refused")] == ["QUESTION_FAILED"]
    with county.transaction() as cur:
        assert cur.execute("select grant_no, spent from plane.quota_spent").fetchall() == [("g1", 6)]


def test_an_empty_list_is_answered_by_an_empty_list(county):
    assert answer(county) == []


QUESTIONS = st.lists(
    st.tuples(
        st.sampled_from(["g1", "g2", "g3"]),
        st.sampled_from(["wang", "wang", "wang", "li"]),
        st.integers(1, 12),  # the nonce
        st.lists(
            st.tuples(
                st.sampled_from([ID1, ID2, NOBODY]),
                st.dictionaries(
                    st.sampled_from(["name", "income", "street"]),
                    st.sampled_from(["张1", "1001.50", "文一路"]),
                    min_size=1,
                ).map(lambda said: {c: v if c != "income" or v[0].isdigit() else "7" for c, v in said.items()}),
            ),
            min_size=1,
            max_size=3,
        ),
    ),
    max_size=10,
)


class Model:
    """What should come out, one question at a time."""

    def __init__(self):
        self.held = {ID1: person(1), ID2: person(2, name=None, income=None, street=None)}
        self.limits = {"g1": (8, 3, False), "g2": (5, 2, True)}
        self.nonces, self.quota, self.guesses = set(), Counter(), Counter()

    def answer(self, grant, user, nonce, claims):
        if nonce in self.nonces:
            return "REPLAYED"
        self.nonces.add(nonce)
        if grant not in self.limits:
            return "GRANT_UNKNOWN"
        if user != "wang":
            return "USER_NOT_REGISTERED"
        quota, guesses, fold = self.limits[grant]
        about = Counter((grant, key) for key, _ in claims)
        if self.quota[grant] + len(claims) > quota:
            return "QUOTA_SPENT"
        if any(self.guesses[s] + n > guesses for s, n in about.items()):
            return "GUESSES_SPENT"
        self.quota[grant] += len(claims)
        self.guesses += about
        return [{c: self.verdict(key, c, v, fold) for c, v in values.items()} for key, values in claims]

    def verdict(self, key, item, value, fold):
        held = self.held.get(key, {}).get(item)
        if held is None:
            return "mismatch" if fold else "absent"
        return "match" if held == value else "mismatch"


@pytest.mark.clause("SX-07-d")
@settings(max_examples=60)
@given(lists=st.lists(QUESTIONS, max_size=3), looked_before=st.booleans())
def test_a_list_is_answered_as_its_questions_would_be_one_by_one(county, clock, lists, looked_before):
    with county.transaction() as cur:
        for table in ("nonce", "quota_spent", "guess_spent", "access_grant"):
            cur.execute(f"delete from plane.{table}")
        for grant in (a_grant(quota=8, guesses=3), a_grant("g2", quota=5, guesses=2, fold_absent=True)):
            grants.open_grant(cur, grant=grant, now=NOW, by="clerk")
    model = Model()
    for questions in lists:
        clock.goes_on(SPENT_SECONDS)  # of budgets that ran out before nothing is known
        if looked_before:
            facts.memory(county).budget_ran_out()
        got = answer(
            county,
            *(
                CompareQuestion(
                    asked(grant, nonce=nonce.to_bytes(16, "big"), user=user),
                    tuple(Claim((k,), v) for k, v in claims),
                )
                for grant, user, nonce, claims in questions
            ),
        )
        assert told(got) == [model.answer(*one) for one in questions]
