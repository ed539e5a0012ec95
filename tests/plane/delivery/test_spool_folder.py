"""People's rows leave the spool with the process that put them there, and never before."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hutong.plane.delivery import spool_folder

LOADER = """
import sys, time
from pathlib import Path
from hutong.plane.delivery import spool_folder
with spool_folder.working(Path(sys.argv[1])) as folder:
    (folder / "rows").write_text("110101199003070000")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def loader(tmp_path):
    """A process that loads, and its folder."""
    process = subprocess.Popen([sys.executable, "-c", LOADER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process, Path(process.stdout.readline().strip())
    process.kill()
    process.wait()
    process.stdout.close()


def test_what_a_killed_process_left_goes_and_what_a_living_one_works_on_stays(tmp_path, loader):
    process, folder = loader

    assert spool_folder.sweep(tmp_path) == 0
    assert (folder / "rows").exists()

    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    assert spool_folder.sweep(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_goes_with_its_block_whatever_ends_it(tmp_path):
    with pytest.raises(ValueError), spool_folder.working(tmp_path) as folder:
        (folder / "rows").write_text("")
        raise ValueError

    assert list(tmp_path.iterdir()) == []


def test_without_a_spool_the_folder_lies_where_the_system_keeps_such():
    with spool_folder.working(None) as folder:
        assert folder.is_dir()

    assert not folder.exists()


def test_what_carries_no_lock_goes_when_it_is_a_day_old(tmp_path):
    (tmp_path / "uploaded").mkdir()
    (tmp_path / "rows.csv").write_text("110101199003070000")
    os.utime(tmp_path / "rows.csv", (time.time() - 90_000,) * 2)

    assert spool_folder.sweep(tmp_path) == 1
    assert [left.name for left in tmp_path.iterdir()] == ["uploaded"]


def test_a_spool_that_is_not_there_yet_holds_nothing(tmp_path):
    assert spool_folder.sweep(tmp_path / "spool") == 0


def test_nobody_is_swept_away_while_many_begin_and_many_sweep(tmp_path):
    faults: list[Path] = []

    def load() -> None:
        for _ in range(100):
            with spool_folder.working(tmp_path) as folder:
                (folder / "rows").write_text("")
                time.sleep(0.001)
                if not (folder / "rows").exists():
                    faults.append(folder)

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        spool_folder.sweep(tmp_path)

    assert faults == []
    assert list(tmp_path.iterdir()) == []
