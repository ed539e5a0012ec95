"""Article 9: an application system that is connected meets the second level of protection."""

from datetime import date, timedelta

import pytest
from answering import CONSUMER, NOW, a_grant, opened, records
from comparing import answer, question, told
from outcomes import DONE, came_of

from hutong.core import beijing
from hutong.plane import registers

pytestmark = pytest.mark.clause("SX-09")
TODAY = beijing.day(NOW)
SYSTEM = {"unit": CONSUMER, "name": "系统", "public_key": b"k" * 32, "now": NOW, "by": "operator"}


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


def test_what_was_shown_of_its_protection_is_entered_when_it_is_connected_and_when_that_changes(db):
    register(db, "s", level=3, until=TODAY)
    change(db, "s", mlps_level=2, mlps_until=TODAY + timedelta(days=9))
    (registered,), (changed,) = records(db, "plane.system_registered"), records(db, "plane.system_changed")
    assert (registered["system"], registered["mlps_level"], registered["mlps_until"]) == ("s", 3, f"{TODAY}")
    shown = [(changed[when]["mlps_level"], changed[when]["mlps_until"]) for when in ("before", "after")]
    assert shown == [(3, f"{TODAY}"), (2, f"{TODAY + timedelta(days=9)}")]


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


def test_a_system_that_was_stopped_is_not_let_in_again_without_protection(db):
    register(db, "s", until=TODAY)
    assert came_of(change, db, "s", state="stopped") == DONE
    later = {"id": "s", "state": "active", "now": NOW + timedelta(days=1), "by": "operator"}

    def let_in(**more) -> None:
        with db.transaction() as cur:
            registers.change_system(cur, **later, **more)

    assert came_of(let_in) == "PROTECTION_EXPIRED"
    assert came_of(let_in, mlps_until=TODAY + timedelta(days=1)) == DONE


@pytest.mark.parametrize(("days", "protected"), [(-1, False), (0, True)])
def test_a_grant_is_opened_to_a_system_protected_on_that_day_and_to_no_other(platform, days, protected):
    opened(platform, a_grant())
    with platform.transaction() as cur:
        cur.execute("update plane.system set mlps_until = %s where id = 'sys-a'", (TODAY + timedelta(days=days),))
    assert came_of(opened, platform, a_grant("g2")) == (DONE if protected else "PROTECTION_NOT_SHOWN")


@pytest.mark.parametrize(("days", "answered"), [(0, True), (1, True), (30, True), (31, False)])
def test_calls_go_on_for_the_grace_of_the_rulebook_once_the_evidence_lapsed_and_end_with_it(platform, days, answered):
    opened(platform, a_grant())
    with platform.transaction() as cur:
        cur.execute("update plane.system set mlps_until = %s where id = 'sys-a'", (TODAY - timedelta(days=days),))
    assert told(answer(platform, question())) == [[{"name": "match"}] if answered else "PROTECTION_LAPSED"]


def test_another_grace_of_the_rulebook_holds_from_its_day_for_what_is_remembered_too(platform):
    opened(platform, a_grant())
    with platform.transaction() as cur:
        cur.execute("update plane.system set mlps_until = %s where id = 'sys-a'", (TODAY - timedelta(days=5),))
    seen = [told(answer(platform, question()))]
    with platform.transaction() as cur:
        values = "('protection.grace_days', 4, 2, %s)"
        cur.execute(f"insert into plane.changed_limit (name, value, version, from_date) values {values}", (TODAY,))
    seen.append(told(answer(platform, question())))
    assert seen == [[[{"name": "match"}]], ["PROTECTION_LAPSED"]]
