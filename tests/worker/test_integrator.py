"""Seconds after an entry is committed it is in the tree under a signed checkpoint, whatever happens to the database."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import psycopg
import pytest

from hutong.audit import checkpoint, log, signing, tree, waiting
from hutong.audit.heads import Heads
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


@contextmanager
def working_on(
    url: str, *, statement_seconds: float = integrator.STATEMENT_SECONDS, heads: Heads | None = None
) -> Iterator[threading.Thread]:
    """Let an integrator work meanwhile, with rights of its own."""
    stop = threading.Event()
    with closing(Database(url, role="logkeeper", size=1, statement_seconds=statement_seconds)) as own:
        given = {"clock": lambda: NOW, "signer": SIGNER, "stop": stop, "heads": heads}
        thread = threading.Thread(target=integrator.run, args=(own,), kwargs=given)
        thread.start()
        try:
            yield thread
        finally:
            stop.set()
            thread.join(timeout=20)
    assert not thread.is_alive()


@pytest.fixture
def working(database_url) -> Iterator[threading.Thread]:
    """An integrator at work until the test ends."""
    with working_on(database_url) as thread:
        yield thread


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


FAULTS = {
    "a right is taken away": ("revoke insert on audit.leaf from hutong_logkeeper",
                              "grant insert on audit.leaf to hutong_logkeeper"),
    "a table has another name": ("alter table audit.checkpoint rename to gone",
                                 "alter table audit.gone rename to checkpoint"),
    "a column is gone": ("alter table audit.checkpoint rename note to gone",
                         "alter table audit.checkpoint rename gone to note"),
    "nothing may be written": ("alter table audit.leaf add constraint full_disk check (seq < 0) not valid",
                               "alter table audit.leaf drop constraint full_disk"),
    "a statement takes too long": ("create function audit.wait() returns trigger language plpgsql as"
                                   " 'begin perform pg_sleep(60); return new; end';"
                                   " create trigger wait before insert on audit.leaf execute function audit.wait()",
                                   "drop trigger wait on audit.leaf"),
    "a number is too large": ("create function audit.fails() returns trigger language plpgsql as"
                              " 'begin return 1 / 0; end'; create trigger fails before insert on audit.leaf"
                              " execute function audit.fails()",
                              "drop trigger fails on audit.leaf"),
}  # fmt: skip


def state(db: Database) -> waiting.LogState:
    with db.transaction() as cur:
        return waiting.read(cur, now=NOW)


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("fault", FAULTS)
def test_placing_goes_on_after_any_fault_and_what_fails_is_told(db, database_url, fault):
    begins, ends = FAULTS[fault]
    with db.transaction() as cur:
        cur.execute(begins)
    write(db, 3)
    with working_on(database_url, statement_seconds=0.5) as thread:
        assert soon(lambda: state(db).state == "fails")
        told = state(db)
        assert (told.entries, told.code is not None, told.since_at) == (3, True, NOW)
        with db.transaction() as cur:
            cur.execute(ends)

        assert soon(lambda: placed(db) == 3, seconds=integrator.LONGEST_PAUSE_SECONDS + 5)
        assert soon(lambda: state(db).state == "signs")
        assert thread.is_alive()


@pytest.mark.clause("SX-11-a")
def test_a_log_that_was_set_back_stops_it_until_the_true_one_is_back(db, database_url, tmp_path):
    heads = Heads(tmp_path)
    write(db, 3)
    tree.integrate(db, now=NOW, signer=SIGNER, heads=heads)
    with db.transaction() as cur:
        cur.execute("create table kept as select * from audit.leaf where seq = 2")
        cur.execute("delete from audit.leaf where seq = 2")
    write(db, 1)
    with working_on(database_url, heads=heads) as thread:
        assert soon(lambda: state(db).state == "stopped")
        told = state(db)
        assert (told.code, told.facts) == ("HEAD_NOT_CONTINUED", {"signed": 3, "stored": 2})
        assert (str(told.problems[0]), told.entries) == (str(signing.HeadNotContinued(signed=3, stored=2)), 1)
        with db.transaction() as cur:
            cur.execute("insert into audit.leaf select * from kept")

        assert soon(lambda: state(db).state == "signs")
        assert placed(db) == 4
        assert thread.is_alive()
