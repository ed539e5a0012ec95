"""Each month of the log has its partition, made ahead, and whoever enters meanwhile enters."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
from remembering import NOW, usage

from hutong.audit import log, retention, tree
from hutong.db.database import Database


def _partitions(cur):
    rows = cur.execute("select inhrelid::regclass::text from pg_inherits where inhparent = 'audit.entry'::regclass")
    return sorted(name.removeprefix("audit.") for (name,) in rows)


def test_makes_months_from_the_last_to_three_ahead_once(db, signer):
    with db.transaction() as cur:
        made = retention.ensure_months(cur, now=NOW)
        assert made == ["entry_2026_10", "entry_2026_11", "entry_2026_12", "entry_2027_01", "entry_2027_02"]
        assert retention.ensure_months(cur, now=NOW) == []
        assert _partitions(cur) == [*made, "entry_default"]
        log.append(cur, [usage()])
        assert cur.execute("select tableoid::regclass::text from audit.entry").fetchone() == ("audit.entry_2026_11",)
    assert tree.integrate(db, now=NOW, signer=signer) == 1


def test_entries_of_months_that_had_no_partition_move_into_theirs(cur):
    moments = [NOW, datetime(2026, 12, 1, tzinfo=UTC) - timedelta(microseconds=1), datetime(2026, 5, 1, tzinfo=UTC)]
    log.append(cur, [usage(at=at, about=[b"a" * 16]) for at in moments])
    before = cur.execute("select * from audit.entry order by id").fetchall()
    made = retention.ensure_months(cur, now=NOW)
    months = ["2026_05", "2026_10", "2026_11", "2026_12", "2027_01", "2027_02"]
    assert made == [f"entry_{month}" for month in months]
    assert cur.execute("select count(*) from audit.entry_default").fetchone() == (0,)
    assert cur.execute("select count(*) from audit.entry_2026_11").fetchone() == (2,)
    assert cur.execute("select * from audit.entry order by id").fetchall() == before
    assert retention.ensure_months(cur, now=NOW) == []


def test_who_enters_while_a_month_is_made_enters_into_it(db):
    with ThreadPoolExecutor(1) as another:
        with db.transaction() as cur:
            retention.ensure_months(cur, now=NOW)
            entering = another.submit(_enter, db)
            while not (entering.done() or _waits_for_a_lock(db)):
                sleep(0.01)
        assert entering.result(60) == 1
    with db.transaction() as cur:
        assert cur.execute("select tableoid::regclass::text from audit.entry").fetchone() == ("audit.entry_2026_11",)


def test_a_month_is_made_later_where_somebody_enters_for_long_and_nobody_waits_for_it(db):
    with db.transaction() as entering:
        log.append(entering, [usage()])
        with db.transaction() as cur:
            assert retention.ensure_months(cur, now=NOW) == []
            assert cur.execute("show lock_timeout").fetchone() == ("0",)
    with db.transaction() as cur:
        assert "entry_2026_11" in retention.ensure_months(cur, now=NOW)


def _waits_for_a_lock(db):
    with db.transaction() as cur:
        return cur.execute("select 1 from pg_locks where not granted").fetchone() is not None


def _enter(db):
    with db.transaction() as cur:
        return len(log.append(cur, [usage()]))


@pytest.mark.parametrize("role", ["control", "plane"])
def test_appending_goes_on_in_months_made_later(db, database_url, role):
    with db.transaction() as cur:
        retention.ensure_months(cur, now=NOW)
    acting = Database(database_url, role=role)
    try:
        with acting.transaction() as cur:
            assert len(log.append(cur, [usage()])) == 1
    finally:
        acting.close()
