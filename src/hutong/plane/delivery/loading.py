"""Loading a delivery: parse, check and seal before the first byte reaches PostgreSQL, then one transaction.

`ledger` keeps what is known of a delivery and how it ended; `merging` changes the rows of the store.
"""

import hashlib
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from psycopg import Cursor

from hutong.core import beijing
from hutong.core.errors import Conflicting, Malformed, Refused, TooLarge
from hutong.db.database import Database
from hutong.plane import tables
from hutong.plane.delivery import (
    displayed,
    ledger,
    manifests,
    marks,
    merging,
    reading,
    sealers,
    spool_folder,
    spooling,
)
from hutong.plane.delivery.ledger import Delivery, DeliveryReceipt, Manifest
from hutong.plane.delivery.preparing import Work
from hutong.plane.delivery.reading.report import READ, WhatWasRead
from hutong.plane.keys import Keyring

Progress = manifests.Progress


class ManifestLies(Refused):
    """The manifest of delivery {key} says {what} {said}, but the file has {found}; nothing was loaded."""

    clause = "SX-04-f"


class NothingAccepted(Refused):
    """None of the {sent} rows of delivery {key} is accepted; nothing was loaded."""

    clause = "SX-04-f"


class FileChanged(Conflicting):
    """The file of delivery {key} changed while it was read; nothing was loaded."""


class KeyDiffers(Conflicting):
    """Version {version} of {resource} was filled under another key while {key} was read; nothing was loaded."""


def load(
    db: Database,
    *,
    source: Path,
    manifest: Manifest,
    keyring: Keyring,
    now: datetime,
    by: str,
    progress: Progress | None = None,
    approved_by: str | None = None,
    spool: Path | None = None,
) -> DeliveryReceipt:
    """Load the delivery `source` and return its receipt; the same key and bytes again return the same.

    `by` delivers, `approved_by` is the provider's word that a waiting delivery may go on. `spool` is the folder
    for sealed intermediate files. What is wrong with the file as a whole is entered and raised, and nothing
    is loaded: ManifestLies, NothingAccepted, or a problem of `reading`. Raises DeliveryConflict, DeliveryWasRefused,
    FullDeliveryNeeded, VersionSucceeded, VersionSucceededBefore, NormaliserDiffers and KeyDiffers too, and before the
    file is read DeliveryToWithdrawn. SX-04-f.
    """
    tell = progress or (lambda stage, rows: None)
    with db.transaction() as cur:
        ledger.admit(cur, code=manifest.code)
    stamped, found = stamp(source), digest(source, tell)
    delivery, known = ledger.receive(
        db, manifest, keyring=keyring, digest=found, now=now, by=by, approved_by=approved_by
    )
    if known is not None:
        return known
    same = ledger.repeat(db, delivery)
    if same is not None:
        return same
    for again in (False, True):
        if again:
            with db.transaction() as cur:
                delivery = afresh(cur, delivery)
        marked = None if again else _known(db, delivery)
        with spool_folder.working(spool) as folder:
            prepared, read = _prepare(db, delivery, source, folder, known=marked, stamped=stamped, tell=tell)
            _refuse_nothing(db, delivery, prepared, read)
            done = _write(db, delivery, prepared, read, tell)
        if done is not None:
            return done
    raise AssertionError("prepared against nothing, a delivery can always be written")


def approve(
    db: Database,
    *,
    source: Path,
    manifest: Manifest,
    keyring: Keyring,
    now: datetime,
    by: str,
    progress: Progress | None = None,
    spool: Path | None = None,
) -> DeliveryReceipt:
    """Let a waiting delivery go on by the provider's word, given by `by`; returns its receipt."""
    return load(
        db,
        source=source,
        manifest=manifest,
        keyring=keyring,
        now=now,
        by=by,
        approved_by=by,
        progress=progress,
        spool=spool,
    )


def digest(source: Path, tell: Progress) -> bytes:
    """Return the SHA-256 of a file, and tell that it was read."""
    with source.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").digest()
    tell("read", 0)
    return found


def stamp(source: Path) -> tuple[int, int]:
    """Return what changes with a file: its size and when it was written."""
    found = source.stat()
    return found.st_size, found.st_mtime_ns


def _known(db: Database, delivery: Delivery) -> marks.KnownRows | None:
    """Return the rows that are stored already, where a snapshot can be compared with them."""
    store = delivery.store
    if not delivery.snapshot or not store.has_data or store.normaliser_version != delivery.form:
        return None
    with db.transaction() as cur:
        found = ledger.among_versions(cur, delivery)
        if found.current != delivery.store.definition.version or merging.rows(cur, delivery.store) > marks.MOST_KNOWN:
            return None
        return merging.known(cur, replace(delivery.store, last_change=found.last_change))


def afresh(cur: Cursor, delivery: Delivery) -> Delivery:
    """Return the delivery with its store as it is by now."""
    store = tables.version(cur, code=delivery.manifest.code, version=delivery.store.definition.version)
    return replace(delivery, store=store)


def _prepare(
    db: Database,
    delivery: Delivery,
    source: Path,
    folder: Path,
    *,
    known: marks.KnownRows | None,
    stamped: tuple[int, int],
    tell: Progress,
) -> tuple[spooling.Spool, WhatWasRead]:
    """Check and seal the file, and say how it was read; faulty as a whole, it is refused and the problem raised."""
    try:
        return look_through(delivery, source, folder, known=known, stamped=stamped, tell=tell)
    except (Malformed, TooLarge, ManifestLies) as problem:
        ledger.refuse(db, delivery, problem)
        raise


def look_through(
    delivery: Delivery,
    source: Path,
    folder: Path,
    *,
    known: marks.KnownRows | None,
    stamped: tuple[int, int],
    tell: Progress,
) -> tuple[spooling.Spool, WhatWasRead]:
    """Check and seal the file and say how it was read; raises what is wrong with it as a whole."""
    manifest, definition = delivery.manifest, delivery.store.definition
    if delivery.digest.hex() != manifest.sha256.lower():
        raise ManifestLies(key=manifest.key, what="sha256", said=manifest.sha256, found=delivery.digest.hex())
    found = reading.open_(source, definition=definition, format=manifest.format, changes=not delivery.snapshot)
    prepared = spooling.prepare(
        folder,
        found.blocks(),
        work=Work(
            definition,
            delivery.keys,
            changes=not delivery.snapshot,
            today=beijing.day(delivery.now),
            form=delivery.form,
        ),
        known=known,
        processes=sealers.wanted(source.stat().st_size),
        progress=lambda rows: tell("prepared", rows),
    )
    if prepared.sent != manifest.rows:
        lies = ManifestLies(key=manifest.key, what="rows", said=manifest.rows, found=prepared.sent)
        lies.members[READ] = found.report.to_json()
        raise lies
    if stamp(source) != stamped:
        raise FileChanged(key=manifest.key)
    return prepared, found.report


def _refuse_nothing(db: Database, delivery: Delivery, spool: spooling.Spool, read: WhatWasRead) -> None:
    """Close a delivery none of whose rows can be taken as refused, its rows kept with why; raises NothingAccepted."""
    if not nothing_accepted(spool):
        return
    nothing = NothingAccepted(key=delivery.manifest.key, sent=spool.sent)
    nothing.members[READ] = read.to_json()
    kept = partial(merging.keep_rejected, spool=spool, named=delivery.named)
    ledger.refuse(db, delivery, nothing, kept=kept, rejected=spool.sent)
    raise nothing


def _write(
    db: Database, delivery: Delivery, spool: spooling.Spool, read: WhatWasRead, tell: Progress
) -> DeliveryReceipt | None:
    """Copy, merge, number and enter the delivery in one transaction; None if what it was prepared against is past."""
    with db.transaction() as cur:
        ledger.lock(cur, delivery)
        known = ledger.standing(cur, delivery)
        if known is not None:
            return known
        merged = merge(cur, afresh(cur, delivery), spool, read, tell)
        if merged is None:
            return None
        if isinstance(merged, merging.Waits):
            return ledger.leave_waiting(cur, delivery, merged, read=read)
        done = ledger.loaded(cur, delivery, merged, read=read)
        tell("merged", spool.accepted)
    return done


def nothing_accepted(spool: spooling.Spool) -> bool:
    """Whether no row of a delivery can be taken, though there are some: nothing is provided by it (SX-04-f)."""
    return bool(spool.sent and not spool.accepted)


def merge(
    cur: Cursor, delivery: Delivery, spool: spooling.Spool, read: WhatWasRead, tell: Progress
) -> merging.DeliveryCounts | merging.Waits | None:
    """Merge the delivery, its store as it is under the lock; None if what it was prepared against is past."""
    manifest, store = delivery.manifest, delivery.store
    if store.has_data and store.key_id != delivery.keys.key_id:
        raise KeyDiffers(key=manifest.key, resource=manifest.code, version=store.definition.version)
    standing = ledger.check_version(cur, delivery)
    if spool.form != delivery.form or (spool.known is not None and spool.known.change != standing.last_change):
        return None
    return merging.merge(
        cur,
        spool,
        store=store,
        key=manifest.key,
        snapshot=delivery.snapshot,
        current=standing.current,
        carried_to=standing.formers,
        by=delivery.by,
        key_id=delivery.keys.key_id,
        now=delivery.now,
        may_delete=None if delivery.approved_by is not None else merging.most_deleted(cur, now=delivery.now),
        copied=lambda: tell("copied", spool.accepted),
        doubted=delivery.approved_by is None and bool(displayed.asked_about(store.definition, read)),
    )
