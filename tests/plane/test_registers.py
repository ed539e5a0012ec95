from datetime import date
from pathlib import Path

import pytest
from delivering import NOW

from hutong.db.database import Cur
from hutong.plane import registers
from hutong.plane.keys import Keyring

SYSTEM = {"id": "s1", "org": "o", "name": "系统", "public_key": b"k" * 32, "mlps_level": 2,
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
    registers.register_user(cur, id="p", org="o", name="张三", now=NOW, by="b")
    registers.register_device(cur, id="d", org="o", name="电脑", now=NOW, by="b")
    with pytest.raises(registers.IdentityTaken):
        registers.register_user(cur, id="p", org="o", name="李四", now=NOW, by="b")
    registers.set_user_state(cur, id="p", org="o", state="stopped", now=NOW, by="b")
    registers.set_device_state(cur, id="d", org="o", state="stopped", now=NOW, by="b")
    with pytest.raises(registers.NotRegistered):
        registers.set_device_state(cur, id="p", org="o", state="stopped", now=NOW, by="b")
    assert len(events(cur)) == 4
    registers.register_user(cur, id="p", org="other", name="李四", now=NOW, by="b")
    assert registers.user(cur, id="p", org="other") == registers.User("other", "李四", "active")
    assert registers.user(cur, id="p", org="o") == registers.User("o", "张三", "stopped")
    assert registers.device(cur, id="d", org="o") == registers.Device("o", "电脑", "stopped")
    with pytest.raises(registers.NotRegistered):
        registers.user(cur, id="d", org="o")
