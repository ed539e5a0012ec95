"""No sequence of questions discloses more than a model in memory does, whatever is raised meanwhile (D-25)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import pytest
from answering import CONSUMER, KEYRING, NOW, asked, opened, person, record_key
from guessing import each_time_at_once
from hypothesis import given, settings
from hypothesis import strategies as st
from querying import ALL, DAY, PERSONS, a_query_grant, answer, county, set_limit

from hutong.core import beijing
from hutong.core.errors import Problem
from hutong.plane import raising
from hutong.plane.answer import disclosing
from hutong.plane.answer.query import Condition, QueryQuestion
from hutong.plane.answer.selects import Op
from hutong.plane.raising import Raised


@pytest.fixture
def persons(db):
    return county(db, PERSONS)


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
        for table in ("disclosed", "disclosed_day", "quota_spent", "raised_limit"):
            cur.execute(f"delete from plane.{table}")


@dataclass
class Model:
    """What may be disclosed, in memory: to the unit and under each grant, record by record."""

    seen: dict[str, dict[str, date]] = field(default_factory=lambda: defaultdict(dict))
    """For each whose records count: name and the day on which it was counted."""
    raised: list[tuple[str, int, date, date]] = field(default_factory=list)

    def most(self, name, at_least, day):
        return max([at_least, *(value for n, value, start, end in self.raised if n == name and start <= day <= end)])

    def known(self, whose, day):
        return {name for name, since in self.seen[whose].items() if (day - since).days < 366}

    def full(self, whose, day):
        """Return how it is refused that more is disclosed to one, if it is."""
        number = len(self.known(whose, day))
        if whose != "unit":
            return "GRANT_RECORDS_SPENT" if number >= CAPS[whose] else None
        if number >= self.most("query.records_least", OF_UNIT, day):
            return "UNIT_RECORDS_SPENT"
        today = sum(since == day for since in self.seen["unit"].values())
        return "DAY_RECORDS_SPENT" if today >= self.most("query.daily_records", OF_DAY, day) else None

    def ask(self, no, where, limit, after, day):
        """Return the names on a page, and whether it leads to a next one, or the code of the refusal."""
        paging = where[0][0] != "id"
        for whose in ("unit", no):
            spent = self.full(whose, day)
            if spent and (paging or name_of(where[0][1]) not in self.known(whose, day)):
                return spent
        if not paging:
            asked = name_of(where[0][1])
            self.count(no, asked, day)
            return [each for each in [asked] if each in BY_NAME], False
        shown = []
        for name in [each for each in IN_ORDER if meets(where, BY_NAME[each])]:
            if len(shown) == limit or (after is not None and IN_ORDER.index(name) <= IN_ORDER.index(after)):
                continue
            if any(self.full(whose, day) and name not in self.known(whose, day) for whose in ("unit", no)):
                break
            self.count(no, name, day)
            shown.append(name)
        return shown, len(shown) == limit or bool(shown and any(self.full(whose, day) for whose in ("unit", no)))

    def count(self, no, name, day):
        for whose in ("unit", no):
            if name not in self.known(whose, day):
                self.seen[whose][name] = day


BY_NAME = {each["name"]: each for each in ALL}
IN_ORDER = sorted(BY_NAME, key=lambda name: record_key(KEYRING.resource("people"), PERSONS, BY_NAME[name]))


def name_of(number):
    return f"张{int(number[-4:])}"


def meets(where, row):
    tests = {Op.AT_LEAST: str.__ge__, Op.BELOW: str.__lt__}
    return all(tests[op[0]](row[item], value) if op else row[item] == value for item, value, *op in where)


@pytest.fixture
def limited(persons):
    each_time_at_once(persons)
    opened(
        persons,
        a_query_grant("g1", yearly_records=CAPS["g1"], until_at=NOW + 7000 * DAY),
        a_query_grant(
            "g2", yearly_records=CAPS["g2"], until_at=NOW + 7000 * DAY,
            system="sys-b", users=("li",), devices=("pc2",), purpose="b", matters=("m9",),
        ),
    )  # fmt: skip
    with persons.transaction() as cur:
        cur.execute("update plane.system set mlps_until = '2046-01-01'")
    set_limit(persons, records_least=OF_UNIT, records_percent=0, daily_records=OF_DAY)
    return persons


OTHERWISE = {"system": "sys-b", "user": "li", "device": "pc2", "purpose": "b", "matter": "m9"}
raises = st.tuples(
    st.sampled_from(["query.records_least", "query.daily_records"]), st.integers(6, 40), st.sampled_from([0, 1, 91])
)
steps = st.lists(
    st.tuples(st.sampled_from([0, 1, 30, 364, 365, 366]), st.none() | raises, asks.map(lambda listed: listed[:6])),
    max_size=8,
)


def asked_for(listed, cursors):
    """Return questions of a list; each goes on where the same question of an earlier list ended, if it did so."""
    for no, where, limit, onward in listed:
        cursor, _ = cursors.get((no, where), (None, None)) if onward else (None, None)
        more = {"limit": limit, "cursor": cursor}
        who = asked(no, nonce_until=NOW + 6000 * DAY, **(OTHERWISE if no == "g2" else {}))
        yield QueryQuestion(who, tuple(Condition(*each) for each in where), **more)


@pytest.mark.clause("SX-07-e", "D-25")
@settings(max_examples=60, report_multiple_bugs=False)
@given(steps=steps)
def test_no_sequence_of_questions_discloses_more(limited, steps):
    begin_anew(limited)
    model, now, cursors = Model(), NOW, {}
    for days, raised, listed in steps:
        now += days * DAY
        day = beijing.day(now)
        standing = {"query.records_least": OF_UNIT, "query.daily_records": OF_DAY}
        now_most = {name: model.most(name, most, day) for name, most in standing.items()}
        # a day's number that is as much as a year's already is not raised: it changes nothing
        year = now_most["query.records_least"]
        useful = raised and (raised[0] == "query.records_least" or year > now_most[raised[0]])
        if useful and raised[1] > now_most[raised[0]]:
            name, value, length = raised
            with limited.transaction() as cur:
                raising.raise_limit(
                    cur, raised=Raised(name, CONSUMER, value, day + length * DAY, "核对"), now=now, by="authority"
                )
            model.raised.append((name, value, day, day + length * DAY))
        got = answer(limited, *asked_for(listed, cursors), now=now)
        after = [cursors.get((no, where), (None, None))[1] if onward else None for no, where, _, onward in listed]
        for (no, where, limit, _), last, page in zip(listed, after, got, strict=True):
            told = model.ask(no, where, limit, last, day)
            if isinstance(page, Problem):
                assert page.code == told
                continue
            assert ([row["name"] for row in page.rows], page.cursor is not None) == told
            if page.cursor is not None:
                cursors[no, where] = page.cursor, page.rows[-1]["name"]
        disclosing.forget(limited, now=now)


@settings(max_examples=40, report_multiple_bugs=False)
@given(asks=asks)
def test_a_list_discloses_what_its_questions_would_one_by_one(limited, asks):
    def told(answers):
        return [
            each.code if isinstance(each, Problem) else ([row["name"] for row in each.rows], each.cursor is None)
            for each in answers
        ]

    begin_anew(limited)
    listed = [(no, where, limit, 0) for no, where, limit, _ in asks]
    alone = [told(answer(limited, each))[0] for each in asked_for(listed, {})]
    begin_anew(limited)
    together = answer(limited, *asked_for(listed, {}))
    assert told(together) == alone
