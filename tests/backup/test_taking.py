"""A set is a whole copy of the database, or it is none."""

import os
import signal
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from places import OWNER, real, take

from hutong.audit.checkpoint import Head
from hutong.backup import apart, place, reading_back, taking
from hutong.backup.place import BackupPlace
from hutong.backup.programs import Source


@pytest.mark.clause("SX-11-a", "IS-4.3")
def test_all_of_a_set_is_read_back_and_a_clock_set_back_mixes_none(at: BackupPlace, source: Source) -> None:
    head = Head(7, b"\x01" * 32, real(), "note")
    found = take(at, source, head=head)
    assert at.sets() == [found]
    assert (found.number, found.log_size, found.log_root) == (1, 7, "01" * 32)
    assert (found.postgres, found.timeline) == (source.cluster().postgres, 1)
    assert found.system == source.cluster().system
    assert found.start_lsn < found.stop_lsn and found.began_at < found.ended_at
    read = reading_back.read(found)
    assert (read.problem, read.files > 900, read.bytes > 20 << 20) == (None, True, True)
    earlier = take(at, source, clock=lambda: real().replace(year=2020))
    assert [each.number for each in at.sets()] == [1, 2] == [found.number, earlier.number]
    assert at.set() == earlier


def test_nobody_else_enters_the_place(taken: BackupPlace) -> None:
    at, found = taken, taken.set()
    folders = [at.folder, at.sets_folder, at.heads, found.folder]
    assert {stat.S_IMODE(each.stat().st_mode) for each in folders} == {0o700}
    assert {stat.S_IMODE(each.stat().st_mode) for each in [*found.paths, found.folder / "set.json"]} == {0o600}


def test_no_password_stands_among_the_arguments(source: Source) -> None:
    with source.begin("pg_basebackup", ["--pgdata=-", "--format=tar", "--wal-method=none"], stderr=-3) as process:
        told = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        process.kill()
    assert source.url.split(":")[2].split("@")[0].encode() not in told


@pytest.mark.clause("IS-4.3")
def test_one_that_was_killed_leaves_no_set_and_the_next_takes_it_away(
    at: BackupPlace, source: Source, tmp_path: Path
) -> None:
    script = "import sys, pathlib; from hutong.backup.place import BackupPlace;"
    script += "from hutong.backup.programs import Source;"
    script += "from places import take; root, url, programs = sys.argv[1:];"
    script += "take(BackupPlace(pathlib.Path(root)), Source(url, pathlib.Path(programs)))"
    command = [sys.executable, "-c", script, at.folder, source.url, source.programs]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}) as killed:
        while not at.unfinished() and killed.poll() is None:
            time.sleep(0.001)
        killed.send_signal(signal.SIGSTOP)
        with pytest.raises(taking.BackupRunning):
            take(at, source)
        killed.send_signal(signal.SIGKILL)
    assert at.sets() == [] and len(at.unfinished()) == 1
    found = take(at, source)
    assert at.sets() == [found] and at.unfinished() == []


def test_a_database_that_cannot_be_copied_is_told_and_leaves_nothing(at: BackupPlace, source: Source) -> None:
    wrong = Source(source.url, Path("/nowhere"))
    with pytest.raises(taking.BackupFailed):
        take(at, wrong)
    assert (at.sets(), at.unfinished()) == ([], [])


def test_two_platforms_at_one_place_have_a_folder_each(at: BackupPlace) -> None:
    root = at.folder.parent
    other = place.begin(root, place.Owner("ffffffff-other", "x", "白水县", "b.example", "m2", "/d"), now=real())
    assert other.folder != at.folder
    assert place.find(root, platform="ffffffff-other") == other
    with pytest.raises(place.PlaceUnclear):
        place.find(root)
    with pytest.raises(place.PlaceOfAnother):
        place.own(root, place.Owner("a1b2c3d4-another", "x", "", "", "", ""))


def test_a_second_instance_does_not_write_where_the_first_does(at: BackupPlace) -> None:
    second = place.Owner(OWNER.platform, "second", OWNER.county, OWNER.log_name, "m2", "/other")
    with pytest.raises(place.PlaceTakenOver):
        place.begin(at.folder.parent, second, now=real())
    place.take_over(at, second, restored_from={"set": 1, "until": real().isoformat()}, now=real())
    assert place.own(at.folder.parent, second) == at
    with pytest.raises(place.PlaceTakenOver) as refused:
        place.own(at.folder.parent, OWNER)
    assert refused.value.facts["machine"] == "m2"
    assert [each["instance"] for each in at.owner()["instances"]] == ["first", "second"]


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("data", ["second/data", "second", ".", "beside/link"])
def test_a_place_inside_of_the_data_folder_or_around_it_is_refused_whatever_leads_there(
    at: BackupPlace, tmp_path: Path, data: str
) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "link").symlink_to(at.folder)
    owner = replace(OWNER, folder=str(tmp_path / data))
    for way in (lambda: place.begin(at.folder.parent, owner, now=real()), lambda: place.own(at.folder.parent, owner)):
        with pytest.raises(apart.PlaceInside):
            way()
    apart.check(at.folder.parent, tmp_path / "seconds")


def test_what_the_place_says_of_its_owner_is_as_the_owner_says_it_now(at: BackupPlace) -> None:
    place.begin(at.folder.parent, replace(OWNER, county="白水县", machine="m9"), now=real())
    told = at.owner()
    assert (told["county"], told["instance"], len(told["instances"])) == ("白水县", OWNER.instance, 1)


def test_a_disk_that_is_away_is_told_and_no_other_is_filled(tmp_path: Path) -> None:
    with pytest.raises(place.PlaceAway):
        place.begin(tmp_path / "mnt", OWNER, now=real())
    assert not (tmp_path / "mnt").exists()
    with pytest.raises(place.PlaceAway):
        place.own(tmp_path, OWNER)
    assert list(tmp_path.iterdir()) == []
