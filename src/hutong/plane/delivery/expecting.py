"""What would come of a delivery, before anything counts: it is done, looked at and taken back."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from hutong.db.database import Cur, Database
from hutong.db.rows import one
from hutong.plane.delivery import ledger, loading, merging, rejections, spool_folder, spooling, store_sql
from hutong.plane.delivery.ledger import Delivery, Manifest
from hutong.plane.delivery.manifests import Progress
from hutong.plane.delivery.merging import Expected
from hutong.plane.keys import Keyring

COUNTED_ROWS = 50_000
"""Of a file of so many rows it is counted what would come of it while somebody waits for the answer."""
FAULTS_TOLD = 10
"""The first faults that are told before anything counts."""


def rehearse(
    db: Database, *, source: Path, manifest: Manifest, keyring: Keyring, now: datetime, by: str, spool: Path | None,
    progress: Progress | None = None, faults: int = FAULTS_TOLD, every: Path | None = None,
) -> Expected | None:  # fmt: skip
    """Return what would come of a delivery, with its first `faults`; None where it was loaded before, or waits.

    Nothing of it stays, but that each fault is written to a file `every` (`rejections.write_all`). It is done and taken
    back, so it costs what `loading.load` does. Raises what keeps it from being loaded.
    """
    tell = progress or (lambda stage, rows: None)
    stamped, digest = loading.stamp(source), loading.digest(source, tell)
    with db.transaction() as cur:
        delivery = ledger.proposed(cur, manifest, keyring=keyring, digest=digest, now=now, by=by)
    if delivery is None:
        return None
    with spool_folder.working(spool) as folder:
        prepared, read = loading.look_through(delivery, source, folder, known=None, stamped=stamped, tell=tell)
        try:
            with db.transaction() as cur:
                ledger.lock(cur, delivery)
                ledger.note(cur, delivery)
                delivery = loading.afresh(cur, delivery)
                expected: Expected | None
                if loading.nothing_accepted(prepared):
                    merging.keep_rejected(cur, prepared, delivery.named)
                    expected = Expected(0, prepared.rejected, None, None, None, None)
                else:
                    merged = loading.merge(cur, delivery, prepared, read, tell)
                    expected = None if merged is None else Expected.of(merged)
                if expected is not None:
                    expected = _with_faults(cur, expected, delivery, prepared, first=faults, every=every)
                raise _TakenBack
        except _TakenBack:
            return expected


def _with_faults(
    cur: Cur, expected: Expected, delivery: Delivery, prepared: spooling.Spool, *, first: int, every: Path | None
) -> Expected:
    store, manifest = delivery.store, delivery.manifest
    code, key, provider = manifest.code, manifest.key, store.definition.provider
    found = rejections.rejected(cur, code=code, key=key, provider=provider, limit=first)
    if every is not None:
        rejections.write_all(cur, code=code, key=key, provider=provider, to=every)
    unplaced = one(cur.execute(store_sql.unplaced(store)))["rows"] if delivery.snapshot and prepared.rejected else 0
    return replace(expected, faults=tuple(found), unplaced=unplaced)


class _TakenBack(Exception):
    """Ends a transaction of which nothing stays."""
