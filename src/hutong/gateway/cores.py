"""One core for each process of the gateway.

The threads of a process take turns at the interpreter anyway. Left to themselves they take them on changing cores, each
time with cold caches, and processes run after each other: kept on a core of its own, a process answers a fifth more.
"""

import fcntl
import os
import random
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from hutong.messages import logger

ENDED = "ZX"
"""States, as the kernel tells them, of a process that runs no more and that its parent has not taken note of."""


class Core:
    """The core a process keeps to, once it has settled on one; until then, and where it may not, it runs on any."""

    def __init__(self, meeting: Path) -> None:
        """`meeting` is a file that all sisters can read: while it is locked, only one of them chooses."""
        self._meeting = meeting
        self.kept: int | None = None
        self._all: set[int] = set()
        """Where this process might run before it settled."""

    def settle(self) -> None:
        """Keep all threads of this process, now and later, on the core that fewest of its sisters are kept on.

        To be called again from time to time, for sisters end and new ones begin. Nothing is done where the system does
        not allow it.
        """
        try:
            if self.kept is None:
                self._all = os.sched_getaffinity(0)
            with open(self._meeting, "rb") as file:
                _lock(file)
                taken = Counter(core for each in _sisters() for core in _kept_on(each))
                # Where it is as good as any other, it stays; among equal ones any will do.
                core = min(self._all, key=lambda each: (taken[each], each != self.kept, random.random()))  # noqa: S311
                if core != self.kept:
                    self._move(core)
        except (AttributeError, OSError):  # no Linux, or one that does not let us
            return

    @contextmanager
    def anywhere(self) -> Iterator[None]:
        """Let the thread that uses this block, and what it starts in it, run on every core, for long work."""
        if self.kept is None:
            yield
            return
        with suppress(OSError):
            os.sched_setaffinity(0, self._all)
        try:
            yield
        finally:
            with suppress(OSError):
                os.sched_setaffinity(0, {self.kept})

    def _move(self, core: int) -> None:
        before = self._all if self.kept is None else {self.kept}  # who runs anywhere goes on so
        try:
            _keep(before, on={core})
        except OSError:
            with suppress(OSError):
                _keep({core}, on=before)
            raise
        if self.kept is not None:
            logger.info("moved_to_core", core=core, before=self.kept)
        self.kept = core


def _keep(before: Collection[int], *, on: Collection[int]) -> None:
    """Move every thread that is kept on `before`: this one first (what it starts follows), then all."""
    os.sched_setaffinity(0, on)
    seen: set[str] = set()
    while new := set(os.listdir("/proc/self/task")) - seen:
        for thread in new:
            with suppress(ProcessLookupError):  # it has just ended
                if os.sched_getaffinity(int(thread)) == before:
                    os.sched_setaffinity(int(thread), on)
        seen |= new


def _lock(file: BinaryIO) -> None:
    """Lock the meeting; raises BlockingIOError where others do not let go of it for a tenth of a second."""
    for _ in range(20):
        with suppress(BlockingIOError):
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(0.005)
    raise BlockingIOError


def _sisters() -> list[int]:
    """Return the processes that the same parent started, without this one."""
    parent = os.getppid()
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return [int(each) for each in children if int(each) != os.getpid()]


def _kept_on(process: int) -> set[int]:
    """Return the one core a process is kept on, nothing where it may run on several or has ended."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        cores = os.sched_getaffinity(process)
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return set()
    state = told.rpartition(")")[2].split()[0]  # behind its name, in which anything may stand
    return cores if len(cores) == 1 and state not in ENDED else set()
