"""Loading a delivery: parse, check and seal before the first byte reaches PostgreSQL, then one transaction.

This is a delivery's life; what its rows do to those held is `merging`'s.

A delivery is idempotent by its key. While it is `received` nothing of it is visible and it may be taken up
again; then it is `loaded`, `refused`, or `held` until the provider confirms what it would delete
(architecture 3.5).
"""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import Cursor

from hutong.audit import log
from hutong.core import normalise
from hutong.core.errors import Conflicting, Invalid, Malformed, Problem, Refused, TooLarge
from hutong.db import sql
from hutong.db.database import Database
from hutong.plane import marks, merging, reading, sealers, spool_folder, spooling, tables
from hutong.plane.keys import Keyring, ResourceKeys
from hutong.plane.merging import Counts
from hutong.plane.preparing import Work
from hutong.plane.tables import Held

queries = sql.load(__package__, "loading.sql")

SHARE_DELETED = 0.2
"""A snapshot that deletes more than this share of what is held, and more than `merging.ROWS_DELETED`, waits."""

Progress = Callable[[str, int], None]


class DeliveryConflict(Conflicting):
    """The delivery {key} of {resource} came before with other content; that needs a key of its own."""


class DeliveryWasRefused(Conflicting):
    """The delivery {key} of {resource} was refused ({reason}); put it right and send it under another key."""


class ManifestLies(Refused):
    """The manifest of delivery {key} says {what} {said}, but the file has {found}; nothing was loaded."""

    clause = "SX-04-f"


class ManifestFaulty(Invalid):
    """The manifest of delivery {key} cannot be used: {what} is {said}."""


class FullDeliveryNeeded(Conflicting):
    """Version {version} of {resource} holds no data yet; its first delivery must be a snapshot."""


class VersionRetired(Conflicting):
    """{resource} is answered from version {current} by now; version {version} takes no more deliveries."""


class NormaliserDiffers(Conflicting):
    """Version {version} of {resource} was sealed under normal form {held}, now {now}; publish a new one."""


class FileChanged(Conflicting):
    """The file of delivery {key} changed while it was read; nothing was loaded."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the provider says it sends. `key` is its own name for it, `sha256` hexadecimal of the file."""

    code: str
    key: str
    kind: str
    rows: int
    sha256: str
    format: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """What came of a delivery: `sent` = `accepted` + `rejected`; its changes begin at `first_change`.

    `state` is `loaded`, or `held` where it waits for the provider's word, with the `reason`. `last_change` is
    the resource's counter afterwards. `warned` counts the faults of warning rules, when it is loaded.
    """

    code: str
    key: str
    version: int
    kind: str
    digest: bytes
    state: str
    reason: str | None
    sent: int | None
    accepted: int | None
    rejected: int | None
    inserted: int | None
    updated: int | None
    deleted: int | None
    first_change: int | None
    last_change: int | None
    delivered_by: str
    received_at: datetime
    loaded_at: datetime | None
    warned: int = 0


@dataclass(frozen=True, slots=True)
class _Delivery:
    """What the steps of one load share."""

    manifest: Manifest
    held: Held
    keys: ResourceKeys
    digest: bytes
    now: datetime
    by: str
    confirmed_by: str | None
    share_deleted: float

    @property
    def named(self) -> dict[str, Any]:
        return {
            "code": self.manifest.code,
            "key": self.manifest.key,
            "version": self.held.definition.version,
            "kind": self.manifest.kind,
            "digest": self.digest,
            "by": self.by,
            "now": self.now,
        }

    @property
    def snapshot(self) -> bool:
        return self.manifest.kind == "snapshot"


def load(
    db: Database,
    *,
    source: Path,
    manifest: Manifest,
    keyring: Keyring,
    now: datetime,
    by: str,
    progress: Progress | None = None,
    confirmed_by: str | None = None,
    share_deleted: float = SHARE_DELETED,
    spool: Path | None = None,
) -> DeliveryReceipt:
    """Load the delivery `source` and return its receipt; the same key and bytes again return the same.

    `by` delivers, `confirmed_by` is the provider's word that a held delivery may go on. `spool` is the folder
    for sealed intermediate files. What is wrong with the file as a whole is entered and raised, and nothing
    is loaded: ManifestLies, or a problem of `reading`. Raises DeliveryConflict, DeliveryWasRefused,
    FullDeliveryNeeded, VersionRetired, NormaliserDiffers too. SX-04-f.
    """
    tell = progress or (lambda stage, rows: None)
    stamp = _stamp(source)
    digest = _digest(source, tell)
    delivery, known = _receive(db, manifest, keyring, digest, now, by, confirmed_by, share_deleted)
    if known is not None:
        return known
    same = _repeat(db, delivery)
    if same is not None:
        return same
    for marked in (_known(db, delivery), None):
        with spool_folder.working(spool) as folder:
            prepared = _prepare(db, delivery, source, folder, known=marked, stamp=stamp, tell=tell)
            done = _write(db, delivery, prepared, tell)
        if done is not None:
            return done
    raise AssertionError("prepared against nothing, a delivery can always be written")


def release(
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
    """Let a held delivery go on by the provider's word, given by `by`; returns its receipt."""
    return load(
        db,
        source=source,
        manifest=manifest,
        keyring=keyring,
        now=now,
        by=by,
        confirmed_by=by,
        progress=progress,
        spool=spool,
    )


def receipt(cur: Cursor, *, code: str, key: str) -> DeliveryReceipt | None:
    """Return what is known of a delivery, or None if it never came."""
    row = cur.execute(queries.delivery, {"code": code, "key": key}).fetchone()
    return None if row is None else DeliveryReceipt(*row)


def _digest(source: Path, tell: Progress) -> bytes:
    with source.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").digest()
    tell("read", 0)
    return found


def _stamp(source: Path) -> tuple[int, int]:
    found = source.stat()
    return found.st_size, found.st_mtime_ns


def _receive(
    db: Database,
    manifest: Manifest,
    keyring: Keyring,
    digest: bytes,
    now: datetime,
    by: str,
    confirmed_by: str | None,
    share_deleted: float,
) -> tuple[_Delivery, DeliveryReceipt | None]:
    """Note the delivery, or return the receipt it has already."""
    if manifest.kind not in ("snapshot", "changes"):
        raise ManifestFaulty(key=manifest.key, what="kind", said=manifest.kind)
    if not manifest.key or len(manifest.key) > 200 or "\x00" in manifest.key:
        raise ManifestFaulty(key=manifest.key[:200].replace("\x00", ""), what="key", said="-")
    with db.transaction() as cur:
        known = receipt(cur, code=manifest.code, key=manifest.key)
        version = known.version if known else manifest.version
        held = tables.version(cur, code=manifest.code, version=version)
        keys = keyring.resource(manifest.code, key_id=held.key_id or None, suite=held.suite)
        delivery = _Delivery(manifest, held, keys, digest, now, by, confirmed_by, share_deleted)
        if known is not None:
            return delivery, _settled(delivery, known)
        _check_version(cur, delivery)
        cur.execute(queries.receive, delivery.named)
        return delivery, _settled(delivery, receipt(cur, code=manifest.code, key=manifest.key))


def _settled(delivery: _Delivery, known: DeliveryReceipt | None) -> DeliveryReceipt | None:
    """Return the receipt of a delivery that is done with; None where it may be taken up."""
    manifest = delivery.manifest
    if known is None or known.digest != delivery.digest or known.kind != manifest.kind:
        raise DeliveryConflict(key=manifest.key, resource=manifest.code)
    if known.state == "refused":
        raise DeliveryWasRefused(key=manifest.key, resource=manifest.code, reason=known.reason)
    if known.state == "loaded" or (known.state == "held" and delivery.confirmed_by is None):
        return known
    return None


def _check_version(cur: Cursor, delivery: _Delivery) -> tuple[int | None, int]:
    """Return the version answered from and the feed counter; raises what keeps this one from being loaded."""
    current, last = _one(cur.execute(queries.resource, delivery.named))
    named = {"resource": delivery.manifest.code, "version": delivery.held.definition.version}
    if current is not None and current > named["version"]:
        raise VersionRetired(**named, current=current)
    if current != named["version"] and not delivery.snapshot:
        raise FullDeliveryNeeded(**named)
    if delivery.held.key_id and delivery.held.normaliser_version != normalise.VERSION:
        raise NormaliserDiffers(**named, held=delivery.held.normaliser_version, now=normalise.VERSION)
    return current, last


def _known(db: Database, delivery: _Delivery) -> marks.Known | None:
    """Return what is held already, where a snapshot can be compared with it."""
    if not delivery.snapshot or not delivery.held.key_id:
        return None
    with db.transaction() as cur:
        current, last = _one(cur.execute(queries.resource, delivery.named))
        if current != delivery.held.definition.version or merging.rows(cur, delivery.held) > marks.MOST_KNOWN:
            return None
        return marks.read(cur, replace(delivery.held, last_change=last))


def _prepare(
    db: Database,
    delivery: _Delivery,
    source: Path,
    folder: Path,
    *,
    known: marks.Known | None,
    stamp: tuple[int, int],
    tell: Progress,
) -> spooling.Spool:
    """Check and seal the file; where it is faulty as a whole, the delivery is refused and the problem raised."""
    manifest, definition = delivery.manifest, delivery.held.definition
    try:
        if delivery.digest.hex() != manifest.sha256.lower():
            raise ManifestLies(key=manifest.key, what="sha256", said=manifest.sha256, found=delivery.digest.hex())
        prepared = spooling.prepare(
            folder,
            reading.blocks(source, definition=definition, format=manifest.format, changes=not delivery.snapshot),
            work=Work(definition, delivery.keys, changes=not delivery.snapshot),
            known=known,
            processes=sealers.wanted(source.stat().st_size),
            progress=lambda rows: tell("prepared", rows),
        )
        if prepared.sent != manifest.rows:
            raise ManifestLies(key=manifest.key, what="rows", said=manifest.rows, found=prepared.sent)
        if _stamp(source) != stamp:
            raise FileChanged(key=manifest.key)
    except (Malformed, TooLarge, ManifestLies) as problem:
        _refuse(db, delivery, problem)
        raise
    return prepared


def _refuse(db: Database, delivery: _Delivery, problem: Problem) -> None:
    with db.transaction() as cur:
        cur.execute(queries.lock_resource, delivery.named)
        if _settled(delivery, receipt(cur, code=delivery.manifest.code, key=delivery.manifest.key)) is None:
            _close(cur, delivery, state="refused", reason=problem.code)
            entered = _record(delivery) | {"result": problem.code, "reason": str(problem)}
            _enter(cur, delivery, "plane.delivery_refused", entered)


def _repeat(db: Database, delivery: _Delivery) -> DeliveryReceipt | None:
    """Close the delivery at once if the very same snapshot is what is held; None if it is not."""
    if not delivery.snapshot or delivery.digest.hex() != delivery.manifest.sha256.lower():
        return None
    with db.transaction() as cur:
        current, last = _one(cur.execute(queries.lock_resource, delivery.named))
        if current != delivery.held.definition.version:
            return None
        same = cur.execute(queries.same_as_held, {**delivery.named, "last": last}).fetchone()
        if same is None or same[1] != delivery.manifest.rows:
            return None
        other, sent, accepted, rejected = same
        cur.execute(queries.copy_rejected_of, {**delivery.named, "other": other})
        counts = Counts(sent, accepted, rejected, 0, 0, 0, None, last)
        return _loaded(cur, delivery, counts)


def _write(db: Database, delivery: _Delivery, spool: spooling.Spool, tell: Progress) -> DeliveryReceipt | None:
    """Copy, merge, number and enter the delivery in one transaction; None if what it was prepared against is past."""
    with db.transaction() as cur:
        cur.execute(queries.lock_resource, delivery.named)
        manifest = delivery.manifest
        known = _settled(delivery, receipt(cur, code=manifest.code, key=manifest.key))
        if known is not None:
            return known
        now_held = tables.version(cur, code=manifest.code, version=delivery.held.definition.version)
        if now_held.key_id and now_held.key_id != delivery.keys.key_id:
            raise NormaliserDiffers(
                resource=manifest.code,
                version=now_held.definition.version,
                held=now_held.key_id,
                now=delivery.keys.key_id,
            )
        current, last = _check_version(cur, replace(delivery, held=now_held))
        if spool.known is not None and spool.known.change != last:
            return None
        merged = merging.merge(
            cur,
            spool,
            held=now_held,
            key=manifest.key,
            snapshot=delivery.snapshot,
            current=current,
            key_id=delivery.keys.key_id,
            now=delivery.now,
            most_deleted=None if delivery.confirmed_by is not None else delivery.share_deleted,
            copied=lambda: tell("copied", spool.accepted),
        )
        if isinstance(merged, merging.Waits):
            closed = _close(cur, delivery, state="held", reason=merged.reason, counts=merged.counts)
            counted = {name: getattr(merged.counts, name) for name in ("sent", "accepted", "rejected")}
            entered = _record(delivery) | counted | {"reason": merged.reason}
            _enter(cur, delivery, "plane.delivery_held", entered)
            return replace(closed, warned=spool.warned)
        done = _loaded(cur, delivery, merged)
        tell("merged", spool.accepted)
    return replace(done, warned=spool.warned)


def _loaded(cur: Cursor, delivery: _Delivery, counts: Counts) -> DeliveryReceipt:
    closed = _close(cur, delivery, state="loaded", counts=counts)
    if delivery.confirmed_by is not None:
        released = _record(delivery) | {"by": delivery.confirmed_by}
        _enter(
            cur,
            delivery,
            "plane.delivery_released",
            {name: released[name] for name in ("org", "resource", "version", "delivery", "by")},
        )
    _enter(cur, delivery, "plane.delivered", _record(delivery) | asdict(counts))
    return closed


def _close(
    cur: Cursor, delivery: _Delivery, *, state: str, reason: str | None = None, counts: Counts | None = None
) -> DeliveryReceipt:
    nothing = dict.fromkeys(Counts.__dataclass_fields__)
    values = {
        **delivery.named,
        **nothing,
        **(asdict(counts) if counts else {}),
        "state": state,
        "reason": reason,
    }
    values["loaded_at"] = delivery.now if state == "loaded" else None
    return DeliveryReceipt(*_one(cur.execute(queries.close_delivery, values)))


def _record(delivery: _Delivery) -> dict[str, Any]:
    definition, manifest = delivery.held.definition, delivery.manifest
    return {
        "org": definition.provider,
        "resource": definition.code,
        "version": definition.version,
        "delivery": manifest.key,
        "kind": manifest.kind,
        "digest": delivery.digest.hex(),
        "by": delivery.by,
    }


def _enter(cur: Cursor, delivery: _Delivery, event: str, record: dict[str, Any]) -> None:
    provider = delivery.held.definition.provider
    log.append(cur, [log.Entry(event=event, at=delivery.now, record=record, org=provider)])


def _one(cur: Cursor) -> tuple[Any, ...]:
    row = cur.fetchone()
    assert row is not None
    return row
