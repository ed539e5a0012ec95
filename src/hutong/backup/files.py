"""The small files at a backup place, read as what anybody may have put there who owns it.

A file is opened as a file alone, no link and no pipe, and is no longer than it may be; what it says is held to its kind
before anything is done with it.
"""

import errno
import io
import os
import stat
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from hutong.core import beijing, bounds
from hutong.core.errors import Conflicting

MOST_BYTES = 16 << 20
"""Bytes of one of these files: more is none of ours."""
AWAY = (errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENOTCONN)
"""What a network storage says that is away: nothing is known of its files then."""

PLACE_FORMAT, SET_FORMAT, ARCHIVER_FORMAT = "hutong-place-1", "hutong-set-1", "hutong-archiver-1"

Text = Annotated[str, Meta(max_length=bounds.LONGEST)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Number = Annotated[int, Meta(ge=1, le=bounds.LARGEST)]
Line = Annotated[int, Meta(ge=1, le=2**32 - 1)]
Position = Annotated[str, Meta(pattern="^[0-9A-F]{1,8}/[0-9A-F]{1,8}$")]
Moment = Annotated[datetime, Meta(tz=True)]


class PlaceUnreadable(Conflicting):
    """The file {file} of the backup place cannot be read."""


class CameFrom(Struct):
    """Of what an instance that was put back was made."""

    until: Moment
    at: Moment | None = None
    timeline: Line = 1


class InstanceFacts(Struct):
    """One instance that writes, or wrote, to a place."""

    instance: Text
    since: Moment
    machine: Text
    folder: Text
    restored_from: CameFrom | None


class PlaceFacts(Struct):
    """What `platform.json` says."""

    format: Literal["hutong-place-1"]
    platform: Annotated[str, Meta(pattern="^[0-9A-Za-z-]{8,60}$")]
    county: Text
    log_name: Text
    instance: Text
    instances: Annotated[list[InstanceFacts], Meta(min_length=1)]


class PartFacts(Struct):
    """One file of a set."""

    name: Annotated[str, Meta(pattern=r"^base\.tar\.zst\.[0-9]{4,9}$")]
    bytes: Count
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class SetFacts(Struct):
    """What `set.json` says."""

    format: Literal["hutong-set-1"]
    number: Number
    began: Moment
    ended: Moment
    start_lsn: Position
    stop_lsn: Position
    timeline: Line
    system: Annotated[str, Meta(pattern="^[0-9]{1,20}$")]
    postgres: Annotated[int, Meta(ge=1, le=999)]
    hutong: Annotated[str, Meta(max_length=100)]
    log_size: Count
    log_root: Annotated[str, Meta(pattern="^([0-9a-f]{2}){0,64}$")]
    files: Annotated[list[PartFacts], Meta(min_length=1)]


class ArchiveFacts(Struct):
    """What `archive.json` says."""

    received: Position
    at: Moment
    system: Annotated[str, Meta(pattern="^[0-9]{0,20}$")]
    timeline: Annotated[int, Meta(ge=0, le=2**32 - 1)]
    log_epoch: Annotated[int, Meta(ge=0, le=bounds.LARGEST)]
    log_size: Count


class ArchiverFacts(Struct):
    """What `archiver.json` says."""

    format: Literal["hutong-archiver-1"]
    archiver: Text
    instance: Text
    machine: Text
    folder: Text
    since: Moment


def forget(number: int) -> None:
    """Let the system keep no copy of an open file in memory: what is read next is what the disk has."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(number, 0, 0, os.POSIX_FADV_DONTNEED)


def open_regular(path: Path) -> io.FileIO:
    """Open a file to be read; raises OSError, and PlaceUnreadable for what is no file: a link, a pipe, a device."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as fault:
        if fault.errno in (errno.ELOOP, errno.ENXIO):
            raise PlaceUnreadable(file=str(path)) from None
        raise
    kind = os.fstat(number).st_mode
    if not stat.S_ISREG(kind):
        os.close(number)
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        raise PlaceUnreadable(file=str(path))
    return io.FileIO(number, "rb", closefd=True)


def content(path: Path, *, most: int = MOST_BYTES) -> bytes:
    """Return what is in a small file; raises OSError, and PlaceUnreadable for what is no file or too long."""
    with open_regular(path) as file:
        pieces, left = [], most + 1
        while left and (piece := file.read(left)):
            pieces.append(piece)
            left -= len(piece)
    if not left:
        raise PlaceUnreadable(file=str(path))
    return b"".join(pieces)


def facts(path: Path, kind: type[Struct]) -> dict[str, Any]:
    """Return the facts in a file of a kind, as JSON has them; raises PlaceUnreadable, and OSError from AWAY."""
    try:
        told = msgspec.json.decode(content(path))
        _check_moments(msgspec.convert(told, kind))
    except OSError as fault:
        if fault.errno in AWAY:
            raise
        raise PlaceUnreadable(file=str(path)) from None
    except (ValueError, TypeError, RecursionError, OverflowError, beijing.DayFarOff):
        raise PlaceUnreadable(file=str(path)) from None
    return told  # type: ignore[no-any-return]


def _check_moments(told: object) -> None:
    """Refuse a moment that nobody can have written; raises beijing.DayFarOff."""
    if isinstance(told, datetime):
        beijing.check(told, field="moment")
    elif isinstance(told, list):
        for each in told:
            _check_moments(each)
    elif isinstance(told, Struct):
        for name in told.__struct_fields__:
            _check_moments(getattr(told, name))

