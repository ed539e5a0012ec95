"""P-5: under a row filter a record outside is absent, in compare, query, snapshot and feed alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from answering import KEYRING, NOW, PROVIDER, a_grant, as_it_is, asked, establish, opened, records
from counties import County, Row, follow
from hypothesis import given, settings
from hypothesis import strategies as st

from databases import fresh_database
from examples import examples
from hutong.core import text
from hutong.core.errors import Problem
from hutong.db.database import Database
from hutong.plane import filters, grants, ladder, soundness, tables
from hutong.plane.answer import compare, query, subscribe
from hutong.plane.answer.changes import MOST_LOOKED_THROUGH, ChangesQuestion, FeedChanges
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.answer.query import Condition, QueryQuestion
from hutong.plane.answer.snapshot import SnapshotQuestion
from hutong.plane.definition import Definition, Item, Mode, QualityRule, Rule, Type

pytestmark = pytest.mark.clause("SX-11-b")

RESIDENTS = Definition(
    code="residents", version=1, name="居民", provider=PROVIDER, key=("id",), personal=False,
    items=(
        Item("id", "编号", length=9, required=True, offered=Mode.SUBSCRIBE),
        Item("name", "姓名", length=9, sensitive=True, offered=Mode.SUBSCRIBE),
        Item("town", "乡镇", length=9, offered=Mode.SUBSCRIBE, condition=True, filter=True),
        Item("kind", "类别", length=9, sensitive=True, offered=Mode.SUBSCRIBE, filter=True),
        Item("rank", "档次", Type.INTEGER, offered=Mode.COMPARE, filter=True),
    ),
)  # fmt: skip
"""Grants may be limited by a plain item, a protected and a sealed one."""
FILTERS = {
    "all": {},
    "town": {"town": ["Ａ", "b"]},
    "two": {"town": ["a"], "kind": ["x", "y"]},
    "three": {"town": ["a"], "kind": ["x", "y"], "rank": ["01"]},
}
"""As somebody types them: a wide letter and a leading nought mean what the plain ones do."""
GIVING = ("all", "town", "two")
"""The filters that grants which give records out can have: what is sealed is compared alone."""
ITEMS = ("name", "town", "kind")


class Limited(County):
    """One resource, delivered and asked for by grants with and without a filter."""

    def __init__(self, owner: Database, plane: Database, folder: Path) -> None:
        super().__init__(owner, plane, folder)
        self.held: dict[str, Row] = {}
        self.told = dict.fromkeys(FILTERS, 0)

    def send(self, *, puts: Sequence[Row], gone: Sequence[str] = (), snapshot: bool = False) -> None:
        """Deliver rows, and deletions, and tell the model."""
        self.deliver(RESIDENTS, puts, gone=gone, whole=snapshot)
        before, rows = self.held, {row["id"]: row for row in puts}
        self.held = rows if snapshot else {**{k: v for k, v in before.items() if k not in gone}, **rows}
        for name in FILTERS:
            was, now = inside(name, before), inside(name, self.held)
            for one in was.keys() | now.keys():
                self.told[name] += before.get(one) != self.held.get(one)

    def compare(self, no: str) -> dict[str, Row]:
        """Return the records, of all that could be, of which a claim agrees with what is held."""
        claims = tuple(Claim((one,), {"rank": (self.held.get(one) or {}).get("rank") or "9"}) for one in IDS)
        got = self.ask(compare, CompareQuestion(asked(f"compare-{no}"), claims))
        return {one: said["rank"] for one, said in zip(IDS, got.verdicts, strict=True)}

    def query(self, no: str) -> list[Row]:
        """Return every record found by its key, and by any town."""
        by_key = [self.ask(query, QueryQuestion(asked(f"query-{no}"), (Condition("id", one),))) for one in IDS]
        towns = [QueryQuestion(asked(f"query-{no}"), (Condition("town", town),)) for town in ("a", "Ａ", "b", "c")]
        by_town = query.answer(self.plane, questions=towns, keyring=KEYRING, now=NOW, make=as_it_is)
        found = [row for got in by_key for row in got.rows]
        there = {str(row) for got in by_town for row in got.rows}
        assert there == {str(row) for row in found if row["town"] is not None}
        return found

    def snapshot(self, no: str, *, limit: int = 3) -> tuple[dict[str, Row], int]:
        """Return a whole snapshot by id, and where to follow from."""
        rows, cursor = {}, None
        while True:
            got = self.ask(subscribe, SnapshotQuestion(asked(f"subscribe-{no}"), cursor, limit))
            rows |= {row.id: row.values for row in got.rows}
            if (cursor := got.cursor) is None:
                return rows, got.change

    def follow(self, no: str, rows: dict[str, Row], after: int, *, limit: int) -> tuple[int, int]:
        """Bring `rows` up to date; returns how far the feed has come, and how many changes were told."""

        def read(place: int) -> FeedChanges:
            return self.ask(subscribe, ChangesQuestion(asked(f"subscribe-{no}"), place, limit, 1))

        come, told = follow(read, rows, after)
        return come, len(told)

    def anew(self) -> None:
        """Hold nothing and have told nothing."""
        with self.owner.transaction() as cur:
            cur.execute("delete from store.r1_v1; delete from feed.r1_v1; delete from plane.delivery")
            cur.execute("update plane.resource set version = null")
            cur.execute("update plane.store set rows = 0, last_change = 0, succeeded_at = null")
        self.held, self.told = {}, dict.fromkeys(FILTERS, 0)


def inside(name: str, held: Mapping[str, Row]) -> dict[str, Row]:
    """The model: the records inside a filter."""
    allowed = {"all": {}, "town": {"town": "ab"}, "two": {"town": "a", "kind": "xy"},
               "three": {"town": "a", "kind": "xy", "rank": "1"}}[name]  # fmt: skip
    return {
        one: row for one, row in held.items()
        if all((row[code] or "-").replace("Ａ", "a") in values for code, values in allowed.items())
    }  # fmt: skip


IDS = tuple("12345")


@pytest.fixture
def county(server, template, tmp_path) -> Iterator[Limited]:
    with fresh_database(server, template=template) as url:
        owner, plane = Database(url, role="owner"), Database(url, role="plane")
        establish(owner, definition=RESIDENTS)
        made = Limited(owner, plane, tmp_path)
        made.send(puts=[person("1", "a")], snapshot=True)
        opened(owner, *(grant(name, Mode.COMPARE) for name in FILTERS))
        opened(owner, *(grant(name, mode) for name in GIVING for mode in (Mode.QUERY, Mode.SUBSCRIBE)))
        yield made
        owner.close()
        plane.close()


def grant(name: str, mode: Mode, **changes):
    items = ("rank",) if mode is Mode.COMPARE else ITEMS
    given = {"code": "residents", "items": items, "quota": 10**6, "guesses": 10**6, "row_filter": FILTERS[name]}
    conditions = ("town",) if mode is Mode.QUERY else ()
    return replace(a_grant(f"{mode}-{name}", mode=mode, **given, conditions=conditions), **changes)


def person(number: str, town: str | None, kind: str = "x", rank: str = "1", name: str = "张") -> Row:
    return {"id": number, "name": name, "town": town, "kind": kind, "rank": rank}


PEOPLE_ROWS = st.builds(
    person, st.sampled_from(IDS), st.sampled_from(("a", "Ａ", "b", "c", None)), st.sampled_from("xz"),
    st.sampled_from(("1", "2")), st.sampled_from("张李"),
)  # fmt: skip
DELIVERIES = st.builds(
    dict,
    puts=st.lists(PEOPLE_ROWS, max_size=4, unique_by=lambda row: row["id"]),
    gone=st.lists(st.sampled_from(IDS), max_size=2, unique=True),
    snapshot=st.booleans(),
)


@pytest.mark.slow_on_debian
@settings(max_examples=examples(25))
@given(steps=st.lists(DELIVERIES, min_size=1, max_size=5), begins=st.integers(0, 4), limit=st.integers(1, 4),
       name=st.sampled_from(GIVING))  # fmt: skip
def test_whatever_is_delivered_all_four_ways_tell_the_records_inside_and_no_others(county, steps, begins, limit, name):
    county.anew()
    follower: tuple[dict[str, Row], int] | None = None
    for number, step in enumerate(steps):
        puts, snapshot = step["puts"], step["snapshot"] or not number
        put = {row["id"] for row in puts}
        gone = [] if snapshot else [one for one in step["gone"] if one not in put]
        county.send(puts=puts, gone=gone, snapshot=snapshot)
        if number == begins:
            follower = county.snapshot(name, limit=limit)
        elif follower is not None and number % 2:
            rows, after = follower
            follower = rows, county.follow(name, rows, after, limit=limit)[0]
    there = inside(name, county.held)
    shown = sorted(str({code: row[code] for code in ITEMS}) for row in there.values())
    for each in (name, "three"):
        within = inside(each, county.held)
        assert county.compare(each) == {one: "match" if one in within else "absent" for one in IDS}
    assert sorted(map(str, county.query(name))) == shown
    rows, _ = county.snapshot(name, limit=limit)
    assert sorted(map(str, rows.values())) == shown
    if follower is not None:
        county.follow(name, follower[0], follower[1], limit=limit)
        assert follower[0] == rows
    from_the_first: dict[str, Row] = {}
    _, count = county.follow(name, from_the_first, 0, limit=limit)
    assert from_the_first == rows
    assert count == county.told[name]


def told(county, no, after, *, limit=9):
    got = county.ask(subscribe, ChangesQuestion(asked(f"subscribe-{no}"), after, limit, 1))
    return [(each.change, each.op, each.superseded, each.values and each.values["name"]) for each in got.changes]


def test_entering_is_told_as_added_and_leaving_as_deleted_and_what_happens_outside_not_at_all(county):
    moves = ("c", "a", "c", "b", "c")
    for number, town in enumerate(moves, 2):
        county.send(puts=[person(one, town if one == "1" else "c", name=f"第{number}") for one in "123"])
    county.send(puts=[person("2", "Ａ", name="新")], gone=["1"])
    changes = {change: op for change, op, *_ in told(county, "town", 0)}
    assert "".join(changes.values()) == "ududud" + "u"
    (came,) = [each for each in told(county, "town", 0) if each[3]]
    assert came[1:] == ("u", False, "新")
    assert [superseded for _, op, superseded, _ in told(county, "town", 0) if op == "d"] == [False] * 3
    assert len(told(county, "all", 0, limit=99)) == 1 + 3 * len(moves) + 2
    read = records(county.owner, "plane.changes_followed")[0]
    assert (read["returned"], read["change"]) == (7, 18)
    with county.owner.transaction() as cur:
        found = cur.execute(
            "select cardinality(subjects) from audit.entry where event = 'plane.changes_followed' order by id"
        )
        assert [about for (about,) in found] == [2, 2, 2, 3]  # whom it does not tell of it is not about


def test_a_record_that_left_and_came_again_is_told_by_the_last_of_both(county):
    county.send(puts=[person("1", "c")])
    county.send(puts=[person("1", "d")])
    assert [each[1:] for each in told(county, "town", 0)] == [("u", True, None), ("d", False, None)]
    assert county.snapshot("town")[0] == {}
    county.send(puts=[person("1", "a", name="回")])
    assert [each[1:] for each in told(county, "town", 0)] == [
        ("u", True, None), ("d", True, None), ("u", False, "回"),
    ]  # fmt: skip


def test_outside_is_as_absent_in_verdict_record_and_budget(county):
    county.send(puts=[person("2", "c")])
    opened(county.owner, grant("town", Mode.COMPARE, no="f", fold_absent=True, guesses=3))
    asks = [CompareQuestion(asked("f"), (Claim((one,), {"rank": "1"}),) * 2) for one in ("2", "5")]
    for question in asks:  # of a record outside, and of one that is nowhere
        assert county.ask(compare, question).verdicts == [{"rank": "mismatch"}] * 2
    refused = [
        compare.answer(county.plane, questions=[each._replace(asked=asked("f"))], keyring=KEYRING, now=NOW,
                       make=as_it_is)[0].code for each in asks
    ]  # fmt: skip
    assert refused == ["GUESSES_SPENT", "GUESSES_SPENT"]
    one, other = records(county.owner, "plane.compared")
    for each in (one, other):
        each["condition_digest"] = each["latency_us"] = each["subjects"] = "-"
    assert one == other
    assert county.query("town") == [{code: county.held["1"][code] for code in ITEMS}]


def test_in_one_list_each_is_answered_by_its_own_filter(county):
    county.send(puts=[person("2", "b"), person("3", "c"), person("4", "a", rank="2")])
    names = [*FILTERS, *FILTERS]
    claims = tuple(Claim((one,), {"rank": "1"}) for one in "1234")
    compared = compare.answer(
        county.plane, questions=[CompareQuestion(asked(f"compare-{name}"), claims) for name in names],
        keyring=KEYRING, now=NOW, make=as_it_is,
    )  # fmt: skip
    marks = ["".join({"match": "1", "mismatch": "0", "absent": "-"}[said["rank"]] for said in got.verdicts)
             for got in compared]  # fmt: skip
    assert marks == ["1110", "11-0", "1--0", "1---"] * 2
    found = query.answer(
        county.plane, questions=[
            QueryQuestion(asked(f"query-{name}"), (Condition("id", one),)) for name in GIVING * 2 for one in "1234"
        ], keyring=KEYRING, now=NOW, make=as_it_is,
    )  # fmt: skip
    assert [len(got.rows) for got in found] == [*(1, 1, 1, 1), *(1, 1, 0, 1), *(1, 0, 0, 1)] * 2


def test_the_filter_is_in_the_grant_and_its_entry_in_its_normal_form(county):
    opening = [each for each in records(county.owner, "plane.grant_opened") if each["grant"] == "compare-three"]
    assert [each["row_filter"] for each in opening] == [{"town": ["a"], "kind": ["x", "y"], "rank": ["1"]}]
    with county.owner.transaction() as cur:
        assert grants.read(cur, nos=["compare-three"])["compare-three"].row_filter == opening[0]["row_filter"]


def _limited(mode: Mode) -> None:
    filters.checked({"rank": ["1"]}, definition=RESIDENTS, mode=mode)


def test_what_is_offered_for_comparison_alone_limits_no_grant_that_gives_records_out(county):
    _limited(Mode.COMPARE)
    for mode in (Mode.QUERY, Mode.SUBSCRIBE):
        with pytest.raises(ladder.ItemNotOffered) as problem:
            _limited(mode)
        assert (problem.value.facts["items"], problem.value.clause) == ("rank", "SX-07-e")
        with pytest.raises(ladder.ItemNotOffered):
            opened(county.owner, grant("three", mode))


def test_a_grant_that_is_limited_by_what_its_version_does_not_offer_is_neither_answered_nor_moved_there(county):
    sealed = [replace(item, offered=Mode.COMPARE) if item.code == "kind" else item for item in RESIDENTS.items]
    with county.owner.transaction() as cur:
        cur.execute("update plane.access_grant set items = '{town}' where no = 'subscribe-two'")
        tables.publish(cur, definition=replace(RESIDENTS, version=2, items=tuple(sealed)), now=NOW)
        cur.execute("update plane.resource set version = 2")
        cur.execute("update plane.store set key_id = 'k1'")
        with pytest.raises(grants.VersionUnfit) as problem:
            grants.switch_version(cur, no="subscribe-two", now=NOW, by="officer")
        assert problem.value.facts["items"] == "kind"
        cur.execute("update plane.access_grant set version = 2")  # what moving a grant does not do
    question = SnapshotQuestion(asked("subscribe-two"))
    (got,) = subscribe.answer(county.plane, questions=[question], keyring=KEYRING, now=NOW, make=as_it_is)
    assert (got.code, got.facts["items"]) == ("ITEM_NOT_OFFERED", "kind")


def test_a_gap_is_seen_though_numbers_are_left_out(county):
    def follow(after, **more):
        question = ChangesQuestion(asked("subscribe-town"), after, **more)
        (got,) = subscribe.answer(county.plane, questions=[question], keyring=KEYRING, now=NOW, make=as_it_is)
        return got.code if isinstance(got, Problem) else ([each.change for each in got.changes], got.complete_to)

    for town in ("c", "d", "a", "b"):
        county.send(puts=[person("2", town)])
    assert follow(1) == ([4, 5], 5)
    assert [follow(1, limit=1), follow(3, limit=1), follow(4, limit=1)] == [([4], 4), ([4], 4), ([5], 5)]
    with county.owner.transaction() as cur:  # as if changes were dropped after it was seen which are kept
        cur.execute("delete from feed.r1_v1 where change <= 2")
    assert (follow(1), follow(2)) == ("CHANGES_GONE", ([4, 5], 5))
    assert follow(1, version=2) == "CHANGES_GONE"


def test_a_page_looks_through_so_many_changes_outside_the_filter_and_the_follower_asks_on(county):
    county.send(puts=[person("1", "a"), person("2", "c")])
    with county.owner.transaction() as cur:  # what changes every day and is outside
        (first,) = cur.execute("select last_change from plane.store").fetchone()
        last = first + 2 * MOST_LOOKED_THROUGH + 5
        columns = "op, k, at, was_town, is_town, was_kind, is_kind, was_rank, is_rank"
        cur.execute(
            f"insert into feed.r1_v1 (change, {columns}) select s, {columns}"
            " from feed.r1_v1 f, generate_series(f.change + 1, %s) s where f.change = %s", [last, first]
        )  # fmt: skip
        cur.execute("update plane.store set last_change = %s", [last])
    county.send(puts=[person("3", "b")])
    after, pages = first, []
    while True:
        question = ChangesQuestion(asked("subscribe-town"), after)
        (got,) = subscribe.answer(county.plane, questions=[question], keyring=KEYRING, now=NOW, make=as_it_is)
        if got.complete_to == after:
            break
        pages.append((got.complete_to - after, [each.change for each in got.changes]))
        after = got.complete_to
    assert pages == [(MOST_LOOKED_THROUGH, []), (MOST_LOOKED_THROUGH, []), (6, [last + 1])]


WRONG = [
    ({"name": ["张"]}, "FILTER_NOT_DECLARED"), ({"none": ["1"]}, "FILTER_NOT_DECLARED"),
    ({"town": ["", " "]}, "FILTER_EMPTY"), ({"town": ["a" * 101]}, "FILTER_UNREADABLE"),
    ({"town": ["a\0"]}, "OK"), ({"town": ["\ud800"]}, "FILTER_UNREADABLE"),
    ({"rank": ["甲"]}, "FILTER_UNREADABLE"), ({"rank": ["1.5"]}, "FILTER_UNREADABLE"),
    ({"town": [f"t{n}" for n in range(201)]}, "FILTER_TOO_LONG"), ({"town": [f"t{n}" for n in range(200)]}, "OK"),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "code"), WRONG, ids=range(len(WRONG)))
def test_a_filter_that_cannot_be_is_refused_in_both_languages(wanted, code):
    try:
        filters.checked(wanted, definition=RESIDENTS, mode=Mode.COMPARE)
    except Problem as problem:
        assert problem.code == code
        assert problem.clause == "SX-11-b"
        assert text.say(problem, language="zh").message != text.say(problem, language="en").message
    else:
        assert code == "OK"


def test_a_new_version_that_declares_no_filter_is_not_asked_with_one(county):
    plain = replace(RESIDENTS, version=2, items=tuple(replace(item, filter=False) for item in RESIDENTS.items))
    with county.owner.transaction() as cur:
        tables.publish(cur, definition=plain, now=NOW)
        cur.execute("update plane.resource set version = 2")
        cur.execute("update plane.store set key_id = 'k1'")
        with pytest.raises(grants.VersionUnfit):
            grants.switch_version(cur, no="subscribe-town", now=NOW, by="officer")
        cur.execute("update plane.access_grant set version = 2")  # what moving a grant does not do
    question = SnapshotQuestion(asked("subscribe-town"))
    (got,) = subscribe.answer(county.plane, questions=[question], keyring=KEYRING, now=NOW, make=as_it_is)
    assert (got.code, got.clause) == ("FILTER_NOT_DECLARED", "SX-11-b")


@pytest.mark.parametrize(
    ("faulty", "code"),
    [
        ({"type": Type.MEMO}, "FILTER_UNFIT"), ({"type": Type.DATE}, "FILTER_UNFIT"),
        ({"rules": (QualityRule(Rule.RESIDENT_NUMBER),)}, "FILTER_UNFIT"),
        ({"rules": (QualityRule(Rule.REGION_CODE),)}, "OK"), ({"type": Type.LOGICAL}, "OK"),
    ],
)  # fmt: skip
def test_what_grants_may_be_limited_by_names_nobody_and_is_written_in_one_way(faulty, code):
    items = tuple(replace(item, **faulty) if item.code == "town" else item for item in RESIDENTS.items)
    assert _soundness(items) == code


@pytest.mark.parametrize("key", [("id",), ("id", "town"), ("town", "id")])
def test_no_item_of_the_key_limits_grants_and_none_stands_in_the_feed(county, key):
    items = tuple(replace(item, filter=item.code == key[-1]) for item in RESIDENTS.items)
    found = replace(RESIDENTS, version=2, key=key, items=items)
    with county.owner.transaction() as cur:
        with pytest.raises(soundness.FilterUnfit) as problem:
            tables.publish(cur, definition=found, now=NOW)
        assert problem.value.facts["found"] == key[-1]
        none = tuple(replace(item, filter=False) for item in items)
        relation = tables.publish(cur, definition=replace(found, items=none), now=NOW)
        columns = "select column_name from information_schema.columns where table_schema = 'feed' and table_name = %s"
        assert {name for (name,) in cur.execute(columns, (relation,))} == {"change", "op", "k", "at"}


def test_only_a_few_items_limit_grants():
    more = [Item(f"f{n}", "项", filter=True) for n in range(2)]
    assert _soundness((*RESIDENTS.items, more[0])) == "OK"
    assert _soundness((*RESIDENTS.items, *more)) == "FILTERS_TOO_MANY"


def _soundness(items) -> str:
    try:
        soundness.check(replace(RESIDENTS, items=tuple(items)))
    except Problem as problem:
        assert text.say(problem, language="zh").message != text.say(problem, language="en").message
        return problem.code
    return "OK"
