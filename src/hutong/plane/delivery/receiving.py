"""Places for large files that are being received, as many as are given for all processes of a door together.

A place is a lock on a file in the spool. The kernel lets go of it when the process that holds it ends, however it ends,
so that nobody counts the living and no place is lost. The file tells whose place it is.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hutong.core.errors import Problem
from hutong.plane.delivery import spool_folder


@contextmanager
def place(spool: Path, *, most: int, whose: str, twice: Problem, full: Problem) -> Iterator[None]:
    """Hold one of `most` places while the block runs; nobody waits for one.

    Raises `twice` where one is `whose` already, so that nobody keeps all others out, and `full` where all are taken.
    """
    mine = hashlib.sha256(whose.encode()).hexdigest()
    with ExitStack() as held:
        _take(spool / spool_folder.RECEIVING, mine, most=most, held=held, twice=twice, full=full)
        yield


def _take(folder: Path, mine: str, *, most: int, held: ExitStack, twice: Problem, full: Problem) -> None:
    """Lock a free place and note whose it is; what else was looked at is let go of."""
    folder.mkdir(mode=0o700, exist_ok=True)
    free = -1
    with spool_folder.locked(folder):  # who looks at them all sees none half taken
        for number in range(most):
            file = os.open(folder / f"place-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if not _locks(file):
                there = os.pread(file, len(mine), 0).decode()
                os.close(file)
                if there == mine:
                    raise twice
            elif free < 0:
                free = file
                held.callback(os.close, file)
            else:
                os.close(file)
        if free < 0:
            raise full
        os.pwrite(free, mine.encode(), 0)


def _locks(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
