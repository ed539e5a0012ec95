"""Seconds after an entry is committed it is in the tree under a signed checkpoint, whatever happens to the database."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest

from hutong.audit import checkpoint, log
from hutong.audit.log import LogEntry
from hutong.core.signed_note import LogSigner
from hutong.db.database import Database
from hutong.worker import integrator

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SIGNER = LogSigner.from_seed("log.county.example", bytes(range(32)))
FAILED = LogEntry(
    "auth.failed", NOW, {"officer": "one", "source": "192.0.2.1", "method": "password", "reason": "PASSWORD_WRONG"}
)
CUT = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> %s"


def write(db: Database, count: int) -> None:
    """Enter so many logins that failed."""
    with db.transaction() as cur:
        log.append(cur, [FAILED] * count)


def placed(db: Database) -> int:
    """Return how many entries are under a checkpoint; none before the first one."""
    with db.transaction() as cur:
        ((size,),) = cur.execute("select coalesce(max(size), 0) from audit.checkpoint").fetchall()
    return size


def soon(done: Callable[[], bool], *, seconds: float = 10) -> bool:
    """Return whether it is so before long."""
    until = time.monotonic() + seconds
    while not (so := done()) and time.monotonic() < until:
        time.sleep(0.05)
    return so


@pytest.fixture
def working(database_url) -> Iterator[threading.Thread]:
    """An integrator at work until the test ends, with rights of its own."""
    stop = threading.Event()
    with closing(Database(database_url, role="logkeeper", size=1)) as own:
        given = {"clock": lambda: NOW, "signer": SIGNER, "stop": stop}
        thread = threading.Thread(target=integrator.run, args=(own,), kwargs=given)
        thread.start()
        yield thread
        stop.set()
        thread.join(timeout=20)
    assert not thread.is_alive()


def test_what_is_committed_is_placed_soon_and_signed(db, working):
    for total in (1, 3):
        write(db, total - placed(db))
        assert soon(lambda total=total: placed(db) == total)

    with db.transaction() as cur:
        assert checkpoint.latest(cur).note.startswith("log.county.example\n3\n")


def test_what_is_rolled_back_is_never_placed(db, working):
    with pytest.raises(ZeroDivisionError), db.transaction() as cur:
        log.append(cur, [FAILED])
        raise ZeroDivisionError
    write(db, 1)

    assert soon(lambda: placed(db) == 1)


def test_a_cut_connection_is_waited_for_and_nothing_is_left_out(db, database_url, working):
    write(db, 1)
    assert soon(lambda: placed(db) == 1)
    for total in (2, 3, 4):
        with psycopg.connect(database_url, autocommit=True) as opened:
            opened.execute(CUT, [opened.info.backend_pid])
        with closing(Database(database_url, role="owner", size=1)) as again:
            write(again, 1)
            assert soon(lambda total=total, again=again: placed(again) == total, seconds=20)
    assert working.is_alive()
