"""The head of the log that was signed last, kept in a file beside the key: what the signer remembers by itself.

A database can be set back, a file beside the key stays. What the key has signed is in the file before anybody sees it.
"""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Heads:
    """The folder of the log's key, where the signed head is kept."""

    folder: Path

    def path(self, epoch: int) -> Path:
        """Return the file of the head of an epoch."""
        return self.folder / ("log.head" if epoch == 1 else f"log.{epoch}.head")

    def read(self, epoch: int) -> bytes | None:
        """Return the signed note of an epoch that was kept last; None where there is none."""
        try:
            return self.path(epoch).read_bytes()
        except FileNotFoundError:
            return None

    def keep(self, epoch: int, note: str) -> None:
        """Keep a signed note of an epoch instead of the one before; after return it outlasts a power cut.

        At every moment the file has the whole of one of the two. It belongs to whom the folder does, whoever keeps it:
        what root signs or begins, the worker signs on.
        """
        path = self.path(epoch)
        beside = path.with_suffix(".new")
        beside.unlink(missing_ok=True)  # of one that was killed, and may have been another's
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            if os.geteuid() == 0:
                owner = self.folder.stat()
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            file.write(note.encode())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
