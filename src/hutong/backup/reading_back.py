"""What was written to the second place is read from there again: a backup that nobody can read is none."""

import hashlib
import io
import json
import re
import struct
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hutong.backup import compressing, files, place, timelines
from hutong.backup.compressing import FrameCut, FrameDamaged
from hutong.backup.files import PlaceUnreadable
from hutong.backup.place import SEGMENT_BYTES, BackupPlace, BackupSet, PartFile, Segment
from hutong.backup.taking import PART_BYTES
from hutong.core.errors import Conflicting, Problem

_NEEDED = ("backup_label", "PG_VERSION", "global/pg_control", "backup_manifest")
_MOST_BYTES = 256 << 20
"""Of a file that is read whole, a manifest of very many files: a longer one is no manifest."""
_START = re.compile(rb"START WAL LOCATION: ([0-9A-F]+/[0-9A-F]+)")


BAD_TAR = (tarfile.TarError, ValueError, OverflowError)
"""What reading an archive raises that is none, or was altered."""


class PartMissing(Conflicting):
    """Of backup set {number} the file {file} is missing."""


class PartChanged(Conflicting):
    """Of backup set {number} the file {file} is not as it was written: {bytes} bytes, SHA-256 {sha256}."""


class SetIncomplete(Conflicting):
    """Backup set {number} can be read, and {wanting} is not in it."""


class SegmentWrong(Conflicting):
    """The file {file} of the database's log holds something else than its name says."""


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What reading a set back found: how many files and bytes of content there were, or what is wrong with it."""

    files: int
    bytes: int
    problem: Problem | None


def read(found: BackupSet) -> ReadBack:
    """Read a set from the disk, whole: digests and checksums are held to it, and all a start needs has to be there."""
    try:
        return _read(found)
    except (PartMissing, PartChanged, SetIncomplete, FrameDamaged, FrameCut, PlaceUnreadable) as problem:
        return ReadBack(0, 0, problem)


def _read(found: BackupSet) -> ReadBack:
    seen: dict[str, bytes] = {}
    files = size = 0
    stream = Contents(found)
    try:
        with tarfile.open(fileobj=stream, mode="r|", bufsize=compressing.PIECE) as tar:
            for member in tar:
                files += member.isreg()
                size += member.size
                name = member.name.removeprefix("./")
                small = name in _NEEDED or name.startswith("pg_wal/")
                extracted = tar.extractfile(member) if small and member.isreg() else None
                if extracted is not None:
                    # Of the log its beginning is enough to see which segment it is.
                    seen[name] = extracted.read(_MOST_BYTES) if name in _NEEDED else extracted.read(WAL_HEADER.size)
        while stream.read(compressing.PIECE):  # what follows the archive's end is held to its digest too
            pass
    except BAD_TAR as fault:
        raise SetIncomplete(number=found.number, wanting=f"tar: {fault}") from None
    _complete(found, seen)
    return ReadBack(files, size, None)


def _complete(found: BackupSet, seen: dict[str, bytes]) -> None:
    """See that all is there a server needs to start from; raises SetIncomplete."""
    segments = range(found.start_lsn // SEGMENT_BYTES, (found.stop_lsn - 1) // SEGMENT_BYTES + 1)
    wanted = [*_NEEDED, *(f"pg_wal/{place.segment_name(found.timeline, number)}" for number in segments)]
    for name in wanted:
        if name not in seen:
            raise SetIncomplete(number=found.number, wanting=name)
    began = _START.search(seen["backup_label"])
    if began is None or place.lsn(began[1].decode()) != found.start_lsn:
        raise SetIncomplete(number=found.number, wanting="backup_label")
    try:
        (written,) = json.loads(seen["backup_manifest"])["WAL-Ranges"]
        ended = place.lsn(written["End-LSN"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SetIncomplete(number=found.number, wanting="backup_manifest") from None
    if ended != found.stop_lsn:
        raise SetIncomplete(number=found.number, wanting="backup_manifest")


class Contents(io.RawIOBase):
    """The content of a set's files, one after the other, as one stream: its tar archive.

    Each file's digest is held to it as it ends. Reading raises PartMissing, PartChanged, FrameDamaged and FrameCut.
    """

    def __init__(self, found: BackupSet) -> None:
        self._pieces = _pieces(found)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer, or as much of it as the next piece does; return how many bytes."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        taken = min(len(buffer), len(self._rest))
        buffer[:taken] = self._rest[:taken]
        self._rest = self._rest[taken:]
        return taken


def _pieces(found: BackupSet) -> Iterator[bytes]:
    for part in found.files:
        path = found.folder / part.name
        try:
            file = files.open_regular(path)
        except FileNotFoundError:
            raise PartMissing(number=found.number, file=part.name) from None
        with file:
            files.forget(file.fileno())
            digested = _Digested(file)
            yield from compressing.content(digested, name=path, most=PART_BYTES)
            _same(found, part, digested)


class _Digested(io.RawIOBase):
    """A file whose digest is made as it is read."""

    def __init__(self, file: io.RawIOBase) -> None:
        self._file = file
        self.digest, self.bytes = hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size) or b""
        self.digest.update(piece)
        self.bytes += len(piece)
        return piece


def _same(found: BackupSet, part: PartFile, read: _Digested) -> None:
    sha256 = read.digest.hexdigest()
    if (read.bytes, sha256) != (part.bytes, part.sha256):
        raise PartChanged(number=found.number, file=part.name, bytes=read.bytes, sha256=sha256)


WAL_HEADER = struct.Struct("=HHIQI4xQII")
"""A segment's first page: magic, info, timeline, address, rest, the cluster's number, bytes of segment and page."""


def segment_content(segment: Segment) -> Iterator[bytes]:
    """Yield the content of a finished segment; raises FrameDamaged, FrameCut, PlaceUnreadable, OSError."""
    with files.open_regular(segment.path) as file:
        files.forget(file.fileno())
        yield from compressing.content(file, name=segment.path, most=SEGMENT_BYTES)


def read_segment(segment: Segment, *, system: str) -> None:
    """Read a finished segment from the disk; raises FrameDamaged, FrameCut, SegmentWrong and PlaceUnreadable."""
    size, head = 0, b""
    for piece in segment_content(segment):
        size += len(piece)
        head = head if len(head) >= WAL_HEADER.size else head + piece[: WAL_HEADER.size]
    told = WAL_HEADER.unpack(head[: WAL_HEADER.size]) if size == SEGMENT_BYTES else None
    if told is None or (told[3], str(told[5])) != (segment.number * SEGMENT_BYTES, system):
        raise SegmentWrong(file=str(segment.path))
    if not 1 <= told[2] <= segment.timeline:  # the first segment of a line begins with what it has of the one before
        raise SegmentWrong(file=str(segment.path))


@dataclass(frozen=True, slots=True)
class LogBreak:
    """Where the log of a set ends too early: the segment that is missing, or the damaged one with what is wrong."""

    segment: str
    problem: Problem | None


def log_break(
    at: BackupPlace, since: BackupSet, *, look: Callable[[Segment], Problem | None] = lambda _: None
) -> LogBreak | None:
    """Return the first break in the log that follows a set on its newest line; None where it goes through.

    What a server wrote that was given up is on another line, and fills no break. With `look` each segment that is
    compressed is read, too: it returns what is wrong with it.
    """
    line = timelines.after(at, since)
    by_number = line.segments(at.segments(since.system))
    first, last = since.start_lsn // SEGMENT_BYTES, max(by_number, default=-1)
    for number in range(first, last + 1):
        here = by_number.get(number, [])
        if not here:
            return LogBreak(place.segment_name(line.of_segment(number)[0].timeline, number), None)
        for _, segment in here:
            if segment.compressed and (problem := look(segment)) is not None:
                return LogBreak(segment.name, problem)
    return None

