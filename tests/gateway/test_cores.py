"""Each process of the gateway keeps to one core, and long work beside it to none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hutong.gateway import cores

_SISTER = """
import os, sys, threading
from pathlib import Path
from hutong.gateway import cores
core = cores.settle(Path(sys.argv[1]))
found = []
def look():
    found.append(os.sched_getaffinity(0))
    with cores.anywhere():
        found.append(os.sched_getaffinity(0))
    found.append(os.sched_getaffinity(0))
later = threading.Thread(target=look)
later.start(), later.join()
print(core, *[",".join(map(str, sorted(each))) for each in found], flush=True)
sys.stdin.read()
"""

several = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="one core, or no Linux"
)


@several
def test_sisters_keep_to_different_cores_with_all_their_threads_and_a_load_may_run_anywhere(tmp_path: Path) -> None:
    meeting = tmp_path / "keyring.json"
    meeting.write_text("{}")
    mine = os.sched_getaffinity(0)
    sisters = [
        subprocess.Popen(
            [sys.executable, "-c", _SISTER, meeting], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in mine
    ]
    told = []
    for each in sisters:
        assert each.stdout is not None
        told.append(each.stdout.readline().split())
    for each in sisters:
        each.communicate("", timeout=10)
    assert sorted(int(core) for core, *_ in told) == sorted(mine)
    everywhere = ",".join(map(str, sorted(mine)))
    assert all(later == [core, everywhere, core] for core, *later in told)


def test_a_process_whose_sisters_cannot_be_seen_stays_where_it_is(tmp_path: Path) -> None:
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    assert cores.settle(tmp_path / "not there") is None
    assert before is None or os.sched_getaffinity(0) == before
