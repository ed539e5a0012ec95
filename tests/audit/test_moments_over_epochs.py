"""Moments rise over the epochs of a log, and an epoch on a training clock is told and excuses nothing in a real one."""

from contextlib import closing
from datetime import timedelta

import pytest
from remembering import NOW, usage
from test_epochs import AUDITOR
from test_signing import enter, heads
from test_verifying_epochs import AUTHORITY, exported, faults, key_of, keys, sign
from typer.testing import CliRunner

from hutong import cli
from hutong.audit import beginning, epochs, log, retention, training, verify
from hutong.audit.events import RecordClass
from hutong.core import merkle
from hutong.core.lifecycle import Seat
from hutong.core.signed_note import Checkpoint
from hutong.db.database import Database

__all__ = ["exported", "heads", "keys"]


def second_epoch(db, keys, *, at, then=None, trains=False):
    """Let a log whose signed head is lost go on in its second epoch, which begins at a moment."""
    with db.transaction() as cur:
        keys.heads.path(epochs.current(cur).number).unlink()
    with closing(Database(db.url, role="retention", size=1)) as own:
        number = beginning.request(own, keys=keys, reason="r", by="one", seats={Seat("operator", "")}, now=at)
        beginning.approve(
            own, keys=keys, request=number, by="two", seats=AUDITOR, now=at, trains=trains
        )  # fmt: skip
    sign(db, keys, now=then or at)


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("tree_only", [True, False])
@pytest.mark.parametrize(
    ("began", "what"),
    [
        (timedelta(seconds=-50), []),  # clocks may be so far apart
        (timedelta(seconds=-70), ["says that the epoch began before the last checkpoint of the one before"]),
        (timedelta(days=-400), ["says that the epoch began before the last checkpoint of the one before"]),
    ],
)
def test_an_epoch_begins_no_earlier_than_the_last_checkpoint_of_the_one_before(
    db, keys, exported, began, what, tree_only
):
    enter(db, 3)
    sign(db, keys)
    second_epoch(db, keys, at=NOW + began, then=NOW)
    found = [fault for fault in faults(exported(), keys, tree_only=tree_only) if fault[0] == "entry 0"]
    assert found == [("entry 0", each) for each in what]


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize(("early", "told"), [(timedelta(minutes=50), False), (timedelta(minutes=70), True)])
def test_an_entry_of_a_later_epoch_is_of_no_moment_long_before_the_last_checkpoint_of_the_one_before(
    db, keys, exported, early, told
):
    enter(db, 3)
    sign(db, keys)
    second_epoch(db, keys, at=NOW)
    with db.transaction() as cur:
        cur.execute("delete from audit.checkpoint where epoch = 2")
        cur.execute("delete from audit.intended_checkpoint where epoch = 2")
        cur.execute("delete from audit.clock")
        log.append(cur, [usage(1, at=NOW - early)])
    own = keys.signer.named(key_of(keys).partition("+")[0])
    keys.heads.keep(2, own.sign(Checkpoint(own.name, 0, merkle.EMPTY_ROOT).text()))
    sign(db, keys)
    out = "is of a moment that does not lie between its checkpoints"
    assert (out in [what for _, what in faults(exported(), keys)]) == told


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("forged", [False, True])
def test_a_checkpoint_of_a_later_epoch_is_not_of_an_earlier_moment_than_the_last_of_the_one_before(
    db, keys, exported, forged
):
    enter(db, 3)
    sign(db, keys)
    if forged:  # the platform looks at the column, who verifies at what was signed
        with db.transaction() as cur:
            cur.execute("update audit.checkpoint set at = %s", [NOW - timedelta(days=9)])
    second_epoch(db, keys, at=NOW, then=NOW - timedelta(days=3))  # the platform says the last one's moment again
    falls = "was signed at an earlier moment than the checkpoint before it"
    assert (falls in [what for _, what in faults(exported(), keys)]) == forged


@pytest.mark.clause("SX-10-b")
def test_each_epoch_on_a_training_clock_is_told_first_whichever_it_is(db, keys, exported):
    training.declare(db, now=NOW)
    sign(db, keys)
    second_epoch(db, keys, at=NOW)
    folder = exported()
    report = verify.verify(folder, now=NOW, vkey=key_of(keys))
    assert ([each.training for each in report.earlier], report.training) == ([True], False)
    told = CliRunner().invoke(cli.app, ["audit", "verify", str(folder)], env={"LANG": "en_US.UTF-8"})
    assert told.output.startswith("! Epoch 1 of this log lives on a training clock")


@pytest.mark.clause("SX-10-b")
def test_a_training_epoch_of_moments_far_ahead_does_not_hide_behind_a_real_one(db, keys, exported):
    training.declare(db, now=NOW + timedelta(days=900))
    sign(db, keys, now=NOW + timedelta(days=900))
    second_epoch(db, keys, at=NOW)
    before = "says that the epoch began before the last checkpoint of the one before"
    assert ("entry 0", before) in faults(exported(), keys)


@pytest.mark.clause("SX-10-c")
def test_what_a_training_clock_purges_of_a_real_epoch_is_gone_too_soon(db, keys, exported):
    with db.transaction() as cur:
        log.append(cur, [usage(number, at=NOW - timedelta(days=100)) for number in range(3)])
    sign(db, keys, now=NOW - timedelta(days=100))
    later = NOW + timedelta(days=365 * 6)
    second_epoch(db, keys, at=later, trains=True)
    with db.transaction() as cur:
        training.allow(cur)
    before = NOW - timedelta(days=1)
    with closing(Database(db.url, role="retention", size=1)) as own:
        given = {"record_class": RecordClass.USAGE, "before": before, "by": "甲", "seats": AUTHORITY, "now": later}
        number = retention.request(own, **given)
        retention.approve(own, purge=number, by="乙", seats=AUTHORITY, now=later)
        assert retention.purge(own, purge=number, by="乙", seats=AUTHORITY, now=later)
    sign(db, keys, now=later)
    folder = exported(now=later)
    soon = "is missing although its years are not over"
    found = faults(folder, keys)
    assert [what for _, what in found] == [soon] * 3
