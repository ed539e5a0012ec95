"""Folders that drills are held in: each is noted as it begins, so that what a killed one left is found and removed.

In it lie all keys of a platform, in plain, and its database. The notes lie in a folder of who drills, to which nobody
else writes; a note is locked while its drill goes on. Nothing is removed for how it is called, or for what lies in it.
"""

import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hutong.backup import restoring
from hutong.core.errors import Refused
from hutong.db import lasting, postmaster, receiving, removing
from hutong.installation import identity, opening
from hutong.settings import read

PREFIX = "hutong-drill-"
"""How the folder of a drill begins that nobody named."""
_PASSABLE = 0o711
"""The database's system user comes through, and nobody lists what is there."""


class DrillFolderOpen(Refused):
    """Others than you may change what lies in {folder}: a drill would bring all keys there."""

    clause = "SX-11-c"


@contextmanager
def made(folder: Path, *, notes: Path) -> Iterator[None]:
    """Make a folder for the drill in the block, and remove it with all in it at the end.

    `notes` is the folder of who drills, made where it is missing. Raises FolderInUse and DrillFolderOpen.
    """
    _make(notes)
    folder = Path(os.path.abspath(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    _check_above(folder.parent)
    try:
        folder.mkdir(mode=_PASSABLE)
    except FileExistsError:
        raise restoring.FolderInUse(data=str(folder), found=folder.name) from None
    seen, note = folder.lstat(), notes / f"{secrets.token_hex(8)}.json"
    told = {"folder": str(folder), "device": seen.st_dev, "inode": seen.st_ino}
    with open(os.open(note, os.O_RDWR | os.O_CREAT | os.O_EXCL, lasting.CLOSED), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # let go of when this process ends, however it ends
        try:
            json.dump(told, file)
            file.flush()
            os.fsync(file.fileno())
            yield
        finally:
            if removing.is_same(folder, seen):
                remove(folder)
            note.unlink(missing_ok=True)


def sweep(notes: Path) -> list[Path]:
    """Remove the folders that drills which were killed left, and return them; one under way stays.

    Only what was noted goes, and where it is the very folder still and no platform by now. Raises DrillFolderOpen.
    """
    if not notes.exists():
        return []
    _make(notes)
    left = []
    for note in sorted(notes.glob("*.json")):
        with open(os.open(note, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            if (folder := _noted(file.read())) is not None:
                remove(folder)
                left.append(folder)
            note.unlink(missing_ok=True)
    return left


def remove(folder: Path) -> None:
    """Remove all that a drill brought into its folder, its keys too; a server that still runs there is ended."""
    receiving.discard(opening.own_server(read({}, data=folder)))
    postmaster.remove(folder)


def _noted(content: bytes) -> Path | None:
    """Return the folder of a note, where it is there still and what a drill left; None else."""
    try:
        told = json.loads(content)
        folder = Path(told["folder"])
        found = folder.lstat()
        same = (found.st_dev, found.st_ino) == (told["device"], told["inode"])
    except (OSError, ValueError, KeyError, TypeError):  # cut off as it was written: the folder is empty still
        return None
    if not same or not stat.S_ISDIR(found.st_mode) or not removing.is_same(folder, found):
        return None
    mark = folder / opening.RESTORING
    if (folder / identity.FILE).exists() or (mark.is_file() and restoring.under_way(mark)):
        return None  # somebody has put a platform there since
    return folder


def _make(notes: Path) -> None:
    """Make the folder of notes where it is missing, and see that nobody else writes to it; raises DrillFolderOpen."""
    notes.mkdir(mode=_PASSABLE, parents=True, exist_ok=True)
    found = notes.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise DrillFolderOpen(folder=str(notes))


def _check_above(folder: Path) -> None:
    """See that nobody else can exchange what lies in a folder; raises DrillFolderOpen."""
    found = folder.stat()
    shared = found.st_mode & 0o002 and not found.st_mode & stat.S_ISVTX
    if shared or found.st_uid not in (0, os.geteuid()):
        raise DrillFolderOpen(folder=str(folder))
