"""What the tests of the log share: a moment, parties, and the entry of a use."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hutong.audit import epochs, hashes, log, signing, tree
from hutong.audit.events import USAGE
from hutong.audit.log import LogEntry
from hutong.audit.subjects import gathered, root
from hutong.core.signed_note import LogSigner
from hutong.db.database import Database

NOW = datetime(2026, 11, 23, 3, 0, 0, 123456, tzinfo=UTC)
CONSUMER, PROVIDER, OTHER = "11330782002609848X", "11330782MB1599102K", "11330782MB0X12340P"


def usage(number: int = 0, *, at: datetime = NOW, about: Sequence[bytes] = (), **facts: object) -> LogEntry:
    """Make the entry of a comparison about some subjects; facts named replace those of the record."""
    whom = gathered(about)
    record = {
        **dict.fromkeys(USAGE), "unit": CONSUMER, "user": f"p-{number}", "result": "OK", "asked": 3,
        "subjects": root(whom), **facts,
    }  # fmt: skip
    return LogEntry("plane.compared", at, record, CONSUMER, PROVIDER, subjects=whom)


def write(db: Database, count: int, *, signer: LogSigner, at: datetime = NOW) -> None:
    """Write and place `count` uses, the first at `at`, each a microsecond after the other."""
    with db.transaction() as cur:
        log.append(cur, [usage(n, at=at + timedelta(microseconds=n)) for n in range(count)])
    assert tree.integrate(db, now=at, signer=signer, limit=count) == count


def force(db: Database, *entries: LogEntry, signer: LogSigner, signed_at: datetime) -> None:
    """Write entries of moments that have not come, and place and sign them all the same, as a forger with the key can.

    The platform's own integrator lets them wait.
    """
    with db.transaction() as cur:
        log.append(cur, entries)
    assert tree.integrate(db, now=signed_at, signer=signer) == 0
    with db.transaction() as cur:
        epoch = epochs.current(cur)
        size = hashes.size(cur, epoch)
        waiting = sorted(cur.execute("delete from audit.pending_leaf returning entry_id, leaf").fetchall())
        tree.place(cur, epoch, size=size, taken=waiting)
        signing.intend(cur, epoch, size=size + len(waiting), now=signed_at, waiting=False)
    signing.sign(db, now=signed_at, signer=signer, heads=None)
