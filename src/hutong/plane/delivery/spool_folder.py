"""The spool: people's rows lie in it while they are loaded, and go with the process that put them there.

Who works in the spool holds a lock on a folder of their own in it; the kernel lets go of the lock when the process
ends, however it ends. Whoever gets the lock may therefore remove the folder, and nobody asks which processes live.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "hutong-load-"
UPLOADS, PART = "uploads", ".part"
"""The folder of what officers sent and look at (`uploads`), and how the name ends of what is half written."""
RECEIVING = "receiving"
"""The folder of the places for files that are being received (`receiving`): no rows are in it, and it stays."""
UPLOAD_SECONDS = 3_600.0
"""What nobody has answered is forgotten when it is this old; the rulebook may say sooner."""
FORGOTTEN_SECONDS = 86_400.0
"""A file or folder without a lock is taken for left behind when it is this old."""

LONGEST_NAME, LONGEST_ENDING = 60, 10
"""Characters of a file's name that are kept, and of its ending."""
_BYTES = 200
"""Bytes of a name that every folder takes."""


@contextmanager
def working(spool: Path | None) -> Iterator[Path]:
    """Yield a new folder of one's own in `spool` (where none is named, in the system's); it goes with the block."""
    if spool is None:
        with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
            yield Path(name)
        return
    with _locked(spool, fcntl.LOCK_SH):  # a folder is never seen without its lock
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=spool))
        mine = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(mine, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # what cannot be removed now, the next sweep takes
        os.close(mine)


def sweep(spool: Path) -> int:
    """Remove what killed processes left in `spool` and return how many things that were.

    Safe while others load there and while others sweep.
    """
    removed = 0
    for found in sorted(spool.iterdir()) if spool.exists() else ():
        if found.name == UPLOADS:
            removed += _sweep_uploads(found)
        if found.name in (UPLOADS, RECEIVING):
            continue
        with suppress(FileNotFoundError):  # another sweeper was faster
            with _locked(spool, fcntl.LOCK_EX):  # for a moment only: nobody waits while something large is removed
                left = _left_behind(found)
            if left:
                _remove(found)
                removed += 1
    return removed


def age(file: int) -> float:
    """Return how many seconds ago an open file was written last."""
    return time.time() - os.fstat(file).st_mtime


def _sweep_uploads(folder: Path) -> int:
    with _locked(folder, fcntl.LOCK_EX):  # who begins to write one holds it, until the file has its own lock
        left = [found for found in sorted(folder.iterdir()) if _unanswered(found)]
        for found in left:
            found.unlink(missing_ok=True)
    return len(left)


def _unanswered(found: Path) -> bool:
    try:
        with found.open("rb") as opened:
            if not found.name.endswith(PART):
                return age(opened.fileno()) > UPLOAD_SECONDS
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except (BlockingIOError, FileNotFoundError):
        return False


def _remove(found: Path) -> None:
    if found.is_dir() and not found.is_symlink():
        shutil.rmtree(found, ignore_errors=True)
    else:
        found.unlink()


def _left_behind(found: Path) -> bool:
    if found.is_symlink() or not found.is_dir() or not found.name.startswith(PREFIX):
        return time.time() - found.lstat().st_mtime > FORGOTTEN_SECONDS
    with _open(found) as folder:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    with _open(folder) as opened:
        fcntl.flock(opened, how)
        yield


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep every other process from what is done under this lock of a folder."""
    with _locked(folder, fcntl.LOCK_EX):
        yield


@contextmanager
def _open(folder: Path) -> Iterator[int]:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield opened
    finally:
        os.close(opened)


def called(name: str) -> str:
    """Return the name of a file as its sender knows it, cut to what a folder takes, and without any path."""
    path = Path(name)
    ending = path.suffix[:LONGEST_ENDING]
    stem = path.stem[:LONGEST_NAME].encode()[: _BYTES - len(ending.encode())]
    return f"{stem.decode(errors='ignore')}{ending}"
