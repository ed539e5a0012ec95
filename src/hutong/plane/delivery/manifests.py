"""The manifest of a file that lies here, made from the file itself; a provider elsewhere says what it sends."""

from pathlib import Path

from hutong.db.database import Database
from hutong.plane import tables
from hutong.plane.delivery import reading
from hutong.plane.delivery.ledger import Manifest


def of_file(db: Database, path: Path, *, code: str, key: str, digest: str, changes: bool) -> Manifest:
    """Return the manifest of a file whose SHA-256 is `digest`, read for the newest version of a resource.

    Without a `key` it is the beginning of the digest, so that the same file is never loaded twice. Raises what is wrong
    with the file as a whole.
    """
    with db.transaction() as cur:
        definition = tables.version(cur, code=code).definition
    found = reading.open_(path, definition=definition, changes=changes)
    return Manifest(
        code=code,
        key=key or digest[:32],
        kind="changes" if changes else "snapshot",
        rows=sum(block.batch.num_rows + len(block.unreadable) for block in found.blocks()),
        sha256=digest,
    )
