"""Each process of the gateway keeps to one core, and long work beside it to none."""

import fcntl
import os
import secrets
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hutong.gateway import cores
from hutong.gateway.cores import Core

_SISTER = """
import os, sys, threading
from pathlib import Path
from hutong.gateway.cores import Core
os.sched_setaffinity(0, map(int, sys.argv[2:]))
core = Core(Path(sys.argv[1]))
core.settle()
def look(found):
    found.append(os.sched_getaffinity(0))
    with core.anywhere():
        found.append(os.sched_getaffinity(0))
    found.append(os.sched_getaffinity(0))
for line in sys.stdin:
    found = []
    later = threading.Thread(target=look, args=[found])
    later.start(), later.join()
    print("told", core.kept, *[",".join(map(str, sorted(each))) for each in found], flush=True)
    core.settle()
"""

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="one core, or no Linux"
)
MINE = sorted(os.sched_getaffinity(0))[:2]


@pytest.fixture
def meeting(tmp_path: Path) -> Path:
    (tmp_path / "keyring.json").write_text("{}")
    return tmp_path / "keyring.json"


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    """A process that has no children but the sisters: this one may have others that keep to a core."""
    with subprocess.Popen(["sh"], stdin=subprocess.PIPE, text=True) as shell:
        yield shell


class Sister:
    def __init__(self, parent: subprocess.Popen[str], meeting: Path) -> None:
        asked, told = (meeting.with_name(f"{name}-{secrets.token_hex(4)}") for name in ("asked", "told"))
        os.mkfifo(asked)
        os.mkfifo(told)
        begun = shlex.join([sys.executable, "-c", _SISTER, str(meeting), *map(str, MINE)])
        assert parent.stdin
        parent.stdin.write(f"{begun} < {shlex.quote(str(asked))} > {shlex.quote(str(told))} &\n")
        parent.stdin.flush()
        self.asked, self.told = asked.open("w"), told.open()

    def tell(self) -> list[str]:
        self.asked.write("\n")
        self.asked.flush()
        while not (line := self.told.readline()).startswith("told "):  # the log says when it moves
            assert line, "the sister ended"
        return line.split()[1:]

    def end(self) -> None:
        self.asked.close()
        self.told.read()  # which ends with it
        self.told.close()


sees_sisters = pytest.mark.skipif(
    not Path(f"/proc/self/task/{threading.get_native_id()}/children").exists(),
    reason="this kernel tells of no children",
)


@sees_sisters
def test_sisters_keep_to_different_cores_with_all_their_threads_and_long_work_runs_anywhere(
    parent: subprocess.Popen[str], meeting: Path
) -> None:
    sisters = [Sister(parent, meeting) for _ in MINE]
    told = [each.tell() for each in sisters]
    for each in sisters:
        each.end()
    assert sorted(int(core) for core, *_ in told) == MINE
    everywhere = ",".join(map(str, MINE))
    assert all(later == [core, everywhere, core] for core, *later in told)


@sees_sisters
def test_one_of_two_on_the_same_core_moves_once_the_sister_on_another_has_ended(
    parent: subprocess.Popen[str], meeting: Path
) -> None:
    first, second = Sister(parent, meeting), Sister(parent, meeting)
    (taken, *_), _ = first.tell(), second.tell()
    third = Sister(parent, meeting)  # on the core of one of them, as a new worker is while the old one still ends
    beside = third.tell()[0]
    alone, paired = (first, second) if beside != taken else (second, first)
    alone.end()
    # Each time they are asked they tell where they are, and look again; on a busy machine one look may be given up.
    assert any(sorted(each.tell()[0] for each in (paired, third)) == [str(core) for core in MINE] for _ in range(10))
    paired.end()
    third.end()


@pytest.mark.parametrize("why", ["no meeting", "held", "denied"])
def test_a_process_that_may_not_choose_stays_where_it_is_and_long_work_goes_on(
    meeting: Path, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise PermissionError

    before = os.sched_getaffinity(0)
    if why == "denied":
        monkeypatch.setattr(cores.os, "sched_setaffinity", denied)
    core = Core(meeting.with_name("not there") if why == "no meeting" else meeting)
    with open(meeting, "rb") as held:
        if why == "held":
            fcntl.flock(held, fcntl.LOCK_EX)
        core.settle()
    with core.anywhere():
        assert os.sched_getaffinity(0) == before
    assert core.kept is None
    assert os.sched_getaffinity(0) == before
