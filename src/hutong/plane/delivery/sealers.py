"""Processes that prepare blocks beside the one that reads the file.

They are programs of their own (`python -m hutong.plane.delivery.sealers FD`), not forks: whoever loads may have
threads. They are given blocks over a socket pair, put the rows on disk themselves, and end when the loader's end of
it closes, however the loader ended. At most two blocks are with each of them.
"""

import itertools
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

import pyarrow as pa

from hutong.core.errors import Unavailable
from hutong.plane.delivery import preparing
from hutong.plane.delivery.blocks import Block, UnreadableRow
from hutong.plane.delivery.preparing import Prepared, Work

MOST = 2
"""However many cores there are: with more, a large delivery would take more than a gibibyte."""

WORTH_BYTES = 16 << 20
"""A smaller file is done before processes have started."""

_AHEAD = 2
_alone = threading.Lock()

Given = tuple[Block, pa.FixedSizeBinaryArray | None]
Packed = tuple[pa.Schema, pa.Buffer, Sequence[int], list[UnreadableRow], pa.FixedSizeBinaryArray | None, Path]


class SealerLost(Unavailable):
    """A process that prepared the delivery has ended; nothing was loaded. Send the delivery again."""


def wanted(size: int) -> int:
    """Return how many processes are worth starting for a file of `size` bytes on this machine."""
    return min(len(os.sched_getaffinity(0)), MOST) if size >= WORTH_BYTES else 0


def prepared(
    blocks: Iterable[Given], work: Work, folder: Path, *, processes: int = 0, at_once: bool = False
) -> Generator[Prepared, None, None]:
    """Yield every block prepared, in order, by `processes` processes or here; one delivery at a time has them.

    They start `at_once`, beside the first reading of `blocks`, or when there is a first block. The rows are put into
    files of `folder`; raises OSError where one cannot be written, and SealerLost.
    """
    files = (folder / f"rows-{number}" for number in itertools.count())
    given = zip(blocks, files, strict=False)
    if not processes or not sys.executable or not _alone.acquire(blocking=False):
        for (block, marked), file in given:
            yield preparing.prepare(block, work, file, marked)
        return
    try:
        first = [] if at_once else list(itertools.islice(given, 1))
        if at_once or first:
            with _started(processes, work) as sealers:
                yield from _shared(itertools.chain(first, given), sealers)
    finally:
        _alone.release()


def _shared(blocks: Iterable[tuple[Given, Path]], sealers: list[Connection]) -> Iterator[Prepared]:
    waiting: deque[Connection] = deque()
    for place, (given, file) in enumerate(blocks):
        if len(waiting) == _AHEAD * len(sealers):
            yield _result(waiting.popleft())
        sealer = sealers[place % len(sealers)]
        _send(sealer, _packed(given, file))
        waiting.append(sealer)
    while waiting:
        yield _result(waiting.popleft())


def _packed(given: Given, file: Path) -> Packed:
    """Return a block without the rest of the file its columns may be slices of."""
    block, marked = given
    return block.batch.schema, block.batch.serialize(), block.numbers, block.unreadable, marked, file


def _unpacked(packed: Packed) -> tuple[Given, Path]:
    schema, data, numbers, unreadable, marked, file = packed
    return (Block(pa.ipc.read_record_batch(data, schema), numbers, unreadable), marked), file


def _send(sealer: Connection, what: Packed | Work) -> None:
    try:
        sealer.send(what)
    except ConnectionError:
        raise SealerLost from None


def _result(sealer: Connection) -> Prepared:
    try:
        found: Prepared | OSError = sealer.recv()
    except (EOFError, ConnectionError):
        raise SealerLost from None
    if isinstance(found, OSError):
        raise found
    return found


@contextmanager
def _started(count: int, work: Work) -> Iterator[list[Connection]]:
    ours: list[Connection] = []
    started: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(count):
            mine, theirs = Pipe()
            with theirs:
                command = [sys.executable, "-m", __name__, str(theirs.fileno())]
                started.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]))
            ours.append(mine)
            _send(mine, work)
        yield ours
    finally:
        for mine in ours:
            mine.close()
        for process in started:
            process.terminate()
            process.wait()


def main(connection: Connection) -> None:
    """Prepare what comes over `connection` until it closes."""
    work: Work = connection.recv()
    given: queue.Queue[tuple[Given, Path] | None] = queue.Queue()
    threading.Thread(target=_receive, args=(connection, given), daemon=True).start()
    while (one := given.get()) is not None:
        (block, marked), file = one
        try:
            connection.send(preparing.prepare(block, work, file, marked))
        except ConnectionError:  # the loader has ended
            raise
        except OSError as full:
            connection.send(full)


def _receive(connection: Connection, given: "queue.Queue[tuple[Given, Path] | None]") -> None:
    """Take blocks as they come, so that the loader never waits to send while its results wait to be read."""
    try:
        while True:
            given.put(_unpacked(connection.recv()))
    except (EOFError, OSError):
        given.put(None)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the loader decides
    try:
        main(Connection(int(sys.argv[1])))
    except (EOFError, ConnectionError):
        sys.exit(1)  # the loader has ended
