"""An officer of the provider hands in a file, or with the same file lets a delivery go on that waits."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hutong.control.catalog import deliveries
from hutong.control.units.rules import Actor
from hutong.core.errors import Invalid
from hutong.db.database import Database
from hutong.plane.delivery import loading, manifests, spool_folder
from hutong.plane.delivery.ledger import DeliveryReceipt
from hutong.plane.keys import Keyring

LONGEST_NAME = 60
"""Characters of a file's name that are kept, without its ending."""


class FileMissing(Invalid):
    """No file was chosen."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it is sent: its name, and its bytes piece by piece."""

    name: str
    chunks: Iterable[bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class HandIn:
    """What an officer hands in: a file, if one was chosen, and for which resource it is meant.

    `key` is the provider's own name for the delivery, or empty. A file of `changes` is no whole snapshot; one that
    `approves` is the one that waits under the key.
    """

    code: str
    key: str
    changes: bool
    approves: bool
    file: SentFile | None


def hand_in(
    given: HandIn, *, actor: Actor, db: Database, keyring: Callable[[], Keyring], spool: Path | None, now: datetime
) -> DeliveryReceipt:
    """Check, seal and load a file and return its receipt.

    Of a delivery that waits the platform keeps no row, only the digest: the same file approves it. While it is loaded
    the file lies in the folder `spool`, and nowhere afterwards; the keys are opened when it is sealed. SX-06-b. Raises
    what `deliveries.check`, `deliveries.approve` and `loading.load` do, and FileMissing.
    """
    deliveries.check(code=given.code, actor=actor)
    if given.file is None:
        raise FileMissing
    with spool_folder.working(spool) as folder:
        path = folder / _called(given.file.name)
        digest = _write(path, given.file.chunks)
        if given.approves:
            deliveries.approve(code=given.code, key=given.key, digest=bytes.fromhex(digest), actor=actor, now=now)
        manifest = manifests.of_file(
            db, path, code=given.code, key=given.key, digest=digest, changes=given.changes
        ).manifest  # fmt: skip
        return loading.load(
            db, source=path, manifest=manifest, keyring=keyring(), now=now, by=actor.officer,
            approved_by=actor.officer if given.approves else None, spool=spool,
        )  # fmt: skip


def _write(path: Path, chunks: Iterable[bytes]) -> str:
    """Write what is sent into a file, and return its digest."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _called(name: str) -> str:
    """Return the name of a file as its sender knows it, cut to what a folder takes, and without any path."""
    path = Path(name)
    return f"{path.stem[:LONGEST_NAME]}{path.suffix[:10]}"
