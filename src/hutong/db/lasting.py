"""Files that outlast a power cut: at every moment one has the whole of what it had before, or of what is put there."""

import os
from pathlib import Path


def put(path: Path, content: bytes, *, owner: os.stat_result | None, mode: int = 0o600) -> None:
    """Put a file in place of the one there is, if any; after return it outlasts a power cut.

    Where root puts it there, it belongs to `owner`, if one is named.
    """
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)  # of one that was killed, and may have been another's
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        if owner is not None and os.geteuid() == 0:
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.chmod(mode)
    beside.replace(path)
    sync(path.parent)


def sync(folder: Path) -> None:
    """Have what was put into a folder, or taken from it, outlast a power cut."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
