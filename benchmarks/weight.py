"""What an entry of a use takes on disk, table by table and index by index, with its leaf.

`python -m benchmarks.weight [--entries N] [--folder F]`. Each use is of a comparison about one person.
"""

import argparse
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import psycopg

from hutong.audit import log, retention, tree
from hutong.audit.events import USAGE
from hutong.audit.subjects import gathered, root
from hutong.core.signed_note import LogSigner
from hutong.db.database import Database
from hutong.db.embedded import Server
from hutong.installation import schema

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
CHUNK = 5_000
CONSUMER, PROVIDER = "11330782002609848X", "11330782MB1599102K"
SAID = {
    "unit": CONSUMER, "department": "户籍科", "user": "wang.fang", "device": "pc-0417",
    "system": "approvals-acceptance", "grant": "2026-0001", "mode": "compare",
    "purpose": "核验居民身份", "matter": "3301-0007",
    "resource": "307001/1", "version": 1, "as_of": "2026-03-01T16:00:00.000000Z", "items": ["name", "income"],
    "asked": 1, "result": "OK", "latency_us": 9000, "profile": "international",
}  # fmt: skip
SIZES = """
select coalesce(i.indrelid, c.oid)::regclass::text as of, (i.indexrelid is not null) as index, c.relname,
       case when i.indexrelid is null then pg_table_size(c.oid) else pg_relation_size(c.oid) end as bytes
from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid
where n.nspname = 'audit' and c.relkind in ('r', 'i') order by bytes desc
"""
COLUMNS = """
select 'entry: record' as what, avg(pg_column_size(record))::float from audit.entry
union all select 'entry: salt, subjects', avg(pg_column_size(salt) + pg_column_size(subjects))::float from audit.entry
union all select 'leaf: data', avg(pg_column_size(data))::float from audit.leaf
"""


def use(number: int) -> log.LogEntry:
    """Return the entry of a comparison about one of very many persons."""
    whom = gathered([sha256(f"subject {number}".encode()).digest()[:16]])
    digest = sha256(str(number).encode()).hexdigest()
    record = {**dict.fromkeys(USAGE), **SAID, "condition_digest": digest, "subjects": root(whom)}
    at = NOW + timedelta(microseconds=number)
    return log.LogEntry("plane.compared", at, record, CONSUMER, PROVIDER, subjects=whom)


Weights = list[tuple[str, float]]
"""What is weighed, and its bytes an entry."""


def measure(folder: Path, *, entries: int) -> tuple[Weights, Weights]:
    """Write and place so many uses; return what each table and index takes, largest first, and the longest columns."""
    server = Server(folder / "postgres", patience_seconds=120)
    signer = LogSigner.from_seed("bench.example/log", bytes(32))
    server.start()
    try:
        schema.migrate(server.url())
        with closing(Database(server.url(), role="owner", size=1)) as db:
            with db.transaction() as cur:
                retention.ensure_months(cur, now=NOW)
            before = _sizes(server.url())
            for first in range(0, entries, CHUNK):
                with db.transaction() as cur:
                    log.append(cur, [use(n) for n in range(first, min(first + CHUNK, entries))])
                while tree.integrate(db, now=NOW + timedelta(seconds=10), signer=signer):
                    pass
        after = _sizes(server.url())
        grown = {name: (size - before.get(name, 0)) / entries for name, size in after.items()}
        with psycopg.connect(server.url(), options="-c role=hutong_owner") as connection:
            columns = connection.execute(COLUMNS).fetchall()
        return sorted(((name, size) for name, size in grown.items() if size >= 1), key=lambda each: -each[1]), columns
    finally:
        server.stop()


def _sizes(url: str) -> dict[str, int]:
    with psycopg.connect(url, options="-c role=hutong_owner") as connection:
        rows = connection.execute(SIZES).fetchall()
    return {f"{table.removeprefix('audit.')}{f' ({name})' if index else ''}": size for table, index, name, size in rows}


def main() -> None:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        Path(folder).chmod(0o755)
        found, columns = measure(Path(folder), entries=asked.entries)
    for name, size in found:
        print(f"{size:8,.0f}  {name}")
    waited = sum(size for name, size in found if name.startswith("pending"))
    whole = sum(size for _, size in found)
    print(f"{whole - waited:8,.0f}  bytes an entry, of {asked.entries:,}; {waited:,.0f} more are emptied pages")
    for name, size in columns:
        print(f"{size:8,.0f}  of it {name}")


if __name__ == "__main__":
    main()
