"""`hutong backup` at the command line, beside doors that run: where backups go now, and how a place is had back."""

import signal
from dataclasses import replace
from pathlib import Path

import pytest
from operating import PASSWORD, staffed

from hutong.backup import place
from hutong.backup.macs import Macs
from hutong.backup.place import BackupPlace, Owner
from hutong.console import opening
from hutong.plane.keys import Keyring


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.clause("SX-11-a", "SX-11-c")
def test_doors_that_bring_backups_elsewhere_are_told_and_a_place_is_had_back_by_an_officer(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    own = staffed(tmp_path)
    doors = own.up()
    try:
        told = own("backup", HUTONG_BACKUP=str(one))
        assert "started without a backup place" in told
        assert str(one) in told
    finally:
        doors.send_signal(signal.SIGINT)
        doors.wait()
    doors = own.up()
    try:
        assert "Note:" not in own("backup")
        told = own("backup", HUTONG_BACKUP=str(other))
        assert f"still brings backups to {one}" in told
    finally:
        doors.send_signal(signal.SIGINT)
        doors.wait()

    settings = tmp_path / "data" / "settings.json"
    before_wrong = settings.read_bytes()
    assert str(other) in before_wrong.decode()
    assert "[PLACE_AWAY]" in own.refused("backup", HUTONG_BACKUP=str(tmp_path / "nonexistent"))
    assert settings.read_bytes() == before_wrong, "a place that was never seen to work is not kept"

    macs = Macs.of(Keyring.load(tmp_path / "data" / "keys" / "keyring.json"))
    at = replace(place.find(other), macs=macs)
    before = at.owner()
    strange = Owner(before["platform"], "00000000-second", before["county"], before["log_name"], "m2", "/elsewhere")
    place.take_over(at, strange, restored_from={"until": at.sets()[0].ended_at.isoformat()}, now=at.sets()[0].ended_at)
    for words in (("backup",), ("backup", "--anew")):
        assert "[PLACE_TAKEN_OVER]" in own.refused(*words)
    officer = {"by": "li.operator", "HUTONG_OFFICER_PASSWORD": own.operator}
    assert "[TAKE_OVER_UNEXPLAINED]" in own.refused("backup", "--take-over", **officer)
    told = own("backup", "--take-over", "--reason", "m2 已报废", **officer)
    (aside,) = other.glob("former-*")
    assert str(aside) in told
    assert (at.owner()["instance"], len(at.sets())) == (before["instance"], 1)
    assert BackupPlace(aside).owner()["instance"] == "00000000-second"

    other.rename(tmp_path / "unmounted")
    other.mkdir()
    keepers = {"HUTONG_KEEPER_PASSWORD_2": PASSWORD, "HUTONG_PASSPHRASE_1": "correct horse battery",
               "HUTONG_PASSPHRASE_2": "主席台上有一盏绿灯一直亮着"}  # fmt: skip
    for words, given in ((("backup",), {}), (("backup", "keys", "--for", "li.operator", "--for", "auditor"), keepers)):
        assert "[PLACE_AWAY]" in own.refused(*words, **officer, **given)
        assert list(other.iterdir()) == [], "the disk is away, and no other is filled"


def test_a_place_that_is_not_there_is_not_kept_by_a_folder_that_keeps_what_was_said(tmp_path: Path) -> None:
    said = {"HUTONG_COUNTY": "青禾县", "HUTONG_BACKUP": str(tmp_path / "nonexistent")}
    assert opening.seen(said) == {"HUTONG_COUNTY": "青禾县"}
    (tmp_path / "nonexistent").touch()
    assert opening.seen(said) == {"HUTONG_COUNTY": "青禾县"}
    assert opening.seen(said | {"HUTONG_BACKUP": str(tmp_path)})["HUTONG_BACKUP"] == str(tmp_path)
    assert opening.seen({"HUTONG_BACKUP": ""}) == {"HUTONG_BACKUP": ""}, "that there is none is kept, too"
