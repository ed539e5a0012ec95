"""The county's witness: it cosigns nothing of a platform that was set back a day, and ends with the demonstration."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from test_newcomer import Demo
from test_smoke import walked

from hutong.client import keys
from hutong.core.signed_note import LogSigner, split

DAY = 24 * 60 * 60
KEY = LogSigner.from_seed("log.county.example", bytes(32)).verifier


def until(done: Callable[[], bool], told: Path) -> None:
    end = time.monotonic() + 120
    while not done():
        assert time.monotonic() < end, told.read_text()
        time.sleep(0.1)


def lives(pid: int) -> bool:
    """Whether a process runs; one that nobody has asked after yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


PARENT = """
import os, subprocess, sys
words = [sys.executable, "-m", "hutong.demo.witness", str(os.getpid()), "client", *sys.argv[1:]]
print(subprocess.Popen(words, process_group=0, stdout=subprocess.DEVNULL).pid, flush=True)
sys.stdin.read()
"""


def test_it_ends_with_the_process_that_began_it_however_that_ended(tmp_path: Path) -> None:
    keys.generate(tmp_path / "key")
    asked = (
        "--url", "http://127.0.0.1:1", "--log", KEY, "--bookmarks", str(tmp_path / "seen.json"),
        "witness", "witness.county.example", str(tmp_path / "key"), "--every", "0.2",
    )  # fmt: skip
    with (tmp_path / "said").open("w") as said, subprocess.Popen(
        [sys.executable, "-c", PARENT, *asked], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
    ) as parent:
        assert parent.stdout is not None
        witness = int(parent.stdout.readline())
        until(lambda: (tmp_path / "said").read_text() != "", tmp_path / "said")  # that nobody answers, and it goes on
        assert lives(witness)
        parent.kill()
        parent.wait()
    until(lambda: not lives(witness), tmp_path / "said")


def running(folder: Path) -> Demo:
    demo = Demo(folder)
    demo.wait()
    return demo


def stop(demo: Demo, number: int = signal.SIGTERM) -> None:
    demo.process.send_signal(number)
    demo.process.wait(120)


def witnesses(folder: Path) -> list[int]:
    """The processes that witness the county in a folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = each.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"hutong.demo.witness" in words and os.fsencode(folder / "data-witness" / "witness.json") in words:
            found.append(int(each.parent.name))
    return [pid for pid in found if lives(pid)]


def size_at(demo: Demo, place: str) -> int:
    told = httpx.get(f"http://127.0.0.1:{demo.environ['HUTONG_GATEWAY_PORT']}/log/{place}")
    return int(split(told.text)[0].split("\n")[1]) if told.status_code == 200 else 0


def until_cosigned(demo: Demo) -> int:
    until(lambda: 0 < size_at(demo, "checkpoint") == size_at(demo, "checkpoint/cosigned"), demo.log)
    return size_at(demo, "checkpoint/cosigned")


def enter(demo: Demo, count: int) -> None:
    for _ in range(count):
        told = demo.hutong("client", "grants", **demo.client)
        assert told.returncode == 0, told.stderr


def cluster(folder: Path) -> Path:
    """Where the database's files lie: in the platform's folder, or where its own system user can reach them."""
    place = folder / "data" / "postgres" / "place"
    return Path(place.read_text()) if place.exists() else folder / "data" / "postgres" / "data"


def copy(source: Path, to: Path) -> None:
    subprocess.run(["cp", "-a", str(source), str(to)], check=True)


def set_clock(folder: Path, *, seconds: float) -> None:
    mark = folder / "data" / "training.json"
    mark.write_text(json.dumps({"shift_seconds": json.loads(mark.read_text())["shift_seconds"] + seconds}))


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("more", [0, 12], ids="then {} entries more".format)
def test_of_a_platform_whose_folder_and_database_were_set_back_a_day_it_cosigns_nothing_and_says_why(
    tmp_path: Path, more: int
) -> None:
    walked(tmp_path / "data")
    demo = running(tmp_path)
    until_cosigned(demo)
    stop(demo)
    copy(tmp_path / "data", tmp_path / "backup")
    copy(cluster(tmp_path), tmp_path / "cluster")

    set_clock(tmp_path, seconds=DAY)
    demo = running(tmp_path)
    enter(demo, 6)
    late = until_cosigned(demo)
    stop(demo)
    where = cluster(tmp_path)
    shutil.rmtree(where)
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "backup").rename(tmp_path / "data")
    if not where.exists():
        shutil.move(tmp_path / "cluster", where)
    set_clock(tmp_path, seconds=DAY)  # it is a day later all the same

    demo = running(tmp_path)
    try:
        until(lambda: "见证方已停止联署" in demo.log.read_text(), demo.log)
        enter(demo, more)
        before = size_at(demo, "checkpoint")
        until(lambda: size_at(demo, "checkpoint") == before, demo.log)
        assert size_at(demo, "checkpoint/cosigned") < late
        assert witnesses(tmp_path) == []
        seen = {path.name for path in (tmp_path / "data-witness").glob("witness.json.evidence/*/*")}
        assert {"seen.checkpoint", "served.checkpoint"} <= seen
    finally:
        stop(demo, signal.SIGKILL)
    until(lambda: witnesses(tmp_path) == [], demo.log)


@pytest.mark.full
@pytest.mark.timeout(600)
def test_it_does_not_outlive_a_demonstration_that_was_killed(tmp_path: Path) -> None:
    walked(tmp_path / "data")
    demo = running(tmp_path)
    until_cosigned(demo)
    assert len(witnesses(tmp_path)) == 1
    stop(demo, signal.SIGKILL)
    until(lambda: witnesses(tmp_path) == [], demo.log)
