"""That the folders of a place are our own: nobody else made them beforehand, and none leads elsewhere."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from hutong.core.errors import Conflicting

FOLDERS = ("", "sets", "log", "heads")
"""Of a place, by their names within it."""


class PlaceForeign(Conflicting):
    """The folder {folder} of the backup place belongs to another user, or is none: nothing is written there."""


def check(place: Path) -> None:
    """See that the folders of a place that are there are ours, and close them to the writing of others.

    Raises PlaceForeign, and OSError.
    """
    for name in FOLDERS:
        folder = place / name
        try:
            found = folder.lstat()
        except FileNotFoundError:
            continue
        if not stat.S_ISDIR(found.st_mode) or (found.st_uid != os.geteuid() and found.st_uid != _told_as(place.parent)):
            raise PlaceForeign(folder=str(folder))
        if found.st_mode & 0o022:
            with suppress(OSError):  # a network storage knows no rights, and tells those it was mounted with
                folder.chmod(0o700)


def _told_as(root: Path) -> int | None:
    """Return as whose a file of ours is told there: a network storage knows its own owners. None where none is made."""
    with suppress(OSError), tempfile.TemporaryFile(dir=root) as made:
        return os.fstat(made.fileno()).st_uid
    return None
