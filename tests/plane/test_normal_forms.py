"""A store of an older normal form is asked and delivered to in that one, until its next snapshot seals it anew."""

from dataclasses import replace

import pytest
from answering import PEOPLE, a_grant, asked, establish, opened, person
from comparing import answer, told
from counties import County, follow

from hutong.core import normalise
from hutong.plane import subjects
from hutong.plane.answer import query, subscribe
from hutong.plane.answer.changes import ChangesQuestion
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.answer.query import Condition, QueryQuestion
from hutong.plane.answer.snapshot import SnapshotQuestion
from hutong.plane.definition import Definition, Item, Mode, QualityRule, Rule
from hutong.plane.delivery import ledger
from hutong.plane.keys import Keyring

pytestmark = pytest.mark.clause("D-26")

RADICALS, NAME = "\u2ee2\u2ef0", "马龙"
"""A name as it is copied out of a PDF file, and as people type it."""
LIMITED = tuple(replace(item, filter=True) if item.code == "street" else item for item in PEOPLE.items)
FIRST = replace(PEOPLE, items=LIMITED)
SECOND = replace(FIRST, version=2, items=(*LIMITED, Item("phone", "电话", offered=Mode.SUBSCRIBE)))


@pytest.fixture
def county(db, tmp_path):
    """A county with three people, as a release delivered them that knew the first normal form alone."""
    establish(db, definition=FIRST)
    made = County(db, db, tmp_path)
    made.deliver(FIRST, [person(n) for n in (1, 2, 3)])
    as_of_version_1(made)
    opened(db, a_grant(), a_grant("follow", mode=Mode.SUBSCRIBE, quota=10**6))
    made.deliver(FIRST, [person(2, name=RADICALS)], whole=False)
    return made


def as_of_version_1(county, *versions):
    # What these people are called is the same in both forms, so that nothing else is to be done.
    with county.owner.transaction() as cur:
        cur.execute(
            "update plane.store set normaliser_version = 1 where version = any (%s)", [list(versions) or [1, 2]]
        )


def forms(county):
    with county.owner.transaction() as cur:
        return dict(cur.execute("select version, normaliser_version from plane.store order by version").fetchall())


def compared(county, name, *, number=2, grant="g1"):
    question = CompareQuestion(asked(grant), (Claim((person(number)["id"],), {"name": name}),))
    ((verdicts,),) = told(answer(county.owner, question))
    return verdicts["name"]


def test_it_is_asked_in_its_own_form_and_in_the_newest_from_its_next_snapshot_on(county):
    assert forms(county) == {1: 1}
    assert [compared(county, name) for name in (RADICALS, NAME)] == ["match", "mismatch"]
    assert compared(county, "张1", number=1) == "match"
    done = county.deliver(FIRST, [person(1), person(2, name=RADICALS), person(3)])
    assert (done.inserted, done.updated, done.deleted) == (0, 1, 0)
    assert forms(county) == {1: normalise.VERSION}
    assert [compared(county, name) for name in (RADICALS, NAME, "\u2f3a龙")] == ["match", "match", "mismatch"]
    assert compared(county, "张1", number=1) == "match"


def test_the_very_same_file_seals_it_anew_and_is_told_as_no_change_afterwards(county, tmp_path):
    rows = [person(1), person(2, name=RADICALS), person(3)]
    assert county.deliver(FIRST, rows).updated == 1
    assert [county.deliver(FIRST, rows).updated for _ in range(2)] == [0, 0]
    as_of_version_1(county)
    assert (county.deliver(FIRST, rows).updated, forms(county)) == (0, {1: 2})


def test_changes_leave_it_in_its_form(county):
    assert county.deliver(FIRST, [person(4, name=NAME)], whole=False).inserted == 1
    assert county.deliver(FIRST, [], gone=[person(4)["id"]], whole=False).deleted == 1
    assert forms(county) == {1: 1}


def test_its_feed_goes_on_and_tells_what_was_sealed_anew(county):
    page = county.ask(subscribe, SnapshotQuestion(asked("follow"), limit=100))
    rows = {each.id: each.values for each in page.rows}
    county.deliver(FIRST, [person(1), person(2, name=RADICALS)])


    def read(after):
        return county.ask(subscribe, ChangesQuestion(asked("follow"), after, 100))

    at, numbers = follow(read, rows, page.change)
    assert (at, len(numbers)) == (page.change + 2, 2)
    assert sorted(each["name"] for each in rows.values()) == sorted(["张1", RADICALS])


def test_a_record_is_found_by_what_comes_to_the_form_of_its_store(county):
    opened(county.owner, a_grant("ask", mode=Mode.QUERY, conditions=("name",)))

    def found(name):
        page = county.ask(query, QueryQuestion(asked("ask"), (Condition("name", name),)))
        return [row["name"] for row in page.rows]

    assert (found(RADICALS), found(NAME)) == ([RADICALS], [])
    county.deliver(FIRST, [person(1), person(2, name=RADICALS), person(3)])
    assert (found(RADICALS), found(NAME)) == ([RADICALS], [RADICALS])


def test_a_key_that_is_another_in_the_newer_form_is_the_record_s_from_then_on(county):
    odd = {**person(5), "id": "编\u2f00\u2ed8"}
    county.deliver(FIRST, [odd], whole=False)

    def verdicts():
        claims = [Claim((key,), {"name": "张5"}) for key in (odd["id"], "编一青")]
        (found,) = told(answer(county.owner, CompareQuestion(asked("g1"), tuple(claims))))
        return [each["name"] for each in found]

    assert verdicts() == ["match", "absent"]
    done = county.deliver(FIRST, [person(1), person(2), person(3), odd])
    assert (done.inserted, done.deleted) == (1, 1)
    assert verdicts() == ["match", "match"]


@pytest.mark.clause("P-5")
def test_a_row_filter_lets_the_same_streets_in_before_and_after(county):
    streets = {1: "\u2ed8云路", 2: "青云路", 3: "白云路"}
    for number, street in streets.items():
        county.deliver(FIRST, [person(number, street=street)], whole=False)
    for no, value in (("radical", streets[1]), ("typed", streets[2])):
        opened(county.owner, a_grant(no, row_filter={"street": [value]}))

    def inside(grant):
        return [compared(county, f"张{number}", number=number, grant=grant) == "match" for number in streets]

    assert (inside("radical"), inside("typed")) == ([True, False, False], [False, True, False])
    county.deliver(FIRST, [person(number, street=street) for number, street in streets.items()])
    assert inside("radical") == inside("typed") == [True, True, False]


@pytest.mark.clause("P-6")
def test_former_versions_come_to_the_newest_form_with_the_snapshot_that_reaches_them(county):
    county.publish(SECOND)
    county.deliver(SECOND, [{**person(n), "phone": "1"} for n in (1, 2, 3)])
    assert forms(county) == {1: 2, 2: 2}
    as_of_version_1(county)
    county.deliver(SECOND, [{**person(2, name=RADICALS), "phone": "1"}], whole=False)
    assert forms(county) == {1: 1, 2: 1}
    assert [compared(county, name) for name in (RADICALS, NAME)] == ["match", "mismatch"]
    county.deliver(SECOND, [{**person(n, name=RADICALS), "phone": "1"} for n in (1, 2, 3)])
    assert forms(county) == {1: 2, 2: 2}
    assert [compared(county, name) for name in (RADICALS, NAME)] == ["match", "match"]


def test_changes_that_were_prepared_before_a_snapshot_sealed_it_anew_are_prepared_again(county, tmp_path):
    meanwhile = County(county.owner, county.plane, tmp_path / "meanwhile")
    meanwhile.folder.mkdir()
    rows = [person(1), person(2), person(3)]

    def seal_anew(stage, _rows):
        if stage == "prepared" and forms(county) == {1: 1}:
            meanwhile.deliver(FIRST, rows)

    county.deliver(FIRST, [person(3, name=RADICALS)], whole=False, progress=seal_anew)
    assert forms(county) == {1: 2}
    assert compared(county, NAME, number=3) == "match"


def test_a_form_that_this_release_does_not_know_is_refused(county):
    with county.owner.transaction() as cur:
        cur.execute("update plane.store set normaliser_version = 3")
    with pytest.raises(ledger.NormaliserDiffers):
        county.deliver(FIRST, [person(1)])
    assert told(answer(county.owner, CompareQuestion(asked("g1"), (Claim((person(1)["id"],), {"name": "x"}),)))) == [
        "STORE_UNUSABLE"
    ]


def test_whoever_looks_for_uses_of_a_record_finds_those_of_either_form():
    keyring = Keyring({"k1": bytes(32)}, current="k1")
    plots = Definition("plots", 1, "地块", "p", ("name", "part"), (Item("name", "名称"), Item("part", "分号")))
    assert len(subjects.of_record(keyring, plots, ["\u2ed8号", "1"])) == 2
    assert len(subjects.of_record(keyring, plots, ["青号", "1"])) == 1
    assert len(subjects.everywhere(keyring, "11010519491231002X")) == 2


@pytest.mark.clause("SX-04-f")
def test_what_is_given_out_is_in_the_writing_that_kept_the_rules(db, tmp_path):
    phone = Item("phone", "电话", offered=Mode.SUBSCRIBE, length=11, rules=(QualityRule(Rule.PATTERN, "[0-9]{11}"),))
    definition = replace(PEOPLE, items=(*PEOPLE.items, phone))
    establish(db, definition=definition)
    county = County(db, db, tmp_path)
    odd = {**person(1, name="张　１"), "phone": "'１38 0000\u200b0000".replace(" ", "")}
    assert county.deliver(definition, [odd]).accepted == 1
    opened(db, a_grant("ask", mode=Mode.QUERY, items=("name", "phone")))
    page = county.ask(query, QueryQuestion(asked("ask"), (Condition("id", odd["id"]),)))
    assert page.rows == [{"name": "张　１", "phone": "13800000000"}]
