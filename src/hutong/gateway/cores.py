"""One core for each process of the gateway.

The threads of a process take turns at the interpreter anyway. Left to themselves they take them on changing cores, each
time with cold caches, and processes run after each other: kept on a core of its own, a process answers a fifth more.
"""

import fcntl
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ALL = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
"""Cores this process might run on when it began."""


def settle(meeting: Path) -> int | None:
    """Keep all threads of this process, now and later, on the core that fewest of its sisters are kept on.

    Returns the core, or None where the system does not let us choose. `meeting` is a file that
    all sisters can read: while it is locked, only one of them chooses.
    """
    try:
        with open(meeting, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            taken = Counter(core for each in _sisters() for core in _kept_on(each))
            core = min(_ALL, key=lambda each: (taken[each], random.random()))  # noqa: S311 - one is as good as another
            for thread in os.listdir("/proc/self/task"):
                os.sched_setaffinity(int(thread), {core})
    except (AttributeError, ValueError, OSError):  # no Linux, or one that does not let us
        return None
    return core


@contextmanager
def anywhere() -> Iterator[None]:
    """Let the thread that uses this block, and what it starts in it, run on every core: for long work by the side."""
    if not _ALL:
        yield
        return
    kept = os.sched_getaffinity(0)
    os.sched_setaffinity(0, _ALL)
    try:
        yield
    finally:
        os.sched_setaffinity(0, kept)


def _sisters() -> list[int]:
    """Return the processes that the same parent started, without this one."""
    parent = os.getppid()
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return [int(each) for each in children if int(each) != os.getpid()]


def _kept_on(process: int) -> set[int]:
    """Return the one core a process is kept on, nothing where it may run on several."""
    try:
        cores = os.sched_getaffinity(process)
    except ProcessLookupError:  # it has just ended
        return set()
    return cores if len(cores) == 1 else set()
