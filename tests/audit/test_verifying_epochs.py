"""A log in a later epoch is verified with those before it: what is lost is told, and what nobody said is a fault."""

import json
import shutil
from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest
from remembering import NOW, usage
from test_epochs import AUDITOR, begin
from test_signing import cut_back, enter, heads, notes
from typer.testing import CliRunner

from hutong import cli
from hutong.audit import checkpoint, epochs, export, log, retention, tree, verify
from hutong.audit.beginning import Keys
from hutong.audit.events import RecordClass
from hutong.core import merkle
from hutong.core.lifecycle import Seat
from hutong.core.signed_note import Checkpoint
from hutong.db.database import Database

__all__ = ["heads"]

AUTHORITY = {Seat("authority")}
OLD = datetime(2020, 1, 1, tzinfo=UTC)
DUE = datetime(2021, 6, 1, tzinfo=UTC)


@pytest.fixture
def keys(signer, heads) -> Keys:
    return Keys(signer, heads)


def sign(db, keys, *, now=NOW):
    return tree.integrate(db, now=now, signer=keys.signer, heads=keys.heads)


@pytest.fixture
def exported(db, keys, tmp_path):
    """Export the log, whole or up to an epoch, and return the folder; what is exported of is placed."""
    folders = (tmp_path / f"log-{number}" for number in range(9))

    def take(*, epoch=None, now=NOW):
        folder = next(folders)
        export.export(db, folder, now=now, by="吴敏", seats=AUDITOR, vkey=keys.signer.verifier, epoch=epoch)
        return folder

    return take


def key_of(keys, number=2):
    return epochs.Epoch(number, 0, None).verifier(keys.signer.verifier)


def faults(folder, keys, *, epoch=2, now=NOW, **given):
    report = verify.verify(folder, now=now, vkey=key_of(keys, epoch), **given)
    return [(fault.where, fault.words(language="en")) for fault in report.faults]


@pytest.fixture
def two(db, keys, exported, tmp_path):
    """A log of 350 entries set back to 300, in its second epoch; what was kept of it before: 200, 300 and 350."""
    for count in (200, 100, 50):
        enter(db, count)
        sign(db, keys)
    for note in notes(db):
        (tmp_path / note.split(b"\n")[1].decode()).write_bytes(note)
    exported().rename(tmp_path / "kept")
    cut_back(db, size=300)
    with db.transaction() as cur:  # what the export entered went too
        cur.execute("delete from audit.pending_leaf")
        cur.execute("delete from audit.entry e where not exists (select from audit.leaf l where l.entry_id = e.id)")
    begin(db, keys)
    enter(db, 20)
    sign(db, keys)
    return tmp_path


@pytest.mark.clause("SX-11-a")
def test_a_log_in_its_second_epoch_is_verified_with_the_first_and_what_is_lost_is_told(two, keys, exported):
    folder = exported()
    report = verify.verify(folder, now=NOW, vkey=key_of(keys))
    assert (report.faults, report.size, report.entries) == ((), 22, 22)
    assert [(each.origin, each.size, each.entries, each.sound) for each in report.earlier] == [
        (keys.signer.name, 300, 300, True)
    ]
    (begun,) = report.begun
    assert (begun.epoch, begun.old, begun.signed, begun.stored, begun.lost) == (2, 1, 350, 300, 50)
    assert (begun.requested_by, begun.by) == ("one", "two")
    told = CliRunner().invoke(cli.app, ["audit", "verify", str(folder)], env={"LANG": "en_US.UTF-8"})
    assert "(one requested, two approved: " in told.output
    assert "350 entries were signed, 300 are there, 50 lost" in told.output


@pytest.mark.parametrize("number", [1, 3])
def test_another_epoch_than_the_one_whose_key_is_given_is_told(two, keys, exported, number):
    assert faults(exported(), keys, epoch=number)[-1] == (
        "checkpoint", "is of another epoch of this log: verify it by that epoch's key, once you know it",
    )  # fmt: skip


@pytest.mark.parametrize(("kept", "lost"), [("200", 0), ("300", 0), ("350", 50), ("kept", 50)])
def test_what_was_kept_of_the_first_epoch_is_continued_or_lost_as_the_second_says(two, keys, exported, kept, lost):
    report = verify.verify(exported(), now=NOW, vkey=key_of(keys), after=[two / kept])
    assert (report.faults, report.lost) == ((), ((str(two / kept), lost),) if lost else ())


def test_what_was_kept_of_both_epochs_is_continued(db, two, keys, exported):
    kept = exported()
    enter(db, 300)
    sign(db, keys)
    folder = exported()
    assert faults(folder, keys, after=[kept]) == faults(folder, keys, after=[kept / "checkpoint"]) == []
    assert faults(kept, keys, after=[folder]) == [(str(folder), "is longer than this log: it was rolled back")]


@pytest.mark.parametrize(
    ("number", "size", "what"),
    [
        (1, 400, "is longer than this log: it was rolled back"),  # more than was said to be signed
        (1, 350, "is longer than this log: it was rolled back"),  # another root than was said
        (1, 250, "is not continued by this log: its history was rewritten"),
        (2, 15, "is not continued by this log: its history was rewritten"),
        (2, 90, "is longer than this log: it was rolled back"),
        (3, 1, "is longer than this log: it was rolled back"),
    ],
)
def test_what_was_kept_and_is_not_said_to_be_lost_is_a_fault(two, keys, exported, number, size, what):
    own = keys.signer.named(key_of(keys, number).partition("+")[0])
    (two / "other").write_text(own.sign(Checkpoint(own.name, size, b"\x01" * 32).text()))
    assert faults(exported(), keys, after=[two / "other"]) == [(str(two / "other"), what)]


def test_an_epoch_before_that_is_missing_altered_or_none_of_this_log_is_told(two, keys, exported):
    folder = exported()
    shutil.copytree(folder / "epoch" / "1", folder / "epoch" / "7")
    (folder / "epoch" / "x").write_text("")
    stray = "does not belong in an export of this size"
    assert faults(folder, keys) == [("epoch/7", stray), ("epoch/x", stray)]
    shutil.rmtree(folder / "epoch" / "7")
    (folder / "epoch" / "x").unlink()
    records = folder / "epoch" / "1" / "records.jsonl"
    kept = records.read_text().splitlines(keepends=True)
    records.write_text("".join(kept[:5] + kept[6:]).replace('p-9\\"', 'p-8\\"', 1))
    assert faults(folder, keys) == [
        ("epoch/1/records.jsonl: entry 5", "is missing although its years are not over"),
        ("epoch/1/records.jsonl: entry 9", "is not the record its leaf was made for, or has other parties"),
    ]
    records.write_text("".join(kept))
    (folder / "epoch" / "1" / "more").write_text("")
    assert faults(folder, keys) == [("epoch/1/more", stray)]
    shutil.rmtree(folder / "epoch")
    assert faults(folder, keys) == [("epoch/1", "is not there")]


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize(
    ("facts", "what"),
    [
        ({"by": "one"}, "does not say"),
        ({"epoch": 3}, "does not say"),
        ({"log": "l"}, "does not say"),
        ({"old_log": "log.other.example"}, "does not say"),
        ({"old_log": "log.county.example/2"}, "does not say"),
        ({"lost": 0}, "does not say"),
        ({"lost": 51}, "does not say"),
        ({"old_size": 300, "lost": 50}, "does not say"),
        ({"stored_size": "300"}, "does not say"),
        ({"stored_size": 299, "lost": 51}, "tells of other entries"),
        ({"stored_root": "ab" * 32}, "tells of other entries"),
        (None, "does not say"),
        ({}, None),
    ],
)
def test_an_epoch_that_does_not_say_what_it_has_to_is_told(db, two, keys, exported, facts, what):
    with db.transaction() as cur:
        ((record,),) = cur.execute("select record from audit.entry where event = 'audit.epoch_begun'")
        cur.execute("delete from audit.epoch where number = 2")
        cur.execute("delete from audit.checkpoint where epoch = 2")
        cur.execute("delete from audit.leaf where seq >= 300")
        cur.execute("delete from audit.entry e where not exists (select from audit.leaf l where l.entry_id = e.id)")
        cur.execute("insert into audit.epoch (number, first_seq) values (2, 300)")
        forged = [] if facts is None else [log.LogEntry("audit.epoch_begun", NOW, {**json.loads(record), **facts})]
        log.append(cur, [*forged, usage(1)])
    own = keys.signer.named(key_of(keys).partition("+")[0])
    keys.heads.keep(2, own.sign(Checkpoint(own.name, 0, merkle.EMPTY_ROOT).text()))
    sign(db, keys)
    found = faults(exported(), keys)
    assert found == [] if what is None else ("entry 0" in {where for where, _ in found} and what in found[0][1])


def test_three_epochs_are_verified_together_and_without_records(db, two, keys, exported):
    with db.transaction() as cur:
        cur.execute("delete from audit.checkpoint where epoch = 2")
        cur.execute("delete from audit.leaf where seq >= 310")
        cur.execute("delete from audit.entry e where not exists (select from audit.leaf l where l.entry_id = e.id)")
    with db.transaction() as cur:  # a checkpoint of the second epoch from before it was set back
        own = keys.signer.named(key_of(keys).partition("+")[0])
        leaves = [row[0] for row in cur.execute("select hash from audit.leaf where seq >= 300 order by seq").fetchall()]
        head, at = checkpoint.following(None, origin=own.name, size=10, root=merkle.root(leaves), now=NOW)
        cur.execute(
            "insert into audit.checkpoint (epoch, size, root, at, note) values (2, 10, %s, %s, %s)",
            (head.root, at, own.sign(head.text())),
        )
    assert begin(db, keys).number == 3
    sign(db, keys)
    folder = exported()
    report = verify.verify(folder, now=NOW, vkey=key_of(keys, 3))
    assert (report.faults, [each.size for each in report.earlier]) == ((), [300, 10])
    assert [(each.epoch, each.old, each.lost) for each in report.begun] == [(2, 1, 50), (3, 2, 12)]
    assert verify.verify(folder, now=NOW, vkey=key_of(keys, 3), tree_only=True).faults == ()
    assert faults(exported(epoch=2), keys) == []


# Purges over epochs.


@pytest.fixture
def old_uses(db, keys):
    """Three uses that are past their years."""
    with db.transaction() as cur:
        log.append(cur, [usage(number, at=OLD) for number in range(3)])
    sign(db, keys, now=OLD)


def stepped(db, action, number=None):
    """Take a step of a purge as the command line does; returns the number of one that is requested."""
    with closing(Database(db.url, role="retention", size=1)) as own:
        if action == "request":
            given = {"record_class": RecordClass.USAGE, "before": DUE}
            return retention.request(own, **given, by="甲", seats=AUTHORITY, now=NOW)
        return getattr(retention, action)(own, purge=number, by="乙", seats=AUTHORITY, now=NOW)


def begin_again(db, keys):
    """Begin another epoch of a log whose signed head is lost, though nothing of it is."""
    with db.transaction() as cur:
        keys.heads.path(epochs.current(cur).number).unlink()
    begin(db, keys)
    sign(db, keys)


@pytest.mark.clause("SX-10-c")
@pytest.mark.parametrize(
    "order", ["request|approve|purge", "request approve|purge", "request|approve purge", "request approve purge"]
)
def test_a_purge_of_which_each_step_was_in_another_epoch_is_what_two_officers_agreed_to(
    db, keys, old_uses, exported, order
):
    number = None
    for place, actions in enumerate(order.split("|")):
        if place:
            begin_again(db, keys)
        for action in actions.split():
            done = stepped(db, action, number)
            number = number or done
        sign(db, keys)
    folder = exported()
    newest = 1 + order.count("|")
    report = verify.verify(folder, now=NOW, vkey=key_of(keys, newest))
    assert (report.faults, [*report.earlier, report][0].purged) == ((), 3)
    if newest > 1:
        with pytest.raises(export.PurgedSince):
            exported(epoch=1)


@pytest.mark.clause("SX-10-c")
@pytest.mark.parametrize("row", ["left", "gone"])
def test_a_purge_whose_approval_was_lost_with_the_tail_of_an_epoch_is_not_done(db, keys, old_uses, row):
    number = stepped(db, "request")
    sign(db, keys)
    with db.transaction() as cur:
        size = checkpoint.latest(cur).size
    stepped(db, "approve", number)
    sign(db, keys)
    with db.transaction() as cur:  # the row of the purge was not set back, and perhaps the record was not either
        cur.execute("delete from audit.checkpoint where size > %s", [size])
        cur.execute("delete from audit.leaf where seq >= %s", [size])
        if row == "gone":
            cur.execute("delete from audit.entry where event = 'audit.purge_approved'")
    begin(db, keys)
    sign(db, keys)
    with pytest.raises(psycopg.Error) as raised:
        stepped(db, "purge", number)
    assert raised.value.sqlstate == "HT003"


@pytest.mark.clause("SX-10-c")
@pytest.mark.parametrize("event", ["audit.purge_requested", "audit.purge_approved"])
def test_a_purge_done_without_what_was_lost_with_the_tail_of_an_epoch_is_told(db, keys, old_uses, exported, event):
    number = stepped(db, "request")
    stepped(db, "approve", number)
    sign(db, keys)
    begin_again(db, keys)
    stepped(db, "purge", number)
    sign(db, keys)
    with db.transaction() as cur:  # as if it had never been in the first epoch
        cur.execute("delete from audit.entry where event = %s", [event])
    told = {what for _, what in faults(exported(), keys)}
    assert "tells of a purge that no two officers requested and approved before it; it covers nothing" in told
    assert "is missing and no purge in the log covers it" in told
