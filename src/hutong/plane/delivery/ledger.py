"""What is known of a delivery from its arrival until it is loaded, refused, or left waiting for the provider's word.

A delivery is idempotent by its key. While it is `received` nothing of it is visible and it may be taken up
again; then it is `loaded`, `refused`, or `waiting` until the provider approves what it would delete
(architecture 3.5). Whatever becomes of it is entered.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Cursor
from psycopg.types.json import Jsonb

from hutong.audit import log
from hutong.core import beijing, bounds, normalise
from hutong.core.errors import Conflicting, Invalid, Problem, Refused
from hutong.db import rows, sql
from hutong.db.database import Database
from hutong.plane import tables
from hutong.plane.delivery.merging import DeliveryCounts, Waits
from hutong.plane.delivery.reading import report
from hutong.plane.delivery.reading.report import WhatWasRead
from hutong.plane.keys import Keyring, ResourceKeys
from hutong.plane.tables import Store

statements = sql.load(__package__, "ledger.sql")


class DeliveryConflict(Conflicting):
    """The delivery {key} of {resource} came before with other content; that needs a key of its own."""


class DeliveryWasRefused(Conflicting):
    """The delivery {key} of {resource} was refused ({reason}); put it right and send it under another key."""


class ManifestFaulty(Invalid):
    """The manifest of delivery {key} cannot be used: {what} is {said}."""


class FullDeliveryNeeded(Conflicting):
    """Version {version} of {resource} holds no data yet; its first delivery must be a snapshot."""


class VersionSucceeded(Conflicting):
    """{resource} holds data of version {current} by now; version {version} takes no deliveries of its own any more."""


class VersionSucceededBefore(Conflicting):
    """A newer version of {resource} held data once; version {version} takes no deliveries of its own any more."""


class NormaliserDiffers(Conflicting):
    """Version {version} of {resource} was sealed under normal form {form}, which is newer than {now}."""


class DeliveryToWithdrawn(Refused):
    """{resource} was withdrawn from the catalogue on {day} and takes no more deliveries."""

    clause = "SX-06-a"


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

    `state` is `loaded`, or `waiting` where it waits for the provider's word, with the `reason`. `last_change` is
    the resource's counter afterwards. `warned` counts the warnings of rows that were taken. Of one that
    waits, `removed_rows` of the `stored_rows` records held would go. `former_deleted` went in the versions before, all
    together.
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
    stored_rows: int | None = None
    removed_rows: int | None = None
    warned: int = 0
    former_deleted: int = 0
    what_was_read: WhatWasRead | None = None
    """How its file was read; None of one delivered before that was kept, or of which nothing could be read."""
    same_loaded_at: datetime | None = None
    """When the very same snapshot had been loaded under another key, where this one changed nothing by that."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery on its way: its manifest, the store it goes to, who delivers it, and when it came."""

    manifest: Manifest
    store: Store
    keys: ResourceKeys
    digest: bytes
    now: datetime
    by: str
    approved_by: str | None

    @property
    def named(self) -> dict[str, Any]:
        """The delivery as parameters of a statement."""
        return {
            "code": self.manifest.code,
            "key": self.manifest.key,
            "version": self.store.definition.version,
            "kind": self.manifest.kind,
            "digest": self.digest,
            "by": self.by,
            "now": self.now,
        }

    @property
    def form(self) -> int:
        """The version of the normal form it is sealed in: of a snapshot the newest, of changes that of the store."""
        stays = self.store.has_data and not self.snapshot
        return self.store.normaliser_version if stays else normalise.VERSION

    @property
    def snapshot(self) -> bool:
        """Whether it is everything there is, not changes."""
        return self.manifest.kind == "snapshot"


class AmongVersions(NamedTuple):
    """Where a delivery stands among the versions of its resource."""

    current: int | None
    """The newest version that has data."""
    last_change: int
    """The feed counter of the version that is delivered."""
    succeeded: bool
    """Whether a newer one than that ever had data."""
    formers: Sequence[int]
    """The former versions it is brought to as well, the newest first."""


def admit(cur: Cursor, *, code: str) -> None:
    """Return if the resource, known or not, takes deliveries; raises DeliveryToWithdrawn and InterfaceNotStored.

    SX-06-a: what is supplied is what the published catalogue lists. Asked before a file is read, and once more under
    the resource's lock before its rows are written: one that came after the withdrawal leaves none behind. Of one that
    was loaded before, no receipt is given again either.
    """
    found = cur.execute(statements.withdrawn, {"code": code}).fetchone()
    if found is not None and found[0] is not None:
        raise DeliveryToWithdrawn(resource=code, day=beijing.day(found[0]).isoformat())
    if found is not None and not found[1]:
        raise tables.InterfaceNotStored(code=code)


def receipt(cur: Cursor, *, code: str, key: str) -> DeliveryReceipt | None:
    """Return what is known of a delivery, or None if it never came."""
    cur.execute(statements.delivery, {"code": code, "key": key})
    row = rows.only(cur)
    return None if row is None else _receipt(row)


def _receipt(row: rows.Named) -> DeliveryReceipt:
    kept = row.pop("what_was_read")
    return DeliveryReceipt(**row, what_was_read=None if kept is None else WhatWasRead.from_json(kept))


def lock(cur: Cursor, delivery: Delivery) -> None:
    """Lock every version of the resource against other writers until commit."""
    cur.execute(statements.lock_resource, delivery.named)


def among_versions(cur: Cursor, delivery: Delivery) -> AmongVersions:
    """Return where among the versions of its resource the delivery stands now."""
    row = cur.execute(statements.resource, {**delivery.named, "today": beijing.day(delivery.now)}).fetchone()
    assert row is not None
    return AmongVersions(*row)


def receive(
    db: Database, manifest: Manifest, *, keyring: Keyring, digest: bytes, now: datetime, by: str,
    approved_by: str | None,
) -> tuple[Delivery, DeliveryReceipt | None]:  # fmt: skip
    """Note the delivery, or return the receipt it has already."""
    with db.transaction() as cur:
        delivery, known = _found(cur, manifest, keyring, (digest, now, by, approved_by))
        if known is not None:
            return delivery, _settled(delivery, known)
        check_version(cur, delivery)
        note(cur, delivery)
        return delivery, standing(cur, delivery)


def proposed(
    cur: Cursor, manifest: Manifest, *, keyring: Keyring, digest: bytes, now: datetime, by: str
) -> Delivery | None:
    """Return a delivery that may be taken up; None where one under its key is done with, or waits.

    One that came and was not loaded, for its process ended, may. Raises what keeps it from loading.
    """
    delivery, known = _found(cur, manifest, keyring, (digest, now, by, None))
    if known is not None and (known.state != "received" or _settled(delivery, known) is not None):
        return None
    check_version(cur, delivery)
    return delivery


def _found(
    cur: Cursor, manifest: Manifest, keyring: Keyring, given: tuple[bytes, datetime, str, str | None]
) -> tuple[Delivery, DeliveryReceipt | None]:
    _check(manifest)
    known = receipt(cur, code=manifest.code, key=manifest.key)
    store = tables.version(cur, code=manifest.code, version=known.version if known else manifest.version)
    return Delivery(manifest, store, _keys(store, keyring), *given), known


def note(cur: Cursor, delivery: Delivery) -> None:
    """Note that a delivery came; nothing of one that is known."""
    cur.execute(statements.receive, delivery.named)


def _keys(store: Store, keyring: Keyring) -> ResourceKeys:
    return keyring.resource(store.definition.code, key_id=store.key_id or None, suite=store.suite)


def _check(manifest: Manifest) -> None:
    if manifest.kind not in ("snapshot", "changes"):
        raise ManifestFaulty(key=manifest.key, what="kind", said=manifest.kind)
    if not manifest.key or len(manifest.key) > bounds.LENGTHS["key"] or bounds.UNUSABLE.search(manifest.key):
        told = bounds.UNUSABLE.sub("", manifest.key)[: bounds.LENGTHS["key"]]
        raise ManifestFaulty(key=told, what="key", said="-")


def standing(cur: Cursor, delivery: Delivery) -> DeliveryReceipt | None:
    """Return the receipt of a delivery that is done with; None where it may be taken up."""
    return _settled(delivery, receipt(cur, code=delivery.manifest.code, key=delivery.manifest.key))


def _settled(delivery: Delivery, known: DeliveryReceipt | None) -> DeliveryReceipt | None:
    manifest = delivery.manifest
    if known is None or known.digest != delivery.digest or known.kind != manifest.kind:
        raise DeliveryConflict(key=manifest.key, resource=manifest.code)
    if known.state == "refused":
        raise DeliveryWasRefused(key=manifest.key, resource=manifest.code, reason=known.reason)
    if known.state == "loaded" or (known.state == "waiting" and delivery.approved_by is None):
        return known
    return None


def check_version(cur: Cursor, delivery: Delivery) -> AmongVersions:
    """Return where the delivery stands; raises what keeps it from being loaded."""
    admit(cur, code=delivery.manifest.code)
    found = among_versions(cur, delivery)
    current = found.current
    version = delivery.store.definition.version
    named = {"resource": delivery.manifest.code, "version": version}
    if current is not None and current > version:
        raise VersionSucceeded(**named, current=current)
    if found.succeeded:
        raise VersionSucceededBefore(**named)
    if current != version and not delivery.snapshot:
        raise FullDeliveryNeeded(**named)
    if delivery.store.has_data and delivery.store.normaliser_version not in normalise.VERSIONS:
        raise NormaliserDiffers(**named, form=delivery.store.normaliser_version, now=normalise.VERSION)
    return found


def refuse(
    db: Database, delivery: Delivery, problem: Problem, *, kept: Callable[[Cursor], object] | None = None,
    rejected: int | None = None,
) -> None:  # fmt: skip
    """Close the delivery as refused for `problem` and enter it, unless it is done with meanwhile.

    The record keeps the code and the numbers; text may hold what was delivered. What was read goes into the receipt,
    with the number of rows where all were `rejected`, which are `kept`.
    """
    read = report.of_problem(problem)
    numbers = ", ".join(f"{name} {fact}" for name, fact in problem.facts.items() if isinstance(fact, int))
    with db.transaction() as cur:
        lock(cur, delivery)
        if standing(cur, delivery) is None:
            if kept is not None:
                kept(cur)
            counts = None if rejected is None else DeliveryCounts(rejected, 0, rejected, None, None, None, None, None)
            _close(cur, delivery, state="refused", read=read, reason=problem.code, counts=counts)
            entered = _record(delivery) | {"result": problem.code, "reason": numbers}
            _enter(cur, delivery, "plane.delivery_refused", entered)


def repeat(db: Database, delivery: Delivery) -> DeliveryReceipt | None:
    """Close the delivery at once if the very same snapshot is stored already; None if it is not."""
    if not delivery.snapshot or delivery.digest.hex() != delivery.manifest.sha256.lower():
        return None
    if delivery.store.normaliser_version != delivery.form:  # it is sealed anew
        return None
    with db.transaction() as cur:
        lock(cur, delivery)
        found = among_versions(cur, delivery)
        last = found.last_change
        if found.current != delivery.store.definition.version:
            return None
        same = cur.execute(statements.same_as_stored, {**delivery.named, "last": last}).fetchone()
        if same is None or same[1] != delivery.manifest.rows:
            return None
        other, sent, accepted, rejected, warned, kept, before = same
        cur.execute(statements.copy_rejected_of, {**delivery.named, "other": other})
        cur.execute(statements.confirm, delivery.named)
        counts = DeliveryCounts(sent, accepted, rejected, 0, 0, 0, None, last, warned)
        read = None if kept is None else WhatWasRead.from_json(kept)
        return loaded(cur, delivery, counts, read=read, same_loaded_at=before)


def leave_waiting(cur: Cursor, delivery: Delivery, waits: Waits, *, read: WhatWasRead | None) -> DeliveryReceipt:
    """Leave the delivery waiting for the provider's word and enter it."""
    closed = _close(cur, delivery, state="waiting", read=read, reason=waits.reason, counts=waits.counts, waits=waits)
    counted = {name: getattr(waits.counts, name) for name in ("sent", "accepted", "rejected")}
    _enter(cur, delivery, "plane.delivery_waits", _record(delivery) | counted | {"reason": waits.reason})
    return closed


def loaded(
    cur: Cursor, delivery: Delivery, counts: DeliveryCounts, *, read: WhatWasRead | None,
    same_loaded_at: datetime | None = None,
) -> DeliveryReceipt:  # fmt: skip
    """Close the delivery as loaded and enter it, and the provider's word if it needed that."""
    closed = _close(cur, delivery, state="loaded", read=read, counts=counts, same_loaded_at=same_loaded_at)
    if delivery.approved_by is not None:
        released = _record(delivery) | {"by": delivery.approved_by}
        _enter(
            cur,
            delivery,
            "plane.delivery_approved",
            {name: released[name] for name in ("unit", "resource", "version", "delivery", "by")},
        )
    _enter(cur, delivery, "plane.delivered", _record(delivery) | asdict(counts))
    return closed


def _close(
    cur: Cursor, delivery: Delivery, *, state: str, read: WhatWasRead | None, reason: str | None = None,
    counts: DeliveryCounts | None = None, waits: Waits | None = None, same_loaded_at: datetime | None = None,
) -> DeliveryReceipt:  # fmt: skip
    nothing = dict.fromkeys(DeliveryCounts.__dataclass_fields__)
    values = {
        **delivery.named,
        **nothing,
        **(asdict(counts) if counts else {}),
        "state": state,
        "reason": reason,
        "stored_rows": waits.stored if waits else None,
        "removed_rows": waits.removed if waits else None,
        "former_deleted": sum(counts.reached_deleted) if counts else None,
        "what_was_read": None if read is None else Jsonb(read.to_json()),
        "same_loaded_at": same_loaded_at,
    }
    values["loaded_at"] = delivery.now if state == "loaded" else None
    cur.execute(statements.close_delivery, values)
    return _receipt(rows.one(cur))


def _record(delivery: Delivery) -> dict[str, Any]:
    definition, manifest = delivery.store.definition, delivery.manifest
    return {
        "unit": definition.provider,
        "resource": definition.code,
        "version": definition.version,
        "delivery": manifest.key,
        "kind": manifest.kind,
        "digest": delivery.digest.hex(),
        "by": delivery.by,
    }


def _enter(cur: Cursor, delivery: Delivery, event: str, record: dict[str, Any]) -> None:
    provider = delivery.store.definition.provider
    log.append(cur, [log.LogEntry(event=event, at=delivery.now, record=record, unit=provider)])
