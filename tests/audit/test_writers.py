"""However long a transaction takes, an honest platform verifies: its entries are refused, or awaited."""

from contextlib import closing
from datetime import timedelta

import pytest
from remembering import NOW, usage
from test_signing import heads

from hutong.audit import clock, export, log, tree, verify
from hutong.audit.clock_corrections import LONGEST_TRANSACTION
from hutong.audit.log import EntryTooLate
from hutong.audit.writers import LASTS, Writers
from hutong.core.lifecycle import Seat
from hutong.db.database import Database

__all__ = ["heads"]

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def faults(db, signer, folder, *, now):
    given = {"now": now, "by": "吴敏", "seats": {Seat("auditor", "unit")}}
    export.export(db, folder, vkey=signer.verifier, **given)
    report = verify.verify(folder, now=now, vkey=signer.verifier)
    return [(fault.where, fault.words(language="en")) for fault in report.faults]


def enter(db, *, at):
    with db.transaction() as cur:
        log.append(cur, [usage(at=at)])


@pytest.fixture
def beside(database_url):
    """A door of its own."""
    with closing(Database(database_url, role="plane", size=1)) as own:
        yield own


def test_what_may_be_entered_late_and_what_may_last_leave_room_for_the_longest_transaction():
    assert log.LATEST + LASTS + 5 * MINUTE < LONGEST_TRANSACTION


@pytest.mark.clause("SX-10-b")
def test_an_entry_of_a_moment_too_long_ago_is_not_written_nor_what_it_tells_of(db, beside):
    clock.watch(db, now=NOW)
    with pytest.raises(EntryTooLate) as told, beside.transaction() as cur:
        log.append(cur, [usage(), usage(at=NOW - log.LATEST - SECOND)])
    assert told.value.facts == {"minutes": 45}
    with db.transaction() as cur:
        assert cur.execute("select count(*) from audit.entry").fetchone() == (0,)
    for at in (NOW - log.LATEST, NOW, NOW + MINUTE):
        enter(beside, at=at)


def test_where_no_worker_has_looked_at_the_clock_nothing_is_too_late(beside):
    enter(beside, at=NOW - 3 * LONGEST_TRANSACTION)


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("lasts", [MINUTE, 7 * MINUTE, 59 * MINUTE, 61 * MINUTE, 600 * MINUTE])
def test_what_a_long_transaction_entered_is_no_fault_when_it_comes(
    db, beside, signer, heads, tmp_path, lasts, restarted
):
    writers = Writers()

    def turn(at):
        nonlocal writers
        clock.watch(db, now=at)
        enter(db, at=at)
        if restarted and at - NOW > lasts / 2:
            writers = Writers()
        tree.integrate(db, now=at, signer=signer, heads=heads, writers=writers)

    turn(NOW)
    with beside.transaction() as cur:
        log.append(cur, [usage(at=NOW - 44 * MINUTE)])
        for step in range(1, 11):
            turn(NOW + lasts * step / 10)
    after = NOW + lasts + SECOND
    turn(after)
    assert faults(db, signer, tmp_path / "log", now=after) == []


@pytest.mark.clause("SX-10-b")
def test_a_machine_that_slept_does_not_know_how_old_a_transaction_is(db, beside, signer, heads, tmp_path):
    writers = Writers()
    enter(db, at=NOW)
    tree.integrate(db, now=NOW, signer=signer, heads=heads, writers=writers)
    late = NOW + 180 * MINUTE
    with beside.transaction() as cur:
        log.append(cur, [usage(at=NOW + SECOND)])
        enter(db, at=late)
        tree.integrate(db, now=late, signer=signer, heads=heads, writers=writers)
    tree.integrate(db, now=late + SECOND, signer=signer, heads=heads, writers=writers)
    assert faults(db, signer, tmp_path / "log", now=late + SECOND) == []


def test_without_a_long_transaction_no_checkpoint_says_that_more_waits(db, beside, signer, heads):
    writers = Writers()
    for step in range(9):
        at = NOW + step * MINUTE
        enter(db, at=at)
        with beside.transaction() as cur:
            log.append(cur, [usage(at=at)])
            if step:  # who began beside the first look may be of any age
                tree.integrate(db, now=at, signer=signer, heads=heads, writers=writers)
        tree.integrate(db, now=at + SECOND, signer=signer, heads=heads, writers=writers)
    with db.transaction() as cur:
        notes = [note for (note,) in cur.execute("select note from audit.checkpoint order by size")]
    assert [("waiting" in note) for note in notes] == [False] * len(notes)


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("ahead", [31 * SECOND, 2 * MINUTE, 44 * MINUTE, 300 * MINUTE])
def test_an_entry_of_a_moment_that_has_not_come_waits_for_it(db, signer, heads, tmp_path, ahead):
    writers = Writers()
    given = {"signer": signer, "heads": heads, "writers": writers}
    enter(db, at=NOW + ahead)  # by a machine whose clock is ahead
    enter(db, at=NOW)
    assert tree.integrate(db, now=NOW, **given) == 1
    enter(db, at=NOW + SECOND)
    assert tree.integrate(db, now=NOW + SECOND, limit=1, **given) == 1
    assert faults(db, signer, tmp_path / "before", now=NOW + SECOND) == []
    assert tree.integrate(db, now=NOW + ahead, **given) > 0
    assert faults(db, signer, tmp_path / "after", now=NOW + ahead) == []


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("apart", [-44 * MINUTE, -2 * MINUTE, SECOND, 2 * MINUTE, 44 * MINUTE])
def test_machines_whose_clocks_are_apart_make_no_log_that_fails_its_verification(db, signer, heads, tmp_path, apart):
    given = {"signer": signer, "heads": heads, "writers": Writers()}
    for step in range(12):
        at = NOW + step * 7 * MINUTE
        clock.watch(db, now=at)
        enter(db, at=at)
        enter(db, at=at + apart)
        tree.integrate(db, now=at, **given)
    assert faults(db, signer, tmp_path / "log", now=at) == []


@pytest.mark.clause("SX-10-b")
def test_a_clock_that_is_set_back_within_the_longest_transaction_makes_no_fault(db, signer, heads, tmp_path):
    given = {"signer": signer, "heads": heads, "writers": Writers()}
    for at in (NOW, NOW + MINUTE, NOW - 30 * MINUTE, NOW - 20 * MINUTE, NOW + 2 * MINUTE):
        clock.watch(db, now=at)
        enter(db, at=at)
        tree.integrate(db, now=at, **given)
    assert faults(db, signer, tmp_path / "log", now=NOW + 2 * MINUTE) == []
