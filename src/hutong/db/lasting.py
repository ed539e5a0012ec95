"""Files that outlast a power cut: at every moment one has the whole of what it had before, or of what is put there."""

import errno
import os
from pathlib import Path

CLOSED = 0o600
"""As a file is made: for its owner alone."""
_NO_FOLDERS = (errno.EINVAL, errno.EBADF, errno.ENOTSUP)
"""What a file system says that syncs no folder, and keeps its names by itself: a network storage, for example."""


def put(path: Path, content: bytes, *, owner: os.stat_result | None, mode: int = CLOSED) -> None:
    """Put a file in place of the one there is, if any; after return it outlasts a power cut.

    Where root puts it there, it belongs to `owner`, if one is named. Of a file system that knows neither owners nor
    rights nothing is asked that it has already.
    """
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)  # of one that was killed, and may have been another's
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, CLOSED), "wb") as file:
        if owner is not None and os.geteuid() == 0:
            _give(file.fileno(), owner)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if mode != CLOSED:
        beside.chmod(mode)
    beside.replace(path)
    sync(path.parent)


def _give(number: int, owner: os.stat_result) -> None:
    made = os.fstat(number)
    if (made.st_uid, made.st_gid) != (owner.st_uid, owner.st_gid):
        os.fchown(number, owner.st_uid, owner.st_gid)


def sync(folder: Path) -> None:
    """Have what was put into a folder, or taken from it, outlast a power cut, where its file system has that asked."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    except OSError as fault:
        if fault.errno not in _NO_FOLDERS:
            raise
    finally:
        os.close(number)
