"""The manifest of a file that lies here, made from the file itself; a provider elsewhere says what it sends."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hutong.db.database import Database
from hutong.plane import tables
from hutong.plane.definition import Definition
from hutong.plane.delivery import reading
from hutong.plane.delivery.ledger import Manifest
from hutong.plane.delivery.merging import Expected
from hutong.plane.delivery.reading.report import WhatWasRead

Progress = Callable[[str, int], None]
"""What is told how far it is: the stage, and the rows it has come to."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file that lies here, read to its end: its manifest, what was read, and the version it was read for."""

    manifest: Manifest
    what_was_read: WhatWasRead
    definition: Definition
    expected: Expected | None = None
    """What would come of it; None where that was not counted."""

    @property
    def names(self) -> dict[str, str]:
        """The names of the items, by their codes."""
        return {item.code: item.name for item in self.definition.items}


def of_file(
    db: Database, path: Path, *, code: str, key: str, digest: str, changes: bool, progress: Progress | None = None
) -> FileRead:
    """Read a file whose SHA-256 is `digest` for the newest version of a resource, and return its manifest with it.

    Without a `key` it is the beginning of the digest, so that the same file is never loaded twice. Raises what is wrong
    with the file as a whole.
    """
    rows = 0
    with db.transaction() as cur:
        definition = tables.version(cur, code=code).definition
    found = reading.open_(path, definition=definition, changes=changes)
    for block in found.blocks():
        rows += block.batch.num_rows + len(block.unreadable)
        if progress:
            progress("read", rows)
    manifest = Manifest(
        code=code,
        key=key or digest[:32],
        kind="changes" if changes else "snapshot",
        rows=rows,
        sha256=digest,
    )
    return FileRead(manifest, found.report, definition)
