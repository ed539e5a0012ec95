"""SX-07-d: claims in, verdicts out, and nothing else."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from answering import (
    CONSUMER,
    NOW,
    PEOPLE,
    PROVIDER,
    STRANGER,
    a_grant,
    as_it_is,
    asked,
    establish,
    opened,
    person,
    records,
    supply,
)
from comparing import ID1, ID2, NOBODY, answer, question, told, two_people

from hutong.core import canonical
from hutong.core.errors import Problem
from hutong.plane import departments, registers, tables
from hutong.plane.answer import compare
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.definition import Mode
from hutong.plane.keys import Keyring


@pytest.fixture
def county(db):
    return two_people(db)


@pytest.mark.clause("SX-07-d")
def test_says_match_mismatch_or_absent_for_sealed_protected_and_plain_items(county):
    opened(county, a_grant())
    right = {
        "income": "1,001.5元",
        "name": " 张1",
        "street": "文一路",
        "born": "2000年1月2日",
        "children": "01",
    }
    wrong = {"income": "1", "name": "张", "street": "文", "born": "2001-01-02", "children": "2"}
    got = answer(
        county,
        question(ID1, values=right),
        question(ID1, values=wrong),
        question(ID2, values=right),
        question(NOBODY, values=right),
    )
    assert told(got) == [
        [dict.fromkeys(right, "match")],
        [dict.fromkeys(right, "mismatch")],
        [
            {
                "income": "absent",
                "name": "absent",
                "street": "absent",
                "born": "mismatch",
                "children": "mismatch",
            }
        ],
        [dict.fromkeys(right, "absent")],
    ]
    assert list(got[0].verdicts[0]) == list(right)


@pytest.mark.clause("SX-07-d")
def test_the_national_suite_compares_alike(db):
    national = replace(PEOPLE, suite="national")
    establish(db, definition=national)
    supply(db, [person(1)], definition=national)
    opened(db, a_grant())
    values = {"income": "1001.50", "name": "张2", "street": "文一路"}
    assert told(answer(db, question(ID1, values=values))) == [
        [{"income": "match", "name": "mismatch", "street": "match"}]
    ]


@pytest.mark.clause("SX-07-d")
def test_nothing_held_is_in_an_answer_or_its_entry(county):
    opened(county, a_grant())
    (got,) = answer(county, question(ID1, values={"name": "李四", "income": "2", "street": "x", "born": "y"}))
    with county.transaction() as cur:
        store = tables.opened_on(cur, codes=["people"])["people"]
        row = cur.execute(f"select * from store.{store.relation} limit 1").fetchone()
        entry = cur.execute("select record from audit.entry order by id desc limit 1").fetchone()[0]
    shown = repr(got) + entry
    for secret in (
        "张1",
        "1001.50",
        "文一路",
        "2000-01-02",
        "李四",
        ID1,
        *(v.hex() for v in row if type(v) is bytes),
    ):
        assert secret not in shown


@pytest.mark.clause("SX-07-d")
def test_folded_absence_cannot_be_told_from_a_mismatch(county):
    opened(county, a_grant(fold_absent=True))
    values = {"income": "1", "name": "甲", "street": "乙"}
    there, empty, nobody = answer(county, *(question(k, values=values) for k in (ID1, ID2, NOBODY)))
    assert there.verdicts == empty.verdicts == nobody.verdicts == [dict.fromkeys(values, "mismatch")]
    entries = records(county, "plane.compared")
    differing = {"condition_digest", "latency_us", "subjects"}
    assert len({str({k: v for k, v in e.items() if k not in differing}) for e in entries}) == 1
    assert len({len(e[name]) for e in entries for name in ("condition_digest", "subjects")}) == 1
    with county.transaction() as cur:
        spent = cur.execute("select spent, count(*) from plane.guess_spent group by 1").fetchall()
        beside = cur.execute(
            "select cardinality(subjects), count(*) from audit.entry where class = 'usage' group by 1"
        ).fetchall()
    assert (spent, beside) == ([(1, 3)], [(1, 3)])


@pytest.mark.clause("SX-07-d")
def test_guess_budgets_stop_the_enumeration_of_a_value_whether_or_not_the_subject_exists(county):
    opened(county, a_grant(guesses=3))
    for key in (ID1, NOBODY):
        got = answer(county, *(question(key, values={"children": str(n)}) for n in range(5)))
        assert [isinstance(a, Problem) and a.code for a in got] == [False] * 3 + ["GUESSES_SPENT"] * 2
    assert told(answer(county, question(ID1), now=NOW + timedelta(minutes=1))) == ["GUESSES_SPENT"]
    tomorrow = asked()._replace(caller=asked().caller._replace(nonce_until=NOW + timedelta(days=2)))
    again = CompareQuestion(tomorrow, (Claim((ID1,), {"name": "张1"}),))
    assert told(answer(county, again, now=NOW + timedelta(days=1))) == [[{"name": "match"}]]


def test_claims_are_counted_not_questions(county):
    opened(county, a_grant(quota=5, guesses=2))
    claims = tuple(Claim((ID1,), {"children": str(n)}) for n in range(3))
    got = answer(
        county,
        CompareQuestion(asked(), claims),
        CompareQuestion(asked(), claims[:2]),
        CompareQuestion(asked(), tuple(Claim((str(n),), {"name": "x"}) for n in range(4))),
        CompareQuestion(asked(), tuple(Claim((str(n),), {"name": "x"}) for n in range(3))),
    )
    assert told(got)[0::2] == ["GUESSES_SPENT", "QUOTA_SPENT"]
    assert [len(got[place].verdicts) for place in (1, 3)] == [2, 3]


REFUSALS = [
    pytest.param({"user": "li"}, "USER_NOT_REGISTERED", marks=pytest.mark.clause("SX-10-d")),
    pytest.param({"user": "nobody"}, "USER_NOT_REGISTERED", marks=pytest.mark.clause("SX-10-d")),
    pytest.param({"user": "xu"}, "USER_NOT_REGISTERED", marks=pytest.mark.clause("SX-10-d")),
    pytest.param({"device": "pc2"}, "DEVICE_NOT_REGISTERED", marks=pytest.mark.clause("SX-10-d")),
    pytest.param({"device": "nothing"}, "DEVICE_NOT_REGISTERED", marks=pytest.mark.clause("SX-10-d")),
    pytest.param({"purpose": "marketing"}, "PURPOSE_NOT_GRANTED", marks=pytest.mark.clause("SX-10-e")),
    pytest.param({"matter": "m9"}, "MATTER_NOT_GRANTED", marks=pytest.mark.clause("SX-10-e")),
    pytest.param({"system": "sys-b"}, "SYSTEM_NOT_GRANTED", marks=pytest.mark.clause("SX-10-d")),
    pytest.param({"system": "gone"}, "SYSTEM_CHANGED"),
    pytest.param({"revision": 2}, "SYSTEM_CHANGED"),
    pytest.param({"profile": "gjgxjhpt"}, "SYSTEM_CHANGED"),
    pytest.param({"values": {"name": "x", "id": "y"}}, "ITEM_NOT_GRANTED"),
    *(pytest.param({"key": key}, "KEY_INCOMPLETE") for key in ("", "\u2060\u200d", "\u00ad", "\u3164 ", "\ufe0f")),
    pytest.param({"key": "\ud800"}, "TEXT_UNREADABLE"),
]


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize(("changes", "code"), REFUSALS)
def test_refuses_and_enters_what_the_grant_does_not_cover(county, changes, code):
    opened(county, a_grant(users=("wang", "nobody", "xu"), devices=("pc1", "nothing")))
    (got,) = answer(county, question(**changes))
    assert got.code == code
    (record,) = records(county, "plane.refused")
    assert record["result"] == code
    assert (record["user"], record["device"], record["system"], record["purpose"], record["matter"]) == tuple(
        changes.get(name, usual)
        for name, usual in (
            ("user", "wang"),
            ("device", "pc1"),
            ("system", "sys-a"),
            ("purpose", "aid"),
            ("matter", "m1"),
        )
    )
    with county.transaction() as cur:
        assert cur.execute("select count(*) from plane.quota_spent").fetchone() == (0,)
        row = cur.execute("select max(id) from audit.entry").fetchone()
    assert got.facts["entry"] == row[0]
    assert len(got.facts["leaf"]) == 32


def test_another_units_grant_looks_like_none(county):
    opened(county, a_grant())
    stranger = {"system": "sys-x", "unit": STRANGER, "user": "xu"}
    theirs, none = answer(county, question(**stranger), question(grant="none", **stranger))
    assert (theirs.code, none.code) == ("GRANT_UNKNOWN", "GRANT_UNKNOWN")
    one, other = records(county, "plane.refused")
    assert {k for k in one if one[k] != other[k]} <= {"grant", "latency_us"}


@pytest.mark.clause("SX-10-b", "SX-10-d")
@pytest.mark.parametrize("whose", [CONSUMER, STRANGER])
def test_what_two_units_call_alike_is_each_units_own_and_stopped_for_it_alone(county, whose):
    opened(county, a_grant(users=("wang", "xu")))
    opened(county, a_grant(no="2", consumer=STRANGER, system="sys-x", users=("wang", "xu")))
    theirs = {"grant": "2", "system": "sys-x", "unit": STRANGER}
    refused = [told(answer(county, question(**theirs)))]
    with county.transaction() as cur:
        departments.register(cur, id="督查科", unit=STRANGER, now=NOW, by="x")
        registers.register_user(cur, id="wang", unit=STRANGER, name="王芳", department="督查科", now=NOW, by="x")
        registers.register_device(cur, id="pc1", unit=STRANGER, name="窗口", now=NOW, by="x")
    one_alone = told(answer(county, question(user="xu"), question(user="xu", **theirs)))  # of whom the other knows none
    both = [told(answer(county, question(), question(**theirs))) for _ in range(2)]  # the second by what is remembered
    with county.transaction() as cur:
        registers.set_device_state(cur, id="pc1", unit=whose, state="stopped", now=NOW, by="x")
    for each in ({}, theirs):
        refused.append(told(answer(county, question(**each))))
    match, stopped = [[{"name": "match"}]], ["DEVICE_NOT_REGISTERED"]
    assert (one_alone, both) == (["USER_NOT_REGISTERED", *match], [[*match, *match]] * 2)
    assert {each["department"] for each in records(county, "plane.refused") if each["user"] == "xu"} == {None}
    assert refused == [["USER_NOT_REGISTERED"], *((stopped, match) if whose == CONSUMER else (match, stopped))]
    used = [(each["unit"], each["department"]) for each in records(county, "plane.compared")]
    assert Counter(used[:5]) == {(CONSUMER, "救助科"): 2, (STRANGER, "督查科"): 2, (STRANGER, "低保科"): 1}


@pytest.mark.clause("SX-09", "SX-10-d")
def test_a_stopped_person_or_system_and_lapsed_evidence_are_refused(county):
    opened(county, a_grant())
    for statement, code in (
        ("update plane.user set state = 'stopped' where id = 'wang'", "USER_NOT_REGISTERED"),
        ("update plane.system set mlps_until = '2026-01-01' where id = 'sys-a'", "PROTECTION_LAPSED"),
        ("update plane.system set state = 'stopped' where id = 'sys-a'", "SYSTEM_STOPPED"),
    ):
        with county.transaction() as cur:
            cur.execute(statement)
        assert told(answer(county, question())) == [code]


def test_a_grant_is_valid_from_its_first_moment_to_before_its_last(county):
    opened(county, a_grant(from_at=NOW, until_at=NOW + timedelta(minutes=1)))
    moments = (NOW - timedelta(seconds=1), NOW, NOW + timedelta(seconds=59), NOW + timedelta(minutes=1))
    got = [told(answer(county, question(), now=moment))[0] for moment in moments]
    assert got == ["GRANT_NOT_YET_VALID", [{"name": "match"}], [{"name": "match"}], "GRANT_EXPIRED"]


@pytest.mark.clause("SX-07-e")
def test_a_grant_has_one_mode(county):
    opened(county, a_grant(mode=Mode.QUERY))
    assert told(answer(county, question())) == ["MODE_NOT_GRANTED"]


def test_an_item_withdrawn_by_a_new_version_is_answered_from_the_former_and_refused_at_a_call_of_the_newer(county):
    opened(county, a_grant())
    newer = replace(PEOPLE, version=2, items=tuple(i for i in PEOPLE.items if i.code != "street"))
    with county.transaction() as cur:
        tables.publish(cur, definition=newer, now=NOW)
    supply(county, [person(1)], definition=newer)
    both = question(), question(values={"street": "文一路"})
    assert told(answer(county, *both)) == [[{"name": "match"}], [{"street": "match"}]]
    with county.transaction() as cur:  # what moving a grant does not do
        cur.execute("update plane.access_grant set version = 2")
    both = question(), question(values={"street": "文一路"})
    assert told(answer(county, *both)) == [[{"name": "match"}], "ITEM_UNKNOWN"]


@pytest.mark.clause("SX-10-b")
def test_an_answer_is_entered_with_who_what_for_which_and_how_long(county):
    opened(county, a_grant())
    (got,) = answer(county, question(values={"name": "x", "street": "y"}))
    (record,) = records(county, "plane.compared")
    latency, digest, subjects = (record.pop(name) for name in ("latency_us", "condition_digest", "subjects"))
    assert latency > 0
    assert [len(each) for each in (digest, subjects)] == [64, 64]
    assert record == {
        "unit": CONSUMER,
        "department": "救助科",
        "user": "wang",
        "device": "pc1",
        "system": "sys-a",
        "grant": "g1",
        "mode": "compare",
        "purpose": "aid",
        "matter": "m1",
        "resource": "people",
        "version": 1,
        "as_of": None,
        "items": ["name", "street"],
        "asked": 1,
        "result": "OK",
        "profile": "rfc9421",
    }
    with county.transaction() as cur:
        parties = cur.execute("select unit, counterpart from audit.entry where id = %s", (got.receipt.entry_id,))
        assert parties.fetchone() == (CONSUMER, PROVIDER)


@pytest.mark.clause("SX-10-b")
def test_a_use_names_the_department_of_who_uses_as_the_unit_registered_it_last_and_never_that_of_another_unit(county):
    opened(county, a_grant(users=("wang", "li", "xu")))
    answer(county, question(), question(user="li"), question(user="xu"), question(user="nobody"), question("\0"))
    with county.transaction() as cur:
        registers.set_department(cur, id="wang", unit=CONSUMER, department=None, now=NOW, by="x")
        registers.set_department(cur, id="li", unit=CONSUMER, department="救助科", now=NOW, by="x")
    answer(county, question(), question(user="li"))
    with county.transaction() as cur:
        rows = cur.execute("select record from audit.entry where class = 'usage' order by id").fetchall()
    found = [canonical.loads(record) for (record,) in rows]
    assert Counter((record["user"], record["department"]) for record in found) == Counter(
        [("wang", "救助科"), ("wang", "救助科"), ("li", "低保科"), ("xu", None), ("nobody", None), ("wang", None),
         ("li", "救助科")]
    )  # fmt: skip


def test_a_text_postgresql_cannot_take_harms_nobody_else(county):
    opened(county, a_grant())
    got = answer(
        county,
        question(),
        question(purpose="a\0b"),
        question(user="a\0b"),
        question("a\0", values={"street": "\0"}),
    )
    assert told(got) == [
        [{"name": "match"}],
        "PURPOSE_NOT_GRANTED",
        "QUESTION_FAILED",
        [{"street": "absent"}],
    ]


def test_a_key_that_is_missing_makes_the_resource_unusable_not_the_list(county):
    opened(county, a_grant())
    other = Keyring({"k2": bytes(32)}, current="k2")
    (got,) = compare.answer(county, questions=[question()], keyring=other, now=NOW, make=as_it_is)
    assert got.code == "STORE_UNUSABLE"
