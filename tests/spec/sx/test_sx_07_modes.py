"""Article 7: query, subscription and comparison, and no more of them than the need."""

from itertools import product

import answering
import pytest
from answering import KEYRING, NOW, a_grant, as_it_is, asked, opened, person, supply
from comparing import ID1, ID2, NOBODY, answer, question, told
from gateway_county import Door
from outcomes import DONE, came_of

from hutong.control.catalog import rules as catalog
from hutong.core.errors import Problem
from hutong.plane import ladder
from hutong.plane.answer import query, subscribe
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.answer.query import Condition, QueryQuestion
from hutong.plane.answer.selects import Op
from hutong.plane.answer.subscribe import ChangesQuestion, SnapshotQuestion
from hutong.plane.definition import Mode

BY = ("street", "born", "children", "name")
ALL_BORN = ("born", "2000-01-01", Op.AT_LEAST), ("born", "2001-01-01", Op.BELOW)


def queried(db, *where, **more):
    """Ask one query; returns its page or the code of its refusal."""
    asking = QueryQuestion(asked(), tuple(Condition(*each) for each in where), **more)
    (got,) = query.answer(db, questions=[asking], keyring=KEYRING, now=NOW, make=as_it_is)
    return got.code if isinstance(got, Problem) else got


def followed(db, asking):
    """Ask one snapshot or changes; returns what came or the code of its refusal."""
    (got,) = subscribe.answer(db, questions=[asking], keyring=KEYRING, now=NOW, make=as_it_is)
    return got.code if isinstance(got, Problem) else got


# SX-07-a: three modes


@pytest.mark.clause("SX-07-a")
def test_there_are_three_modes_in_this_order_and_no_fourth():
    assert list(Mode) == ["compare", "query", "subscribe"]


@pytest.mark.clause("SX-07-a", "SX-04-g")
@pytest.mark.parametrize("granted", list(Mode))
def test_each_mode_is_granted_and_used_by_itself(platform, granted):
    grant = a_grant(mode=granted, conditions=("street",) if granted is Mode.QUERY else ())
    assert came_of(opened, platform, grant) == DONE
    (compared,) = told(answer(platform, question(values={"name": "张1"})))
    page = queried(platform, ("street", "文一路"))
    snapshot = followed(platform, SnapshotQuestion(asked()))
    changes = followed(platform, ChangesQuestion(asked(), after=0))
    given = {
        Mode.COMPARE: compared == [{"name": "match"}],
        Mode.QUERY: not isinstance(page, str) and [row["name"] for row in page.rows] == ["张1"],
        Mode.SUBSCRIBE: not isinstance(snapshot, str) and len(snapshot.rows) == len(changes.changes) == 2,
    }
    assert [mode for mode, answered in given.items() if answered] == [granted]


@pytest.mark.clause("SX-07-a", "HN-05-b")
def test_the_gateway_offers_the_three_modes(gate: Door):
    asked_for = {
        "compare": gate.compare(grant="g1"),
        "query": gate.post("/v1/query", b'{"grant":"g2","where":[{"item":"id","value":"330100200001010001"}]}'),
        "snapshot": gate.get("/v1/snapshot", "grant=g3"),
        "changes": gate.get("/v1/changes", "grant=g3&after=0"),
    }
    assert {name: reply.status_code for name, reply in asked_for.items()} == dict.fromkeys(asked_for, 200)


# SX-07-b: conditions in, result records out


@pytest.mark.clause("SX-07-b")
@pytest.mark.parametrize(
    ("where", "found"),
    [
        ([("id", person(3)["id"])], [3]),
        ([("id", "1")], []),
        ([("name", "张4")], [4]),
        ([("street", "文一路")], [1, 3, 5]),
        ([("street", "文二", Op.STARTS)], [2, 4, 6]),
        ([("born", "2000-01-05", Op.AT_LEAST), ("born", "2001-01-01", Op.BELOW)], [4, 5, 6]),
        ([("born", "1900-01-01", Op.AT_LEAST), ("born", "2000-01-05", Op.BELOW)], [1, 2, 3]),
        ([("children", "1", Op.AT_LEAST), ("children", "9", Op.BELOW), ("street", "文一路")], [1, 5]),
    ],
)
def test_who_puts_conditions_in_gets_the_records_that_meet_them_all(platform, where, found):
    supply(platform, [person(number) for number in range(1, 7)])
    opened(platform, a_grant(mode=Mode.QUERY, conditions=BY))
    expected = [{code: person(n)[code] for code in ("name", "street", "born", "children")} for n in found]
    assert sorted(queried(platform, *where).rows, key=str) == sorted(expected, key=str)


@pytest.mark.clause("SX-07-b")
def test_results_come_page_by_page_without_gap_or_repetition(platform):
    supply(platform, [person(number) for number in range(1, 8)])
    opened(platform, a_grant(mode=Mode.QUERY, conditions=BY))
    names, cursor = [], None
    for size in (3, 3, 1):
        page = queried(platform, *ALL_BORN, limit=3, cursor=cursor)
        assert len(page.rows) == size
        names, cursor = names + [row["name"] for row in page.rows], page.cursor
    assert (sorted(names), cursor) == ([f"张{number}" for number in range(1, 8)], None)


@pytest.mark.clause("SX-07-b", "SX-11-b")
def test_a_page_is_followed_by_the_same_question_alone(platform):
    supply(platform, [person(number) for number in range(1, 8)])
    opened(platform, a_grant(mode=Mode.QUERY, conditions=BY))
    first = ("street", "文一路")
    cursor = queried(platform, *ALL_BORN, limit=3).cursor
    assert queried(platform, first, limit=3, cursor=cursor) == "CURSOR_ELSEWHERE"
    assert queried(platform, *ALL_BORN, limit=3, items=("name",), cursor=cursor) == "CURSOR_ELSEWHERE"
    assert len(queried(platform, *ALL_BORN, limit=3, cursor=cursor).rows) == 3


@pytest.mark.clause("SX-07-b")
def test_without_a_condition_no_record_comes_out(platform):
    opened(platform, a_grant(mode=Mode.QUERY, conditions=BY))
    assert queried(platform) == "CONDITION_MISSING"


# SX-07-c: what is there of subscription: a snapshot, then every change


@pytest.mark.clause("SX-07-c")
def test_who_subscribes_gets_all_records_and_then_every_change(platform):
    opened(platform, a_grant(mode=Mode.SUBSCRIBE))
    snapshot = followed(platform, SnapshotQuestion(asked()))
    copy = {row.id: row.values for row in snapshot.rows}
    supply(platform, [person(1, street="武林路"), person(3)], deleted=[ID2])
    changes = followed(platform, ChangesQuestion(asked(), after=snapshot.change))
    assert not isinstance(changes, str), changes
    assert [change.change for change in changes.changes] == [snapshot.change + step for step in (1, 2, 3)]
    for change in changes.changes:
        copy[change.id] = change.values
        if change.op == "d":
            del copy[change.id]
    current = (person(1, street="武林路"), person(3))
    shown = [{code: each[code] for code in ("name", "street", "born")} for each in current]
    assert sorted(copy.values(), key=str) == sorted(shown, key=str)
    assert followed(platform, ChangesQuestion(asked(), after=changes.complete_to)).changes == []


# SX-07-d: values in, verdicts out, nothing disclosed


@pytest.mark.clause("SX-07-d", "SP-03-e")
def test_who_puts_values_in_gets_a_verdict_of_each(platform):
    opened(platform, a_grant())
    right = {"income": "1001.50", "name": "张1", "street": "文一路", "born": "2000-01-02", "children": "1"}
    wrong = {"income": "1001.51", "name": "张11", "street": "文二路", "born": "2000-01-03", "children": "0"}
    got = answer(
        platform, question(ID1, values=right), question(ID1, values=wrong), question(NOBODY, values=right)
    )
    assert told(got) == [[dict.fromkeys(right, verdict)] for verdict in ("match", "mismatch", "absent")]
    assert told(answer(platform, question(ID2))) == [[{"name": "absent"}]]


@pytest.mark.clause("SX-07-d", "SP-03-e")
def test_what_is_meant_is_compared_and_not_how_it_is_typed(platform):
    opened(platform, a_grant())
    typed = {
        "income": "1,001.5", "name": " 张\u3000\uff11", "born": "2000年1月2日", "children": "01", "street": "文 一 路",
    }  # fmt: skip
    assert told(answer(platform, question(ID1, values=typed))) == [[dict.fromkeys(typed, "match")]]


@pytest.mark.clause("SX-07-d")
def test_several_claims_about_one_person_count_each_also_in_one_question(platform):
    opened(platform, a_grant(guesses=3))
    claims = tuple(Claim((ID1,), {"children": str(number)}) for number in range(4))
    got = answer(platform, CompareQuestion(asked(), claims), CompareQuestion(asked(), claims[:3]), question())
    assert [each.code if isinstance(each, Problem) else len(each.verdicts) for each in got] == [
        "GUESSES_SPENT", 3, "GUESSES_SPENT",
    ]  # fmt: skip


@pytest.mark.clause("SX-07-d")
def test_nothing_of_what_is_held_is_in_the_answer(platform):
    opened(platform, a_grant())
    (got,) = answer(platform, question(values={"name": "李四", "income": "2", "street": "x", "born": "1999-09-09"}))
    assert [set(each.values()) for each in got.verdicts] == [{"mismatch"}]
    assert not [value for value in person(1).values() if value and len(value) > 1 and value in repr(got)]


@pytest.mark.clause("SX-07-d")
def test_where_it_is_folded_a_record_that_is_not_there_looks_like_one_that_differs(platform):
    opened(platform, a_grant(fold_absent=True))
    got = answer(platform, *(question(key, values={"name": "x", "income": "1"}) for key in (ID1, ID2, NOBODY)))
    assert told(got) == [[{"name": "mismatch", "income": "mismatch"}]] * 3


@pytest.mark.clause("SX-07-d")
@pytest.mark.parametrize("subject", [ID1, NOBODY])
def test_comparing_cannot_be_repeated_until_it_discloses_the_value(platform, subject):
    opened(platform, a_grant(guesses=3))
    got = answer(platform, *(question(subject, values={"children": str(n)}) for n in range(5)))
    assert [isinstance(each, Problem) and each.code for each in got] == [False] * 3 + ["GUESSES_SPENT"] * 2


# SX-07-e: compare before query, query before subscription


@pytest.mark.clause("SX-07-e")
@pytest.mark.parametrize(("wanted", "needed"), list(product(Mode, Mode)))
def test_what_a_lower_mode_can_serve_is_not_opened_for_a_higher(platform, wanted, needed):
    above = {Mode.COMPARE: "COMPARE_SUFFICES", Mode.QUERY: "QUERY_SUFFICES"}
    fits = list(Mode).index(wanted) <= list(Mode).index(needed)
    grant = a_grant(mode=wanted, need=answering.NEED[needed], items=("name", "street"))
    assert came_of(opened, platform, grant) == (DONE if fits else above[needed])


@pytest.mark.clause("SX-07-e")
def test_an_item_of_which_the_provider_says_nothing_is_only_compared(platform):
    assert catalog.item({"code": "x", "name": "项"}).offered is Mode.COMPARE


@pytest.mark.clause("SX-07-e")
@pytest.mark.parametrize(
    ("need", "lowest"),
    [
        ([], "compare"),
        (["value_not_at_hand"], "query"),
        (["value_to_be_recorded"], "query"),
        (["change_to_be_followed"], "compare"),
        (["value_not_at_hand", "change_to_be_followed"], "subscribe"),
        (["value_not_at_hand", "subjects_not_known"], "subscribe"),
        (["value_to_be_recorded", "service_when_cut_off"], "subscribe"),
        (["it would be convenient"], "compare"),
    ],
)
def test_every_step_up_needs_a_reason_that_the_table_knows(need, lowest):
    decision = ladder.lowest(["name"], definition=answering.PEOPLE, need=need)
    assert decision.mode == lowest
    assert [(step.mode, step.sufficient, step.reason is None) for step in decision.rungs] == [
        (mode, mode == lowest, mode == lowest) for mode in list(Mode)[: list(Mode).index(Mode(lowest)) + 1]
    ]


@pytest.mark.clause("SX-07-e")
def test_an_item_is_opened_up_to_the_mode_its_provider_offers_it_for(platform):
    tried = {
        (mode, items): came_of(opened, platform, a_grant(f"{mode}-{items[-1]}", mode=mode, items=items))
        for mode in Mode
        for items in (("name", "income"), ("name", "children"), ("name", "street"))
    }
    assert [(str(mode), items[-1]) for (mode, items), came in tried.items() if came == DONE] == [
        ("compare", "income"), ("compare", "children"), ("compare", "street"), ("query", "children"),
        ("query", "street"), ("subscribe", "street"),
    ]  # fmt: skip
    assert set(tried.values()) == {DONE, "ITEM_NOT_OFFERED"}


@pytest.mark.clause("SX-07-e")
def test_the_ladder_is_asked_at_every_call_too(platform):
    opened(platform, a_grant(mode=Mode.QUERY, conditions=("street",), items=("name", "street")))
    assert told(answer(platform, question())) == ["MODE_NOT_GRANTED"]
    assert len(queried(platform, ("street", "文一路")).rows) == 1
    with platform.transaction() as cur:
        cur.execute("update plane.access_grant set need = '{}'")
    assert queried(platform, ("street", "文一路")) == "COMPARE_SUFFICES"
    with platform.transaction() as cur:
        cur.execute("update plane.access_grant set mode = 'subscribe', need = '{value_not_at_hand}'")
    assert followed(platform, SnapshotQuestion(asked())) == "QUERY_SUFFICES"
