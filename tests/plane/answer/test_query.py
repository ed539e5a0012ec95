"""SX-07-b: conditions in, granted items out, page by page."""

from dataclasses import replace

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
    records,
    supply,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.core import text
from hutong.core.errors import Problem
from hutong.db.database import Database
from hutong.plane import grants, tables
from hutong.plane.answer import query
from hutong.plane.answer.query import Condition, QueryQuestion
from hutong.plane.answer.selects import Op
from hutong.plane.definition import Mode

ALL = [person(n) for n in range(1, 26)]
BY = ("street", "born", "children", "name")
EVERYBODY = ("born", "2000-01-01", Op.AT_LEAST), ("born", "2001-01-01", Op.BELOW)


@pytest.fixture
def county(db):
    establish(db)
    supply(db, ALL)
    opened(db, a_grant(mode=Mode.QUERY, conditions=BY))
    return db


def question(*where, grant="g1", **more):
    return QueryQuestion(asked(grant), tuple(Condition(*c) for c in where), **more)


def answer(db, *questions):
    return query.answer(db, questions=questions, keyring=KEYRING, now=NOW, make=as_it_is)


def code(answers):
    return [a.code if isinstance(a, Problem) else len(a.rows) for a in answers]


@pytest.mark.clause("SX-07-b")
def test_finds_a_record_by_its_key_and_gives_the_granted_items_alone(county):
    found, none, some = answer(
        county,
        question(("id", " " + ALL[0]["id"])),
        question(("id", "1")),
        question(("id", ALL[1]["id"]), items=("born",)),
    )
    assert found.rows == [{c: ALL[0][c] for c in ("name", "street", "born", "children")}]
    assert (none.rows, none.cursor) == ([], None)
    assert some.rows == [{"born": ALL[1]["born"]}]
    assert [r["returned"] for r in records(county, "plane.queried")] == [1, 0, 1]


@pytest.mark.clause("SX-07-b")
@pytest.mark.parametrize(
    ("where", "meets"),
    [
        ([("name", "张3")], lambda p: p["name"] == "张3"),
        ([("street", " 文一路")], lambda p: p["street"] == "文一路"),
        ([("street", "文二", Op.STARTS)], lambda p: p["street"] == "文二路"),
        ([("born", "2000/1/5")], lambda p: p["born"] == "2000-01-05"),
        ([("born", "2000-01-20", Op.AT_LEAST), ("born", "2001-01-01", Op.BELOW)], lambda p: p["born"] >= "2000-01-20"),
        ([("children", "1", Op.AT_LEAST), ("children", "2", Op.BELOW)], lambda p: p["children"] == "1"),
        ([("street", "%", Op.STARTS)], lambda p: False),
    ],
)
def test_finds_records_by_declared_conditions(county, where, meets):
    (page,) = answer(county, question(*where))
    assert sorted(r["name"] for r in page.rows) == sorted(p["name"] for p in ALL if meets(p))


@pytest.mark.clause("SX-07-b")
def test_pages_follow_each_other_without_gap_or_repetition(county):
    names, cursor, pages = [], None, 0
    while True:
        (page,) = answer(county, question(*EVERYBODY, limit=10, cursor=cursor))
        names += [r["name"] for r in page.rows]
        cursor, pages = page.cursor, pages + 1
        if cursor is None:
            break
    assert pages == 3
    assert sorted(names) == sorted(p["name"] for p in ALL)


def _otherwise(cursor: str) -> str:
    """Return a cursor with another last character."""
    return cursor[:-1] + ("B" if cursor[-1] == "A" else "A")


def test_a_cursor_tells_nothing_and_belongs_to_its_grant_and_question(county):
    opened(county, a_grant("g2", mode=Mode.QUERY, conditions=BY))
    (page,) = answer(county, question(*EVERYBODY, limit=3))
    got = answer(
        county,
        question(*EVERYBODY, limit=3, cursor=page.cursor),
        question(*EVERYBODY, limit=3, cursor=page.cursor, grant="g2"),
        question(*EVERYBODY[:1], ("born", "2000-06-01", Op.BELOW), limit=3, cursor=page.cursor),
        question(*EVERYBODY, limit=3, cursor=page.cursor, items=("name",)),
        question(*EVERYBODY, limit=3, cursor=_otherwise(page.cursor)),
    )
    assert code(got) == [3, "CURSOR_ELSEWHERE", "CURSOR_ELSEWHERE", "CURSOR_ELSEWHERE", "CURSOR_REJECTED"]
    with county.transaction() as cur:
        store = tables.opened_on(cur, codes=["people"])["people"]
        keys = [k.hex() for (k,) in cur.execute(f"select k from store.{store.relation}").fetchall()]
    assert not any(k in page.cursor for k in keys)


@pytest.mark.parametrize(
    ("where", "refusal"),
    [
        ([], "CONDITION_MISSING"),
        ([("income", "1")], "CONDITION_NOT_GRANTED"),
        ([("id", "1"), ("name", "x")], "CONDITION_NOT_GRANTED"),
        ([("id", "1", Op.STARTS)], "CONDITION_NOT_GRANTED"),
        ([("nothing", "1")], "CONDITION_NOT_GRANTED"),
        ([("name", "张", Op.STARTS)], "CONDITION_NOT_POSSIBLE"),
        ([("name", "张", Op.AT_LEAST)], "CONDITION_NOT_POSSIBLE"),
        ([("born", "2000", Op.STARTS)], "CONDITION_NOT_POSSIBLE"),
        ([("born", "tomorrow")], "CONDITION_UNREADABLE"),
        ([("children", "nan")], "CONDITION_UNREADABLE"),
        ([("children", "many")], "CONDITION_UNREADABLE"),
        ([("street", "", Op.STARTS)], "CONDITION_UNREADABLE"),
        ([("street", "a\0")], "CONDITION_UNREADABLE"),
        ([("born", "2000-01-01", Op.AT_LEAST)], "RANGE_OPEN"),
        ([("born", "2030-01-01", Op.BELOW)], "RANGE_OPEN"),
        ([("born", "2000-01-01", Op.AT_LEAST), ("children", "9", Op.BELOW)], "RANGE_OPEN"),
        ([("born", "2000-01-01", Op.AT_LEAST), ("born", "1999-01-01", Op.AT_LEAST)], "RANGE_OPEN"),
        ([("income", "1", Op.AT_LEAST)], "CONDITION_NOT_GRANTED"),
    ],
)
@pytest.mark.clause("SX-07-b", "D-25")
def test_refuses_conditions_that_are_not_granted_or_make_no_sense(county, where, refusal):
    assert code(answer(county, question(*where))) == [refusal]
    assert [r["result"] for r in records(county, "plane.refused")] == [refusal]


@pytest.mark.parametrize(
    ("where", "zh", "en"),
    [
        (("born", "tomorrow"), "信息项 born 的查询值不是有效的日期。",
         "The value given for born cannot be read as a date."),
        (("children", "many"), "信息项 children 的查询值不是有效的数字。",
         "The value given for children cannot be read as a number."),
        (("street", "a\0"), "信息项 street 的查询值不是有效的文本。",
         "The value given for street cannot be read as text."),
    ],
)  # fmt: skip
def test_what_a_value_has_to_be_is_said_in_the_readers_language(county, where, zh, en):
    (refused,) = answer(county, question(where))
    assert [text.say(refused, language=language).message for language in ("zh", "en")] == [zh, en]


@pytest.mark.clause("SX-07-b", "D-25")
def test_a_range_is_asked_for_where_the_catalogue_declares_it(db):
    items = tuple(replace(item, ranged=item.code == "children") for item in PEOPLE.items)
    establish(db, definition=(definition := replace(PEOPLE, items=items)))
    supply(db, ALL, definition=definition)
    opened(db, a_grant(mode=Mode.QUERY, conditions=BY))
    children = ("children", "1", Op.AT_LEAST), ("children", "2", Op.BELOW)
    asked_for = question(*EVERYBODY), question(("street", "文", Op.STARTS)), question(*children)
    assert code(answer(db, *asked_for)) == ["RANGE_NOT_DECLARED", "RANGE_NOT_DECLARED", 9]


def test_a_condition_of_the_catalogue_needs_the_grant_as_well(county):
    opened(county, a_grant("g2", mode=Mode.QUERY, conditions=("street",)))
    assert code(answer(county, question(("born", "2000-01-01"), grant="g2"))) == ["CONDITION_NOT_GRANTED"]


@pytest.mark.clause("SX-11-b")
def test_refuses_an_item_outside_the_grant(county):
    assert code(answer(county, question(("id", "1"), items=("name", "id")))) == ["ITEM_NOT_GRANTED"]


@pytest.mark.clause("SX-07-e")
def test_a_query_under_a_grant_to_compare_is_told_that_comparison_suffices(county):
    opened(county, a_grant("g2"))
    (got,) = answer(county, question(("id", "1"), grant="g2"))
    assert (got.code, got.clause) == ("COMPARE_SUFFICES", "SX-07-e")


@pytest.mark.parametrize("limit", [0, query.MOST_ROWS + 1])
def test_refuses_a_page_of_no_or_too_many_records(county, limit):
    assert code(answer(county, question(("id", "1"), limit=limit))) == ["PAGE_SIZE_REFUSED"]


def test_every_page_counts_and_a_refused_question_does_not(county):
    opened(county, a_grant("g2", mode=Mode.QUERY, conditions=BY, quota=2))
    bad, good = question(grant="g2"), question(("name", "张1"), grant="g2")
    got = answer(county, bad, good, replace(good, asked=asked("g2")), replace(good, asked=asked("g2")))
    assert code(got) == ["CONDITION_MISSING", 1, 1, "QUOTA_SPENT"]


def test_a_value_that_does_not_open_makes_the_question_fail_not_the_list(county):
    with county.transaction() as cur:
        store = tables.opened_on(cur, codes=["people"])["people"]
        swap = cur.execute(f"select k, i_name from store.{store.relation} order by k limit 2").fetchall()
        cur.execute(f"update store.{store.relation} set i_name = %s where k = %s", (swap[1][1], swap[0][0]))
    got = answer(county, *(question(("id", p["id"])) for p in ALL))
    assert sorted(map(str, code(got))) == ["1"] * 24 + ["STORE_UNUSABLE"]


def _ends(where):
    """Return the ends of the range of each item."""
    return {
        item: [op for other, _, op in where if other == item and op in (Op.AT_LEAST, Op.BELOW)] for item, _, _ in where
    }


values = st.one_of(
    st.tuples(st.just("id"), st.sampled_from([p["id"] for p in ALL[:4]]), st.just(Op.EQUALS)),
    st.tuples(st.just("name"), st.sampled_from(["张1", "张2", "x"]), st.just(Op.EQUALS)),
    st.tuples(st.just("street"), st.sampled_from(["文", "文一路"]), st.sampled_from([Op.EQUALS, Op.STARTS])),
    st.tuples(st.just("born"), st.sampled_from(["2000-01-05", "2000-01-20"]), st.sampled_from(list(Op)[:3])),
)
TESTS = {
    Op.EQUALS: str.__eq__,
    Op.AT_LEAST: str.__ge__,
    Op.BELOW: str.__lt__,
    Op.STARTS: str.startswith,
}


@pytest.mark.clause("SX-07-b")
@settings(max_examples=40)
@given(
    asks=st.lists(
        st.tuples(st.lists(values, min_size=1, max_size=2), st.sampled_from([("name",), ("born", "name")])),
        max_size=6,
    )
)
def test_a_list_is_answered_as_its_questions_would_be_one_by_one(county, asks):
    with county.transaction() as cur:
        cur.execute("delete from plane.quota_spent")
        cur.execute("delete from plane.access_grant")
        grants.open_grant(cur, grant=a_grant(mode=Mode.QUERY, conditions=BY, quota=3), now=NOW, by="clerk")
    left, expected = 3, []
    for where, items in asks:
        if any(c[0] == "id" for c in where) and len(where) > 1:
            expected.append("CONDITION_NOT_GRANTED")
        elif any(sorted(ops) not in ([], [Op.AT_LEAST, Op.BELOW]) for ops in _ends(where).values()):
            expected.append("RANGE_OPEN")
        elif not left:
            expected.append("QUOTA_SPENT")
        else:
            left -= 1
            met = [p for p in ALL if all(TESTS[op](p[item], value) for item, value, op in where)]
            expected.append(sorted(str({c: p[c] for c in items}) for p in met))
    got = answer(county, *(question(*where, items=items) for where, items in asks))
    assert [a.code if isinstance(a, Problem) else sorted(map(str, a.rows)) for a in got] == expected


def test_the_definition_used_here_has_an_item_of_every_store():
    assert {str(item.holding) for item in PEOPLE.items} == {"sealed", "protected", "plain"}


def test_a_question_that_takes_too_long_is_given_up_alone_and_does_not_hold_up_suspension(county):
    with county.transaction() as cur:
        relation = tables.version(cur, code="people").relation
        cur.execute(
            f"create function pg_temp_slow(text) returns text language sql volatile as 'select $1 from pg_sleep(30)';"
            f"alter table store.{relation} rename to {relation}_kept;"
            f"create view store.{relation} as select k, change, i_id, b_id, i_name, b_name, i_income,"
            f" i_street, i_born, case when i_children = 2 then pg_temp_slow('x')::int else i_children end as i_children"
            f" from store.{relation}_kept"
        )
    hasty = Database(county.url, role="owner", size=1, statement_seconds=0.5)
    first, last = (question(("id", person(number)["id"])) for number in (3, 6))
    got = answer(hasty, first, question(("children", "2")), last)
    hasty.close()
    assert code(got) == [1, "QUESTION_TOO_SLOW", 1]
    assert [r["result"] for r in records(county, "plane.refused")] == ["QUESTION_TOO_SLOW"]
