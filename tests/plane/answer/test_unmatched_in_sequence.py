"""No sequence of comparisons is told more than a model of the limits tells, whatever is raised meanwhile (D-25)."""

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import isqrt

import pytest
from answering import CONSUMER, KEYRING, NOW, opened, record_key
from guessing import REGISTER, ask, candidates, county, each_time_at_once, elsewhere, grant, resident
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.core import beijing
from hutong.core.errors import Problem
from hutong.plane import raising, rulebook
from hutong.plane.answer import mismatches
from hutong.plane.answer.compare import Claim
from hutong.plane.raising import Raised

DAY = timedelta(days=1)
KEPT = ("mismatched_value", "mismatched_claim", "claims_made", "claimed_record", "claimed_day")


def set_limit(db, **changed):
    with db.transaction() as cur:
        rulebook.keep(
            cur, {f"compare.{name}": value for name, value in changed.items()}, version=1, from_date=NOW.date()
        )


FEW = [resident(place) for place in range(6)]
NOBODY = [*candidates(FEW[0])[:4], *candidates(FEW[1])[:2], *(elsewhere(place) for place in range(40))]
VALUE_KEYS, PERCENT, FROM, WINDOW, DAYS = 3, 13, 16, 24, 366
BUDGETS = {"tight": (60, 6)}
"""Claims a day under a grant, and about one record."""

true_claims = st.integers(0, 5).map(lambda n: (FEW[n].number, {"name": FEW[n].name, "sex": FEW[n].sex}))
any_claims = st.tuples(
    st.one_of(st.sampled_from(NOBODY), st.sampled_from([each.number for each in FEW])),
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.sampled_from([FEW[0].name, FEW[1].name, "谁"]),
            "born": st.sampled_from([FEW[0].born, FEW[2].born]),
            "sex": st.sampled_from(["男", "女"]),
        },
    ).filter(bool),
)
numbers = st.one_of(st.sampled_from(NOBODY[:6]), st.sampled_from(NOBODY[6:]))
guesses = numbers.map(lambda number: (number, {"sex": "男"}))
probes = st.tuples(guesses, st.lists(true_claims, min_size=8, max_size=8)).map(lambda drawn: [drawn[0], *drawn[1]])
truths = st.lists(true_claims, min_size=4, max_size=16)
decoys = st.sampled_from([("name", "甲"), ("name", "乙"), ("born", "1901-01-01"), ("born", "1902-02-02")]).map(
    lambda drawn: [(each.number, {drawn[0]: drawn[1]}) for each in FEW]
)
questions = st.tuples(
    st.sampled_from(["g1", "g2", "other", "tight"]),
    st.one_of(truths, probes, probes, probes, any_claims.map(lambda each: [each]), decoys),
)
raises = st.tuples(
    st.sampled_from(["compare.value_records", "compare.share_percent"]), st.integers(4, 60), st.sampled_from([0, 1, 90])
)
steps = st.tuples(
    st.sampled_from([0, 0, 0, 1, 92, 183, 365, 366]), st.none() | raises, st.lists(questions, max_size=10)
)


@dataclass
class Model:
    """What is limited, in memory: one unit, one resource, question by question."""

    values: dict[tuple[str, str], dict[str, date]] = field(default_factory=dict)
    claims: int = 0
    missed: deque[int] = field(default_factory=deque)
    last: dict[str, tuple[bool, date]] = field(default_factory=dict)
    """Of each record whether something matched when it was last claimed, and since which day that counts."""
    raised: list[tuple[str, int, date, date]] = field(default_factory=list)
    spent: dict[tuple[str, date], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Claims by grant and day about each record."""

    def limit(self, name, at_least, day):
        return max([at_least, *(value for n, value, start, end in self.raised if n == name and start <= day <= end)])

    def beyond(self, percent, day):
        """Return how everything is refused, if it is."""
        among = min(self.claims, WINDOW)
        if self.claims < FROM:
            return None
        if sum(place > self.claims - WINDOW for place in self.missed) * 100 > percent * among:
            return "SHARE_SPENT"
        standing = [(number, did) for number, (did, since) in self.last.items() if (day - since).days < DAYS]
        missed = sum(not did for _, did in standing)
        matched = sum(did and sampled(number) for number, did in standing)
        beyond = missed * 100 > percent * (missed + 16 * (matched + 3 * isqrt(matched) + 3))
        return "RECORD_SHARE_SPENT" if beyond else None

    def keep(self, number, matched, day):
        before = self.last.get(number)
        if before is None or before[0] is not matched or (day - before[1]).days >= DAYS:
            self.last[number] = matched, day

    def ask(self, no, claims, day):
        """Return the verdicts of a question, or the code of its refusal."""
        quota, guesses = BUDGETS.get(no, (10**9, 10**9))
        if sum(self.spent[no, day].values()) + len(claims) > quota:
            return "QUOTA_SPENT"
        asked = Counter(number for number, _ in claims)
        if any(self.spent[no, day][number] + count > guesses for number, count in asked.items()):
            return "GUESSES_SPENT"
        if spent := self.beyond(self.limit("compare.share_percent", PERCENT, day), day):
            return spent
        verdicts = []
        for number, said in claims:
            told = {item: "match" if TRUE.get((number, item)) == value else "mismatch" for item, value in said.items()}
            if refused := self.refused(number, said, day):
                return refused
            self.spent[no, day][number] += 1
            self.claims += 1
            if "mismatch" in told.values():
                self.missed.append(self.claims)
            for item in said:
                if told[item] == "mismatch" and item != "sex" and number not in self.failed(item, said[item], day):
                    self.values.setdefault((item, said[item]), {})[number] = day
            self.keep(number, "match" in told.values(), day)
            verdicts.append(told)
        return verdicts

    def refused(self, number, said, day):
        """Return how a claim is refused by what did not match before, if it is."""
        most = self.limit("compare.value_records", VALUE_KEYS, day)
        for item, value in said.items():
            known = [] if item == "sex" else self.failed(item, value, day)
            if len(known) >= most and number not in known:
                return "VALUE_SPENT"
        alike = [
            other for other, (did, since) in self.last.items()
            if other[6:14] == number[6:14] and not did and (day - since).days < DAYS
        ]  # fmt: skip
        return "KEY_PART_SPENT" if len(alike) >= most and number not in alike else None

    def failed(self, item, value, day):
        return [k for k, since in self.values.get((item, value), {}).items() if (day - since).days < DAYS]


TRUE = {(each.number, item): getattr(each, item) for each in FEW for item in ("name", "born", "sex")}


def sampled(number):
    return record_key(KEYRING.resource(REGISTER.code), REGISTER, {REGISTER.key[0]: number})[0] % 16 == 0


@pytest.fixture
def few(db):
    people = county(db, 6)
    assert people == FEW
    each_time_at_once(db)
    opened(db, grant("tight", quota=BUDGETS["tight"][0], guesses=BUDGETS["tight"][1]))
    opened(db, grant("other", system="sys-b", users=("li",), devices=("pc2",), purpose="b", matters=("m9",)))
    set_limit(db, value_records=VALUE_KEYS, share_from=FROM, share_claims=WINDOW, share_percent=PERCENT)
    with db.transaction() as cur:
        cur.execute("update plane.access_grant set until_at = '2046-01-01'")
        cur.execute("update plane.system set mlps_until = '2046-01-01'")
    return db


def asked_as(no):
    return {"system": "sys-b", "user": "li", "device": "pc2", "purpose": "b", "matter": "m9"} if no == "other" else {}


def told(answers):
    return [
        each.code
        if isinstance(each, Problem)
        else [{item: str(verdict) for item, verdict in claim.items()} for claim in each.verdicts]
        for each in answers
    ]


@pytest.mark.clause("SX-07-d", "D-25")
@settings(max_examples=60, report_multiple_bugs=False)
@given(steps=st.lists(steps, max_size=8))
def test_no_sequence_of_questions_is_told_more_than_the_model_of_the_limits_tells(few, steps):
    with few.transaction() as cur:
        for table in (*KEPT, "quota_spent", "guess_spent", "raised_limit", "alarm"):
            cur.execute(f"delete from plane.{table}")
    model, now = Model(), NOW
    for days, raised, listed in steps:
        now += days * DAY
        day = beijing.day(now)
        if raised is not None and raised[1] > model.limit(raised[0], start_of(raised[0]), day):
            name, value, length = raised
            decision = Raised(name, CONSUMER, value, day + length * DAY, "核对")
            with few.transaction() as cur:
                raising.raise_limit(cur, raised=decision, now=now, by="authority")
            model.raised.append((name, value, day, day + length * DAY))
        made = [(no, [Claim((number,), said) for number, said in claims]) for no, claims in listed]
        assert told(ask(few, made, now=now, asked_as=asked_as)) == [model.ask(no, claims, day) for no, claims in listed]
        mismatches.forget(few, now=now)


def start_of(name):
    return {"compare.value_records": VALUE_KEYS, "compare.share_percent": PERCENT}[name]
