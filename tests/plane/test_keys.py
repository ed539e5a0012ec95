import os
import stat
from pathlib import Path

import pytest

from hutong.core import digest
from hutong.plane import keys
from hutong.plane.keys import Keyring


def test_the_key_file_is_readable_by_its_owner_alone_and_loads_the_same_keys(tmp_path: Path) -> None:
    made = Keyring.create(tmp_path / "keys")
    assert stat.S_IMODE(os.stat(tmp_path / "keys").st_mode) == 0o600
    assert Keyring.load(tmp_path / "keys").resource("r") == made.resource("r")


def test_every_resource_suite_and_use_has_keys_of_its_own(tmp_path: Path) -> None:
    ring = Keyring.create(tmp_path / "keys")
    found = [ring.platform("cursor"), ring.platform("secret")]
    for one in (ring.resource("a"), ring.resource("b"), ring.resource("a", suite="national")):
        found += [one.record, one.seal, one.cipher, one.blind]
    assert len(set(found)) == len(found)


def test_keys_do_not_appear_when_they_are_shown(tmp_path: Path) -> None:
    one = Keyring.create(tmp_path / "keys").resource("a")
    assert repr(one.seal) not in repr(one)
    assert one.seal.hex() not in repr(one)


def test_never_overwrites_keys(tmp_path: Path) -> None:
    Keyring.create(tmp_path / "keys")
    with pytest.raises(keys.KeyFileExists):
        Keyring.create(tmp_path / "keys")


def test_refuses_a_key_file_others_can_read(tmp_path: Path) -> None:
    Keyring.create(tmp_path / "keys")
    (tmp_path / "keys").chmod(0o640)
    with pytest.raises(keys.KeyFileExposed):
        Keyring.load(tmp_path / "keys")


@pytest.mark.parametrize("text", ["", "{}", '{"format": "hutong-keys-1"}', "[]", '{"format": "x"}'])
def test_refuses_what_is_no_key_file(text: str, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.touch(0o600)
    path.write_text(text)
    with pytest.raises(keys.KeyFileUnreadable):
        Keyring.load(path)


def test_old_keys_still_open_after_renewal(tmp_path: Path) -> None:
    old = Keyring.create(tmp_path / "keys")
    new = old.renew(tmp_path / "keys")
    assert new.current != old.current
    assert Keyring.load(tmp_path / "keys").resource("r", key_id=old.current) == old.resource("r")
    with pytest.raises(keys.KeyUnknown):
        old.resource("r", key_id=new.current)


def test_what_is_locked_opens_for_its_use_and_place_alone_and_after_renewal(tmp_path: Path) -> None:
    ring = Keyring.create(tmp_path / "keys")
    kept = ring.lock(b"secret", use="system-secret", place="s1")

    assert b"secret" not in kept
    assert ring.renew(tmp_path / "keys").unlock(kept, use="system-secret", place="s1") == b"secret"
    for use, place in (("other", "s1"), ("system-secret", "s2")):
        with pytest.raises(digest.CipherRejected):
            ring.unlock(kept, use=use, place=place)


def test_a_key_file_outlasts_a_power_cut_with_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced, sync = [], os.fsync

    def noted(number: int) -> None:
        synced.append(Path(os.readlink(f"/proc/self/fd/{number}")))
        sync(number)

    monkeypatch.setattr(os, "fsync", noted)
    ring = Keyring.create(tmp_path / "keys")
    assert synced == [tmp_path / "keys", tmp_path]
    ring.renew(tmp_path / "keys")
    assert synced[2:] == [tmp_path / "keys.new", tmp_path]
    assert [each.name for each in tmp_path.iterdir()] == ["keys"]
