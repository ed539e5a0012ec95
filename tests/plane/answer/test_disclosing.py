"""How many distinct records queries disclose is limited (D-25)."""

import threading
import time
from dataclasses import replace

import pytest
from answering import NOW, PEOPLE, opened, records
from querying import DAY, EVERYBODY, PERSONS, a_query_grant, answer, by_key, codes, county, question, set_limit

from hutong.core import beijing
from hutong.core.errors import Problem
from hutong.db import trips
from hutong.plane import tables
from hutong.plane.answer import disclosing


@pytest.fixture
def persons(db):
    return county(db, PERSONS)


@pytest.mark.clause("SX-07-e", "D-25")
def test_as_many_distinct_records_are_disclosed_as_the_application_declares_and_those_cost_nothing_again(persons):
    opened(persons, a_query_grant(yearly_records=3))
    assert codes(answer(persons, *(by_key(n) for n in (1, 2, 1, 3, 4, 2)))) == [1, 1, 1, 1, "GRANT_RECORDS_SPENT", 1]
    assert codes(answer(persons, *(by_key(n) for n in (1, 2, 3, 1, 2, 3)))) == [1] * 6
    assert codes(answer(persons, by_key(5), now=NOW + 365 * DAY)) == ["GRANT_RECORDS_SPENT"]
    after = NOW + 366 * DAY
    assert codes(answer(persons, *map(by_key, (5, 1, 2, 3)), now=after)) == [1, 1, 1, "GRANT_RECORDS_SPENT"]


def test_a_hundred_are_disclosed_where_an_application_declares_nothing_else():
    assert a_query_grant().yearly_records == 100


@pytest.mark.clause("SX-07-e", "D-25")
def test_no_page_discloses_more_and_where_nothing_is_left_it_never_says_that_it_was_the_last(persons):
    opened(persons, a_query_grant(yearly_records=25))
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
    opened(persons, a_query_grant(yearly_records=2))
    assert codes(answer(persons, by_key(1), by_key(2))) == [1, 1]
    nobody = question(("id", "330100200001019999"))
    there, none = answer(persons, by_key(3), nobody)
    assert (there.code, there.facts["most"]) == (none.code, none.facts["most"]) == ("GRANT_RECORDS_SPENT", 2)
    found, known, empty = answer(
        persons, question(("name", "张3")), question(("name", "张1")), question(("name", "谁也不是"))
    )
    assert {each.code for each in (found, known, empty)} == {"GRANT_RECORDS_SPENT"}


def test_who_asks_for_one_record_after_another_is_counted_whether_they_are_held_or_not(persons):
    opened(persons, a_query_grant(yearly_records=5))
    tried = [question(("id", f"33010020000102{n:04}")) for n in range(8)]
    assert codes(answer(persons, *tried)) == [0] * 5 + ["GRANT_RECORDS_SPENT"] * 3


@pytest.mark.clause("SX-07-e", "D-25")
def test_a_unit_has_a_share_of_what_is_held_over_all_its_grants(persons):
    opened(persons, a_query_grant(yearly_records=50), a_query_grant("g2", yearly_records=50))
    set_limit(persons, records_least=4, records_percent=10)  # six of sixty
    half = [by_key(n) for n in range(1, 5)] + [by_key(n, grant="g2") for n in range(3, 7)]
    assert codes(answer(persons, *half)) == [1] * 8
    assert codes(answer(persons, by_key(7), by_key(7, grant="g2"), by_key(6))) == ["UNIT_RECORDS_SPENT"] * 2 + [1]


def test_a_unit_has_so_many_records_a_day(persons):
    opened(persons, a_query_grant(yearly_records=50))
    set_limit(persons, daily_records=3)
    assert codes(answer(persons, *map(by_key, range(1, 6)))) == [1] * 3 + ["DAY_RECORDS_SPENT"] * 2
    assert codes(answer(persons, by_key(4), by_key(1), now=NOW + DAY)) == [1, 1]


def test_of_what_is_not_about_people_records_are_counted_and_at_half_an_alarm_opens(db):
    county(db, PEOPLE)
    opened(db, a_query_grant(yearly_records=3))
    assert codes(answer(db, question(*EVERYBODY, limit=28))) == [28]
    assert records(db, "plane.alarm_opened") == []
    assert codes(answer(db, *(by_key(n) for n in range(1, 61)))) == [1] * 60
    (alarm,) = records(db, "plane.alarm_opened")
    assert (alarm["limit"], alarm["resource"], alarm["most"]) == ("query.alarm_percent", "people", 30)
    assert codes(answer(db, question(*EVERYBODY, limit=100))) == [60]
    with db.transaction() as cur:
        assert cur.execute("select sum(records) from plane.disclosed_day").fetchone() == (60,)


def test_asked_at_once_no_more_is_disclosed_than_one_after_another(persons):
    opened(persons, a_query_grant(yearly_records=10))
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
    opened(persons, a_query_grant(yearly_records=20), a_query_grant("g2", yearly_records=25))
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


@pytest.mark.clause("SX-07-e", "D-25")
def test_at_midnight_lists_of_both_days_follow_each_other(persons):
    opened(persons, a_query_grant(yearly_records=1))
    grant = a_query_grant(yearly_records=1)
    told: list[object] = []
    with persons.transaction() as cur:
        store = tables.version(cur, code="people")
        before = disclosing.Disclosure(disclosing.counted(grant, store), (b"1" * 32,), paging=False)
        for each in disclosing.settling([before], day=beijing.day(NOW)):
            trips.together(cur, [each])
        after = threading.Thread(target=lambda: told.extend(codes(answer(persons, by_key(2), now=NOW + DAY))))
        after.start()
        while after.is_alive() and not waiting(persons):
            time.sleep(0.01)
        assert told == []
    after.join()
    assert told == ["GRANT_RECORDS_SPENT"]


def waiting(db):
    with db.transaction() as cur:
        return cur.execute("select count(*) from pg_locks where not granted").fetchone() != (0,)


def test_a_share_is_one_of_the_fuller_version_where_two_stand_side_by_side(persons):
    newer = replace(PERSONS, version=2)
    with persons.transaction() as cur:
        tables.publish(cur, definition=newer, now=NOW)
        cur.execute("update plane.store set rows = 10 where version = 2")
    opened(persons, a_query_grant(yearly_records=50))
    set_limit(persons, records_least=1, records_percent=10)
    assert codes(answer(persons, *map(by_key, range(1, 8)))) == [1] * 6 + ["UNIT_RECORDS_SPENT"]
