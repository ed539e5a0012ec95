"""What somebody who owns the place may have put there: sets with other files in them, and files that are none."""

import io
import tarfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from places import real

from hutong.backup import compressing, place
from hutong.backup.place import BackupSet

Member = tuple[str, bytes, bytes]
"""Name, kind as tarfile has it, content."""


def compressed(content: bytes) -> bytes:
    compressor = compressing.compressor()
    return compressor.compress(content) + compressor.flush()


def archive(members: Iterable[Member]) -> bytes:
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as made:
        for name, kind, content in members:
            member = tarfile.TarInfo(name)
            member.type, member.size = kind, len(content)
            made.addfile(member, io.BytesIO(content))
    return tar.getvalue()


def set_of(folder: Path, content: bytes, *, number: int = 3) -> BackupSet:
    """Return a set of one part that is as its digest says."""
    folder.mkdir(parents=True)
    name = "base.tar.zst.0001"
    (folder / name).write_bytes(content)
    part = place.PartFile(name, len(content), sha256(content).hexdigest())
    return BackupSet(folder, number, real(), real(), 0, 1, 1, "1", 18, "0", 0, "", (part,))
