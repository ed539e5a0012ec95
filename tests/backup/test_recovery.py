"""The recovery copy of the keys: it has all of them, and opens for its two officers together and for nobody else."""

import json
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.backup import passphrases, recovery
from hutong.backup.recovery import Cost, Officer
from hutong.installation import keys
from hutong.plane.keys import Keyring
from hutong.settings import read

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
ONE, OTHER = Officer("li.operator", "correct horse battery"), Officer("chen.auditor", "主席台上 的 一盏 绿灯 亮着呢")
CHEAP = Cost(n=2)


def strong(text: str) -> bool:
    with suppress(passphrases.PassphraseTooShort, passphrases.PassphraseWeak):
        passphrases.check(text, officer=ONE.name)
        passphrases.check(text, officer=OTHER.name)
        return True
    return False


WORDS = st.text(min_size=12, max_size=20).filter(strong)


def made(data: Path, **content: bytes) -> Path:
    """Make a data folder with keys of its own."""
    data.mkdir(parents=True)
    keys.make(read({"HUTONG_LOG_NAME": "log.county.example"}, data=data))
    (data / "postgres").mkdir()
    (data / recovery.PASSWORDS).write_text('{"postgres": "very secret"}')
    (data / "settings.json").write_text('{"HUTONG_COUNTY": "清溪县"}')
    (data / "keys" / "heads" / "log.head").write_text("what was signed")
    return data


def copied(data: Path, at: Path, *officers: Officer) -> recovery.Recovery:
    told = recovery.wrap(data, officers=officers or (ONE, OTHER), platform="log.county.example", now=NOW, cost=CHEAP)
    recovery.write(at, told)
    return recovery.read(at)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return made(tmp_path / "data")


@pytest.mark.clause("SX-11-c")
def test_all_keys_come_back_into_a_new_folder_byte_for_byte(data: Path, tmp_path: Path) -> None:
    (data / "keys" / "log.2.seed").write_bytes(bytes(range(32)))
    (data / "keys" / "reply.seed").write_bytes(b"")  # put away
    (data / "training.json").write_text('{"shift_seconds": 1}')
    copy = copied(data, tmp_path / "second" / "keys.recovery")
    assert (copy.wrapped_at, copy.officers, copy.platform) == (NOW, (ONE.name, OTHER.name), "log.county.example")

    content = recovery.opened(copy, passphrases=dict([ONE, OTHER]))
    written = recovery.put_back(content, tmp_path / "new")

    assert {"keys/keyring.json", "keys/log.seed", "keys/log.2.seed", "keys/reply.seed", "keys/web.secret",
            "keys/log.name", "keys/log.vkey", "keys/reply.vkey", "postgres/passwords.json", "settings.json",
            "training.json"} == {*written}  # fmt: skip
    for name in written:
        assert (tmp_path / "new" / name).read_bytes() == (data / name).read_bytes()
        public = name.endswith((".vkey", ".name")) or name in recovery.BESIDE
        assert stat.S_IMODE((tmp_path / "new" / name).stat().st_mode) == (0o644 if public else 0o600)
    assert stat.S_IMODE((tmp_path / "new" / "keys").stat().st_mode) == 0o700
    assert not (tmp_path / "new" / "keys" / "heads").exists()


@pytest.mark.clause("SX-11-c")
@settings(max_examples=30)
@given(WORDS, WORDS, WORDS)
def test_what_is_wrapped_comes_back_with_both_passphrases_and_with_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, one: str, other: str, wrong: str
) -> None:
    folder = tmp_path_factory.mktemp("recovery")
    data = made(folder / "data")
    if passphrases.normal(one) == passphrases.normal(other):
        with pytest.raises(recovery.OfficersNotTwo):
            copied(data, folder / "copy", Officer("a", one), Officer("b", other))
        return
    copy = copied(data, folder / "copy", Officer("a", one), Officer("b", other))
    assert recovery.opened(copy, passphrases={"a": one, "b": other}) == recovery.gathered(data)
    tries = [{"a": one}, {"b": other}, {}, {"a": other, "b": one}]
    tries += [{"a": wrong, "b": other}] if passphrases.normal(wrong) != passphrases.normal(one) else []
    for tried in tries:
        with pytest.raises(recovery.RecoveryRefused):
            recovery.opened(copy, passphrases=tried)


@pytest.mark.clause("SX-11-c")
def test_says_whose_passphrase_is_wrong(data: Path, tmp_path: Path) -> None:
    copy = copied(data, tmp_path / "copy")
    for wrong in (ONE, OTHER):
        with pytest.raises(recovery.RecoveryRefused) as refused:
            recovery.opened(copy, passphrases=dict([ONE, OTHER]) | {wrong.name: "something else"})
        assert refused.value.facts == {"officer": wrong.name}


def test_a_passphrase_is_the_same_however_a_keyboard_writes_it(data: Path, tmp_path: Path) -> None:
    copy = copied(data, tmp_path / "copy", Officer("a", "café noir caf\u00e9"), Officer("b", "twelve or more"))
    assert recovery.opened(copy, passphrases={"a": "cafe\u0301 noir cafe\u0301", "b": "twelve or more"})


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize("officers", [
    (ONE,), (ONE, ONE), (ONE, Officer(OTHER.name, ONE.passphrase)), (ONE, Officer(ONE.name, OTHER.passphrase)),
    (ONE, OTHER, Officer("c", "a third one of them")),
])  # fmt: skip
def test_takes_two_different_officers_with_a_passphrase_each(data: Path, officers: tuple[Officer, ...]) -> None:
    with pytest.raises(recovery.OfficersNotTwo):
        recovery.wrap(data, officers=officers, platform="l", now=NOW, cost=CHEAP)


def test_takes_no_short_passphrase(data: Path) -> None:
    with pytest.raises(passphrases.PassphraseTooShort) as refused:
        recovery.wrap(data, officers=[ONE, Officer("b", "short")], platform="l", now=NOW, cost=CHEAP)
    assert refused.value.facts == {"officer": "b", "shortest": 12}


@pytest.mark.clause("SX-11-c")
def test_is_outdated_once_a_key_was_added_or_put_away_and_not_by_what_is_signed(data: Path, tmp_path: Path) -> None:
    copy = copied(data, tmp_path / "copy")
    assert copy.fits(data)
    (data / "keys" / "heads" / "log.head").write_text("signed on")
    (data / "keys" / "log.seed.new").write_text("half made")
    assert copy.fits(data)
    (data / "keys" / "log.2.seed").write_bytes(bytes(32))
    assert not copy.fits(data)
    copy = copied(data, tmp_path / "copy")
    (data / "keys" / "log.seed").write_bytes(b"")
    assert not copy.fits(data)
    copy = copied(data, tmp_path / "copy")
    Keyring.load(data / "keys" / "keyring.json").renew(data / "keys" / "keyring.json")
    assert not copy.fits(data)
    (data / "keys" / "keyring.json").unlink()
    assert not copy.fits(data)


def test_nothing_of_the_keys_can_be_read_in_it_and_the_digest_is_keyed(data: Path, tmp_path: Path) -> None:
    copied(data, tmp_path / "copy")
    text = (tmp_path / "copy").read_bytes()
    for name, content in recovery.gathered(data).items():
        if name == "keys/log.name":
            continue
        assert content not in text, name
        assert content.hex().encode() not in text, name
    other = made(tmp_path / "other")
    for name in ("log.seed", "reply.seed", "web.secret", "log.vkey", "reply.vkey"):
        (other / "keys" / name).write_bytes((data / "keys" / name).read_bytes())
    assert recovery.fingerprint(other) != recovery.fingerprint(data)  # the same but for the key file's root
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600


@pytest.mark.clause("SX-11-c")
def test_what_is_damaged_is_said_to_be_and_opens_nothing(data: Path, tmp_path: Path) -> None:
    copied(data, tmp_path / "copy")
    whole = (tmp_path / "copy").read_bytes()
    raw = json.loads(whole)
    damaged = [b"", b"[]", whole[:-40], whole.replace(b"li.operator", b"li.attacker"), b"\xff" + whole,
               whole.replace(raw["sealed"][:8].encode(), b"00000000"), b'{"format": "hutong-recovery-1"}']  # fmt: skip
    for each in damaged:
        (tmp_path / "copy").write_bytes(each)
        with pytest.raises(recovery.RecoveryUnreadable):
            recovery.read(tmp_path / "copy")
    with pytest.raises(recovery.RecoveryMissing):
        recovery.read(tmp_path / "none")


def test_what_stands_beside_is_bound_to_what_is_enciphered(data: Path, tmp_path: Path) -> None:
    copied(data, tmp_path / "copy")
    raw = json.loads((tmp_path / "copy").read_bytes())
    raw["wrapped_at"] = datetime(2027, 1, 1, tzinfo=UTC).isoformat()
    del raw["sha256"]
    (tmp_path / "copy").write_text(json.dumps(raw | {"sha256": recovery.canonical.digest(raw)}))
    with pytest.raises(recovery.RecoveryUnreadable):
        recovery.opened(recovery.read(tmp_path / "copy"), passphrases=dict([ONE, OTHER]))


def test_overwrites_no_key_and_brings_back_those_that_are_lost(data: Path, tmp_path: Path) -> None:
    content = recovery.opened(copied(data, tmp_path / "copy"), passphrases=dict([ONE, OTHER]))
    lost = (data / "keys" / "keyring.json").read_bytes()
    (data / "keys" / "keyring.json").unlink()
    (data / "settings.json").write_text("{}")
    with pytest.raises(recovery.KeysThere):
        recovery.put_back(content, data)
    assert not (data / "keys" / "keyring.json").exists()
    assert recovery.put_back(content, data, lost_alone=True) == ["keys/keyring.json"]
    assert (data / "keys" / "keyring.json").read_bytes() == lost
    assert (data / "settings.json").read_text() == "{}"


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "keys/../../outside", "", "a\0b"])
def test_writes_nothing_outside_the_folder(name: str) -> None:
    with pytest.raises(ValueError):
        recovery._inside(name)


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize("passphrase", [
    " " * 12, " " * 13, "\u3000" * 20, "a b c d e f", "aaaaaaaaaaaa", "123456789012", "987654321098", "abcdefghijkl",
    "qwertyuiopas", "asdfghjkl;'zx", "abababababab", "abcdefg abcdefg", "li.operator li.operator", "Li.Operator1234",
    "2026113020261130", "零零零零零零零零零零零零零", "a1a1a1a1a1a1b",
])  # fmt: skip
def test_a_passphrase_that_is_easily_guessed_is_refused(data: Path, passphrase: str) -> None:
    for officers in ([Officer(ONE.name, passphrase), OTHER], [OTHER, Officer(ONE.name, passphrase)]):
        with pytest.raises((passphrases.PassphraseTooShort, passphrases.PassphraseWeak)) as refused:
            recovery.wrap(data, officers=officers, platform="l", now=NOW, cost=CHEAP)
        assert refused.value.facts["officer"] == ONE.name


@pytest.mark.parametrize("passphrase", [
    "correct horse battery", "主席台上有一盏绿灯一直亮着", "twelve or more", "春江花月夜，二十四桥明月", "Tq7#vLm2!xRz",
])  # fmt: skip
def test_words_that_have_nothing_to_do_with_each_other_are_taken(passphrase: str) -> None:
    passphrases.check(passphrase, officer=ONE.name)
