"""Become the system user of a door, and then its program: run by root, in a process of its own, before all else.

Programs may lie where nobody but root comes: in root's home, for example. No folder is opened for that; this process
and those it starts see the folders they need in a view of their own, and nothing beside them (Linux: mount namespaces).
"""

import ctypes
import json
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

_NEW_MOUNTS, _PRIVATE, _BIND, _BARE = 0x20000, 0x4000 | 0x40000, 0x1000 | 0x4000, 0x2 | 0x4
_NO_NEW_PRIVILEGES = 38


def main(arguments: Sequence[str]) -> None:
    """Become the user that is told, and its command."""
    told = json.loads(arguments[0])
    os.umask(0o022)
    closed = _closed(told["needed"], uid=told["uid"], groups=[told["gid"], *told["groups"]])
    if closed:
        _show(closed)
    os.chdir("/")
    os.setgroups(told["groups"])
    os.setresgid(told["gid"], told["gid"], told["gid"])
    os.setresuid(told["uid"], told["uid"], told["uid"])
    _call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    os.umask(0o077)
    os.execv(told["command"][0], told["command"])  # noqa: S606


def _closed(needed: Sequence[str], *, uid: int, groups: Sequence[int]) -> dict[str, list[str]]:
    """Return the folders the user cannot pass through, each with what is needed in it."""
    closed: dict[str, list[str]] = {}
    for place in needed:
        for folder in reversed(Path(place).parents):
            if not _passable(os.stat(folder), uid=uid, groups=groups):
                closed.setdefault(str(folder), []).append(place)
                break
    return closed


def _passable(found: os.stat_result, *, uid: int, groups: Sequence[int]) -> bool:
    if found.st_uid == uid:
        return bool(found.st_mode & stat.S_IXUSR)
    return bool(found.st_mode & (stat.S_IXGRP if found.st_gid in groups else stat.S_IXOTH))


def _show(closed: dict[str, list[str]]) -> None:
    """Put an empty folder over each closed one, for this process alone, and in it what is needed."""
    _call("unshare", _NEW_MOUNTS)
    _call("mount", None, b"/", None, ctypes.c_ulong(_PRIVATE), None)
    for folder, places in closed.items():
        opened = {place: os.open(place, os.O_PATH) for place in places}
        _call("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", ctypes.c_ulong(_BARE), b"mode=0755,size=64k")
        for place, number in opened.items():
            os.makedirs(place, exist_ok=True)
            _call("mount", f"/proc/self/fd/{number}".encode(), os.fsencode(place), None, ctypes.c_ulong(_BIND), None)
            os.close(number)


def _call(name: str, *given: object) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*given):
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main(sys.argv[1:])
