from datetime import date, timedelta
from pathlib import Path

import pytest
from delivering import NOW

from hutong.core import beijing, canonical
from hutong.db.database import Cur
from hutong.plane import registers
from hutong.plane.keys import Keyring

SYSTEM = {"id": "s1", "unit": "o", "name": "系统", "public_key": b"k" * 32, "mlps_level": 2,
          "mlps_until": date(2026, 3, 2), "now": NOW, "by": "operator"}  # fmt: skip


def events(cur: Cur) -> list[str]:
    return [event for (event,) in cur.execute("select event from audit.entry order by id").fetchall()]


@pytest.mark.clause("SX-09")
def test_a_system_is_registered_with_level_two_and_evidence_that_has_not_expired(cur: Cur) -> None:
    registers.register_system(cur, **SYSTEM)
    assert registers.system(cur, id="s1").mlps_level == 2
    assert events(cur) == ["plane.system_registered"]


@pytest.mark.clause("SX-09")
def test_refuses_a_system_without_protection(cur: Cur) -> None:
    with pytest.raises(registers.ProtectionTooLow):
        registers.register_system(cur, **SYSTEM | {"mlps_level": 1})
    with pytest.raises(registers.ProtectionExpired):
        registers.register_system(cur, **SYSTEM | {"mlps_until": date(2026, 3, 1)})
    assert events(cur) == []


def test_new_credentials_count_the_revision_up_and_other_changes_do_not(cur: Cur) -> None:
    registers.register_system(cur, **SYSTEM)
    registers.change_system(cur, id="s1", now=NOW, by="b", mlps_until=date(2027, 1, 1))
    assert registers.system(cur, id="s1").revision == 1
    registers.change_system(cur, id="s1", now=NOW, by="b", public_key=b"n" * 32)
    assert registers.system(cur, id="s1").revision == 2
    registers.change_system(cur, id="s1", now=NOW, by="b", state="stopped", mlps_level=2)
    assert registers.system(cur, id="s1").state == "stopped"


@pytest.mark.clause("IS-4.1-b")
def test_a_new_key_stands_beside_the_old_one_to_its_last_day_and_takes_nothing_away(cur: Cur) -> None:
    registers.register_system(cur, **SYSTEM)
    today = beijing.day(NOW)
    registers.change_system(cur, id="s1", now=NOW, by="b", public_key=b"n" * 32, former_day=today)

    found = registers.system(cur, id="s1")
    assert (found.public_key, found.former_key, found.former_day, found.revision) == (b"n" * 32, b"k" * 32, today, 1)
    assert found.former_until_at == beijing.midnight(today + timedelta(days=1))
    told = canonical.loads(cur.execute("select record from audit.entry order by id desc limit 1").fetchone()[0])
    assert (told["after"]["former_key"], told["by"]) == ((b"k" * 32).hex(), "b")


@pytest.mark.clause("IS-4.1-b")
def test_an_old_key_is_taken_away_at_once_and_no_answer_to_it_is_given_any_more(cur: Cur) -> None:
    registers.register_system(cur, **SYSTEM)
    day = beijing.day(NOW) + timedelta(days=30)
    registers.change_system(cur, id="s1", now=NOW, by="b", public_key=b"n" * 32, former_day=day)
    registers.change_system(cur, id="s1", now=NOW, by="b", former_day=day + timedelta(days=1))
    assert registers.system(cur, id="s1").revision == 1
    registers.change_system(cur, id="s1", now=NOW, by="b", former_day=date(2020, 1, 1))

    found = registers.system(cur, id="s1")
    assert (found.former_key, found.former_until_at, found.revision) == (b"k" * 32, NOW, 2)


def test_a_third_key_takes_the_first_away(cur: Cur) -> None:
    registers.register_system(cur, **SYSTEM)
    day = beijing.day(NOW) + timedelta(days=30)
    for key, revision in ((b"2" * 32, 1), (b"3" * 32, 2)):
        registers.change_system(cur, id="s1", now=NOW, by="b", public_key=key, former_day=day)
        assert registers.system(cur, id="s1").revision == revision
    assert registers.system(cur, id="s1").former_key == b"2" * 32


def test_an_old_key_is_warned_of_ahead_of_its_last_day(cur: Cur) -> None:
    registers.register_system(cur, **SYSTEM)
    last = beijing.day(NOW) + timedelta(days=10)
    registers.change_system(cur, id="s1", now=NOW, by="b", public_key=b"n" * 32, former_day=last)
    (told,) = registers.ending(cur, now=NOW, days=14)
    assert told.facts == {"system": "s1", "day": str(last)}
    assert registers.ending(cur, now=NOW, days=9) == []
    assert registers.ending(cur, now=NOW + timedelta(days=11), days=14) == []


def test_old_and_new_do_not_stand_beside_each_other_for_good(cur: Cur) -> None:
    registers.register_system(cur, **SYSTEM)
    day = beijing.day(NOW) + timedelta(days=366)
    with pytest.raises(registers.CredentialsFaulty):
        registers.change_system(cur, id="s1", now=NOW, by="b", public_key=b"n" * 32, former_day=day)


def test_the_secret_is_kept_encrypted_and_stays_out_of_the_log(cur: Cur, tmp_path: Path) -> None:
    ring = Keyring.create(tmp_path / "k")
    both = ("rfc9421", "gjgxjhpt")
    registers.register_system(cur, **SYSTEM, secret=b"very secret", keyring=ring, profiles=both)
    registers.change_system(cur, id="s1", now=NOW, by="b", mlps_level=3)
    kept = registers.system(cur, id="s1").secret
    assert kept is not None
    assert b"very secret" not in kept
    assert registers.open_secret(ring, system="s1", secret=kept) == b"very secret"
    assert cur.execute("select count(*) from audit.entry where record like '%%secret_%%:%%very%%'").fetchone() == (0,)


def test_refuses_what_is_there_already_and_what_is_not_there(cur: Cur) -> None:
    registers.register_user(cur, id="p", unit="o", name="张三", now=NOW, by="b")
    registers.register_device(cur, id="d", unit="o", name="电脑", now=NOW, by="b")
    with pytest.raises(registers.IdentityTaken):
        registers.register_user(cur, id="p", unit="o", name="李四", now=NOW, by="b")
    registers.set_user_state(cur, id="p", unit="o", state="stopped", now=NOW, by="b")
    registers.set_device_state(cur, id="d", unit="o", state="stopped", now=NOW, by="b")
    with pytest.raises(registers.NotRegistered):
        registers.set_device_state(cur, id="p", unit="o", state="stopped", now=NOW, by="b")
    assert len(events(cur)) == 4
    registers.register_user(cur, id="p", unit="other", name="李四", now=NOW, by="b")
    assert registers.user(cur, id="p", unit="other") == registers.User("other", "李四", "active")
    assert registers.user(cur, id="p", unit="o") == registers.User("o", "张三", "stopped")
    assert registers.device(cur, id="d", unit="o") == registers.Device("o", "电脑", "stopped")
    with pytest.raises(registers.NotRegistered):
        registers.user(cur, id="d", unit="o")
