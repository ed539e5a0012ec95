"""P-6: what a delivery deletes in a former version is asked about; what was succeeded is not filled again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from answering import NOW, PEOPLE, establish, person, records
from counties import County

from hutong.core.errors import Problem
from hutong.plane import emptying
from hutong.plane.definition import Item, Mode, QualityRule, Rule

pytestmark = pytest.mark.clause("P-6")
PHONE = Item("phone", "电话", offered=Mode.SUBSCRIBE, rules=(QualityRule(Rule.PATTERN, "[0-9]+"),))
STRICT = replace(PEOPLE, version=2, items=(PHONE, *PEOPLE.items))
"""A newer version that takes only records with a number of a telephone."""


@pytest.fixture
def county(db, tmp_path):
    establish(db)
    made = County(db, db, tmp_path)
    made.publish(STRICT)
    return made


def strict(*numbers: int, phone: str = "1") -> list[dict]:
    return [{**person(n), "phone": phone} for n in numbers]


def rows(county) -> dict[int, int]:
    with county.owner.transaction() as cur:
        return dict(cur.execute("select version, rows from plane.store").fetchall())


def test_what_a_delivery_deletes_in_a_former_version_waits_for_the_providers_word_as_well(county):
    few, others = range(1, 6), range(6, 60)
    county.deliver(PEOPLE, [person(n) for n in (*few, *others)])
    county.deliver(STRICT, strict(*few) + strict(*others, phone="无"))
    assert rows(county) == {1: 59, 2: 5}
    waiting = county.deliver(STRICT, strict(*few), confirmed=None)
    told = waiting.state, waiting.reason, waiting.stored_rows, waiting.removed_rows
    assert told == ("waiting", "SNAPSHOT_DELETES_MUCH", 59, 54)
    assert rows(county) == {1: 59, 2: 5}
    nobody = county.deliver(STRICT, [], confirmed=None)
    assert (nobody.state, nobody.reason, nobody.stored_rows) == ("waiting", "SNAPSHOT_EMPTY", 5)
    receipt = county.deliver(STRICT, strict(*few))
    assert (receipt.deleted, receipt.former_deleted, rows(county)) == (0, 54, {1: 5, 2: 5})
    done = records(county.owner, "plane.delivered")[-1]
    assert (done["deleted"], done["reached"], done["reached_deleted"]) == (0, [1], [54])


def test_rows_whose_key_is_unread_keep_a_snapshot_from_deleting_in_a_former_version(county):
    county.deliver(PEOPLE, [person(1), person(2), person(3)])
    county.deliver(STRICT, strict(1, 2) + strict(3, phone="无"))
    assert rows(county) == {1: 3, 2: 2}
    unread = [*strict(1, 2), {**person(3), "phone": "1", "id": ""}]
    waiting = county.deliver(STRICT, unread, confirmed=None)
    told = waiting.state, waiting.reason, waiting.stored_rows, waiting.removed_rows
    assert told == ("waiting", "SNAPSHOT_KEYS_UNREAD", 3, 1)
    assert rows(county) == {1: 3, 2: 2}


def test_a_version_that_was_succeeded_is_not_filled_again_once_the_resource_was_emptied(county):
    county.deliver(PEOPLE, [person(1)])
    county.deliver(STRICT, strict(1))
    with county.owner.transaction() as cur:
        cur.execute("update plane.resource set withdrawn_at = %s", [NOW])
    later = NOW + timedelta(days=4000)
    assert emptying.empty_withdrawn(county.owner, now=later) == 2
    with county.owner.transaction() as cur:  # no door puts it back; were it put back, it is as follows
        cur.execute("update plane.resource set withdrawn_at = null")
    with pytest.raises(Problem) as refused:
        county.deliver(PEOPLE, [person(1)], now=later)
    assert (refused.value.code, refused.value.facts["version"]) == ("VERSION_SUCCEEDED_BEFORE", 1)
    county.deliver(STRICT, strict(1, 2), now=later)
    assert rows(county) == {1: 0, 2: 2}
