"""The worker looks at the clock again and again, and a lost database stops it no more than anything else."""

import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

from hutong.audit import waiting
from hutong.db.database import Database
from hutong.worker import timekeeping

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def behind(db: Database) -> float:
    """Return by how many seconds the clock is told to be behind."""
    with db.transaction() as cur:
        return waiting.read(cur, now=NOW).behind


def test_a_clock_that_is_set_back_while_it_works_is_told(db, database_url):
    shown, stop = [NOW], threading.Event()
    with closing(Database(database_url, role="owner", size=1)) as own:
        given = {"clock": lambda: shown[0], "stop": stop}
        thread = threading.Thread(target=timekeeping.run, args=(own,), kwargs=given)
        thread.start()
        try:
            with db.transaction() as cur:
                cur.execute("alter table audit.clock rename to away")
            with db.transaction() as cur:
                cur.execute("alter table audit.away rename to clock")
            until = time.monotonic() + 40
            while not latest(db) and time.monotonic() < until:
                time.sleep(0.05)
            shown[0] = NOW - timedelta(minutes=13)
            while behind(db) != 780 and time.monotonic() < until:
                time.sleep(0.05)
            assert (behind(db), thread.is_alive()) == (780, True)
        finally:
            stop.set()
            thread.join(20)
    with db.transaction() as cur:
        assert cur.execute("select count(*) from audit.entry where event = 'audit.clock_set_back'").fetchone() == (1,)


def latest(db: Database) -> datetime | None:
    """Return the latest moment that was noted."""
    with db.transaction() as cur:
        return cur.execute("select latest_at from audit.clock").fetchone()[0]
