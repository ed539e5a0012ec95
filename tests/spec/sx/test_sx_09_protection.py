"""Article 9: an application system that is connected meets the second level of protection."""

from datetime import date, timedelta

import pytest
from answering import CONSUMER, NOW, a_grant, opened
from comparing import answer, question, told
from outcomes import DONE, came_of

from hutong.core import beijing
from hutong.plane import registers

pytestmark = pytest.mark.clause("SX-09")
TODAY = beijing.day(NOW)
SYSTEM = {"org": CONSUMER, "name": "系统", "public_key": b"k" * 32, "now": NOW, "by": "operator"}


def register(db, system: str, *, level: int = 2, until: date = TODAY) -> None:
    with db.transaction() as cur:
        registers.register_system(cur, id=system, mlps_level=level, mlps_until=until, **SYSTEM)


def change(db, system: str, **changes) -> None:
    with db.transaction() as cur:
        registers.change_system(cur, id=system, now=NOW, by="operator", **changes)


def test_a_system_of_level_two_or_more_is_connected_and_none_below(db):
    tried = {level: came_of(register, db, f"level-{level}", level=level) for level in (0, 1, 2, 3)}
    assert tried == {0: "PROTECTION_TOO_LOW", 1: "PROTECTION_TOO_LOW", 2: DONE, 3: DONE}
    with db.transaction() as cur:
        assert cur.execute("select id from plane.system order by id").fetchall() == [("level-2",), ("level-3",)]


def test_evidence_counts_to_its_last_day(db):
    assert came_of(register, db, "yesterday", until=TODAY - timedelta(days=1)) == "PROTECTION_EXPIRED"
    assert came_of(register, db, "today", until=TODAY) == DONE


def test_a_connected_system_cannot_be_left_without_protection(db):
    register(db, "s", until=TODAY + timedelta(days=9))
    assert came_of(change, db, "s", mlps_level=1) == "PROTECTION_TOO_LOW"
    assert came_of(change, db, "s", mlps_until=TODAY - timedelta(days=1)) == "PROTECTION_EXPIRED"
    assert came_of(change, db, "s", mlps_level=3) == DONE

    def past_the_rules() -> None:
        with db.transaction() as cur:
            cur.execute("update plane.system set mlps_level = 1")

    assert came_of(past_the_rules) == "system_has_protection"


@pytest.mark.parametrize(("days", "protected"), [(-1, False), (0, True)])
def test_a_grant_is_opened_and_used_by_a_system_protected_on_that_day(platform, days, protected):
    opened(platform, a_grant())
    with platform.transaction() as cur:
        cur.execute("update plane.system set mlps_until = %s where id = 'sys-a'", (TODAY + timedelta(days=days),))
    assert came_of(opened, platform, a_grant("g2")) == (DONE if protected else "PROTECTION_NOT_SHOWN")
    assert told(answer(platform, question())) == [[{"name": "match"}] if protected else "PROTECTION_LAPSED"]
