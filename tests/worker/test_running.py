"""What time does runs once a period, whichever worker does it, and what a dead worker left is taken over."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.audit import runs
from hutong.core import canonical
from hutong.db.database import Database
from hutong.worker import running

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

WORKER = """
import sys, time
from datetime import datetime, timedelta
from hutong.db.database import Database
from hutong.worker import running

locks, db, own = (Database(sys.argv[1], role="owner", size=1) for _ in range(3))

def work(now):
    with own.transaction() as cur:
        cur.execute("insert into ran values (%s, 'begun')", [now])
    print("in the pass", flush=True)
    time.sleep(120)

running.run(locks, db, task="t", every=timedelta(hours=1), work=work, clock=lambda: datetime.fromisoformat(sys.argv[2]))
"""
"""A worker that never comes to the end of its pass."""


@pytest.fixture
def url(database_url) -> str:
    """The address of a database with a table in which passes note what they did."""
    with psycopg.connect(database_url, options="-c role=hutong_owner") as opened:
        opened.execute("create table public.ran (at timestamptz, what text)")
    return database_url


class Worker:
    """One worker's connections."""

    def __init__(self, url: str, stack: ExitStack) -> None:
        self.locks, self.db, self.own = (
            stack.enter_context(closing(Database(url, role="owner", size=1))) for _ in range(3)
        )

    def run(self, now: datetime, *, every: timedelta = HOUR, work=None) -> int:
        given = {"task": "t", "every": every, "work": work or self.note, "clock": lambda: now}
        return running.run(self.locks, self.db, **given)

    def note(self, now: datetime) -> int:
        with self.own.transaction() as cur:
            cur.execute("insert into ran values (%s, 'ended')", [now])
        return 1


@pytest.fixture
def worker(url):
    """A worker."""
    with ExitStack() as stack:
        yield Worker(url, stack)


def asked(url: str, statement: str) -> list[tuple]:
    with psycopg.connect(url, options="-c role=hutong_owner") as opened:
        return opened.execute(statement).fetchall()


def entered(url: str) -> list[dict]:
    rows = asked(url, "select record from audit.entry where event = 'worker.ran' order by id")
    return [canonical.loads(record) for (record,) in rows]


@pytest.mark.timeout(120)
def test_each_period_runs_once_to_its_end_though_a_worker_is_killed_in_the_pass(url, worker):
    killed = subprocess.Popen(
        [sys.executable, "-c", WORKER, url, NOW.isoformat()], stdout=subprocess.PIPE, text=True
    )
    assert killed.stdout.readline() == "in the pass\n"
    assert worker.run(NOW) == 0  # the other is at it
    assert worker.run(NOW + 3 * HOUR) == 0  # nor does a later period begin meanwhile
    killed.kill()
    killed.wait()

    until = time.monotonic() + 30
    while worker.run(NOW + timedelta(minutes=30)) == 0:
        assert time.monotonic() < until
        time.sleep(0.1)
    with ExitStack() as stack:
        workers = [worker, *(Worker(url, stack) for _ in range(2))]
        for hours in (1, 2):
            with ThreadPoolExecutor(len(workers)) as pool:
                at = NOW + hours * HOUR + timedelta(minutes=5)
                assert sum(pool.map(lambda each, at=at: each.run(at), workers)) == 1
    assert worker.run(NOW + timedelta(hours=2, minutes=50)) == 0

    kept = asked(url, "select from_at, result, tries from audit.run order by from_at")
    assert kept == [(NOW, "done", 2), (NOW + HOUR, "done", 1), (NOW + 2 * HOUR, "done", 1)]
    assert asked(url, "select what, count(*) from ran group by what order by what") == [("begun", 1), ("ended", 3)]
    assert [(each["from_at"], each["result"]) for each in entered(url)] == [
        ((NOW + hours * HOUR).isoformat(), "done") for hours in range(3)
    ]
    assert running.name() in {row[0] for row in asked(url, "select worker from audit.run")}


def test_a_run_that_fails_is_written_down_entered_and_tried_again_while_its_period_lasts(url, worker):
    def fails(now: datetime) -> None:
        raise RuntimeError("in words that stay in the log file")

    assert worker.run(NOW, work=fails) == 1
    assert worker.run(NOW + timedelta(minutes=9)) == 0
    with worker.db.transaction() as cur:
        (run,) = runs.latest(cur)
    assert (run.result, run.told, run.worker) == ("failed", "RuntimeError", running.name())
    assert worker.run(NOW + timedelta(minutes=10)) == 1
    assert worker.run(NOW + timedelta(minutes=30)) == 0
    assert [each["result"] for each in entered(url)] == ["failed", "done"]
    # of a period that is over what failed is not tried again: the next one does it
    assert worker.run(NOW + HOUR, work=fails) == 1
    assert worker.run(NOW + 2 * HOUR) == 1
    assert asked(url, "select result, tries from audit.run order by from_at") == [
        ("done", 2), ("failed", 1), ("done", 1),
    ]  # fmt: skip


def test_of_runs_every_minute_those_are_entered_that_did_something(url, worker):
    minute = timedelta(minutes=1)
    for number, did in enumerate([None, 0, [], 2, {"a": 1}]):
        assert worker.run(NOW + number * minute, every=minute, work=lambda now, did=did: did) == 1
    assert [each["told"] for each in entered(url)] == ["2", "1"]
    assert asked(url, "select count(*) from audit.run") == [(5,)]
    assert runs.forget(worker.db, now=NOW + runs.KEPT + 2 * minute) == 2


@given(st.datetimes(datetime(2000, 1, 3), datetime(2199, 1, 1)), st.sampled_from([60, 600, 3600, 43200, 86400]))
def test_every_moment_lies_in_one_period_and_periods_follow_without_a_gap(moment, seconds):
    now, every, begins = moment.replace(tzinfo=UTC), timedelta(seconds=seconds), timedelta(hours=18)
    found = runs.period(now, every=every, begins=begins)
    assert found.from_at <= now < found.until_at == found.from_at + every
    assert runs.period(found.until_at, every=every, begins=begins).from_at == found.until_at
