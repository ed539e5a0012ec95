"""Doors begin clean and leave nothing behind."""

from dataclasses import replace
from pathlib import Path

from hutong import doors, installation, settings
from hutong.plane import spool_folder


def left_by_a_killed_loader(spool: Path) -> Path:
    folder = spool / f"{spool_folder.PREFIX}dead"
    folder.mkdir()
    (folder / "rows").write_text("110101199003070000")
    return folder


def test_a_door_that_starts_removes_what_a_killed_one_left_of_peoples_rows(tmp_path, monkeypatch):
    given = replace(settings.read({}), data=tmp_path)
    installation.prepare_folder(given)
    first = left_by_a_killed_loader(given.spool)
    monkeypatch.setenv("HUTONG_DATA", str(tmp_path))
    monkeypatch.setenv("HUTONG_DATABASE_URL", "postgresql:///nowhere")

    doors.inherited()

    assert not first.exists()


def test_so_does_a_command_that_opens_the_installation(tmp_path):
    given = replace(settings.read({}), data=tmp_path)
    installation.prepare_folder(given)
    left = left_by_a_killed_loader(given.spool)

    installation.prepare_folder(given)

    assert not left.exists()
