"""Deliveries, feeds and registers keep to the numbers of the rulebook, and to a change of one from its day on."""

from datetime import date, datetime, timedelta

import pytest
from answering import CONSUMER, KEYRING, NOW, a_grant, as_it_is, asked, establish, opened, person, supply
from comparing import answer, question, told, two_people
from delivering import definition, manifest, row, write_csv
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import beijing
from hutong.core.limits import LimitUnknown
from hutong.db.database import Database
from hutong.plane import emptying, grants, registers, rulebook, tables
from hutong.plane.answer import feeds, subscribe
from hutong.plane.answer.changes import ChangesQuestion
from hutong.plane.definition import Mode
from hutong.plane.delivery import loading
from hutong.plane.delivery.merging import MostDeleted
from hutong.plane.keys import Keyring

TODAY = beijing.day(NOW)


def changed(db: Database, *, days: int = 0, version: int = 1, **values: int) -> None:
    """Change values as a version of the rulebook would; a name is written with two underscores for its dot."""
    named = {name.replace("__", "."): value for name, value in values.items()}
    with db.transaction() as cur:
        rulebook.keep(cur, named, version=version, from_date=TODAY + timedelta(days=days))


def read(db: Database, name: str, *, days: int = 0) -> int:
    with db.transaction() as cur:
        return rulebook.number(cur, name, day=TODAY + timedelta(days=days))


def test_a_number_is_as_delivered_until_the_day_of_a_change(db):
    changed(db, feed__kept_days=7, days=2)
    assert [read(db, "feed.kept_days", days=days) for days in (0, 1, 2, 9)] == [30, 30, 7, 7]
    assert read(db, "withdrawn.kept_days", days=9) == 30


def test_of_two_changes_of_one_day_the_one_decided_later_holds_and_of_two_days_the_later_day(db):
    changed(db, feed__kept_days=7, days=5)
    changed(db, feed__kept_days=8, days=3, version=2)
    changed(db, feed__kept_days=9, days=3, version=3)
    assert [read(db, "feed.kept_days", days=days) for days in (2, 3, 4, 5)] == [30, 9, 9, 7]


def test_switches_and_letters_are_not_kept_and_unknown_names_are_refused(db):
    changed(db, lead__rule="B", hands__catalog__entry__publish=True)
    with db.transaction() as cur:
        assert cur.execute("select count(*) from plane.changed_limit").fetchone() == (0,)
    with pytest.raises(LimitUnknown):
        read(db, "feed.kept_hours")


def test_changes_are_kept_and_told_for_the_days_of_the_rulebook(db):
    establish(db)
    supply(db, [person(n) for n in range(1, 4)])
    opened(db, a_grant(mode=Mode.SUBSCRIBE, quota=10**6))
    changed(db, feed__kept_days=7)

    question = ChangesQuestion(asked(), 1)
    (page,) = subscribe.answer(db, questions=[question], keyring=KEYRING, now=NOW, make=as_it_is)
    assert page.kept.days == 7
    assert feeds.prune(db, now=NOW + timedelta(days=7)) == 0
    assert feeds.prune(db, now=NOW + timedelta(days=7, seconds=1)) == 3


@pytest.mark.clause("SX-09")
def test_a_higher_protection_level_is_asked_for_where_the_rulebook_has_one(db):
    system = {"id": "s1", "unit": CONSUMER, "name": "系统", "public_key": b"k" * 32, "mlps_until": date(2027, 1, 1)}
    changed(db, system__protection_level=3)
    with pytest.raises(registers.ProtectionTooLow, match="needs level 3"), db.transaction() as cur:
        registers.register_system(cur, **system, mlps_level=2, now=NOW, by="operator")
    with db.transaction() as cur:
        registers.register_system(cur, **system, mlps_level=3, now=NOW, by="operator")


@pytest.mark.clause("SX-09")
def test_nothing_is_opened_for_a_system_below_the_level_that_the_rulebook_has_come_to_want(db):
    establish(db)
    supply(db, [person(1)])
    opened(db, a_grant("before"))
    changed(db, system__protection_level=3)
    with pytest.raises(grants.ProtectionNotShown):
        opened(db, a_grant("after"))
    with db.transaction() as cur:
        cur.execute("update plane.system set mlps_level = 3")
    opened(db, a_grant("after"))


def test_rows_of_a_withdrawn_resource_stay_for_the_days_of_the_rulebook(db):
    establish(db)
    supply(db, [person(1)])
    with db.transaction() as cur:
        cur.execute("update plane.store set rows = 1")
        grants.withdraw(cur, code="people", reason="", now=NOW, by="chief")
    changed(db, withdrawn__kept_days=3)

    assert emptying.empty_withdrawn(db, now=NOW + timedelta(days=3)) == 0
    assert emptying.empty_withdrawn(db, now=NOW + timedelta(days=3, seconds=1)) == 1


@pytest.fixture
def provider(db, database_url, tmp_path):
    with db.transaction() as cur:
        tables.publish(cur, definition=definition(), now=NOW)
    plane, keyring = Database(database_url, role="plane"), Keyring.create(tmp_path / "keyring.json")

    def send(count: int) -> str:
        path = write_csv(tmp_path / f"{count}.csv", [row(f"A{n}") for n in range(count)])
        said = manifest(path, key=f"d{count}", rows=count)
        return loading.load(plane, source=path, manifest=said, keyring=keyring, now=NOW, by="p").state

    yield send
    plane.close()


def test_a_snapshot_waits_where_it_deletes_more_than_the_rulebook_allows(db, provider):
    assert provider(60) == "loaded"
    assert provider(47) == "waiting"
    changed(db, delivery__deleted_percent=30)
    assert provider(46) == "loaded"
    changed(db, delivery__deleted_percent=0, delivery__deleted_rows=1, version=2)
    assert provider(44) == "waiting"
    assert provider(45) == "loaded"


@given(rows=st.integers(0, 50), percent=st.integers(0, 100), there=st.integers(1, 200), data=st.data())
def test_what_may_be_deleted_is_few_rows_or_a_small_share(rows, percent, there, data):
    deleted = data.draw(st.integers(0, there))
    asked_for = deleted > rows and deleted / there > percent / 100
    assert MostDeleted(rows, percent).allows(deleted, there=there) is not asked_for


@pytest.mark.clause("SX-09")
def test_no_call_is_answered_below_the_level_of_the_rulebook_from_the_day_of_the_change_on(db):
    """What was read of the system is remembered, and its row does not change with the rulebook."""
    two_people(db)
    opened(db, a_grant())
    ended = NOW + timedelta(days=2)

    def ask(now: datetime) -> object:
        return told(answer(db, question(nonce_until=ended), question(nonce_until=ended), now=now))

    answered, refused = [[{"name": "match"}]] * 2, ["PROTECTION_LAPSED"] * 2
    for _ in range(2):
        assert ask(NOW) == answered
    changed(db, days=1, system__protection_level=3)
    assert [ask(NOW + timedelta(days=days)) for days in (0, 1, 0)] == [answered, refused, answered]
    changed(db, version=2, system__protection_level=3)
    assert [ask(NOW), ask(NOW)] == [refused, refused]
    changed(db, version=3, system__protection_level=2)
    assert ask(NOW) == answered
