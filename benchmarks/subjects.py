"""The uses of one subject among very many uses, as the auditor looks for them."""

import hashlib
import random
import shutil
import statistics
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

import psycopg

from benchmarks import place as places
from benchmarks.place import Place
from hutong.audit import reading
from hutong.db.database import Database

MOST_SECONDS = 0.200
"""95 of 100 looks are answered within this time."""
BYTES = 2_600
"""What an entry takes on disk with its leaf, its indexes and PostgreSQL's own log, as it was measured."""
USES_EACH = 10
"""Uses about one person, on an average."""
PAGE_EVERY, PAGE_SUBJECTS = 2_000, 1_000
"""One use in so many is a page of a feed, about so many persons."""
OFTEN = 200
"""One use in so many is also about a unit that everybody asks about."""
MONTHS = 60
CHUNK = 100_000
LOOKS = 300
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)

_FILL = """
with made as (
    select n, %(begins)s::timestamptz + n * %(step)s::interval as at,
           case when n %% %(page_every)s = 0
                then array(select md5('subject ' || (n + k) %% %(persons)s)::uuid
                           from generate_series(1, %(page_subjects)s) k)
                else array[md5('subject ' || (hashint8(n)::bigint + 2147483648) %% %(persons)s)::uuid]
                     || case when n %% %(often)s = 1 then array[md5('unit')::uuid] else '{}' end
           end as subjects
    from generate_series(%(first)s::bigint, %(last)s::bigint) n
), entered as (
    insert into audit.entry (id, at, event, class, unit, counterpart, salt, record,
                             result, system, grant_no, resource, mode, latency_us, subjects)
    select n, at, 'plane.compared', 'usage', '11330782002609848X', '11330782MB1599102K', decode(md5(n::text), 'hex'),
           format(%(record)s, n), 'OK', 'approvals-acceptance', '2026-0001', '307001/' || n %% 50, 'compare', 9000,
           subjects
    from made
)
insert into audit.leaf (seq, entry_id, data, hash)
select n, n, convert_to(repeat(md5(n::text), 6), 'UTF8'), sha256(int8send(n)) from made
"""
_RECORD = f'{{"asked":1,"condition_digest":"{"ab" * 32}","matter":"3301-0007","rest":"{"x" * 400}","user":"%s"}}'


@dataclass(frozen=True, slots=True)
class Times:
    """How long looks took, in seconds, and how many uses there were on an average."""

    p50: float
    p95: float
    uses: float


def room(folder: Path, *, entries: int) -> str:
    """Return what the entries will take on disk, beside what is free there."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    return f"{entries * BYTES / 2**30:.1f} GiB of disk are needed, {free / 2**30:.1f} GiB are free"


def fill(place: Place, *, entries: int) -> str:
    """Write so many uses, spread over five years, and return what they take on disk."""
    begins, persons = NOW - timedelta(days=30 * (MONTHS - 1)), max(entries // USES_EACH, 1)
    given = {
        "begins": begins, "step": (NOW - begins) / entries, "persons": persons, "record": _RECORD, "often": OFTEN,
        "page_every": PAGE_EVERY, "page_subjects": min(PAGE_SUBJECTS, persons),
    }  # fmt: skip
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute("set synchronous_commit = off")
        for month in range(MONTHS + 1):
            year, number = divmod(begins.year * 12 + begins.month - 1 + month, 12)
            connection.execute("select audit.make_month(%s)", [date(year, number + 1, 1)])
        for first in range(1, entries + 1, CHUNK):
            connection.execute(_FILL, {**given, "first": first, "last": min(first + CHUNK - 1, entries)})
        connection.execute("select setval('audit.entry_id', %s)", [entries])
        places.settle(place)
        sizes = "select pg_database_size(current_database()), sum(pg_relation_size(inhrelid))"
        whole, index = connection.execute(
            f"{sizes} from pg_inherits where inhparent = 'audit.entry_subjects'::regclass"
        ).fetchone()
    return f"{whole / entries:,.0f} bytes each, {index / entries:,.0f} of them in the index of subjects"


def measure(place: Place, *, entries: int) -> dict[str, Times]:
    """Look for the uses of persons, and for those of the unit that everybody asks about; each look is entered."""
    drawn = random.Random(1)
    db = Database(place.url, role="auditor", size=1)
    try:
        persons = [f"subject {drawn.randrange(max(entries // USES_EACH, 1))}" for _ in range(LOOKS)]
        return {"a person": _times(db, persons), "a unit everybody asks about": _times(db, ["unit"] * 5)}
    finally:
        db.close()


def _times(db: Database, subjects: list[str]) -> Times:
    seconds, uses = [], []
    for each in subjects:
        digest = hashlib.md5(each.encode(), usedforsecurity=False).digest()
        began = perf_counter()
        with db.transaction() as cur:
            reader = reading.Reader(by="bench", auditor=True)
            found = reading.of_subject(cur, digests=[digest, bytes(16)], reader=reader, now=NOW)
        seconds.append(perf_counter() - began)
        uses.append(found.count)
    ordered = sorted(seconds)
    return Times(statistics.median(ordered), ordered[int(len(ordered) * 0.95) - 1], statistics.mean(uses))
