"""The database's own log (WAL), brought to the backup place as it is written; a slot keeps what waits.

PostgreSQL's `pg_receivewal` writes and syncs what it receives at the place itself; segments that are full are
compressed there, read back, and only then stand without the plain file.
"""

import errno
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

import psycopg
from psycopg.rows import DictRow

from hutong.backup import compressing, files, place, reading_back
from hutong.backup.compressing import FrameCut, FrameDamaged
from hutong.backup.files import PlaceUnreadable
from hutong.backup.place import BackupPlace, Segment
from hutong.backup.programs import Source
from hutong.backup.reading_back import SegmentWrong
from hutong.backup.taking import FULL, PlaceFailing, PlaceFull
from hutong.core.errors import Problem, Unavailable
from hutong.db import lasting, sql

statements = sql.load(__package__, "streaming.sql")

SLOT = "hutong_archive"
"""The replication slot that keeps the log until it is at the place."""
MIB = 1 << 20
AT_ONCE = 64
"""Segments that are compressed in one turn: other things wait."""

FAILING = (
    errno.ENOENT, errno.EPERM, errno.EACCES, errno.EROFS, errno.EIO, errno.EBUSY, errno.EREMOTEIO, *files.AWAY,
)  # fmt: skip
"""What a disk or a network storage says that is broken, closed, or away."""

Connected = psycopg.Connection[DictRow]


class LogNotReceived(Unavailable):
    """The database's log does not come to the backup place: {reason}"""


@dataclass(frozen=True, slots=True)
class SlotState:
    """How the slot fares: `lost` where more waited than may, so that the log has a gap; positions in bytes."""

    received: int
    current: int
    lost: bool
    now: datetime
    """The moment on the database's clock at which `current` was read."""
    timeline: int = 0

    @property
    def waiting(self) -> int:
        """Bytes that are not at the place yet, and are kept for it."""
        return 0 if self.lost else max(self.current - self.received, 0)


def slot(connection: Connected) -> SlotState | None:
    """Return how the slot fares; None where there is none."""
    row = connection.execute(statements.slot, {"name": SLOT}).fetchone()
    if row is None:
        return None
    received = place.lsn(row["received"]) if row["received"] else 0
    return SlotState(received, place.lsn(row["current"]), bool(row["lost"]), row["now"], row["timeline"])


def bound(connection: Connected, *, most: int) -> None:
    """Let no more than so many bytes of the log wait for a place that is away: then the slot is lost, and the log has
    a gap. It holds at once and after every start of the database; whole MiB count.
    """
    row = connection.execute(statements.most_waiting).fetchone()
    assert row is not None
    if row["most"] != most // MIB:
        psycopg.ClientCursor(connection).execute(statements.bound, {"most": f"{most // MIB}MB"})
        connection.execute(statements.reload)


def make_slot(connection: Connected) -> None:
    """Make the slot: from here on the database keeps its log until it is at the place."""
    connection.execute(statements.make_slot, {"name": SLOT})


def drop_slot(connection: Connected) -> None:
    """Let the slot go, where there is one and nobody receives by it: nothing is kept for a place that is no more."""
    connection.execute(statements.drop_slot, {"name": SLOT})


@dataclass(slots=True)
class Receiver:
    """The process that receives the log, into a folder of the place."""

    source: Source
    _process: "subprocess.Popen[bytes] | None" = None
    _said: IO[bytes] | None = None
    _folder: Path | None = field(default=None)

    @property
    def runs(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self, at: BackupPlace, *, system: str) -> None:
        """Start to receive, from where the folder's files or else the slot say; nothing where it is done already."""
        folder = at.log(system)
        if self.runs and self._folder == folder:
            return
        self.stop()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear(folder)
        arguments = [f"--directory={folder}", f"--slot={SLOT}", "--synchronous", "--no-loop", "--status-interval=1"]
        self._said, self._folder = tempfile.TemporaryFile(), folder  # noqa: SIM115 - as long as the process
        self._process = self.source.begin("pg_receivewal", arguments, stderr=self._said.fileno())

    def failure(self, at: BackupPlace) -> Problem | None:
        """Return why the process has ended by itself, where it has; it is told once."""
        if self._process is None or self.runs or self._said is None:
            return None
        self._said.seek(0)
        told = self._said.read().decode(errors="replace").strip()
        self.stop()
        lines = told.splitlines() or ["pg_receivewal"]
        if _saying(lines, FULL):
            return PlaceFull(folder=str(at.folder))
        if failing := _saying(lines, FAILING):  # after which it says that it disconnects
            return PlaceFailing(folder=str(at.folder), reason=failing[-1])
        return LogNotReceived(reason=lines[-1])

    def stop(self) -> None:
        """End the process, where it runs, and wait until it has."""
        if self._process is not None:
            if self.runs:
                self._process.terminate()
                try:
                    self._process.wait(10)
                except subprocess.TimeoutExpired:
                    self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
        if self._said is not None:
            self._said.close()
        self._process = self._said = None


def _saying(lines: Sequence[str], faults: Sequence[int]) -> list[str]:
    return [line for line in lines if any(os.strerror(number) in line for number in faults)]


def _clear(folder: Path) -> None:
    """Remove a segment that a full disk did not let be made: the receiver stops at it, and nothing is in it yet.

    It writes nothing into a segment before all of its bytes are there as noughts.
    """
    for path in folder.glob("*.partial"):
        if path.stat().st_size not in (0, place.SEGMENT_BYTES):
            path.unlink()


def set_aside(at: BackupPlace, *, system: str, since: str) -> None:
    """Set aside what was being received before a gap, or by another instance: it does not go on from there."""
    for path in at.log(system).glob("*.partial"):
        path.rename(path.with_name(f"{path.name}.before-{since}"))


def compress(at: BackupPlace, *, system: str, at_once: int = AT_ONCE) -> list[Segment]:
    """Compress segments that are full and return them; each is read back before its plain file goes.

    Raises OSError, and SegmentWrong where a segment is not what its name says.
    """
    done = []
    plain = [each for each in at.segments(system) if each.path.suffix == ""]
    for segment in plain[:at_once]:
        beside, whole = segment.path.with_suffix(".new"), segment.path.with_suffix(".zst")
        compressor = compressing.compressor()
        with files.open_regular(segment.path) as file, open(_new(beside), "wb") as to:
            while piece := file.read(compressing.PIECE):
                to.write(compressor.compress(piece))
            to.write(compressor.flush())
            to.flush()
            os.fsync(to.fileno())
        finished = Segment(beside, segment.timeline, segment.number)
        reading_back.read_segment(finished, system=system)
        beside.replace(whole)
        lasting.sync(whole.parent)
        segment.path.unlink()
        done.append(Segment(whole, segment.timeline, segment.number))
    return done


def _new(path: Path) -> int:
    path.unlink(missing_ok=True)  # of one that was killed
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def drop_before(at: BackupPlace, *, system: str, position: int) -> int:
    """Remove the segments that end before a position of the log and return how many; those of other clusters stay.

    What was set aside of one that was being received goes with them.
    """
    gone = [each for each in at.segments(system) if (each.number + 1) * place.SEGMENT_BYTES <= position]
    for each in gone:
        each.path.unlink(missing_ok=True)
    for path in at.log(system).glob("*.partial.before-*"):
        if (place.segment_number(path.name) + 1) * place.SEGMENT_BYTES <= position:
            path.unlink(missing_ok=True)
    return len(gone)


def look(segment: Segment, *, system: str) -> Problem | None:
    """Return what is wrong with a segment, read from the disk."""
    try:
        reading_back.read_segment(segment, system=system)
    except (FrameDamaged, FrameCut, SegmentWrong, PlaceUnreadable) as problem:
        return problem
    return None


def clusters(at: BackupPlace) -> Sequence[str]:
    """Return the clusters of which there is a log at the place: after an upgrade of PostgreSQL there are two."""
    return sorted(each.name for each in (at.folder / "log").glob("*") if each.is_dir())
