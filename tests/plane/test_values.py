"""What can be no value of an item is told without looking at what is held; what could match is never refused."""

from dataclasses import replace

import pyarrow as pa
import pytest
from answering import PEOPLE, a_grant, asked, establish, opened, person, records, supply
from comparing import ID1, answer, told
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import normalise
from hutong.plane import values
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.definition import Definition, Item, Mode, QualityRule, Rule, Type
from hutong.plane.delivery import quality

NUMBER = "11010519491231002X"


def item(rule: Rule | None = None, argument: str = "", *, type: Type = Type.STRING, warn: bool = False) -> Item:
    rules = () if rule is None else (QualityRule(rule, argument, warn=warn),)
    return Item("x", "项", type, offered=Mode.QUERY, rules=rules)


CASES = [
    (item(Rule.RESIDENT_NUMBER), [NUMBER, NUMBER.lower(), f"'{NUMBER}\t", ""],
     [NUMBER[:14], "110105491231002", "110105194912310021", "张三"]),
    (item(Rule.CREDIT_CODE), ["91350100M000100Y43", "９1350100m000100y43"], ["91350100M000100Y44", "91350100"]),
    (item(Rule.REGION_CODE), ["450500", "４50500 "], ["4505", "990000"]),
    (item(Rule.ONE_OF, "男|女|Ｎ/A"), ["男 ", "\u2f25", "n/a"], ["男女", "1"]),
    (item(Rule.PATTERN, "[0-9]{17}[0-9X]"), [NUMBER, NUMBER.lower()], [NUMBER[:14], "张三"]),
    (item(Rule.PATTERN, "\\d{6}|[A-Z]{2}-"), ["123456", "ab-"], ["12345", "abc"]),
    (item(Rule.PATTERN, "（.+）"), ["(甲)", "甲", "1"], []),
    (item(Rule.PATTERN, "[^0-9]"), ["1", "12"], []),
    (item(Rule.PATTERN, "([0-9]+)*"), ["1", "a"], []),
    (item(Rule.RESIDENT_NUMBER, warn=True), [NUMBER[:14]], []),
    (item(), ["x" * 2000], []),
    (item(type=Type.DATE), ["2026年3月2日", "20260302"], ["2026-02-30", "2026", "长期"]),
    (item(type=Type.NUMERIC), ["1,000.0", "-1"], ["万", "1 2"]),
    (item(type=Type.INTEGER), ["7"], ["7.5"]),
    (item(type=Type.LOGICAL), ["是", "N"], ["男"]),
]  # fmt: skip


@pytest.mark.clause("SX-07-d")
@pytest.mark.parametrize("form", normalise.VERSIONS)
@pytest.mark.parametrize(("of", "possible", "impossible"), CASES)
def test_what_can_be_no_value_is_told(of, possible, impossible, form):
    if form == 1:
        possible = [value.lstrip("'") for value in possible]
    assert [values.possible(of, value, form=form) for value in (*possible, *impossible)] == [
        *[True] * len(possible), *[False] * len(impossible),
    ]  # fmt: skip


RULED = [
    *(of for of, _, _ in CASES),
    item(Rule.PATTERN, "[①-⑩a-c1-3]{1,3}"), item(Rule.PATTERN, ".+"), item(Rule.PATTERN, "[a-z]+[A-Z]"),
    item(Rule.PATTERN, "[ -~]{2}"), item(Rule.PATTERN, "aB[0-9]{1}-|[A-C]{2}"), item(Rule.PATTERN, "[0-9-]+"),
]  # fmt: skip
written = st.text(st.sampled_from("①⑩1230aAbBcⅣ'` \u3000\u200b-（甲）()男女xX.２４"), max_size=5)


@given(delivered=written, of=st.sampled_from(RULED), small=st.booleans())
def test_whatever_was_taken_may_be_asked_about_in_every_writing(delivered, of, small):
    definition = Definition("r", 1, "r", "p", ("k",), (Item("k", "键"), of))
    checked = quality.check(pa.record_batch([["1"], [delivered]], names=["k", "x"]), definition)
    if checked.valid == [True] and (taken := checked.columns["x"].taken[0].as_py()) is not None:
        for way in (delivered, *normalise.writings(taken, type=of.type)):
            assert values.possible(of, way.lower() if small else way, form=normalise.VERSION)


@pytest.fixture
def county(db):
    ruled = {"name": (QualityRule(Rule.PATTERN, "[a-z]{3}"),), "street": (QualityRule(Rule.RESIDENT_NUMBER),)}
    items = tuple(replace(each, rules=ruled.get(each.code, ())) for each in PEOPLE.items)
    definition = replace(PEOPLE, items=items)
    establish(db, definition=definition)
    supply(db, [person(1, name="abc", street=NUMBER)], definition=definition)
    opened(db, a_grant())
    return db


@pytest.mark.clause("SX-07-d")
def test_a_claim_of_what_can_be_no_value_is_refused_alike_whether_the_record_is_held_or_not(county):
    refused = []
    for key in (ID1, "nobody"):
        for said in ({"street": NUMBER[:14]}, {"born": "2000"}, {"name": "abcd"}, {"name": "abc", "children": "two"}):
            question = CompareQuestion(asked(), (Claim((key,), {"name": "abc"}), Claim((key,), said)))
            (problem,) = answer(county, question)
            assert told([problem]) == ["VALUE_IMPOSSIBLE"]
            refused.append((problem.code, problem.facts["claim"], problem.facts["item"], str(problem.facts["kind"])))
            assert NUMBER[:14] not in str(problem) and "abcd" not in str(problem)
    kinds = [("street", "resident number"), ("born", "date"), ("name", "pattern"), ("children", "integer")]
    assert [each[:3] for each in refused] == [("VALUE_IMPOSSIBLE", 2, name) for name, _ in kinds] * 2
    with county.transaction() as cur:
        assert cur.execute("select coalesce(sum(spent), 0) from plane.guess_spent").fetchone() == (0,)
    assert [each["result"] for each in records(county, "plane.refused")] == ["VALUE_IMPOSSIBLE"] * 8
    right = CompareQuestion(asked(), (Claim((ID1,), {"street": NUMBER.lower(), "name": "ABC"}),))
    assert told(answer(county, right)) == [[{"street": "match", "name": "match"}]]
