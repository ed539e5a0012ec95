"""Where drills are held, and what of one that was killed is removed: what it noted, and nothing that is called so."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from lost_county import Lost, settings

from hutong.backup import drill_folders, restoring
from hutong.installation import identity, opening

KILLED = """
import os, signal, sys
from pathlib import Path
from lost_county import ONE, OTHER, real
from hutong.backup import drilling
root, folder, notes = map(Path, sys.argv[1:])
def told(stage):
    if stage.code == "log":
        os.kill(os.getpid(), signal.SIGKILL)
drilling.drill(root, folder, notes=notes, passphrases=lambda officers: dict([ONE, OTHER]), clock=real, machine="m",
               told=told, durable=False)
"""


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


def precious(tmp_path: Path) -> Path:
    """Return a folder that is no drill's, with something in it."""
    folder = tmp_path / "victim" / "precious"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "PG_VERSION").write_text("18")
    return folder


def noted(notes: Path, folder: Path, **other: object) -> Path:
    notes.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    told = {"folder": str(folder), "device": seen.st_dev, "inode": seen.st_ino} | other
    note = notes / f"{len([*notes.iterdir()])}.json"
    note.write_text(json.dumps(told))
    return note


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize("name", ["hutong-drill-1", "somewhere else"])
def test_what_a_drill_that_was_killed_left_is_no_platform_and_is_removed_wherever_it_was_held(
    lost: Lost, tmp_path: Path, notes: Path, name: str
) -> None:
    folder = tmp_path / name
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", KILLED, lost.root, folder, notes]
    assert subprocess.run(command, env=environ, check=False).returncode == -signal.SIGKILL
    server = opening.own_server(settings(folder))
    assert server.pid is not None
    with pytest.raises(opening.RestoreUnfinished), opening.opened(settings(folder)):
        pass
    assert drill_folders.sweep(notes) == [folder]
    assert (folder.exists(), server.cluster.exists(), server.pid) == (False, False, None)
    assert ([*notes.iterdir()], drill_folders.sweep(notes)) == ([], [])


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize("named", ["{victim}/data", "../../victim/precious/data", "..", "../postgres/../../victim"])
@pytest.mark.parametrize("file", ["place", "moving", "former"])
def test_a_file_that_names_a_folder_elsewhere_has_nothing_there_removed(
    tmp_path: Path, notes: Path, named: str, file: str
) -> None:
    victim = precious(tmp_path)
    with drill_folders.made(tmp_path / "drill", notes=notes):
        server = tmp_path / "drill" / "postgres"
        server.mkdir()
        (server / file).write_text(named.format(victim=victim))
    assert (victim / "data" / "PG_VERSION").exists()
    assert not (tmp_path / "drill").exists()


def test_links_in_the_folder_of_a_drill_are_not_followed(tmp_path: Path, notes: Path) -> None:
    victim = precious(tmp_path)
    with drill_folders.made(tmp_path / "drill", notes=notes):
        (tmp_path / "drill" / "postgres").mkdir()
        (tmp_path / "drill" / "postgres" / "data").symlink_to(victim / "data")
        (tmp_path / "drill" / "keys").symlink_to(victim)
    assert (victim / "data" / "PG_VERSION").exists()
    assert not (tmp_path / "drill").exists()


def test_nothing_is_removed_for_its_name_or_for_what_lies_in_it(tmp_path: Path, notes: Path) -> None:
    folder = tmp_path / f"{drill_folders.PREFIX}x"
    (folder / "postgres").mkdir(parents=True)
    (folder / opening.RESTORING).write_bytes(b"")
    notes.mkdir(mode=0o700)
    (notes / folder.name).mkdir()
    assert drill_folders.sweep(notes) == []
    assert folder.exists() and (notes / folder.name).exists()


def test_a_note_counts_for_the_very_folder_it_was_made_of(tmp_path: Path, notes: Path) -> None:
    other, linked, lived = tmp_path / "other", tmp_path / "linked", tmp_path / "lived in"
    victim = precious(tmp_path)
    other.mkdir()
    linked.symlink_to(victim)
    lived.mkdir()
    (lived / identity.FILE).write_text("{}")
    noted(notes, other, inode=other.lstat().st_ino + 1)
    noted(notes, linked)
    noted(notes, lived)
    noted(notes, victim / "data" / "PG_VERSION")
    (notes / "cut off.json").write_text('{"folder": "/')
    assert drill_folders.sweep(notes) == []
    assert other.exists() and linked.is_symlink() and lived.exists() and (victim / "data" / "PG_VERSION").exists()
    assert [*notes.iterdir()] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what belongs to another")
def test_what_belongs_to_another_stays(tmp_path: Path, notes: Path) -> None:
    folder = tmp_path / "of nobody"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    noted(notes, folder)
    assert drill_folders.sweep(notes) == []
    assert folder.exists()


def test_a_drill_under_way_stays(tmp_path: Path, notes: Path) -> None:
    with drill_folders.made(tmp_path / "drill", notes=notes):
        assert drill_folders.sweep(notes) == []
        assert (tmp_path / "drill").exists()
    assert not (tmp_path / "drill").exists()


def test_a_folder_that_was_exchanged_meanwhile_is_not_removed(tmp_path: Path, notes: Path) -> None:
    with drill_folders.made(tmp_path / "drill", notes=notes):
        (tmp_path / "drill").rename(tmp_path / "aside")
        precious(tmp_path).rename(tmp_path / "drill")
    assert (tmp_path / "drill" / "data" / "PG_VERSION").exists()


def test_no_drill_is_held_where_others_may_write(tmp_path: Path, notes: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o777)
    with pytest.raises(drill_folders.DrillFolderOpen), drill_folders.made(tmp_path / "shared" / "a", notes=notes):
        pass
    (tmp_path / "shared").chmod(0o1777)  # as /tmp: nobody else can exchange what lies there
    with drill_folders.made(tmp_path / "shared" / "a", notes=notes):
        pass
    notes.chmod(0o777)
    with pytest.raises(drill_folders.DrillFolderOpen), drill_folders.made(tmp_path / "b", notes=notes):
        pass
    with pytest.raises(drill_folders.DrillFolderOpen):
        drill_folders.sweep(notes)
    assert not (tmp_path / "b").exists()


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path, notes: Path) -> None:
    victim = precious(tmp_path)
    with pytest.raises(restoring.FolderInUse), drill_folders.made(victim, notes=notes):
        pass
    assert (victim / "data" / "PG_VERSION").exists()
