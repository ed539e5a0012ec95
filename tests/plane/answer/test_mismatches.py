"""A known value is not tried on record after record: the limits of comparing in the other direction (D-25)."""

import itertools
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from answering import CONSUMER, KEYRING, NOW, as_it_is, asked, opened, records
from guessing import GRANTS, Resident, ask, attack, candidates, county, each_time_at_once, grant, resident
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.core import beijing
from hutong.core.errors import Problem
from hutong.plane import raising, rulebook
from hutong.plane.answer import compare, mismatches
from hutong.plane.answer.compare import Claim
from hutong.plane.definition import Item, QualityRule, Rule, Type
from hutong.plane.raising import Raised

DAY = timedelta(days=1)
KEPT = ("mismatched_value", "mismatched_claim", "claims_made", "claimed_record", "claimed_day")
"""Tables of what is counted of comparisons."""


def codes(answers):
    return [each.code if isinstance(each, Problem) else "answered" for each in answers]


def set_limit(db, **changed):
    """Let the rulebook have other numbers from the first day on."""
    with db.transaction() as cur:
        rulebook.keep(
            cur, {f"compare.{name}": value for name, value in changed.items()}, version=1, from_date=NOW.date()
        )


def remembered(db, columns="count(*)"):
    with db.transaction() as cur:
        return cur.execute(f"select {columns} from plane.mismatched_value").fetchall()


@pytest.fixture
def people(db):
    return county(db, 40)


def tries(sought: Resident, *, start=0, stop=1000, items=("name",)):
    """Return questions that each claim what is known of one number he may have."""
    return [("g1", [sought.said(*items)._replace(key=(number,))]) for number in candidates(sought)[start:stop]]


@pytest.mark.clause("SX-07-d", "D-25")
def test_the_same_value_may_fail_for_ten_records_and_is_then_compared_for_no_other_not_even_the_right_one(db, people):
    sought = people[3]
    assert codes(ask(db, tries(sought, stop=12))) == ["answered"] * 10 + ["VALUE_SPENT"] * 2
    same_name = people[4].said("born", name=sought.name)
    assert codes(ask(db, [("g1", [sought.said("name")]), ("g1", [same_name])])) == ["VALUE_SPENT"] * 2
    assert codes(ask(db, [("g1", [people[4].said("name", "born")])])) == ["answered"]
    assert codes(ask(db, tries(sought, stop=10))) == ["answered"] * 10  # what is known already costs nothing
    assert remembered(db) == [(10,)]


@pytest.mark.clause("SX-07-d", "D-25")
def test_what_is_claimed_beside_it_the_grant_the_system_and_the_officer_change_nothing(db, people):
    sought = people[3]
    opened(db, grant("other", system="sys-b", users=("li",), devices=("pc2",), purpose="b", matters=("m9",)))
    for place, number in enumerate(candidates(sought)[:10]):
        claim = sought.said("name", "sex", phone=f"{place}")._replace(key=(number,))
        assert codes(ask(db, [(GRANTS[place % 5], [claim, people[place].said("name", "born")])])) == ["answered"]
    who = asked("other", system="sys-b", user="li", device="pc2", purpose="b", matter="m9")
    question = compare.CompareQuestion(who, (sought.said("name", "phone"),))
    (got,) = compare.answer(db, questions=[question], keyring=KEYRING, now=NOW, make=as_it_is)
    assert (got.code, got.facts["item"], got.facts["claim"], got.facts["most"]) == ("VALUE_SPENT", "name", 1, 10)


def test_the_same_value_in_another_spelling_is_the_same_value(db, people):
    sought = people[3]
    spelled = [sought.born, sought.born.replace("-", "/"), sought.born.replace("-", "")]
    numbers = candidates(sought)[:11]
    asks = [
        ("g1", [sought.said(born=spelled[place % 3])._replace(key=(number,))]) for place, number in enumerate(numbers)
    ]
    assert codes(ask(db, asks)) == ["answered"] * 10 + ["VALUE_SPENT"]


def test_it_is_the_same_value_in_a_version_that_is_sealed_otherwise():
    said = {"consumers": [CONSUMER], "item": "name", "plain": ["王伟".encode()]}
    kinds = [KEYRING.resource("register", suite=suite) for suite in ("international", "national")]
    assert len({mismatches.values(KEYRING, keys, **said)[0] for keys in kinds}) == 1


def test_only_what_does_not_match_is_remembered_and_nothing_that_can_be_read(db, people):
    ask(db, [("g1", [each.said("name", "born", "sex", "phone")]) for each in people])
    assert remembered(db) == [(0,)]
    ask(db, [("g1", [people[1].said("born", "sex", name="王五")])])
    ((value, k, item),) = remembered(db, "value, k, item")
    assert item == "name"
    assert "王五".encode() not in value + k
    ask(db, [("g1", [people[1].said(sex="女" if people[1].sex == "男" else "男")])])
    assert remembered(db) == [(1,)]  # of declared lists it is the share that is limited


def test_it_is_counted_for_each_unit_resource_and_item_by_itself(db, people):
    sought = people[3]
    ask(db, tries(sought, stop=10))
    other = people[4].said("born", phone=sought.name)  # the same word, claimed of another item
    assert codes(ask(db, [("g1", [other])])) == ["answered"]


@pytest.mark.clause("SX-07-d", "D-25")
def test_one_question_over_many_records_is_refused_whole_and_what_it_tried_stays_spent(db, people):
    sought = people[3]
    (got,) = ask(db, [("g1", [claim for _, (claim,) in tries(sought, items=("name", "born"))])])
    assert (got.code, got.facts["claim"]) == ("VALUE_SPENT", 11)
    assert remembered(db) == [(20,)]
    assert codes(ask(db, [("g2", [sought.said("name")]), ("g3", [sought.said("born")])])) == ["VALUE_SPENT"] * 2
    with db.transaction() as cur:
        assert cur.execute("select sum(spent) from plane.quota_spent").fetchone() == (10,)  # up to the eleventh
    assert [each["result"] for each in records(db, "plane.refused")] == ["VALUE_SPENT"] * 3


@pytest.mark.clause("SX-07-d", "D-25")
def test_what_a_refusal_tells_of_the_claims_before_it_is_paid_for_as_their_verdicts_are(db, people):
    """Others for whom the value fails stand behind the person it is guessed of: the refusal tells whether it did."""
    opened(db, grant("tight", quota=1000, guesses=10))
    victim, others = people[0], people[1:12]
    told = []
    for place in range(14):
        wrong = {"phone": f"138{place:08}"}
        (got,) = ask(db, [("tight", [victim.said(**wrong), *(each.said(**wrong) for each in others)])])
        told.append((got.code, got.facts.get("claim")))
    assert told == [("VALUE_SPENT", 11)] * 10 + [("GUESSES_SPENT", None)] * 4
    with db.transaction() as cur:
        assert cur.execute("select spent from plane.quota_spent where grant_no = 'tight'").fetchone() == (100,)
        assert cur.execute("select claims, missed from plane.claims_made").fetchall() == [(100, 100)]


@pytest.mark.clause("SX-07-d", "D-25")
def test_a_value_that_is_worn_out_is_refused_alone_too_where_it_would_match(db, people):
    sought = people[3]
    each_time_at_once(db)
    assert codes(ask(db, tries(sought, stop=10))) == ["answered"] * 10
    assert codes(ask(db, [("g1", [sought.said("name")])])) == ["VALUE_SPENT"]


def test_a_refusal_says_the_same_whether_the_claim_would_have_matched(db, people):
    sought = people[3]
    ask(db, tries(sought, stop=10))
    right, wrong = ask(db, [("g1", [sought.said("name")]), *tries(sought, start=50, stop=51)])
    assert right.facts.pop("entry") != wrong.facts.pop("entry")
    assert right.facts.pop("leaf") != wrong.facts.pop("leaf")
    assert right.facts == wrong.facts


def test_after_a_year_a_value_may_be_tried_again(db, people):
    sought = people[3]
    ask(db, tries(sought, stop=10))
    assert codes(ask(db, tries(sought, start=10, stop=11), now=NOW + 365 * DAY)) == ["VALUE_SPENT"]
    assert mismatches.forget(db, now=NOW + 365 * DAY) == 0
    anew = codes(ask(db, tries(sought, start=10, stop=22), now=NOW + 366 * DAY))
    assert anew == ["answered"] * 10 + ["VALUE_SPENT"] * 2
    assert mismatches.forget(db, now=NOW + 366 * DAY) == 21  # values, records, and the number of these on that day
    assert remembered(db) == [(10,)]


def test_tried_at_once_no_more_is_answered_than_one_after_another(db, people):
    sought = people[3]
    told: list[str] = []
    asks = tries(sought, start=0, stop=120)
    go = threading.Barrier(12)

    def some(mine):
        go.wait()
        for each in mine:
            told.extend(codes(ask(db, [each])))

    threads = [threading.Thread(target=some, args=(asks[start::12],)) for start in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (told.count("answered"), told.count("VALUE_SPENT")) == (10, 110)


def found_numbers(db, people, *, beside, filler, at_once, sought=10, seed=None):
    known = [person.said("name", "born", "sex") for person in people[sought:]]
    more = {"known": ("name", "born"), "beside": beside, "filler": filler, "at_once": at_once, "seed": seed}
    found = [attack(db, person, true=itertools.cycle(known), **more) for person in people[:sought]]
    mix = f"1:{beside}{' with a filler' if filler else ''}, seed {seed}"
    print(f"{mix}: tries answered {[each.tries for each in found]}")
    return [each.number == person.number for each, person in zip(found, people, strict=False)]


MIXES = [(0, False, None), (0, False, 1), (10, False, 2), (33, False, 3), (33, True, 4)]


@pytest.mark.clause("SX-07-d", "D-25")
@pytest.mark.parametrize(("beside", "filler"), [(10, False), (0, True)])
def test_whoever_knows_name_birth_date_and_fourteen_digits_does_not_find_the_number(db, beside, filler):
    people = county(db, 60)
    assert found_numbers(db, people, beside=beside, filler=filler, at_once=100, sought=2) == [False] * 2


@pytest.mark.full
@pytest.mark.clause("SX-07-d", "D-25")
@pytest.mark.parametrize(("beside", "filler", "seed"), MIXES)
def test_of_ten_residents_no_number_is_found_and_without_the_limits_all_are(db, beside, filler, seed):
    people = county(db, 2000)
    assert found_numbers(db, people, beside=beside, filler=filler, at_once=100, seed=seed) == [False] * 10
    with db.transaction() as cur:
        for table in KEPT:
            cur.execute(f"delete from plane.{table}")
    set_limit(db, value_records=10_000, share_percent=100)
    assert found_numbers(db, people, beside=beside, filler=filler, at_once=100, seed=seed) == [True] * 10


def a_list(people, count, *, wrong, item="name"):
    """Return `count` claims, of which every `wrong`-th says what is true of another resident."""
    for place in range(count):
        person, other = people[place % len(people)], people[(place * 7 + 11) % len(people)]
        values = {each: getattr(other if place % 100 < wrong else person, each) for each in ("name", "born")}
        yield person.said("sex", **values)


def honest(db, claims, *, size=1000):
    listed = list(claims)
    told = []
    for start in range(0, len(listed), size):
        told += codes(ask(db, [("g1", listed[start : start + size])], now=NOW))
    return set(told)


@pytest.mark.clause("SX-07-d", "D-25")
def test_an_honest_list_with_three_errors_in_a_hundred_is_answered_to_its_end(db):
    people = county(db, 1000)
    assert honest(db, a_list(people, 5000, wrong=3)) == {"answered"}


@pytest.mark.full
def test_an_honest_list_of_a_hundred_thousand_is_answered_to_its_end(db):
    people = [*county(db, 10_000)]
    assert honest(db, a_list(people, 100_000, wrong=3)) == {"answered"}


def yes_or_no(people, count, *, wrong):
    for place in range(count):
        person = people[place % len(people)]
        said = {"true": "false", "false": "true"}[person.insured] if place % 10 < wrong else person.insured
        yield person.said(insured=said)


@pytest.mark.clause("SX-07-d", "D-25")
def test_above_a_fifth_that_does_not_match_comparing_stops_and_an_alarm_opens(db):
    people = county(db, 100)
    set_limit(db, share_from=100, share_claims=200)
    claims = list(yes_or_no(people, 400, wrong=4))
    told = codes(ask(db, [(GRANTS[place % 5], [claim]) for place, claim in enumerate(claims)]))
    assert told == ["answered"] * 100 + ["SHARE_SPENT"] * 300  # looked at from the hundredth on
    assert codes(ask(db, [("g1", [people[0].said("name")])], now=NOW + 20 * DAY)) == ["SHARE_SPENT"]
    (alarm,) = records(db, "plane.alarm_opened")
    assert (alarm["limit"], alarm["seen"], alarm["most"]) == ("compare.share_percent", 40, 20)
    with db.transaction() as cur:
        assert cur.execute("select name, consumer, seen, most, closed_at from plane.alarm").fetchall() == [
            ("compare.share_percent", alarm["unit"], 40, 20, None)
        ]


def test_a_fifth_itself_is_answered(db):
    people = county(db, 100)
    set_limit(db, share_from=100, share_claims=200)
    claims = [*yes_or_no(people, 400, wrong=2)][::-1]  # of each ten the last two are wrong
    assert set(codes(ask(db, [("g1", [claim]) for claim in claims]))) == {"answered"}


@pytest.mark.clause("SX-07-d", "D-25")
def test_a_share_that_is_reached_within_a_list_is_reached_as_if_each_question_were_asked_alone(db):
    people = county(db, 100)
    each_time_at_once(db)
    set_limit(db, share_from=100, share_claims=200)
    asks = [("g1", [claim]) for claim in yes_or_no(people, 400, wrong=2)]
    alone = [code for each in asks for code in codes(ask(db, [each]))]
    assert alone == ["answered"] * 101 + ["SHARE_SPENT"] * 299  # 21 of 101
    with db.transaction() as cur:
        for table in KEPT:
            cur.execute(f"delete from plane.{table}")
    assert codes(ask(db, asks)) == alone


@pytest.mark.clause("SX-07-d", "D-25")
def test_a_share_that_was_above_a_fifth_within_a_list_stops_it_there_though_at_its_end_it_is_below(db):
    people = county(db, 100)
    each_time_at_once(db)
    set_limit(db, share_from=100, share_claims=200)
    wrong, true = yes_or_no(people[:1] * 25, 25, wrong=10), yes_or_no(people, 275, wrong=0)
    asks = [("g1", [claim]) for claim in (*wrong, *true)]  # 25 of the first 100, and 25 of the last 200
    assert codes(ask(db, asks)) == ["answered"] * 100 + ["SHARE_SPENT"] * 200


def test_it_is_the_last_claims_of_which_the_share_is_taken(db):
    people = county(db, 100)
    set_limit(db, share_from=100, share_claims=200)
    true, wrong = yes_or_no(people, 1000, wrong=0), yes_or_no(people, 1000, wrong=10)
    assert honest(db, true, size=100) == {"answered"}
    told = codes(ask(db, [("g1", [claim]) for claim in itertools.islice(wrong, 60)]))
    assert told == ["answered"] * 41 + ["SHARE_SPENT"] * 19  # 41 of the last 200 are above a fifth


@pytest.mark.full
def test_a_hundred_thousand_of_a_yes_or_no_with_forty_in_a_hundred_are_answered_under_a_raised_limit(db):
    people = county(db, 10_000)
    until = beijing.day(NOW) + 10 * DAY
    with db.transaction() as cur:
        decision = Raised("compare.share_percent", CONSUMER, 45, until, "参保核对，县数局〔2026〕9号")
        raising.raise_limit(cur, raised=decision, now=NOW, by="authority")
    assert honest(db, yes_or_no(people, 100_000, wrong=4)) == {"answered"}


FEW = [resident(place) for place in range(5)]
NUMBERS = [*(each.number for each in FEW), *candidates(FEW[0])[:3]]
claims = st.tuples(
    st.sampled_from(NUMBERS),
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.sampled_from([FEW[0].name, FEW[1].name, "谁"]),
            "born": st.sampled_from([FEW[0].born, FEW[2].born]),
            "sex": st.sampled_from(["男", "女"]),
        },
    ).filter(bool),
)


@pytest.fixture
def few(db):
    people = county(db, 5)
    assert people == FEW
    each_time_at_once(db)
    opened(db, grant("tight", quota=12, guesses=4))
    set_limit(db, value_records=2, share_from=6, share_claims=8, share_percent=50)
    return db


@pytest.mark.clause("SX-07-d", "D-25")
@settings(max_examples=60, report_multiple_bugs=False)
@given(
    asks=st.lists(
        st.tuples(st.sampled_from(["g1", "g2", "tight"]), st.lists(claims, min_size=1, max_size=3)), max_size=12
    )
)
def test_a_list_is_answered_as_its_questions_would_be_one_by_one_limits_included(few, asks):
    def told(answers):
        return [each.code if isinstance(each, Problem) else each.verdicts for each in answers]

    def begin_anew():
        with few.transaction() as cur:
            for table in (*KEPT, "quota_spent", "guess_spent"):
                cur.execute(f"delete from plane.{table}")

    def kept():
        with few.transaction() as cur:
            values = cur.execute("select value, k from plane.mismatched_value order by 1, 2").fetchall()
            counts = cur.execute("select claims, missed from plane.claims_made where claims > 0").fetchall()
            missed = cur.execute("select count(*)::int from plane.mismatched_claim").fetchall()
        return values, counts, missed

    made = [(no, [Claim((number,), values) for number, values in listed]) for no, listed in asks]
    begin_anew()
    alone = [told(ask(few, [each]))[0] for each in made]
    left = kept()
    assert not left[1] or left[1][0][1] == left[2][0][0]
    begin_anew()
    assert told(ask(few, made)) == alone
    assert kept()[0] == left[0]
    assert [claims for claims, _ in kept()[1]] == [claims for claims, _ in left[1]]


def test_residents_of_the_tests_are_all_different():
    people = [resident(place) for place in range(2000)]
    assert len({each.number for each in people}) == len({each.name for each in people}) == 2000
    assert all(each.number in candidates(each)[100:] for each in people[:20])


@pytest.mark.clause("SX-07-d", "D-25")
@pytest.mark.parametrize(
    ("rule", "declares"), [(Rule.ONE_OF, True), (Rule.REGION_CODE, True), (Rule.CREDIT_CODE, False)]
)
def test_only_a_rule_that_rejects_declares_a_list(rule, declares):
    strict = QualityRule(rule, "王伟|王芳" if rule is Rule.ONE_OF else "")
    for rules, listed in (((strict,), declares), ((replace(strict, warn=True),), False)):
        assert mismatches.listed(Item("name", "姓名", rules=rules)) is listed
    assert mismatches.listed(Item("insured", "是否参保", Type.LOGICAL))
