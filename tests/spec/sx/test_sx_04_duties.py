"""Article 4: units provide what meets the specification, and use what is shared under the measures alone."""

from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pytest
from answering import KEYRING, NOW, a_grant, as_it_is, asked, opened
from comparing import ID1, answer, question, told
from delivering import manifest, row
from outcomes import came_of, result_of

from hutong.core.errors import Problem
from hutong.plane import grants, suspensions
from hutong.plane.answer import query, subscribe
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.answer.query import Condition, QueryQuestion
from hutong.plane.answer.subscribe import ChangesQuestion, SnapshotQuestion
from hutong.plane.definition import Definition, Item, Mode, QualityRule, Rule, Type
from hutong.plane.delivery import loading, quality
from hutong.plane.suspensions import Suspendable


@pytest.mark.clause("SX-04-f")
def test_what_meets_the_definition_is_taken_and_what_does_not_is_kept_out_with_its_reason(provider):
    rows = [
        row("A1", remark="1"),
        row("A2", remark="2", name=""),
        row("A3", remark="3", born="yesterday"),
        row("A4", remark="4", amount="-0.01"),
        row("A5", remark="5", amount="0"),
        row("1" * 19, remark="6"),
        row("1" * 18, remark="7"),
        row("A1", remark="8"),
    ]
    receipt = provider.send(rows)
    assert (receipt.state, receipt.sent, receipt.accepted, receipt.rejected) == ("loaded", 8, 3, 5)
    assert provider.held() == ["1", "5", "7"]
    assert provider.rejected() == [
        (3, "name", "VALUE_MISSING"),
        (4, "born", "VALUE_OF_OTHER_TYPE"),
        (5, "amount", "VALUE_TOO_SMALL"),
        (7, "id", "VALUE_TOO_LONG"),
        (9, None, "KEY_REPEATED"),
    ]


@pytest.mark.clause("SX-04-f")
@pytest.mark.parametrize(
    ("third", "fifth", "refused"),
    [
        ('A3,"张三,1,1990-01-02,1,', "A5,张三,1,1990-01-02,1,", "QUOTE_UNCLOSED"),
        ('A3,"张三,1,1990-01-02,1,', 'A5,"张三",1,1990-01-02,1,', "QUOTE_CLOSED_WITHIN"),
        ('A3,张三,1,1990-01-02,1,"注', 'A5,张三,1,1990-01-02,1,注"', "QUOTE_OVER_RECORDS"),
        ('A3,"张三,1,1990-01-02,1,', 'A5,张三",1,1990-01-02,1,', "QUOTE_OVER_RECORDS"),
    ],
)
def test_a_file_in_which_a_record_would_vanish_is_taken_by_nobody(provider, third, fifth, refused):
    lines = ["A1,张三,1,1990-01-02,1,", "A2,张三,1,1990-01-02,1,", third, "A4,张三,1,1990-01-02,1,", fifth]
    path = provider.folder / "astray.csv"
    path.write_text("\n".join(["id,name,phone,born,amount,remark", *lines, ""]), encoding="utf-8")
    given = {"keyring": provider.keyring, "now": NOW, "by": "clerk"}
    promised = manifest(path, key="astray", rows=5)
    assert came_of(loading.load, provider.db, source=path, manifest=promised, **given) == refused
    assert provider.held() == []


@pytest.mark.clause("SX-04-f")
def test_a_cell_over_several_lines_is_one_record(provider):
    receipt = provider.send([row("A1", remark="第一行\n第二行，完\r\n"), row("A2", remark="2")])
    assert (receipt.sent, receipt.accepted) == (2, 2)
    assert provider.held() == ["2", "第一行\n第二行，完\r\n"]


def judged(item: Item, *values: str | None) -> list[str]:
    """Return what each value of an item is refused for; nothing where it passes."""
    definition = Definition("r", 1, "r", "p", ("key",), (Item("key", "键"), item))
    names = pa.array([str(number) for number in range(len(values))])
    batch = pa.record_batch([names, pa.array(values, pa.string())], names=["key", item.code])
    checked = quality.check(batch, definition)
    reasons = {fault.row: fault.reason for fault in checked.faults}
    assert checked.valid == [row not in reasons for row in range(len(values))]
    return [reasons.get(row, "") for row in range(len(values))]


@pytest.mark.clause("SX-04-f")
@pytest.mark.parametrize(
    ("item", "good", "bad", "reason"),
    [
        (Item("x", "项", required=True), "a", "\u3000", "VALUE_MISSING"),
        (Item("x", "项", length=3), "四个半"[:3], "四个半个", "VALUE_TOO_LONG"),
        (Item("x", "项", Type.INTEGER), "-1", "1.5", "VALUE_OF_OTHER_TYPE"),
        (Item("x", "项", Type.DATE), "2024-02-29", "2025-02-29", "VALUE_OF_OTHER_TYPE"),
        (Item("x", "项", Type.LOGICAL), "否", "也许", "VALUE_OF_OTHER_TYPE"),
        (Item("x", "项", rules=(QualityRule(Rule.ONE_OF, "男|女"),)), "女", "不详", "VALUE_NOT_LISTED"),
        (Item("x", "项", rules=(QualityRule(Rule.PATTERN, "[A-Z]{2}"),)), "AB", "ABC", "VALUE_BREAKS_PATTERN"),
        (Item("x", "项", Type.INTEGER, rules=(QualityRule(Rule.MINIMUM, "2"),)), "2", "1", "VALUE_TOO_SMALL"),
        (Item("x", "项", Type.INTEGER, rules=(QualityRule(Rule.MAXIMUM, "2"),)), "2", "3", "VALUE_TOO_LARGE"),
        (Item("x", "项", rules=(QualityRule(Rule.RESIDENT_NUMBER),)), "11010519491231002X", "110105194912310021",
         "VALUE_NO_RESIDENT_NUMBER"),
        (Item("x", "项", rules=(QualityRule(Rule.CREDIT_CODE),)), "91350100M000100Y43", "91350100M000100Y44",
         "VALUE_NO_CREDIT_CODE"),
        (Item("x", "项", rules=(QualityRule(Rule.REGION_CODE),)), "450500", "990000", "VALUE_NO_REGION_CODE"),
    ],
)  # fmt: skip
def test_every_rule_of_the_definition_lets_the_good_value_pass_and_not_the_bad(item, good, bad, reason):
    assert judged(item, good, bad) == ["", reason]


@pytest.mark.clause("SX-04-f", "SX-06-d")
def test_changes_are_held_to_the_definition_as_the_whole_is(provider):
    assert came_of(provider.send, [row("A1", remark="1")], kind="changes") == "FULL_DELIVERY_NEEDED"
    provider.send([row("A1", remark="1"), row("A2", remark="2")])
    changes = [
        {**row("A1", remark="x", born="yesterday"), "_op": "u"},
        {**row("A2", name="", born="", remark=""), "_op": "d"},
        {**row("A3", remark="y", name=""), "_op": "u"},
        {**row("A4", remark="4"), "_op": "replace"},
        {**row("A5", remark="5"), "_op": "u"},
    ]
    receipt = result_of(provider.send, changes, kind="changes")
    assert [getattr(receipt, name, receipt) for name in ("sent", "accepted", "rejected")] == [5, 2, 3]
    assert provider.held() == ["1", "5"]
    assert provider.rejected() == [
        (2, "born", "VALUE_OF_OTHER_TYPE"), (4, "name", "VALUE_MISSING"), (5, "_op", "OPERATION_UNKNOWN"),
    ]  # fmt: skip


@pytest.mark.clause("SX-04-f")
def test_a_file_that_is_not_what_its_manifest_says_is_refused_as_a_whole(provider):
    for lie in ({"rows": 2}, {"sha256": "0" * 64}):
        assert came_of(provider.send, [row("A1")], **lie) == "MANIFEST_LIES"
    assert provider.held() == []
    assert [record["result"] for record in provider.entries("plane.delivery_refused")] == ["MANIFEST_LIES"] * 2


@pytest.mark.clause("SX-04-g")
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"grant": "none"}, "GRANT_UNKNOWN"),
        ({"purpose": "marketing"}, "PURPOSE_NOT_GRANTED"),
        ({"purpose": "ai"}, "PURPOSE_NOT_GRANTED"),
        ({"matter": "m3"}, "MATTER_NOT_GRANTED"),
        ({"matter": "m"}, "MATTER_NOT_GRANTED"),
        ({"user": "li"}, "USER_NOT_REGISTERED"),
        ({"device": "pc2"}, "DEVICE_NOT_REGISTERED"),
        ({"system": "sys-b"}, "SYSTEM_NOT_GRANTED"),
        ({"values": {"name": "张1", "income": "1"}}, "ITEM_NOT_GRANTED"),
    ],
)
def test_shared_information_is_used_as_it_was_granted_and_not_otherwise(platform, changes, refusal):
    opened(platform, replace(a_grant(), items=("name",)))
    assert told(answer(platform, question(), question(**changes))) == [[{"name": "match"}], refusal]


@pytest.mark.clause("SX-04-g")
def test_shared_information_is_used_within_the_time_granted_and_not_before_or_after(platform):
    opened(platform, a_grant(from_at=NOW, until_at=NOW + timedelta(minutes=1)))
    moments = [NOW - timedelta(seconds=1), NOW, NOW + timedelta(seconds=59), NOW + timedelta(minutes=1)]
    got = [told(answer(platform, question(), now=moment))[0] for moment in moments]
    assert got == ["GRANT_NOT_YET_VALID", [{"name": "match"}], [{"name": "match"}], "GRANT_EXPIRED"]


@pytest.mark.clause("SX-04-g")
def test_shared_information_is_used_no_more_often_than_was_granted(platform):
    opened(platform, a_grant(quota=3, guesses=9))
    claims = tuple(Claim((str(number),), {"name": "x"}) for number in range(3))
    refused, taken, over = answer(
        platform,
        CompareQuestion(asked(), (*claims, Claim(("9",), {"name": "x"}))),
        CompareQuestion(asked(), claims),
        question(),
    )
    assert (refused.code, len(taken.verdicts), over.code) == ("QUOTA_SPENT", 3, "QUOTA_SPENT")


def ways(grant: str) -> dict[Mode, object]:
    """Return what asks once in each mode."""
    asking = asked(grant)
    return {
        Mode.COMPARE: question(grant=grant),
        Mode.QUERY: QueryQuestion(asking, (Condition("id", ID1),)),
        Mode.SUBSCRIBE: SnapshotQuestion(asking),
    }


def ask(db, mode: Mode, grant: str = "g1") -> str:
    """Ask once in one mode; returns OK or the code of the refusal."""
    if mode is Mode.COMPARE:
        (got,) = answer(db, ways(grant)[mode])
    else:
        door = query if mode is Mode.QUERY else subscribe
        (got,) = door.answer(db, questions=[ways(grant)[mode]], keyring=KEYRING, now=NOW, make=as_it_is)
    return got.code if isinstance(got, Problem) else "OK"


@pytest.mark.clause("SX-04-g")
@pytest.mark.parametrize("mode", list(Mode))
def test_in_each_mode_shared_information_is_used_no_more_often_than_was_granted(platform, mode):
    opened(platform, a_grant(mode=mode, quota=2))
    assert [ask(platform, mode) for _ in range(3)] == ["OK", "OK", "QUOTA_SPENT"]


@pytest.mark.clause("SX-04-g", "SX-07-c")
def test_following_changes_counts_as_asking_for_the_whole_does(platform):
    opened(platform, a_grant(mode=Mode.SUBSCRIBE, quota=2))
    came = [ask(platform, Mode.SUBSCRIBE)]
    for _ in range(2):
        asking = ChangesQuestion(asked(), 0)
        (got,) = subscribe.answer(platform, questions=[asking], keyring=KEYRING, now=NOW, make=as_it_is)
        came.append(got.code if isinstance(got, Problem) else "OK")
    assert came == ["OK", "OK", "QUOTA_SPENT"]


@pytest.mark.clause("SX-04-g", "SX-07-d")
@pytest.mark.parametrize("bound", ["quota", "guesses"])
def test_what_may_be_asked_in_a_day_begins_anew_at_midnight_in_china(platform, bound):
    midnight = NOW.replace(hour=16, minute=0)  # of the second of March
    opened(platform, a_grant(**{bound: 1}))
    spent = {"quota": "QUOTA_SPENT", "guesses": "GUESSES_SPENT"}[bound]
    came = []
    for moment in (NOW, midnight - timedelta(seconds=1), midnight, midnight + timedelta(hours=9)):
        got = answer(platform, question(nonce_until=moment + timedelta(minutes=1)), now=moment)
        came.append(told(got)[0])
    assert came == [[{"name": "match"}], spent, [{"name": "match"}], spent]


@pytest.mark.clause("SX-04-g", "SX-16-a", "IS-5.1-b")
@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("refusal", ["SERVICE_SUSPENDED", "GRANT_REVOKED"])
def test_what_was_used_a_moment_ago_is_used_no_more_once_it_is_stopped(platform, mode, refusal):
    opened(platform, a_grant(mode=mode))
    came = [ask(platform, mode), ask(platform, mode)]
    with platform.transaction() as cur:
        given = {"reason": "未整改", "now": NOW, "by": "chief"}
        if refusal == "GRANT_REVOKED":
            grants.revoke(cur, no="g1", **given)
        else:
            suspensions.suspend(cur, kind=Suspendable.GRANT, whom="g1", clause="SX-16-a", **given)
    assert [*came, ask(platform, mode)] == ["OK", "OK", refusal]
