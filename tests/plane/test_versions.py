"""P-6: two versions of a resource side by side, until the last day of the former."""

import itertools
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from answering import NOW, PEOPLE, a_grant, asked, establish, opened, person, records
from comparing import answer, question, told
from counties import County, follow
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from hutong.core import beijing
from hutong.core.errors import Problem
from hutong.db.database import Database
from hutong.plane import carrying, emptying, filters, grants, tables, versions
from hutong.plane.answer import subscribe
from hutong.plane.answer.changes import ChangesGone, ChangesQuestion
from hutong.plane.answer.snapshot import SnapshotQuestion
from hutong.plane.definition import Item, Mode, QualityRule, Rule, Type

pytestmark = pytest.mark.clause("P-6")
NEWER = replace(PEOPLE, version=2, items=(Item("phone", "电话", offered=Mode.SUBSCRIBE), *PEOPLE.items))
OTHER = replace(PEOPLE, version=2, items=tuple(item for item in PEOPLE.items if item.code != "income"))
"""A version that has all of the former and more, and one that has not."""
TODAY = beijing.day(NOW)
_numbers = itertools.count(1)
ONES = ("name", "street", "born")


class SideBySide(County):
    """A county in whose last days the authority has a say."""

    def __init__(self, db: Database, folder: Path) -> None:
        super().__init__(db, db, folder)
        self.db = db

    def deliver(self, definition, puts, **said):
        return super().deliver(definition, [{"phone": "1", **row} for row in puts], **said)

    def end(self, version, until, *, now=NOW) -> None:
        with self.db.transaction() as cur:
            versions.set_end(cur, code="people", version=version, until=until, now=now, by="chief")

    def move(self, no="g1") -> int:
        with self.db.transaction() as cur:
            return grants.switch_version(cur, no=no, now=NOW, by="officer")

    def subscriber(self, question):
        return self.ask(subscribe, question)

    def rows(self) -> dict[int, int]:
        with self.db.transaction() as cur:
            return dict(cur.execute("select version, rows from plane.store").fetchall())


@pytest.fixture
def county(db, tmp_path):
    establish(db)
    made = SideBySide(db, tmp_path)
    made.deliver(PEOPLE, [person(1), person(2), person(3)])
    opened(db, a_grant())
    return made


def test_a_grant_is_answered_from_the_version_it_names_and_a_delivery_reaches_both(county):
    county.publish(NEWER)
    county.deliver(NEWER, [person(1, street="甲"), person(2), person(4)])
    items = ("name", "street", "phone")
    opened(county.db, a_grant("g2", items=items), a_grant("g3", mode=Mode.QUERY, items=("phone",)))
    asked_now = [
        question(values={"street": "甲"}),
        question(person(4)["id"], values={"name": "张4"}),
        question(person(3)["id"], values={"name": "张3"}),
        question(values={"phone": "1"}),
        question(grant="g2", values={"phone": "1", "street": "甲"}),
    ]
    assert told(answer(county.db, *asked_now)) == [
        [{"street": "match"}], [{"name": "match"}], [{"name": "absent"}], "ITEM_NOT_GRANTED",
        [{"phone": "match", "street": "match"}],
    ]  # fmt: skip
    assert [(one["version"], one["as_of"]) for one in records(county.db, "plane.compared")] == [(1, None)] * 3 + [
        (2, None)
    ]
    county.deliver(NEWER, [person(1, street="乙")], whole=False, gone=[person(2)["id"]])
    both = [question(values={"street": "乙"}), question(grant="g2", values={"street": "乙"})]
    assert told(answer(county.db, *both)) == [[{"street": "match"}]] * 2
    assert county.rows() == {1: 2, 2: 2}
    assert [(one["version"], one["reached"], one["stopped"]) for one in records(county.db, "plane.delivered")] == [
        (1, [], []), (2, [1], []), (2, [1], [])
    ]  # fmt: skip
    assert [one["version"] for one in records(county.db, "plane.grant_opened")] == [1, 2, 2]


puts = st.dictionaries(st.integers(1, 5), st.sampled_from("甲乙丙"), max_size=4)
deliveries = st.lists(st.tuples(st.booleans(), puts, st.sets(st.integers(1, 5), max_size=2)), min_size=1, max_size=4)


@settings(max_examples=examples(12))
@given(said=deliveries)
def test_whoever_follows_the_former_version_misses_nothing_and_holds_what_the_newer_holds(county, said):
    number = next(_numbers)
    older = replace(PEOPLE, code=f"people{number}")
    newer = replace(NEWER, code=older.code)
    county.publish(older)
    county.deliver(older, [person(1), person(2)])
    opened(county.db, a_grant(f"s{number}", mode=Mode.SUBSCRIBE, code=older.code, quota=10**6))
    county.publish(newer)
    model, after, seen = {1: person(1), 2: person(2)}, 0, {}
    for place, (whole, rows, gone) in enumerate(said):
        whole = whole or place == 0
        given_rows = [person(n, street=street) for n, street in rows.items()]
        model = {} if whole else {n: row for n, row in model.items() if n not in gone}
        model |= dict(zip(rows, given_rows, strict=True))
        dropped = [] if whole else [person(n)["id"] for n in gone - rows.keys()]
        county.deliver(newer, given_rows, gone=dropped, whole=whole)
        after = _follow(county, f"s{number}", after, seen)
    assert sorted(map(str, seen.values())) == sorted(str({c: row[c] for c in ONES}) for row in model.values())
    with county.db.transaction() as cur:
        store = tables.these(cur, versions={(older.code, 1), (older.code, 2)})
        columns = ", ".join(name for name, _ in tables.columns(older) if name not in ("i_id", "i_name"))
        both = [cur.execute(f"select k, {columns} from store.{one.relation} order by k").fetchall()
                for one in store.values()]  # fmt: skip
    assert both[0] == both[1]
    assert len(both[0]) == len(model)


def _follow(county, grant, after, seen):
    def read(place):
        return county.subscriber(ChangesQuestion(asked(grant), place, 3, version=1))

    come, numbers = follow(read, seen, after)
    assert numbers == list(range(after + 1, come + 1))
    return come


def test_a_follower_limited_to_some_records_is_told_by_the_former_version_what_leaves_them(county):
    town = replace(PEOPLE.item("street"), code="town", filter=True)
    older = replace(PEOPLE, code="towns", items=(*PEOPLE.items, town))
    newer = replace(older, version=2, items=(*NEWER.items, town))
    county.publish(older)
    county.deliver(older, [person(1, town="甲"), person(2, town="乙")])
    limited = {"code": "towns", "items": ("town",), "row_filter": {"town": ["甲"]}}
    opened(county.db, a_grant("s1", mode=Mode.SUBSCRIBE, **limited))
    county.publish(newer)
    county.deliver(newer, [person(1, town="乙"), person(2, town="甲")])
    got = county.subscriber(ChangesQuestion(asked("s1"), 0, version=1))
    assert [(one.op, one.values) for one in got.changes][1:] == [("d", None), ("u", {"town": "甲"})]
    county.deliver(newer, [], whole=False, gone=[person(2)["id"]])
    got = county.subscriber(ChangesQuestion(asked("s1"), got.complete_to, version=1))
    assert [one.op for one in got.changes] == ["d"]


def test_what_is_rejected_is_rejected_for_both_and_stays_as_it_was(county):
    strict = replace(NEWER.item("phone"), rules=(QualityRule(Rule.PATTERN, "[0-9]*"),))
    newer = replace(NEWER, items=(strict, *PEOPLE.items))
    county.publish(newer)
    county.deliver(newer, [person(1, phone="x", street="甲"), person(2, street="甲")])
    assert told(answer(county.db, question(values={"street": "文一路"}))) == [[{"street": "match"}]]
    assert county.rows() == {1: 2, 2: 1}
    county.deliver(newer, [person(2, street="乙")])
    assert county.rows() == {1: 1, 2: 1}


def test_a_version_that_nothing_can_be_carried_to_stands_still_and_every_answer_and_entry_says_as_of_when(county):
    county.publish(OTHER)
    later = NOW + timedelta(days=1)
    for day, street in enumerate("甲乙", 1):
        county.deliver(OTHER, [person(1, street=street)], now=NOW + timedelta(days=day))
    opened(county.db, a_grant("q1", mode=Mode.QUERY, items=("street",)), a_grant("s1", mode=Mode.SUBSCRIBE))
    with county.db.transaction() as cur:
        cur.execute("update plane.access_grant set version = 1, first_version = 1")
    got, moved = answer(county.db, question(values={"income": "1001.50"}), question(values={"street": "甲"}))
    assert told([got, moved]) == [[{"income": "match"}], [{"street": "mismatch"}]]
    assert got.as_of == NOW
    asks = (SnapshotQuestion(asked("s1")), ChangesQuestion(asked("s1"), 0))
    assert [county.subscriber(one).as_of for one in asks] == [NOW, NOW]
    for event in ("plane.compared", "plane.snapshot_read", "plane.changes_followed"):
        assert {one["as_of"] for one in records(county.db, event)} == {NOW.isoformat()}
    said = [(one["reached"], one["stopped"]) for one in records(county.db, "plane.delivered")]
    assert said == [([], []), ([], [1]), ([], [])]
    back = replace(PEOPLE, version=3)
    county.publish(back)
    county.deliver(back, [person(1, street="丙")], now=later)
    assert records(county.db, "plane.delivered")[-1]["reached"] == [2]
    assert answer(county.db, question())[0].as_of == NOW


ITEM = Item(
    "a", "甲", length=10, filter=True, required=True, offered=Mode.QUERY, rules=(QualityRule(Rule.PATTERN, "x+"),)
)
CARRIED = [
    {"name": "乙"}, {"offered": Mode.SUBSCRIBE}, {"condition": True}, {"length": 9},
    {"rules": (*ITEM.rules, QualityRule(Rule.ONE_OF, "x|xx"))},
]  # fmt: skip
NOT_CARRIED = [
    {"code": "b"}, {"type": Type.INTEGER}, {"offered": Mode.COMPARE}, {"sensitive": True}, {"length": 11},
    {"length": 0}, {"filter": False}, {"required": False}, {"rules": ()},
    {"rules": (QualityRule(Rule.PATTERN, "x+", warn=True),)},
]  # fmt: skip


@pytest.mark.parametrize("change", CARRIED + NOT_CARRIED, ids=str)
def test_an_item_is_carried_where_it_is_kept_alike_and_takes_no_more_than_it_took(change):
    former = replace(PEOPLE, items=(*PEOPLE.items, ITEM))
    newest = replace(former, version=2, items=(replace(ITEM, **change), *PEOPLE.items))
    assert carrying.hindrances(former, newest=newest) == (() if change in CARRIED else ("a",))


def test_a_version_is_carried_to_while_records_have_the_same_key_under_the_same_suite():
    two = replace(PEOPLE, key=("id", "street"))
    assert carrying.hindrances(PEOPLE, newest=two) == ("key",)
    assert carrying.hindrances(two, newest=replace(two, key=("street", "id"))) == ("key",)
    assert carrying.hindrances(PEOPLE, newest=replace(PEOPLE, suite="national")) == ("suite",)
    named = replace(PEOPLE.items[0], rules=(QualityRule(Rule.RESIDENT_NUMBER),))
    resident = replace(PEOPLE, items=(named, *PEOPLE.items[1:]))
    assert carrying.hindrances(resident, newest=resident) == ()
    assert carrying.hindrances(PEOPLE, newest=resident) == ()
    assert carrying.hindrances(resident, newest=PEOPLE) == ("subject", "id")


def late(county, now):
    return answer(county.db, question(nonce_until=now + timedelta(minutes=1)), now=now)


def test_after_its_last_day_nobody_is_answered_from_a_version_and_then_its_rows_go(county):
    county.end(1, TODAY)
    after = NOW + timedelta(days=1)
    county.publish(NEWER)
    assert told(late(county, after)) == [[{"name": "match"}]], "no newer one holds data"
    county.deliver(NEWER, [person(1), person(2), person(3)])
    assert told(answer(county.db, question())) == [[{"name": "match"}]]
    (refused,) = late(county, after)
    assert (refused.code, refused.facts["version"], refused.facts["day"]) == ("VERSION_ENDED", 1, str(TODAY))
    county.deliver(NEWER, [person(1)], now=after)
    assert county.rows() == {1: 3, 2: 1}
    midnight = NOW.replace(hour=16, minute=0)  # in Beijing
    assert emptying.empty_formers(county.db, now=midnight + timedelta(minutes=59)) == 0
    assert emptying.empty_formers(county.db, now=midnight + timedelta(hours=1)) == 3
    assert county.rows() == {1: 0, 2: 1}
    with pytest.raises(versions.VersionEndOver):
        county.end(1, TODAY + timedelta(days=9), now=after)


def test_without_a_last_day_a_version_stays_and_is_answered_from(county):
    county.publish(NEWER)
    county.deliver(NEWER, [person(1)])
    later = NOW + timedelta(days=20)
    assert told(late(county, later)) == [[{"name": "match"}]]
    assert emptying.empty_formers(county.db, now=later) == 0


def test_a_last_day_that_was_over_before_the_newer_version_held_data_cuts_nobody_off(county):
    county.publish(NEWER)
    county.end(1, TODAY)
    later = NOW + timedelta(days=1)
    county.deliver(NEWER, [person(1)], now=later)
    assert told(late(county, later)) == [[{"name": "match"}]]
    set_to = [(one["before"], one["last_day"], one["by"]) for one in records(county.db, "plane.last_day_set")]
    assert set_to == [(None, str(TODAY), "chief"), (str(TODAY), None, "p")]


def test_the_last_day_can_be_moved_until_it_is_over_and_not_before_today(county):
    county.publish(NEWER)
    with pytest.raises(versions.EndPast):
        county.end(1, TODAY - timedelta(days=1))
    for days in (3, 3, 5):
        county.end(1, TODAY + timedelta(days=days))
    set_to = [(one["before"], one["last_day"]) for one in records(county.db, "plane.last_day_set")]
    assert set_to == [
        (None, str(TODAY + timedelta(days=3))),
        (str(TODAY + timedelta(days=3)), str(TODAY + timedelta(5))),
    ]


def test_a_grant_is_moved_to_the_newer_version_and_its_follower_begins_with_a_snapshot(county):
    opened(county.db, a_grant("s1", mode=Mode.SUBSCRIBE))
    with pytest.raises(grants.NoNewerVersion):
        county.move()
    county.publish(NEWER)
    county.deliver(NEWER, [person(1), person(2), person(3, street="甲")])
    at = county.subscriber(ChangesQuestion(asked("s1"), 0)).complete_to
    assert told(answer(county.db, question())) == [[{"name": "match"}]]
    assert (county.move(), county.move("s1")) == (2, 2)
    answer(county.db, question())
    assert [one["version"] for one in records(county.db, "plane.compared")] == [1, 2]
    (moved, _) = records(county.db, "plane.grant_switched")
    assert moved == {"grant": "g1", "resource": "people", "from_version": 1, "to_version": 2, "fold_absent": False,
                     "by": "officer"}  # fmt: skip
    for version in (None, 1):
        with pytest.raises(ChangesGone):
            county.subscriber(ChangesQuestion(asked("s1"), at, version=version))
    page = county.subscriber(SnapshotQuestion(asked("s1")))
    assert (len(page.rows), page.version) == (3, 2)
    county.deliver(NEWER, [person(4)], whole=False)
    got = county.subscriber(ChangesQuestion(asked("s1"), page.change, version=2))
    assert [one.values["street"] for one in got.changes] == [person(4)["street"]]


def test_a_grant_on_what_the_newer_version_does_not_offer_is_not_moved(county):
    conditions = a_grant("q1", mode=Mode.QUERY, items=("name", "street"), conditions=("street",))
    opened(county.db, conditions)
    street = PEOPLE.item("street")
    changed = replace(street, condition=False, ranged=False), PEOPLE.items[1]
    rest = tuple(item for item in PEOPLE.items if item.code not in ("street", "income", "name"))
    newer = replace(PEOPLE, version=2, items=(*changed, *rest))
    county.publish(newer)
    county.deliver(newer, [person(1)])
    refused = []
    for no in ("g1", "q1"):
        with pytest.raises(grants.VersionUnfit) as problem:
            county.move(no)
        refused.append((problem.value.facts["version"], problem.value.facts["items"]))
    assert refused == [(2, "income"), (2, "street")]
    with county.db.transaction() as cur:
        grants.revoke(cur, no="g1", reason="over", now=NOW, by="operator")
    with pytest.raises(grants.GrantNotAnswered):
        county.move()
    assert isinstance(answer(county.db, question())[0], Problem)


def test_absent_is_told_as_mismatch_wherever_the_version_is_about_people_and_ever_after(county):
    plain = replace(PEOPLE, code="plain")
    county.publish(plain)
    county.deliver(plain, [person(1)])
    county.publish(replace(plain, version=2, personal=True))
    opened(county.db, a_grant("p1", code="plain"))  # the newest version is published, and none of it is held
    said = []
    for version, personal in enumerate((True, False), 2):
        said += told(answer(county.db, question(person(9)["id"], grant="p1", values={"name": "x"})))
        newer = replace(plain, version=version, personal=personal)
        county.publish(newer)
        county.deliver(newer, [person(1)])
        assert county.move("p1") == version
    opened(county.db, a_grant("p2", code="plain"))
    for no in ("p1", "p2"):
        said += told(answer(county.db, question(person(9)["id"], grant=no, values={"name": "x"})))
    assert said == [[{"name": each}] for each in ("absent", "mismatch", "mismatch", "absent")]
    assert [one["fold_absent"] for one in records(county.db, "plane.grant_switched")] == [True, True]
    folding = [one["fold_absent"] for one in records(county.db, "plane.grant_opened") if one["grant"] != "g1"]
    assert folding == [False, False]


def test_a_grant_on_records_about_people_never_tells_who_is_absent(county):
    people = replace(PEOPLE, code="persons", personal=True)
    county.publish(people)
    county.deliver(people, [person(1)])
    opened(county.db, a_grant("p1", code="persons", fold_absent=False))
    asks = question(person(9)["id"], grant="p1", values={"name": "x"})
    assert told(answer(county.db, asks)) == [[{"name": "mismatch"}]]


KEYS = [("street", "born"), ("id", "street"), ("street",)]
TWO = replace(PEOPLE, code="two", key=("id", "street"))


def moved(county, former, newer, **said) -> str:
    """Return what comes of moving a grant for queries: MOVED, or the items for which it was refused."""
    county.publish(former)
    county.deliver(former, [person(1, town="01", flag="true")])
    opened(county.db, a_grant("q1", code=former.code, mode=Mode.QUERY, items=("name",), **said))
    county.publish(newer)
    county.deliver(newer, [person(1, town="01", flag="true")])
    try:
        county.move("q1")
    except grants.VersionUnfit as unfit:
        with county.db.transaction() as cur:
            assert grants.read(cur, nos=["q1"])["q1"].version == 1
        return str(unfit.facts["items"])
    return "MOVED"


@pytest.mark.clause("SX-11-b")
@pytest.mark.parametrize("key", KEYS, ids=str)
def test_a_grant_is_not_moved_to_a_version_whose_records_are_asked_for_by_another_key(county, key):
    former = replace(PEOPLE, code="keyed")
    assert moved(county, former, replace(former, version=2, key=key)) == ", ".join(dict.fromkeys(["id", *key]))


@pytest.mark.clause("SX-11-b")
def test_a_grant_is_not_moved_where_the_key_has_another_order_or_type(county):
    assert moved(county, TWO, replace(TWO, version=2, key=("street", "id"))) == "id, street"
    number = replace(PEOPLE.items[0], type=Type.INTEGER)
    former = replace(PEOPLE, code="typed")
    with county.db.transaction() as cur:
        cur.execute("delete from plane.access_grant where no = 'q1'")
    assert moved(county, former, replace(former, version=2, items=(number, *PEOPLE.items[1:]))) == "id"


LIMITS = {"town": ["01"], "flag": ["true"]}
TOWN, FLAG = (Item(code, code, filter=True, offered=Mode.QUERY) for code in LIMITS)


@pytest.mark.clause("SX-11-b")
@pytest.mark.parametrize(
    ("newer", "came"),
    [
        ((replace(TOWN, type=Type.INTEGER), FLAG), "town"),
        ((TOWN, replace(FLAG, type=Type.LOGICAL)), "flag"),
        ((replace(TOWN, sensitive=True), FLAG), "MOVED"),
        ((FLAG, TOWN), "MOVED"),
    ],
)
def test_a_grant_is_not_moved_to_where_its_filter_lets_other_records_in(county, newer, came):
    former = replace(PEOPLE, code="limits", items=(*PEOPLE.items, TOWN, FLAG))
    changed = replace(former, version=2, items=(*PEOPLE.items, *newer))
    assert moved(county, former, changed, row_filter=LIMITS) == came


def test_a_kept_value_that_is_not_in_its_normal_form_any_more_lets_other_records_in():
    former = replace(PEOPLE, items=(*PEOPLE.items, TOWN))
    assert filters.unlike({"town": ["０1", "1"]}, former=former, newer=former) == ["town"]
    assert filters.unlike({"town": ["01", "1"]}, former=former, newer=former) == []
