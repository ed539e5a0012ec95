"""What lies at the second place becomes a cluster again: a set's files, and the log that follows it.

What was stored may have been altered: nothing is written outside the folder, no links or devices, and nothing that
tells a server what to run or whom to let in: that is written anew (decision 95).
"""

import errno
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hutong.backup import compressing, files, place, reading_back, timelines
from hutong.backup.compressing import FrameCut, FrameDamaged
from hutong.backup.files import PlaceUnreadable
from hutong.backup.place import SEGMENT_BYTES, BackupPlace, BackupSet
from hutong.backup.timelines import Stretch, Timeline
from hutong.core.errors import Malformed, Problem

_TOLD = (".conf", ".signal", ".pid", ".opts", ".done", ".bak")
"""Ends of the names of files, beside the folders of a cluster, that say how a server runs: none is believed."""
_TABLESPACES = "tablespace_map"
"""Has PostgreSQL make links to folders elsewhere; a cluster of ours has none."""
_NO_NAME = (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.EINVAL, errno.EILSEQ)
"""What a file system says of a name that is none, or was another file's before."""


class SetHostile(Malformed):
    """Backup set {number} has {name} in it, which is no file or folder of a database: nothing of it is used."""


@dataclass(frozen=True, slots=True)
class Log:
    """The database's log as it was brought: from where a set begins to its end, or to a break in it."""

    segments: int
    broken_at: str | None
    """The first segment that is missing or damaged, where more was written after it."""
    problem: Problem | None
    """What is wrong with that, where it is damaged."""


def unpack(found: BackupSet, to: Path) -> int:
    """Write the files of a set into a folder that is empty, and return how many bytes; digests are held to it.

    Raises SetHostile, and what reading a set back raises: PartMissing, PartChanged, SetIncomplete, FrameDamaged,
    FrameCut.
    """
    stream, size = reading_back.Contents(found), 0
    try:
        with tarfile.open(fileobj=stream, mode="r|", bufsize=compressing.PIECE) as tar:
            for member in tar:
                path = _inside(to, member, found)
                size += 0 if _says_how(path, to) else _write(tar, member, path, found)
        while stream.read(compressing.PIECE):  # what follows the archive's end is held to its digest too
            pass
    except reading_back.BAD_TAR as fault:
        raise reading_back.SetIncomplete(number=found.number, wanting=f"tar: {fault}") from None
    if not (to / "PG_VERSION").is_file() or not (to / "backup_label").is_file():
        raise reading_back.SetIncomplete(number=found.number, wanting="PG_VERSION, backup_label")
    return size


def _inside(to: Path, member: tarfile.TarInfo, found: BackupSet) -> Path:
    """Return where a file of a set is written: inside of the folder, whatever its name says; raises SetHostile."""
    parts = PurePosixPath(member.name).parts
    if member.name.startswith("/") or ".." in parts or "\0" in member.name or not (member.isreg() or member.isdir()):
        raise SetHostile(number=found.number, name=_short(member.name))
    elsewhere = (parts[:1] == (_TABLESPACES,) and member.size) or (parts[:1] == ("pg_tblspc",) and len(parts) > 1)
    if elsewhere or (not parts and not member.isdir()):
        raise SetHostile(number=found.number, name=_short(member.name))
    return to.joinpath(*parts)


def _says_how(path: Path, to: Path) -> bool:
    """Return whether a file says how a server runs; it lies beside the folders of the cluster."""
    return path.parent == to and path.suffix in _TOLD


def _short(name: str) -> str:
    return name if len(name) <= 200 else f"{name[:200]}…"


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path, found: BackupSet) -> int:
    # No link is ever made in the folder, so that no path in it leads out.
    try:
        if member.isdir():
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            return 0
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as fault:
        if fault.errno in _NO_NAME:
            raise SetHostile(number=found.number, name=_short(member.name)) from None
        raise
    content = tar.extractfile(member)
    assert content is not None
    with open(number, "wb") as file:
        shutil.copyfileobj(content, file, compressing.PIECE)
    return member.size


def bring_log(at: BackupPlace, since: BackupSet, *, line: Timeline, to: Path) -> Log:
    """Write the log that follows a set on a line into the cluster's own folder of it, as far as it is whole.

    Of other lines nothing is brought, not where this one lacks a segment either: PostgreSQL would replay it. Segments
    are read and their checksums held to them; at the first that is missing or damaged it ends.
    """
    for timeline, path in timelines.files_of(at.log(since.system)).items():
        with suppress(*timelines.UNREADABLE):  # as the line was chosen without it
            _put(to / f"{timeline:08X}.history", iter((timelines.content(path),)))
    by_number = line.segments(at.segments(since.system))
    last, brought = max(by_number, default=-1), 0
    for number in range(since.start_lsn // SEGMENT_BYTES, last + 1):
        newest = line.of_segment(number)[0]
        if not by_number.get(number):
            return Log(brought, place.segment_name(newest.timeline, number), None)
        stretch, segment = by_number[number][0]
        try:
            if segment.finished:
                reading_back.read_segment(segment, system=since.system)
            _put(to / segment.name, _upto(_content(segment.path), stretch, number), size=SEGMENT_BYTES)
        except IsADirectoryError:
            return Log(brought, segment.name, None)
        except (FrameDamaged, FrameCut, PlaceUnreadable, reading_back.SegmentWrong) as problem:
            return Log(brought, segment.name, problem)
        brought += 1
        if stretch != newest:  # the segment in which the line was left and went on, as it was before that
            more = number < last
            return Log(brought, place.segment_name(newest.timeline, number) if more else None, None)
    return Log(brought, None, None)


def _upto(content: Iterator[bytes], stretch: Stretch, number: int) -> Iterator[bytes]:
    """Yield the content of a segment as far as its stretch goes: what was written after it is of no line."""
    left = SEGMENT_BYTES if stretch.end is None else stretch.end - number * SEGMENT_BYTES
    for piece in content:
        yield piece[:left]
        left -= len(piece[:left])


def _content(path: Path) -> Iterator[bytes]:
    with files.open_regular(path) as file:
        if path.suffix == ".zst":
            yield from compressing.content(file, name=path, most=SEGMENT_BYTES)
            return
        left = SEGMENT_BYTES
        while left and (piece := file.read(min(left, compressing.PIECE))):
            left -= len(piece)
            yield piece


def _put(path: Path, content: Iterator[bytes], *, size: int = 0) -> None:
    """Write a file in place of one that is there; one that is being received is filled up to its size."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        for piece in content:
            file.write(piece)
        file.truncate(max(size, file.tell()))
    beside.replace(path)
