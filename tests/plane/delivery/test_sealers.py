import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import delivering
import pyarrow as pa
import pytest
from delivering import definition, row, write_csv

from hutong.plane.delivery import reading, sealers, spooling
from hutong.plane.delivery.blocks import Block
from hutong.plane.delivery.preparing import Prepared, Work
from hutong.plane.delivery.reading import failures
from hutong.plane.keys import Keyring


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(definition(), Keyring.create(tmp_path / "k").resource("307001/000001"), changes=False)


def blocks(folder: Path, work: Work, count: int) -> Iterator[tuple[Block, None]]:
    for place in range(count):
        rows = [row(f"{place}-{i}", name="" if i == 7 else "张三") for i in range(50)]
        path = write_csv(folder / f"{place}.csv", rows)
        yield from ((block, None) for block in reading.open_(path, definition=work.definition).blocks())


def told(done: Prepared) -> tuple[object, ...]:
    with pa.ipc.open_file(done.file) as file:
        [rows] = [file.get_batch(i) for i in range(file.num_record_batches)]
    assert (rows.column("number"), rows.column("k")) == (done.numbers, done.records)
    columns = [rows.column(name).to_pylist() for name in ("number", "k", "op", "mark")]
    return (done.file.name, *columns, done.rejected.to_pylist())


@pytest.mark.parametrize("suite", ["international", "national"])
def test_several_processes_prepare_what_one_would_in_the_same_order(suite: str, tmp_path: Path) -> None:
    keys = Keyring.create(tmp_path / "k").resource("307001/000001", suite=suite)
    work = Work(definition(suite=suite), keys, changes=False)
    alone = [told(done) for done in sealers.prepared(blocks(tmp_path, work, 9), work, tmp_path)]
    shared = [told(done) for done in sealers.prepared(blocks(tmp_path, work, 9), work, tmp_path, processes=2)]
    assert shared == alone
    assert len(shared) == 9


def test_the_processes_start_at_once_or_when_there_is_something_to_prepare(tmp_path: Path, work: Work) -> None:
    started = []

    def none() -> Iterator[tuple[Block, None]]:
        started.append(soon(lambda: len(children()) == 2) if at_once else children() != [])
        yield from ()

    for at_once in (True, False):
        assert list(sealers.prepared(none(), work, tmp_path, processes=2, at_once=at_once)) == []
    assert started == [True, False]
    assert children() == []


def test_a_second_delivery_meanwhile_is_prepared_here(tmp_path: Path, work: Work) -> None:
    first = sealers.prepared(blocks(tmp_path, work, 5), work, tmp_path, processes=1)
    next(first)
    (tmp_path / "other").mkdir()
    assert len(list(sealers.prepared(blocks(tmp_path, work, 3), work, tmp_path / "other", processes=1))) == 3
    assert len(list(first)) == 4
    assert len(children()) == 0


def test_a_process_that_ends_is_told_and_the_others_end_too(tmp_path: Path, work: Work) -> None:
    done = sealers.prepared(blocks(tmp_path, work, 20), work, tmp_path, processes=2)
    next(done)
    os.kill(children()[0], signal.SIGKILL)
    with pytest.raises(sealers.SealerLost):
        list(done)
    assert children() == []


def test_a_file_that_cannot_be_written_is_told_as_what_it_is(tmp_path: Path, work: Work) -> None:
    for processes in (0, 2):
        with pytest.raises(FileNotFoundError):
            list(sealers.prepared(blocks(tmp_path, work, 6), work, tmp_path / "gone", processes=processes))
    assert children() == []


def test_whoever_stops_reading_leaves_no_process(tmp_path: Path, work: Work) -> None:
    def broken() -> Iterator[Block]:
        yield from (block for block, _ in blocks(tmp_path, work, 4))
        raise failures.FileEmpty(file="x")

    with pytest.raises(failures.FileEmpty):
        spooling.prepare(tmp_path, broken(), work=work, processes=2, progress=lambda rows: None)
    assert children() == []


LOADER = """
    import sys, time
    from pathlib import Path
    from hutong.plane.delivery import preparing, sealers
    sys.path.insert(0, sys.argv[1])
    from delivering import definition
    from hutong.plane.keys import Keyring
    work = preparing.Work(definition(), Keyring.create(Path(sys.argv[2]) / "k2").resource("r"), changes=False)
    with sealers._started(2, work):
        print("here", flush=True)
        time.sleep(60)
"""


def test_the_processes_end_with_a_loader_that_was_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(LOADER), str(Path(delivering.__file__).parent), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as loader:
        assert loader.stdout is not None
        assert loader.stdout.readline() == b"here\n"
        assert soon(lambda: len(children(loader.pid)) == 2)  # a program just started has no command line yet
        found = children(loader.pid)
        loader.kill()
    assert soon(lambda: not any(alive(pid) for pid in found))


def test_small_files_are_prepared_here() -> None:
    assert sealers.wanted(sealers.WORTH_BYTES - 1) == 0
    assert 1 <= sealers.wanted(sealers.WORTH_BYTES) <= sealers.MOST


def soon(happens: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not happens() and time.monotonic() < until:
        time.sleep(0.05)
    return happens()


def children(pid: int | None = None) -> list[int]:
    """The sealers a process has started."""
    found = []
    for task in Path(f"/proc/{pid or os.getpid()}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return [child for child in found if b"hutong.plane.delivery.sealers" in Path(f"/proc/{child}/cmdline").read_bytes()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False
