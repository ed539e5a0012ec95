"""Whom a use was about can be read back, whatever door it came through and whichever resource it was of (SX-10-b)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from answering import (
    KEYRING,
    NOW,
    PEOPLE,
    PROVIDER,
    a_grant,
    as_it_is,
    asked,
    establish,
    opened,
    person,
    records,
    supply,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.audit import inspecting, reading, retention, tree
from hutong.audit.events import RecordClass
from hutong.core.errors import Problem
from hutong.core.lifecycle import Seat
from hutong.core.signed_note import LogSigner
from hutong.plane import subjects, suspensions, tables
from hutong.plane.answer import compare, query, subscribe
from hutong.plane.answer.changes import ChangesQuestion
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.answer.query import Condition, QueryQuestion
from hutong.plane.answer.snapshot import SnapshotQuestion
from hutong.plane.definition import Definition, Item, Mode, QualityRule, Rule
from hutong.plane.keys import Keyring
from hutong.plane.suspensions import Suspendable

RESIDENT = (QualityRule(Rule.RESIDENT_NUMBER),)
RESIDENTS = replace(PEOPLE, items=(replace(PEOPLE.items[0], rules=RESIDENT), *PEOPLE.items[1:]))
HOMES = Definition("homes", 1, "不动产", PROVIDER, ("no", "owner"), (
    Item("no", "不动产单元号"), Item("owner", "权利人证件号码", rules=RESIDENT), Item("street", "坐落"),
))  # fmt: skip
CARS = Definition("cars", 1, "车辆", PROVIDER, ("plate",), (Item("plate", "号牌"), Item("colour", "颜色")))
AUDITOR = reading.Reader("a-1", auditor=True)
OFFICE = {Seat("authority")}
SIGNER = LogSigner.from_seed("log.county.example", bytes(range(32)))
HELD, ASKED = range(1, 5), range(1, 7)
"""Persons who are held, and who are asked about."""


def name(number: int) -> str:
    """Return the number of a person, which can be one: its last digit is the check of the others."""
    digits = f"33010020000101{number:03}"
    return digits + "10X98765432"[sum(int(digit) * 2 ** (17 - at) for at, digit in enumerate(digits)) % 11]


@pytest.fixture
def county(db):
    establish(db, definition=RESIDENTS)
    supply(db, [person(n, id=name(n)) for n in HELD], definition=RESIDENTS)
    for definition, rows in ((HOMES, [{"no": "H1", "owner": name(1), "street": "文一路"}]),
                             (CARS, [{"plate": "A1", "colour": "红"}])):  # fmt: skip
        with db.transaction() as cur:
            tables.publish(cur, definition=definition, now=NOW)
        supply(db, rows, definition=definition)
    opened(db, a_grant(quota=10**6, guesses=10**6), a_grant("q", mode=Mode.QUERY, conditions=("street",), quota=10**6),
           a_grant("s", mode=Mode.SUBSCRIBE, quota=10**6),
           a_grant("h", code="homes", items=("street",), quota=10**6, guesses=10**6),
           a_grant("c", code="cars", items=("colour",), quota=10**6, guesses=10**6, fold_absent=True))  # fmt: skip
    return db


def ask(db, door, question, *, keyring=KEYRING):
    (got,) = door.answer(db, questions=[question], keyring=keyring, now=NOW, make=as_it_is)
    return got


def uses(db, digests, **filters):
    """Return the entries of all pages of the uses of a subject, the newest first, and how many are said to be there."""
    found, before, counts = [], None, set()
    while True:
        with db.transaction() as cur:
            page = reading.of_subject(
                cur, digests=digests, reader=AUDITOR, now=NOW, before=before, limit=2,
                filters=reading.UseFilters(**filters),
            )  # fmt: skip
        found += [record.entry_id for record in page.records]
        counts.add(page.count)
        before = page.before
        if before is None:
            assert counts in ({len(found)}, set())
            return found


def take(db, step):
    """Do one step, and return the entry of a use with the persons it was about, None where it was none."""
    what, numbers = step
    if what == "compared":
        claims = tuple(Claim((name(n),), {"name": "x"}) for n in numbers)
        return _told(ask(db, compare, CompareQuestion(asked(), claims)), numbers)
    if what == "home":
        claims = (Claim(("H9", f" {name(numbers[0])}"), {"street": "x"}),)
        return _told(ask(db, compare, CompareQuestion(asked("h"), claims)), numbers[:1])
    if what == "queried":
        return _told(ask(db, query, QueryQuestion(asked("q"), (Condition("id", name(numbers[0])),))), numbers[:1])
    if what == "searched":
        got = ask(db, query, QueryQuestion(asked("q"), (Condition("street", "文一路"),), ("name",), limit=1))
        return _told(got, [_number(row) for row in got.rows])
    if what == "snapshot":
        got = ask(db, subscribe, SnapshotQuestion(asked("s"), limit=3))
        return _told(got, [_number(row.values) for row in got.rows])
    if what == "followed":
        got = ask(db, subscribe, ChangesQuestion(asked("s"), 1, 2))
        return _told(got, [_number(change.values) for change in got.changes])
    return _moved(db, what)


def _told(got, numbers):
    return None if isinstance(got, Problem) else (got.receipt.entry_id, set(numbers))


def _number(values):
    return int(values["name"].removeprefix("张"))


def _moved(db, what):
    if what == "suspended":
        given_ = {"now": NOW, "by": "op"}
        with db.transaction() as cur:
            standing = [each.id for each in suspensions.of_grants(cur, nos=["g1"])["g1"] if each.stands]
            for id_ in standing:
                suspensions.lift(cur, id=id_, verified="已核查", **given_)
            if not standing:
                whom = {"kind": Suspendable.GRANT, "whom": "g1", "clause": "SX-16-a"}
                suspensions.suspend(cur, **whom, reason="核查", **given_)
    else:
        later = NOW + timedelta(days=6 * 366)
        tree.integrate(db, now=NOW, signer=SIGNER)
        given_ = {"seats": OFFICE, "now": later}
        number = retention.request(db, record_class=RecordClass.USAGE, before=NOW + timedelta(1), by="a", **given_)
        retention.approve(db, purge=number, by="b", **given_)
        retention.purge(db, purge=number, by="b", **given_)


STEPS = ("compared", "home", "queried", "searched", "snapshot", "followed", "suspended", "compared", "purged")
persons = st.lists(st.sampled_from(ASKED), min_size=1, max_size=4)
steps = st.lists(st.tuples(st.sampled_from(STEPS), persons), max_size=9)


@pytest.mark.clause("SX-10-b")
def test_the_uses_of_a_subject_read_back_are_those_a_model_remembers_whatever_was_used_suspended_and_purged(county):
    remembered: list[tuple[int, set[int]]] = []

    @settings(max_examples=12)
    @given(listed=steps)
    def read_back(listed):
        for step in listed:
            if step[0] == "purged":
                remembered.clear()
            if (use := take(county, step)) is not None:
                remembered.append(use)
        for number in ASKED:
            expected = sorted((entry for entry, about in remembered if number in about), reverse=True)
            assert uses(county, subjects.everywhere(KEYRING, name(number))) == expected
        assert [fault for _, faults in inspecting.inspect(county) for fault in faults] == []

    read_back()


@pytest.mark.clause("SX-10-b")
def test_a_use_through_any_door_is_found_by_each_person_it_was_about_and_by_no_other(county):
    took = [take(county, (what, [1, 6])) for what in STEPS if what not in ("suspended", "purged")]
    assert [bool(about) for _, about in took] == [True] * len(took)
    for number in ASKED:
        expected = sorted((entry for entry, about in took if number in about), reverse=True)
        assert uses(county, subjects.everywhere(KEYRING, name(number))) == expected


def test_what_is_no_resident_or_unit_is_a_subject_of_its_resource_and_stands_alike_where_it_is_not_held(county):
    for plate in ("A1", "Z9", "A1"):
        ask(county, compare, CompareQuestion(asked("c"), (Claim((plate,), {"colour": "x"}),)))
    one, other = (subjects.of_record(KEYRING, CARS, [plate]) for plate in ("Ａ1", "Z9"))
    assert [len(uses(county, digests)) for digests in (one, other)] == [2, 1]
    assert uses(county, subjects.of_record(KEYRING, replace(CARS, code="people"), ["A1"])) == []
    beside = records(county, "plane.compared")
    assert len({(len(record["subjects"]), record["result"], record["asked"]) for record in beside}) == 1


def test_uses_before_the_keys_were_renewed_are_found_with_those_after_as_long_as_the_old_root_is_kept(county):
    renewed = Keyring({"k1": bytes(range(32)), "k2": bytes(32)}, current="k2")
    question = CompareQuestion(asked(), (Claim((name(1),), {"name": "x"}),))
    before = ask(county, compare, question).receipt.entry_id
    with county.transaction() as cur:
        cur.execute("update plane.store set key_id = 'k2'")
    question = CompareQuestion(asked(), (Claim((name(1),), {"name": "x"}),))
    after = ask(county, compare, question, keyring=renewed).receipt.entry_id
    assert sorted(uses(county, subjects.everywhere(renewed, name(1)))) == sorted([before, after])
    assert uses(county, subjects.everywhere(KEYRING, name(1))) == [before]


def test_uses_of_a_subject_are_narrowed_by_resource_unit_time_and_outcome(county):
    took = [take(county, (what, [1])) for what in ("compared", "home", "queried")]
    compared, home, queried = (entry for entry, _ in took)
    digests = subjects.everywhere(KEYRING, name(1))
    whole = sorted([compared, home, queried], reverse=True)
    assert uses(county, digests, resource="people") == [each for each in whole if each != home]
    assert uses(county, digests, resource="homes") == [home]
    assert uses(county, digests, unit=PROVIDER) == []
    assert uses(county, digests, from_at=NOW, until_at=NOW + timedelta(seconds=1)) == whole
    assert uses(county, digests, until_at=NOW) == []
    assert uses(county, digests, answered=True) == whole
    assert uses(county, digests, answered=False) == []


@pytest.mark.parametrize("reader", [reading.Reader("x", PROVIDER), reading.Reader("x")])
def test_nobody_but_the_auditor_looks_for_the_uses_of_a_subject(cur, reader):
    with pytest.raises(reading.OnlyAuditor):
        reading.of_subject(cur, digests=[bytes(16)], reader=reader, now=NOW)
    assert cur.execute("select count(*) from audit.entry").fetchone() == (0,)


def test_who_looked_for_a_subject_is_entered_found_or_not_with_the_subject_beside_it_and_never_in_the_clear(county):
    number = name(6)
    assert uses(county, subjects.everywhere(KEYRING, number)) == []
    (record,) = records(county, "audit.subject_read")
    assert (record["by"], record["entries"]) == ("a-1", [])
    with county.transaction() as cur:
        cur.execute("select subjects::text, record from audit.entry where event = 'audit.subject_read'")
        ((beside, text),) = cur.fetchall()
    assert number not in beside + text
    assert {each.hex() for each in subjects.everywhere(KEYRING, number)} == set(
        beside.replace("-", "").strip("{}").split(",")
    )
