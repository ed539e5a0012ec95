"""What lies aside: bounded, told in the log by its digest, and let go of once that has been told for long enough."""

import hashlib
import json
from datetime import timedelta

import psycopg
import pytest
from remembering import NOW, usage

from hutong.audit import aside, inspecting, log, tree, waiting
from hutong.core import defaults
from hutong.db.database import Database

DAYS = timedelta(days=defaults.number("audit.aside_days"))


@pytest.fixture
def worker(database_url):
    found = Database(database_url, role="worker", size=1)
    yield found
    found.close()


def put_aside(db, signer, leaves, *, now=NOW) -> None:
    """Write what is no leaf among what waits, as the owner of the database can, and have it found."""
    with db.transaction() as cur:
        for leaf in leaves:
            cur.execute("insert into audit.pending_leaf values (nextval('audit.entry_id'), %s)", [leaf])
    tree.integrate(db, now=now, signer=signer)


def entered(db, event):
    with db.transaction() as cur:
        rows = cur.execute("select record from audit.entry where event = %s order by id", [event]).fetchall()
    return [json.loads(record) for (record,) in rows]


def lying(db):
    with db.transaction() as cur:
        return cur.execute("select count(*), coalesce(max(length(leaf)), 0) from audit.doubled_leaf").fetchone()


@pytest.mark.clause("SX-10-b")
def test_what_is_put_aside_is_told_in_the_log_once_by_its_digest(db, worker, signer):
    leaves = [b"nonsense", b"x" * 5_000, b""]
    put_aside(db, signer, leaves)

    assert [aside.settle(worker, now=NOW) for _ in range(3)] == [1, 0, 0]

    (record,) = entered(db, "audit.leaves_put_aside")
    whole = hashlib.sha256(b"".join(hashlib.sha256(leaf).digest() for leaf in leaves)).hexdigest()
    assert (record["count"], record["beyond"], record["digest"], record["by"]) == (3, 0, whole, "hutong")
    assert record["highest"] - record["lowest"] == 2
    put_aside(db, signer, [b"again"])
    aside.settle(worker, now=NOW)
    assert [each["count"] for each in entered(db, "audit.leaves_put_aside")] == [3, 1]


@pytest.mark.clause("SX-10-b")
def test_no_more_lie_aside_than_the_rulebook_says_and_the_rest_is_counted_and_told(db, worker, signer):
    more = 250
    put_aside(db, signer, [b"z" * 2_000] * (aside.MOST - 10))
    put_aside(db, signer, [b"z"] * (10 + more))
    assert lying(db) == (aside.MOST, 1_000)
    with db.transaction() as cur:
        assert waiting.read(cur, now=NOW).aside == aside.MOST + more

    aside.settle(worker, now=NOW)

    (record,) = entered(db, "audit.leaves_put_aside")
    assert (record["count"], record["beyond"]) == (aside.MOST, more)
    put_aside(db, signer, [b"y"] * 7)
    assert (aside.settle(worker, now=NOW), lying(db)[0]) == (1, aside.MOST)
    assert entered(db, "audit.leaves_put_aside")[1] == {
        "count": 0, "beyond": 7, "lowest": None, "highest": None, "by": "hutong",
        "digest": hashlib.sha256().hexdigest(),
    }  # fmt: skip


@pytest.mark.clause("SX-10-b")
def test_other_leaves_of_placed_entries_are_kept_to_the_same_bound(db, worker, signer):
    with db.transaction() as cur:
        log.append(cur, [usage(n) for n in range(aside.MOST + 5)])
    tree.integrate(db, now=NOW, signer=signer)
    with db.transaction() as cur:
        cur.execute(
            "insert into audit.pending_leaf select entry_id, substr(data, 2) || data from audit.leaf"
            " where seq < %s", [aside.MOST + 5],
        )  # fmt: skip
    assert tree.integrate(db, now=NOW, signer=signer) == 0
    assert lying(db)[0] == aside.MOST
    aside.settle(worker, now=NOW)
    (record,) = entered(db, "audit.leaves_put_aside")
    assert (record["count"], record["beyond"]) == (aside.MOST, 5)


@pytest.mark.clause("SX-10-b")
def test_what_was_told_goes_after_its_days_and_that_is_entered_but_not_while_it_is_held(db, worker, signer):
    put_aside(db, signer, [b"nonsense"] * 4, now=NOW - DAYS)
    aside.settle(worker, now=NOW - DAYS)
    tree.integrate(db, now=NOW - DAYS, signer=signer)
    assert (aside.settle(worker, now=NOW), lying(db)[0]) == (0, 4)  # on the last of its days
    later = NOW + timedelta(seconds=1)
    for record_class in ("security", None):
        with db.transaction() as cur:
            cur.execute(
                "insert into audit.hold (class, reason, placed_by, placed_at) values (%s, 'x', 'a', %s)",
                [record_class, NOW],
            )
        assert (aside.settle(worker, now=later), lying(db)[0]) == (0, 4)
        with db.transaction() as cur:
            cur.execute("update audit.hold set lifted_at = %s, lifted_by = 'a'", [NOW])

    assert (aside.settle(worker, now=later), lying(db)[0]) == (1, 0)

    assert entered(db, "audit.leaves_let_go") == [{"count": 4, "by": "hutong"}]
    with db.transaction() as cur:
        assert waiting.read(cur, now=later).problems == []
    assert [fault for _, found in inspecting.inspect(db) for fault in found] == []


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("ahead", [timedelta(days=31), timedelta(days=4000)])
def test_nothing_goes_by_a_moment_that_has_not_come_or_without_the_entry_that_tells_of_it(db, worker, signer, ahead):
    with db.transaction() as cur:
        cur.execute("delete from audit.training_clock")
        ((now,),) = cur.execute("select clock_timestamp()")
    put_aside(db, signer, [b"nonsense"] * 3, now=now)
    with worker.transaction() as cur:
        cur.execute("update audit.doubled_leaf set told_in = 1")  # of something else, or of nothing
        assert cur.execute(aside.statements.let_go, {"now": now + ahead}).fetchone() == (0,)
        cur.execute("update audit.doubled_leaf set told_in = null")
    aside.settle(worker, now=now)
    tree.integrate(db, now=now, signer=signer)
    with worker.transaction() as cur:
        assert cur.execute(aside.statements.let_go, {"now": now + ahead}).fetchone() == (0,)
    assert lying(db)[0] == 3


@pytest.mark.clause("SX-10-b")
def test_what_another_entry_told_of_long_ago_takes_nothing_along(db, worker, signer):
    put_aside(db, signer, [b"nonsense"] * 2, now=NOW - 2 * DAYS)
    with db.transaction() as cur:
        log.append(cur, [usage(at=NOW - 2 * DAYS)])
    aside.settle(worker, now=NOW - 2 * DAYS)
    tree.integrate(db, now=NOW - 2 * DAYS, signer=signer)
    put_aside(db, signer, [b"nonsense"] * 3)
    with worker.transaction() as cur:
        cur.execute(
            "update audit.doubled_leaf set told_in = (select entry_id from audit.leaf order by seq limit 1)"
            " where told_in is null"
        )
        assert cur.execute(aside.statements.let_go, {"now": NOW}).fetchone() == (2,)
    assert lying(db)[0] == 3


def test_nobody_but_the_owner_takes_away_what_lies_aside_by_hand(db, database_url, signer):
    put_aside(db, signer, [b"nonsense"])
    for role in ("control", "plane", "logkeeper", "auditor", "worker", "retention"):
        door = Database(database_url, role=role, size=1)
        for statement in ("delete from audit.doubled_leaf", "update audit.doubled_leaf set leaf = ''"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), door.transaction() as cur:
                cur.execute(statement)
        door.close()


def test_without_the_entry_nothing_is_noted_as_told(db, worker, signer):
    put_aside(db, signer, [b"nonsense"] * 2)
    with db.transaction() as cur:
        cur.execute("alter table audit.pending_leaf add constraint down check (entry_id < 0) not valid")
    with pytest.raises(psycopg.Error):
        aside.settle(worker, now=NOW)
    with db.transaction() as cur:
        cur.execute("alter table audit.pending_leaf drop constraint down")
        assert cur.execute("select count(*) from audit.doubled_leaf where told_in is null").fetchone() == (2,)
    assert aside.settle(worker, now=NOW) == 1


def test_the_days_are_those_of_the_rulebook(cur):
    ((source,),) = cur.execute("select prosrc from pg_proc where oid = 'audit.let_go_of_aside'::regproc")
    assert f"interval '{DAYS.days} days'" in source
