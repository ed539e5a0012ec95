"""A backup place that is away or full: an upgrade fills no other, and what was never seen to work is not kept."""

import errno
import json
import os
import shutil
from pathlib import Path

import pytest
from operating import Shell
from test_upgrade import data
from typer.testing import CliRunner

import next_version
from hutong import cli
from hutong.backup import place
from hutong.console.backup import BackupElsewhere

__all__ = ["data"]


def kept(data: Path) -> dict[str, str]:
    """Return what the data folder keeps of what was said."""
    file = data / "settings.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def fill(monkeypatch: pytest.MonkeyPatch, disk: Path) -> None:
    """Let the disk of a folder have no room: what is written there fails as the system lets it fail."""
    own = os.fsync

    def asked(number: int) -> None:
        if Path(os.readlink(f"/proc/self/fd/{number}")).is_relative_to(disk):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(disk))
        own(number)

    monkeypatch.setattr(os, "fsync", asked)


@pytest.mark.clause("SX-11-a")
def test_a_place_whose_disk_is_full_is_not_kept_and_one_with_room_is(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    monkeypatch.setenv("HUTONG_BACKUP", str(disk))
    before = kept(data)
    with monkeypatch.context() as patched:
        fill(patched, disk)
        refused = CliRunner().invoke(cli.app, ["backup"]).exception
        assert isinstance(refused, OSError) and refused.errno == errno.ENOSPC, refused
        assert kept(data) == before
        assert "HUTONG_BACKUP" not in before
    copied = CliRunner().invoke(cli.app, ["backup"]).exception
    assert isinstance(copied, BackupElsewhere), copied  # the database is another's; the rest was brought there
    assert kept(data) == {**before, "HUTONG_BACKUP": str(disk)}


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.clause("SX-11-a")
def test_an_upgrade_fills_no_unmounted_place_and_changes_nothing_until_the_disk_is_back(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    own = Shell(tmp_path, HUTONG_DATA=str(tmp_path / "data"), HUTONG_COUNTY="青禾县")
    own("init", HUTONG_BACKUP=str(disk))
    own("backup", HUTONG_BACKUP=str(disk))
    following = next_version.made(tmp_path)
    following.plant("audit/0990_planted.sql", "create table audit.planted ()")
    disk.rename(tmp_path / "unplugged")
    disk.mkdir()  # what is left of a mount point
    for _ in range(2):
        refused = following.hutong("upgrade", **own.environ)
        assert (refused.returncode, "[PLACE_AWAY]" in refused.stderr) == (1, True), refused.stderr
        assert list(disk.iterdir()) == []
    assert "migration audit/0990_planted.sql" in following.hutong("upgrade", "--dry-run", **own.environ).stdout
    shutil.rmtree(disk)
    (tmp_path / "unplugged").rename(disk)
    done = following.hutong("upgrade", **own.environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert [each.number for each in place.find(disk).sets()] == [1, 2]
