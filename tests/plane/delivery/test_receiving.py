"""Places for large files are counted for all processes of a door, and a killed process lets go of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from hutong.core.errors import Conflicting, Unavailable
from hutong.plane.delivery import receiving, spool_folder

HOLD = """
import sys
from pathlib import Path
from hutong.core.errors import Problem
from hutong.plane.delivery import receiving
with receiving.place(Path(sys.argv[1]), most=3, whose=sys.argv[2], twice=Problem(), full=Problem()):
    print("held", flush=True)
    sys.stdin.read()
"""


class Twice(Conflicting):
    """One is held already."""


class Full(Unavailable):
    """All are taken."""


@contextmanager
def process(spool: Path, whose: str) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that holds a place until its input ends."""
    given = [sys.executable, "-c", HOLD, str(spool), whose]
    with subprocess.Popen(given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout.readline() == "held\n"
        try:
            yield running
        finally:
            running.stdin.close()


def place(spool: Path, whose: str):
    return receiving.place(spool, most=3, whose=whose, twice=Twice(), full=Full())


def test_two_processes_have_together_as_many_places_as_one(tmp_path: Path) -> None:
    with process(tmp_path, "a"), process(tmp_path, "b"):
        with place(tmp_path, "c"), pytest.raises(Full), place(tmp_path, "d"):
            pass
        with place(tmp_path, "d"):  # what was let go of is there again
            pass


def test_one_account_has_one_place_whichever_process_receives_it(tmp_path: Path) -> None:
    with process(tmp_path, "a"):
        with pytest.raises(Twice), place(tmp_path, "a"):
            pass
        with place(tmp_path, "b"):
            pass
    with place(tmp_path, "a"):
        pass


def test_a_killed_process_lets_go_of_its_place_and_of_its_account(tmp_path: Path) -> None:
    with process(tmp_path, "a"), process(tmp_path, "b"), process(tmp_path, "c") as killed:
        with pytest.raises(Full), place(tmp_path, "d"):
            pass
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        with place(tmp_path, "c"):
            pass


def test_threads_of_one_process_are_counted_like_others_and_a_block_that_fails_lets_go(tmp_path: Path) -> None:
    with ExitStack() as held:
        for whose in ("a", "b", "c"):
            held.enter_context(place(tmp_path, whose))
        with pytest.raises(Twice), place(tmp_path, "b"):
            pass
        with pytest.raises(Full), place(tmp_path, "d"):
            pass
    with pytest.raises(ZeroDivisionError), place(tmp_path, "a"):
        raise ZeroDivisionError
    with place(tmp_path, "a"):
        pass


def test_the_sweep_of_the_spool_leaves_the_places_alone_however_old(tmp_path: Path) -> None:
    with place(tmp_path, "a"):
        os.utime(tmp_path / spool_folder.RECEIVING, (0, 0))
        assert spool_folder.sweep(tmp_path) == 0
        with pytest.raises(Twice), place(tmp_path, "a"):
            pass
    assert spool_folder.sweep(tmp_path) == 0
