"""A backup set: the whole database as it is now, compressed and digested as it comes, whole only with its last file.

PostgreSQL itself copies (`pg_basebackup`), sees that its pages' checksums are right, and adds the log it wrote
meanwhile, so that a set stands by itself.
"""

import errno
import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from hutong.audit.checkpoint import Head
from hutong.backup import compressing, place
from hutong.backup.files import forget
from hutong.backup.place import BackupPlace, BackupSet, Clock, PartFile
from hutong.backup.programs import Source, statements
from hutong.core.errors import Conflicting, Unavailable
from hutong.db import lasting, lockfile, postmaster

PART_BYTES = 1 << 30
"""Content of one file of a set: each is a frame of its own, so that damage is told by file."""
PIPE_BYTES = 1 << 20
THREADS = 2
"""That compress beside the one that reads and writes: a set is copied as fast as PostgreSQL sends it (0080)."""

_POINT = re.compile(r"write-ahead log (start|end) point: ([0-9A-F]+/[0-9A-F]+)(?: on timeline (\d+))?")
FULL = (errno.ENOSPC, errno.EDQUOT)


class BackupRunning(Conflicting):
    """Another process is taking a backup of this platform at this moment."""


class BackupFailed(Unavailable):
    """The database could not be copied: {reason}"""


class PlaceFull(Unavailable):
    """On the disk of the backup place {folder} there is no room: nothing can be written there any more."""


class PlaceFailing(Unavailable):
    """The backup place {folder} cannot be written to: {reason}"""


def take(
    to: BackupPlace, source: Source, *, head: Head | None, hutong: str, lock: Path, clock: Clock,
    part_bytes: int = PART_BYTES,
) -> BackupSet:  # fmt: skip
    """Copy the cluster to a new set of the place and return it; `head` is the log's checkpoint before, `lock` a file.

    What earlier ones that were cut short left there goes first. The set is one once all of it is on the disk; whatever
    hinders that leaves none. Raises BackupRunning, BackupFailed, PlaceFull and PlaceFailing.
    """
    with alone(lock), writing(to):
        for left in to.unfinished():
            postmaster.remove(left)
        began = clock()
        cluster = source.cluster()
        folder = to.next_set(began)
        folder.mkdir(mode=0o700, parents=True)
        try:
            files, points = _copy(source, folder, part_bytes=part_bytes)
            found = BackupSet(
                folder=folder, number=int(folder.name.split("-")[0]), began_at=began, ended_at=began,
                start_lsn=place.lsn(points["start"][0]), stop_lsn=place.lsn(points["end"][0]),
                timeline=int(points["start"][1]), system=cluster.system, postgres=cluster.postgres, hutong=hutong,
                log_size=head.size if head else 0, log_root=head.root.hex() if head else "", files=files,
            )  # fmt: skip
            found = replace(found, ended_at=clock())
            to.write_set(found)
            return found
        except BaseException:
            with suppress(OSError):  # what hindered it is told; what stays goes before the next
                postmaster.remove(folder)  # it would fill a disk that has no room
            raise


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Be the only one to take or drop sets in the block; raises BackupRunning."""
    with lockfile.locked(lock, refused=BackupRunning()):
        yield


@contextmanager
def writing(to: BackupPlace) -> Iterator[None]:
    """Tell what hinders the writing to a place in the block: raises PlaceFull and PlaceFailing."""
    try:
        yield
    except OSError as fault:
        if fault.errno in FULL:
            raise PlaceFull(folder=str(to.folder)) from None
        raise PlaceFailing(folder=str(to.folder), reason=fault.strerror or str(fault)) from None


def _copy(source: Source, folder: Path, *, part_bytes: int) -> tuple[tuple[PartFile, ...], dict[str, tuple[str, str]]]:
    """Copy the cluster into files of `folder`; return them, and where in the database's log it begins and ends."""
    asked = ["--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--verbose"]
    with tempfile.TemporaryFile() as said, source.connect() as connection:
        connection.execute(statements.keep_wal, {"name": f"hutong_set_{os.getpid()}"})
        process = source.begin("pg_basebackup", asked, stderr=said.fileno())
        assert process.stdout is not None
        with process.stdout as tar:
            _widen(tar)
            try:
                files = _Parts(folder, part_bytes).write(tar)
            except BaseException:
                process.kill()
                process.wait()
                raise
        status = process.wait()
        said.seek(0)
        told = said.read().decode(errors="replace")
    points = {kind: (at, timeline) for kind, at, timeline in _POINT.findall(told)}
    if status or points.keys() != {"start", "end"}:
        raise BackupFailed(reason=told.strip()[-1000:] or f"status {status}")
    lasting.sync(folder)
    lasting.sync(folder.parent)
    return files, points


class _Parts:
    """The files of one set, written one after the other."""

    def __init__(self, folder: Path, part_bytes: int) -> None:
        self._folder, self._part_bytes = folder, part_bytes

    def write(self, tar: IO[bytes]) -> tuple[PartFile, ...]:
        """Write all of `tar`; while one file is brought to the disk the next is begun."""
        files: list[PartFile] = []
        piece = tar.read(compressing.PIECE)
        with ThreadPoolExecutor(1) as disk:
            kept: Future[None] | None = None
            while piece:
                path = self._folder / f"base.tar.zst.{len(files) + 1:04}"
                with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    size, digest, piece = self._fill(file, tar, piece)
                if kept is not None:
                    kept.result()
                kept = disk.submit(_keep, path)
                files.append(PartFile(path.name, size, digest))
            if kept is not None:
                kept.result()
        return tuple(files)

    def _fill(self, file: IO[bytes], tar: IO[bytes], piece: bytes) -> tuple[int, str, bytes]:
        """Compress a file's share of `tar` into it; return its bytes, their digest and what is of the next."""
        digest, size, left, compressor = hashlib.sha256(), 0, self._part_bytes, compressing.compressor(threads=THREADS)
        while piece and left:
            taken, piece = piece[:left], piece[left:]
            left -= len(taken)
            size += _put(file, compressor.compress(taken), digest)
            piece = piece or tar.read(compressing.PIECE)
        size += _put(file, compressor.flush(), digest)
        return size, digest.hexdigest(), piece


def _put(file: IO[bytes], compressed: bytes, digest: "hashlib._Hash") -> int:
    digest.update(compressed)
    file.write(compressed)
    return len(compressed)


def _keep(path: Path) -> None:
    """Bring a file to the disk, and let the system keep no copy in memory: whoever reads it back reads the disk."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        forget(file.fileno())


def _widen(pipe: IO[bytes]) -> None:
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
