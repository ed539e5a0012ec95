"""How many distinct records queries disclose is limited, and no sequence of questions discloses more (D-25)."""

import threading
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from answering import KEYRING, NOW, PEOPLE, a_grant, as_it_is, asked, establish, opened, person, records, supply
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.core import beijing
from hutong.core.errors import Problem
from hutong.plane import rulebook
from hutong.plane.answer import disclosing, query
from hutong.plane.answer.query import Condition, QueryQuestion
from hutong.plane.answer.selects import Op
from hutong.plane.definition import Mode

DAY = timedelta(days=1)
PERSONS = replace(PEOPLE, personal=True)
BY = ("street", "born", "children", "name")
ALL = [person(number) for number in range(1, 61)]
EVERYBODY = ("born", "2000-01-01", Op.AT_LEAST), ("born", "2001-01-01", Op.BELOW)


def set_limit(db, **changed):
    with db.transaction() as cur:
        rulebook.keep(
            cur, {f"query.{name}": value for name, value in changed.items()}, version=1, from_day=NOW.date()
        )


def a_query_grant(no="g1", **changes):
    return a_grant(no, **{"mode": Mode.QUERY, "conditions": BY, "until_at": NOW + 1500 * DAY, "quota": 10**9} | changes)


@pytest.fixture
def persons(db):
    return county(db, PERSONS)


def county(db, definition):
    establish(db, definition=definition)
    supply(db, ALL, definition=definition)
    with db.transaction() as cur:
        cur.execute("update plane.system set mlps_until = '2036-01-01'")
        cur.execute("update plane.store set rows = %s", [len(ALL)])
    return db


def question(*where, grant="g1", **more):
    return QueryQuestion(asked(grant, nonce_until=NOW + 1000 * DAY), tuple(Condition(*each) for each in where), **more)


def by_key(number, **more):
    return question(("id", person(number)["id"]), **more)


def answer(db, *questions, now=NOW):
    return query.answer(db, questions=questions, keyring=KEYRING, now=now, make=as_it_is)


def codes(answers):
    return [each.code if isinstance(each, Problem) else len(each.rows) for each in answers]


@pytest.mark.clause("SX-07-e", "D-25")
def test_as_many_distinct_records_are_disclosed_as_the_application_declares_and_those_cost_nothing_again(persons):
    opened(persons, a_query_grant(records=3))
    assert codes(answer(persons, *(by_key(n) for n in (1, 2, 1, 3, 4, 2)))) == [1, 1, 1, 1, "GRANT_RECORDS_SPENT", 1]
    assert codes(answer(persons, *(by_key(n) for n in (1, 2, 3, 1, 2, 3)))) == [1] * 6
    assert codes(answer(persons, by_key(5), now=NOW + 365 * DAY)) == ["GRANT_RECORDS_SPENT"]
    after = NOW + 366 * DAY
    assert codes(answer(persons, *map(by_key, (5, 1, 2, 3)), now=after)) == [1, 1, 1, "GRANT_RECORDS_SPENT"]


def test_a_hundred_are_disclosed_where_an_application_declares_nothing_else():
    assert a_query_grant().records == 100


@pytest.mark.clause("SX-07-e", "D-25")
def test_no_page_discloses_more_and_where_nothing_is_left_it_never_says_that_it_was_the_last(persons):
    opened(persons, a_query_grant(records=25))
    seen, cursor = [], None
    while True:
        (page,) = answer(persons, question(*EVERYBODY, limit=10, cursor=cursor))
        if isinstance(page, Problem):
            break
        seen += [row["name"] for row in page.rows]
        assert page.cursor is not None
        cursor = page.cursor
    assert (page.code, len(seen), len(set(seen))) == ("GRANT_RECORDS_SPENT", 25, 25)
    assert [each["returned"] for each in records(persons, "plane.queried")] == [10, 10, 5]


def test_a_refusal_does_not_tell_whether_there_is_such_a_record(persons):
    opened(persons, a_query_grant(records=2))
    assert codes(answer(persons, by_key(1), by_key(2))) == [1, 1]
    nobody = question(("id", "330100200001019999"))
    there, none = answer(persons, by_key(3), nobody)
    assert (there.code, there.facts["most"]) == (none.code, none.facts["most"]) == ("GRANT_RECORDS_SPENT", 2)
    found, known, empty = answer(
        persons, question(("name", "张3")), question(("name", "张1")), question(("name", "谁也不是"))
    )
    assert {each.code for each in (found, known, empty)} == {"GRANT_RECORDS_SPENT"}


def test_who_asks_for_one_record_after_another_is_counted_whether_they_are_held_or_not(persons):
    opened(persons, a_query_grant(records=5))
    tried = [question(("id", f"33010020000102{n:04}")) for n in range(8)]
    assert codes(answer(persons, *tried)) == [0] * 5 + ["GRANT_RECORDS_SPENT"] * 3


@pytest.mark.clause("SX-07-e", "D-25")
def test_a_unit_has_a_share_of_what_is_held_over_all_its_grants(persons):
    opened(persons, a_query_grant(records=50), a_query_grant("g2", records=50))
    set_limit(persons, records_least=4, records_percent=10)  # six of sixty
    half = [by_key(n) for n in range(1, 5)] + [by_key(n, grant="g2") for n in range(3, 7)]
    assert codes(answer(persons, *half)) == [1] * 8
    assert codes(answer(persons, by_key(7), by_key(7, grant="g2"), by_key(6))) == ["UNIT_RECORDS_SPENT"] * 2 + [1]


def test_a_unit_has_so_many_records_a_day(persons):
    opened(persons, a_query_grant(records=50))
    set_limit(persons, records_day=3)
    assert codes(answer(persons, *map(by_key, range(1, 6)))) == [1] * 3 + ["DAY_RECORDS_SPENT"] * 2
    assert codes(answer(persons, by_key(4), by_key(1), now=NOW + DAY)) == [1, 1]


def test_of_what_is_not_about_people_records_are_counted_and_at_half_an_alarm_opens(db):
    county(db, PEOPLE)
    opened(db, a_query_grant(records=3))
    assert codes(answer(db, question(*EVERYBODY, limit=28))) == [28]
    assert records(db, "plane.alarm_opened") == []
    assert codes(answer(db, *(by_key(n) for n in range(1, 61)))) == [1] * 60
    (alarm,) = records(db, "plane.alarm_opened")
    assert (alarm["limit"], alarm["resource"], alarm["most"]) == ("query.alarm_percent", "people", 30)
    assert codes(answer(db, question(*EVERYBODY, limit=100))) == [60]
    with db.transaction() as cur:
        assert cur.execute("select sum(records) from plane.disclosed_day").fetchone() == (60,)


def test_asked_at_once_no_more_is_disclosed_than_one_after_another(persons):
    opened(persons, a_query_grant(records=10))
    told: list[object] = []
    go = threading.Barrier(6)

    def some(start):
        go.wait()
        for number in range(start, 60, 6):
            told.extend(codes(answer(persons, by_key(number + 1))))

    threads = [threading.Thread(target=some, args=(start,)) for start in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (told.count(1), told.count("GRANT_RECORDS_SPENT")) == (10, 50)


def test_lists_of_the_same_records_at_once_never_wait_in_a_circle(persons):
    opened(persons, a_query_grant(records=20), a_query_grant("g2", records=25))
    told: list[object] = []
    go = threading.Barrier(4)

    def all_of_them(turned, grant):
        go.wait()
        for start in range(0, 60, 6):
            numbers = range(start + 1, start + 7)[:: -1 if turned else 1]
            told.extend(codes(answer(persons, *(by_key(n, grant=grant) for n in numbers))))

    threads = [
        threading.Thread(target=all_of_them, args=(turned, grant)) for turned in (False, True) for grant in ("g1", "g2")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(told) == {1, "GRANT_RECORDS_SPENT"}
    with persons.transaction() as cur:
        cur.execute("select whose, count(*) from plane.disclosed group by whose order by whose desc limit 2")
        assert cur.fetchall() == [("g2", 25), ("g1", 20)]


def test_what_was_disclosed_a_year_ago_is_forgotten(persons):
    opened(persons, a_query_grant())
    answer(persons, by_key(1), by_key(2))
    assert disclosing.forget(persons, now=NOW + 365 * DAY) == 0
    assert disclosing.forget(persons, now=NOW + 366 * DAY) == 6  # two records of unit and grant, and their numbers


CAPS = {"g1": 6, "g2": 9}
OF_UNIT, OF_DAY = 12, 5

asks = st.lists(
    st.tuples(
        st.sampled_from(["g1", "g2"]),
        st.one_of(
            st.integers(1, 62).map(lambda n: (("id", person(n)["id"]),)),
            st.sampled_from(["文一路", "文二路"]).map(lambda street: (("street", street),)),
            st.tuples(st.integers(1, 27), st.integers(1, 6)).map(
                lambda days: (
                    ("born", f"2000-01-{days[0]:02}", Op.AT_LEAST),
                    ("born", f"2000-01-{min(sum(days), 28):02}", Op.BELOW),
                )
            ),
            st.integers(1, 62).map(lambda n: (("name", f"张{n}"),)),
        ),
        st.integers(1, 7),
        st.integers(0, 3),
    ),
    max_size=14,
)


def begin_anew(db):
    with db.transaction() as cur:
        for table in ("disclosed", "disclosed_day", "quota_spent"):
            cur.execute(f"delete from plane.{table}")


@dataclass
class Model:
    """What may be disclosed, in memory: to the unit and under each grant, record by record."""

    seen: dict[str, dict[str, object]] = field(default_factory=lambda: defaultdict(dict))

    def told(self, no, names, day):
        for whose in (no, "unit"):
            for name in names:
                self.seen[whose].setdefault(name, day)

    def within(self):
        days = defaultdict(int)
        for day in self.seen["unit"].values():
            days[day] += 1
        return (
            all(len(self.seen[no]) <= most for no, most in CAPS.items())
            and len(self.seen["unit"]) <= OF_UNIT
            and all(number <= OF_DAY for number in days.values())
        )


@pytest.fixture
def limited(persons):
    opened(persons, *(a_query_grant(no, records=most) for no, most in CAPS.items()))
    set_limit(persons, records_least=OF_UNIT, records_percent=0, records_day=OF_DAY)
    return persons


@pytest.mark.clause("SX-07-e", "D-25")
@settings(max_examples=40)
@given(asks=asks)
def test_no_sequence_of_questions_discloses_more(limited, asks):
    begin_anew(limited)
    model, now = Model(), NOW
    for no, where, limit, days in asks:
        now += days * DAY
        cursor, pages = None, 0
        while pages < 4:
            (got,) = answer(limited, question(*where, grant=no, limit=limit, cursor=cursor), now=now)
            if isinstance(got, Problem):
                break
            model.told(no, [row["name"] for row in got.rows], beijing.day(now))
            assert model.within()
            cursor, pages = got.cursor, pages + 1
            if cursor is None:
                break
    for no in CAPS:
        known = [by_key(int(name[1:]), grant=no) for name in model.seen[no]]
        assert codes(answer(limited, *known, now=now)) == [1] * len(known)


@settings(max_examples=40)
@given(asks=asks)
def test_a_list_discloses_what_its_questions_would_one_by_one(limited, asks):
    def told(answers):
        return [
            each.code if isinstance(each, Problem) else ([row["name"] for row in each.rows], each.cursor is None)
            for each in answers
        ]

    begin_anew(limited)
    alone = [told(answer(limited, question(*where, grant=no, limit=limit)))[0] for no, where, limit, _ in asks]
    begin_anew(limited)
    together = answer(limited, *(question(*where, grant=no, limit=limit) for no, where, limit, _ in asks))
    assert told(together) == alone
