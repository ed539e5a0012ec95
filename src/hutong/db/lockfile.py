"""A file that one process alone locks: who comes second is refused, and a process that ends lets go of it, however."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hutong.core.errors import Problem


@contextmanager
def locked(path: Path, *, refused: Problem) -> Iterator[int]:
    """Lock a file in the block, made where it is missing, and yield it open; raises `refused` where another has."""
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refused from None
        yield number
    finally:
        os.close(number)
