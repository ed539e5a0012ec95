"""Removing a server's cluster: only what is its own, whatever a file says that names it.

A file in a server's folder may name a cluster that lies elsewhere. Who could write that file, or copied the folder,
does not decide by it what is ended and removed.
"""

import os
from pathlib import Path

from hutong.db import postmaster


def is_own(folder: Path, cluster: Path) -> bool:
    """Return whether a cluster is that of the server in a folder: it lies in it, or where root made a place for it."""
    if cluster.name in ("", ".", ".."):
        return False
    at, server = Path(os.path.realpath(cluster.parent)), Path(os.path.realpath(folder))
    if at == server:
        return True
    try:
        made = at.parent == Path(os.path.realpath(postmaster.SHARED)) and at.lstat().st_uid == os.geteuid()
        return made and (at / postmaster.WHOSE).read_text() == str(server)
    except (OSError, UnicodeDecodeError):
        return False


def beside(one: Path, other: Path) -> bool:
    """Return whether two folders lie in the same one, by other names."""
    names = {one.name, other.name}
    return len(names - {"", ".", ".."}) == 2 and one.parent == other.parent


def remove(cluster: Path) -> None:
    """Remove a cluster that is a server's own; of one behind a link the link goes."""
    if cluster.is_symlink():
        cluster.unlink()
    else:
        postmaster.remove(cluster)


def is_same(folder: Path, seen: os.stat_result) -> bool:
    """Return whether a folder is there, no link, still the one that was seen, and belongs to who asks."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return (found.st_dev, found.st_ino, found.st_uid) == (seen.st_dev, seen.st_ino, os.geteuid())
