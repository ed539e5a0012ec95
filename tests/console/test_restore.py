"""What `hutong restore` does besides: what the backup place says of the platform, and where that may go."""

import json
from pathlib import Path

import pytest
from lost_county import LOG, ONE, OTHER, Lost, lose, real
from sitting import typed

from hutong.backup import apart, recovery
from hutong.console import restore
from hutong.installation import identity
from hutong.settings import KEPT_FILE, kept
from test_cli import hutong


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory) -> Lost:
    folder = tmp_path_factory.mktemp("county")
    return lose(folder / "data", folder / "second")


@pytest.fixture
def own(lost: Lost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lost:
    """The lost county's backup place, to be written to; its officers' passphrases are said."""
    for number, officer in enumerate((ONE, OTHER), 1):
        monkeypatch.setenv(f"HUTONG_PASSPHRASE_{number}", officer.passphrase)
    return lost.copied(tmp_path / "second")


def keyless(own: Lost, data: Path) -> Path:
    """Return the folder of the county's platform, which has lost its keys."""
    data.mkdir()
    identity.write(data, identity.begin(data, verifier=own.vkey))
    return data


def whole(own: Lost, data: Path, *, again: bool = False, root: Path | None = None) -> None:
    restore.whole(root or own.root, data=data, at=None, number=None, wrapped=None, again=again)


@pytest.mark.full
@pytest.mark.clause("SX-11-c")
def test_the_backup_place_goes_on_under_the_countys_own_name(own: Lost, tmp_path: Path, capsys) -> None:
    whole(own, tmp_path / "one")
    assert own.place.owner()["county"] == "青禾县", "as the place had it: the keys' copy brought no settings"

    copied = own.place.folder / recovery.FILE
    content = recovery.opened(recovery.read(copied), passphrases=dict([ONE, OTHER]))
    (tmp_path / "named").mkdir()
    recovery.put_back(content, tmp_path / "named", lost_alone=True)
    (tmp_path / "named" / KEPT_FILE).write_text(json.dumps({"HUTONG_COUNTY": "白水县"}))
    again = recovery.wrap(tmp_path / "named", officers=[ONE, OTHER], platform=LOG, now=real(), cost=recovery.Cost(n=2))
    recovery.write(copied, again)
    capsys.readouterr()
    whole(own, tmp_path / "two", again=True)
    assert "青禾县" in capsys.readouterr().out
    assert own.place.owner()["county"] == kept(tmp_path / "two")["HUTONG_COUNTY"] == "白水县"


@pytest.mark.clause("SX-11-c")
@pytest.mark.full
def test_an_officer_at_a_terminal_types_a_refused_passphrase_again_and_the_other_does_not(
    own: Lost, tmp_path: Path
) -> None:
    command = ("-m", "hutong.cli", "restore", "--only-keys", "--from", str(own.root), "--data")
    answers = ["not it", OTHER.passphrase, "nor this", ONE.passphrase]
    status, said = typed(*command, str(keyless(own, tmp_path / "new")), answers=answers, environ={})
    assert (status, answers, said.count("[RECOVERY_REFUSED]")) == (0, [], 2), said
    assert (tmp_path / "new" / "keys" / "log.seed").exists()

    answers = [ONE.passphrase, "no", "no", "no", OTHER.passphrase]
    status, said = typed(*command, str(keyless(own, tmp_path / "other")), answers=answers, environ={})
    assert (status, answers, said.count("[RECOVERY_REFUSED]")) == (1, [OTHER.passphrase], 3), said
    assert [each.name for each in (tmp_path / "other").iterdir()] == [identity.FILE]


@pytest.mark.full
@pytest.mark.clause("SX-11-c")
def test_keys_alone_go_into_no_folder_that_was_mistyped_and_into_no_other_platforms(own: Lost, tmp_path: Path) -> None:
    command = ("restore", "--only-keys", "--from", str(own.root), "--data")
    status, told = hutong(*command, str(tmp_path / "mistyped"))
    assert (status, "[PLATFORM_MISSING]" in told, (tmp_path / "mistyped").exists()) == (1, True, False)
    other = tmp_path / "other"
    other.mkdir()
    identity.write(other, identity.begin(other, verifier="log.other.example+00000000+x"))
    given = dict(zip(("HUTONG_PASSPHRASE_1", "HUTONG_PASSPHRASE_2"), (ONE.passphrase, OTHER.passphrase), strict=True))
    status, told = hutong(*command, str(other), **given)
    assert (status, "[KEYS_OF_ANOTHER]" in told) == (1, True), told
    assert [each.name for each in other.iterdir()] == [identity.FILE]


def test_without_a_terminal_it_says_how_the_passphrases_are_given(own: Lost, tmp_path: Path) -> None:
    keyless(own, tmp_path / "new")
    status, told = hutong("restore", "--only-keys", "--from", str(own.root), "--data", str(tmp_path / "new"))
    assert (status, "[PASSPHRASE_NOT_GIVEN]" in told, "HUTONG_OFFICER_PASSWORD" in told) == (1, True, False)
    assert "li.operator" in told and "HUTONG_PASSPHRASE_1 and HUTONG_PASSPHRASE_2" in told
    wrong = {"HUTONG_PASSPHRASE_1": ONE.passphrase, "HUTONG_PASSPHRASE_2": "no"}
    status, told = hutong("restore", "--only-keys", "--from", str(own.root), "--data", str(tmp_path / "new"), **wrong)
    assert (status, told.count("[RECOVERY_REFUSED]")) == (1, 1)


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("data", ["second/x", "second", "link", "second/hutong"])
@pytest.mark.parametrize("named", ["disk", "folder"])
def test_nothing_is_put_back_into_the_backup_place_itself(own: Lost, tmp_path: Path, data: str, named: str) -> None:
    (tmp_path / "link").symlink_to(own.root / "behind")
    before = sorted(own.root.rglob("*"))
    with pytest.raises(apart.PlaceInside):
        whole(own, tmp_path / data, root=own.root if named == "disk" else own.place.folder)
    assert sorted(own.root.rglob("*")) == before
