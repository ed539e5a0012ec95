"""What waits to be placed in the log after a long outage of the worker: how long until all of it is placed and signed.

`python -m benchmarks.backlog [--entries N] [--folder F]`. PostgreSQL believes that the table of what waits is empty.
"""

import argparse
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import psycopg

from hutong.audit import tree
from hutong.audit.heads import Heads
from hutong.core.signed_note import LogSigner
from hutong.db.database import Database
from hutong.db.embedded import LOGIN, Server
from hutong.installation import schema
from hutong.worker import integrator

MOST_SECONDS = 60.0
"""A backlog of 2,000,000 is placed within this time."""
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
WAIT = """
insert into audit.pending_leaf (entry_id, leaf)
select n, convert_to(format(
    '{"at":"2026-03-02T01:00:00.000000Z","class":"usage","commitment":"%%s","event":"plane.compared","v":1}',
    encode(sha256(convert_to(n::text, 'UTF8')), 'hex')), 'UTF8')
from generate_series(%(first)s::bigint, %(last)s::bigint) n
"""


def measure(folder: Path, *, entries: int) -> float:
    """Return after how many seconds `entries` that wait are placed, signed and kept beside the key."""
    server = Server(folder / "postgres", patience_seconds=120)
    server.start()
    try:
        schema.migrate(server.url())
        heads, signer = Heads(folder), LogSigner.from_seed("bench.example/log", bytes(range(32)))
        with closing(Database(server.url(), role="logkeeper", statement_seconds=integrator.STATEMENT_SECONDS)) as db:
            _wait(server.url(), first=1, last=50_000)
            while tree.integrate(db, now=NOW, signer=signer, heads=heads, limit=integrator.BATCH):
                pass
            with psycopg.connect(server.superuser_url(LOGIN), autocommit=True) as root:
                root.execute("vacuum analyze audit.pending_leaf")  # of an empty table
            _wait(server.url(), first=50_001, last=50_000 + entries)
            began = perf_counter()
            while tree.integrate(db, now=NOW, signer=signer, heads=heads, limit=integrator.BATCH):
                pass
            return perf_counter() - began
    finally:
        server.stop()


def _wait(url: str, *, first: int, last: int) -> None:
    with psycopg.connect(url, options="-c role=hutong_owner") as connection:
        connection.execute("alter table audit.pending_leaf set (autovacuum_enabled = off)")
        connection.execute(WAIT, {"first": first, "last": last})


def main() -> None:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=2_000_000)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        Path(folder).chmod(0o755)
        took = measure(Path(folder), entries=asked.entries)
    most = MOST_SECONDS * asked.entries / 2_000_000
    verdict = "ok" if took <= most else "TOO LONG"
    rate = f"{asked.entries / took:,.0f} a second"
    print(f"{asked.entries:,} entries placed and signed in {took:.1f} s ({rate}): {verdict}")


if __name__ == "__main__":
    main()
