"""A new epoch of the log: two officers decide it, its first entry says what is lost, and the old log stays served."""

import json
import os
from contextlib import closing

import psycopg
import pytest
from remembering import NOW
from test_signing import cut_back, enter, heads, notes

from hutong.audit import beginning, checkpoint, epochs, export, hashes, log, proofs, rollups, signing, tree, verify
from hutong.audit.beginning import Keys
from hutong.core import merkle, signed_note, tiles
from hutong.core.lifecycle import Seat
from hutong.db import rights
from hutong.db.database import Database

__all__ = ["heads"]

OPERATOR, AUDITOR, OTHER = {Seat("operator", "")}, {Seat("auditor", "")}, {Seat("consumer", "x")}
REASON = "机房火灾，备份为昨日（示政电〔2026〕7号）"


@pytest.fixture
def keys(signer, heads) -> Keys:
    return Keys(signer, heads)


def integrate(db, keys, **more):
    return tree.integrate(db, now=NOW, signer=keys.signer, heads=keys.heads, **more)


@pytest.fixture
def set_back(db, keys):
    """A log of 350 entries, signed, that was set back to 300."""
    for count in (300, 50):
        enter(db, count)
        integrate(db, keys)
    with db.transaction() as cur:
        old = checkpoint.latest(cur)
    cut_back(db, size=300)
    return old


def begin(db, keys, **more):
    """Begin the next epoch with the rights with which officers do at the command line."""
    with closing(Database(db.url, role="retention", size=1)) as own:
        number = beginning.request(own, keys=keys, reason=REASON, by="one", seats=OPERATOR, now=NOW)
        return beginning.approve(own, keys=keys, request=number, by="two", seats=AUDITOR, now=NOW, **more)


def entered(db, event):
    with db.transaction() as cur:
        found = cur.execute("select record from audit.entry where event = %s order by id", (event,))
        return [json.loads(record) for (record,) in found]


@pytest.mark.clause("SX-11-a")
def test_begins_with_an_entry_that_names_the_old_head_and_what_is_lost(db, keys, set_back):
    enter(db, 7)
    epoch = begin(db, keys)

    assert (epoch.number, epoch.first_seq, epoch.origin("l")) == (2, 300, "l/2")
    (record,) = entered(db, "audit.epoch_begun")
    with db.transaction() as cur:
        stored = checkpoint.latest(cur, epoch=1)
    assert record == {
        "request": 1, "epoch": 2, "log": f"{keys.signer.name}/2", "old_log": keys.signer.name,
        "old_size": 350, "old_root": set_back.root.hex(), "stored_size": 300, "stored_root": stored.root.hex(),
        "lost": 50, "code": "HEAD_NOT_CONTINUED", "reason": REASON, "requested_by": "one", "by": "two",
    }
    assert integrate(db, keys) == 8  # what waited, and that it was requested
    with db.transaction() as cur:
        head = checkpoint.latest(cur)
        first = json.loads(tiles.decode_bundle(proofs.bundle(cur, 0, 9), width=9)[0])
    told = signed_note.Checkpoint.parse(keys.signer.named(f"{keys.signer.name}/2").public.open(head.note))
    assert (told.size, told.root, first["event"]) == (9, head.root, "audit.epoch_begun")


def test_the_old_log_stays_served_as_it_was_signed(db, keys, set_back):
    with db.transaction() as cur:
        old, first = checkpoint.latest(cur), cur.execute("select hash from audit.leaf where seq = 3").fetchone()[0]
        before = proofs.tile(cur, 0, 1, 44)
    begin(db, keys)
    enter(db, 300)
    integrate(db, keys)

    with db.transaction() as cur:
        one, two = epochs.every(cur)
        assert checkpoint.latest(cur, epoch=1) == old
        assert keys.signer.public.open(old.note)
        assert (hashes.size(cur, one), hashes.size(cur, two), hashes.size(cur)) == (300, 302, 302)
        assert proofs.tile(cur, 0, 1, 44, epoch=one) == before != proofs.tile(cur, 0, 1, 44)
        with pytest.raises(proofs.NoSuchTile):
            proofs.tile(cur, 0, 1, 45, epoch=one)
        assert proofs.epoch_of(cur, leaf_hash=first) == one
        proof = proofs.inclusion(cur, leaf_hash=first, size=300, epoch=one)
        merkle.verify_inclusion(
            leaf=first, index=3, size=300, proof=proof.hashes, expected_root=old.root,
        )  # fmt: skip
        with pytest.raises(proofs.LeafNotPlaced):
            proofs.inclusion(cur, leaf_hash=first, size=302)


@pytest.mark.parametrize("number", [1, 2])
def test_each_epoch_is_exported_and_verified_under_its_own_key(db, keys, set_back, tmp_path, number):
    begin(db, keys)
    enter(db, 20)
    integrate(db, keys)
    vkey = keys.signer.verifier
    folder = tmp_path / "evidence"

    export.export(db, folder, now=NOW, by="two", seats=AUDITOR, vkey=vkey, epoch=number)

    own = epochs.Epoch(number, 0, None).verifier(vkey)
    assert (folder / "log.vkey").read_text() == f"{own}\n"
    report = verify.verify(folder, vkey=own, now=NOW)
    assert (report.faults, report.entries) == ((), {1: 300, 2: 22}[number])
    assert not verify.verify(folder, now=NOW, vkey=epochs.Epoch(3 - number, 0, None).verifier(vkey)).sound


def test_the_next_epoch_goes_on_and_binds_like_the_first(db, keys, set_back):
    begin(db, keys)
    enter(db, 30)
    integrate(db, keys)
    enter(db, 30)
    integrate(db, keys)
    assert sorted(note.split(b"\n")[1] for note in notes(db)) == [b"300", b"32", b"62"]
    with db.transaction() as cur:
        cur.execute("delete from audit.checkpoint where epoch = 2 and size > 32")
        cur.execute("delete from audit.leaf where seq >= 332")

    with pytest.raises(signing.HeadNotContinued) as raised:
        integrate(db, keys)

    assert raised.value.facts == {"signed": 62, "stored": 32}
    assert begin(db, keys).number == 3


def test_a_number_under_which_something_was_signed_is_not_used_again(db, keys, set_back):
    begin(db, keys)
    integrate(db, keys)
    with db.transaction() as cur:  # set back again, to before the second epoch began
        cur.execute("delete from audit.epoch where number = 2")
        cur.execute("delete from audit.checkpoint where epoch = 2")
        cur.execute("delete from audit.leaf where seq >= 300")

    assert begin(db, keys).number == 3


@pytest.mark.clause("SX-11-a")
def test_a_row_in_the_database_alone_begins_no_epoch(db, keys, set_back):
    with db.transaction() as cur:
        cur.execute("insert into audit.epoch (number, first_seq) values (2, 300)")
    enter(db, 1)

    with pytest.raises(signing.HeadLost):
        integrate(db, keys)


def test_what_was_placed_and_never_signed_waits_behind_the_first_entry(db, keys):
    enter(db, 300)
    integrate(db, keys)
    enter(db, 300)
    with db.transaction() as cur:  # placed by somebody who was killed before it was signed
        waiting = cur.execute("delete from audit.pending_leaf returning entry_id, leaf").fetchall()
        tree.place(cur, epochs.current(cur), size=300, taken=waiting)
        cur.execute("update audit.leaf set data = 'other' where seq = 400")
        cur.execute("update audit.summed_uses set position = 600")
    with pytest.raises(signing.LeafAltered):
        integrate(db, keys)

    assert begin(db, keys).first_seq == 300
    integrate(db, keys)

    with db.transaction() as cur:
        # All but the leaf that was altered, which is none of ours and lies aside.
        assert (hashes.size(cur, epochs.of(cur, 1)), hashes.size(cur)) == (300, 301)
        assert cur.execute("select leaf from audit.doubled_leaf").fetchall() == [(b"other",)]
        assert cur.execute("select count(*) from audit.tree_hash where epoch = 1").fetchone() == (1,)
    assert entered(db, "audit.epoch_begun")[0]["lost"] == 0
    rollups.sum_up(db)
    with db.transaction() as cur:
        assert cur.execute("select sum(answered) from audit.monthly_use").fetchone() == (599,)


@pytest.mark.clause("SX-11-a")
def test_one_officer_alone_begins_nothing_and_the_try_is_entered(db, keys, set_back):
    number = beginning.request(db, keys=keys, reason=REASON, by="one", seats=OPERATOR, now=NOW)
    with pytest.raises(beginning.EpochApproverIsRequester):
        beginning.approve(db, keys=keys, request=number, by="one", seats=OPERATOR | AUDITOR, now=NOW)
    with pytest.raises(beginning.NotEntitledToEpoch):
        beginning.approve(db, keys=keys, request=number, by="three", seats=OTHER, now=NOW)
    with pytest.raises(beginning.NotEntitledToEpoch):
        beginning.request(db, keys=keys, reason=REASON, by="three", seats=OTHER, now=NOW)

    tried = [(each["reason"], each["by"]) for each in entered(db, "audit.epoch_refused")]
    assert tried == [
        ("EPOCH_APPROVER_IS_REQUESTER", "one"), ("NOT_ENTITLED_TO_EPOCH", "three"), ("NOT_ENTITLED_TO_EPOCH", "three"),
    ]
    with db.transaction() as cur:
        assert epochs.current(cur).number == 1


def test_a_log_that_is_signed_has_no_new_epoch_whatever_was_requested_before(db, keys, set_back):
    number = beginning.request(db, keys=keys, reason=REASON, by="one", seats=OPERATOR, now=NOW)
    keys.heads.keep(1, notes(db)[-1].decode())  # as if the true database had been put back

    with pytest.raises(beginning.LogNotStopped):
        beginning.request(db, keys=keys, reason=REASON, by="two", seats=AUDITOR, now=NOW)
    with pytest.raises(beginning.LogNotStopped):
        beginning.approve(db, keys=keys, request=number, by="two", seats=AUDITOR, now=NOW)


def test_what_is_dropped_begins_no_more(db, keys, set_back):
    number = beginning.request(db, keys=keys, reason=REASON, by="one", seats=OPERATOR, now=NOW)
    with pytest.raises(beginning.EpochWithoutReason):
        beginning.drop(db, request=number, reason=" ", by="one", seats=OPERATOR, now=NOW)
    beginning.drop(db, request=number, reason="已恢复", by="one", seats=OPERATOR, now=NOW)

    with pytest.raises(beginning.EpochRequestMovedOn):
        beginning.approve(db, keys=keys, request=number, by="two", seats=AUDITOR, now=NOW)
    with pytest.raises(beginning.NoSuchEpochRequest):
        beginning.approve(db, keys=keys, request=99, by="two", seats=AUDITOR, now=NOW)
    assert entered(db, "audit.epoch_dropped") == [
        {"request": number, "requested_by": "one", "reason": "已恢复", "by": "one"}
    ]


def test_an_epoch_whose_entry_cannot_be_written_has_not_begun(db, keys, set_back):
    number = beginning.request(db, keys=keys, reason=REASON, by="one", seats=OPERATOR, now=NOW)
    with db.transaction() as cur:
        cur.execute("alter table audit.entry add constraint full_disk check (id < 0) not valid")
    with pytest.raises(Exception, match="full_disk"):
        beginning.approve(db, keys=keys, request=number, by="two", seats=AUDITOR, now=NOW)

    with db.transaction() as cur:
        assert (epochs.current(cur).number, beginning.read(cur, request=number).state) == (1, "requested")
    assert keys.heads.read(2) is None


def test_an_epoch_on_a_training_clock_says_so_again(db, keys, set_back, tmp_path):
    begin(db, keys, trains=True)
    integrate(db, keys)

    with db.transaction() as cur:
        leaves = tiles.decode_bundle(proofs.bundle(cur, 0, 2), width=2)
    events = [json.loads(leaf)["event"] for leaf in leaves]
    assert events == ["audit.epoch_begun", "audit.training_clock_begun"]
    vkey = keys.signer.verifier
    for number, trains in ((1, False), (2, True)):
        export.export(db, tmp_path / str(number), now=NOW, by="two", seats=AUDITOR, vkey=vkey, epoch=number)
        assert verify.verify(tmp_path / str(number), now=NOW).training == trains


def test_names_the_larger_of_the_heads_that_were_kept_and_published(db, keys):
    enter(db, 300)
    integrate(db, keys)
    early = keys.heads.path(1).read_bytes()
    enter(db, 50)
    integrate(db, keys)
    keys.heads.path(1).write_bytes(early)
    with db.transaction() as cur:  # the published head stays, leaves under it do not
        cur.execute("delete from audit.leaf where seq >= 320")
        cur.execute("delete from audit.tree_hash where (index + 1) * (256::numeric ^ level) > 320")

    begin(db, keys)

    (record,) = entered(db, "audit.epoch_begun")
    assert (record["old_size"], record["stored_size"], record["lost"]) == (350, 320, 30)


def test_a_lost_head_too_is_gone_on_from_by_a_new_epoch(db, keys):
    enter(db, 5)
    integrate(db, keys)
    keys.heads.path(1).unlink()

    begin(db, keys)

    (record,) = entered(db, "audit.epoch_begun")
    assert (record["code"], record["old_size"], record["stored_size"], record["lost"]) == ("HEAD_LOST", 5, 5, 0)
    assert integrate(db, keys) == 1


REQUEST = """insert into audit.epoch_request (state, reason, requested_by, requested_at, begun_by, begun_at, epoch)
             values (%(state)s, 'r', 'one', now(), %(by)s, %(at)s, %(epoch)s)"""


def told(what, **facts):
    record = {"request": 1, "code": "HEAD_LOST", "reason": "r", "by": "one", **facts}
    if what == "begun":
        old = dict.fromkeys(("old_log", "old_size", "old_root", "stored_size", "stored_root", "lost", "log"))
        record = {**old, **record, "epoch": 2, "requested_by": "one", "by": "two", **facts}
    return log.LogEntry(f"audit.epoch_{what}", NOW, record)


ALL = {"state": "begun", "by": "two", "at": NOW, "epoch": 2}
BOTH = (told("requested"), told("begun"))


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize(
    ("row", "entries", "kept"),
    [
        ({"state": "requested", "by": None, "at": None, "epoch": None}, BOTH, 300),
        (ALL, BOTH[:1], 300),
        (ALL, BOTH[1:], 300),
        (ALL, (), 300),
        (ALL, (told("requested", request=2), told("begun")), 300),
        (ALL, (told("requested", by="three"), told("begun")), 300),
        (ALL, (told("requested"), told("begun", request=2)), 300),
        (ALL, (told("requested"), told("begun", by="one")), 300),
        (ALL, (told("requested"), told("begun", by="three")), 300),
        (ALL, (told("requested"), told("begun", requested_by="three")), 300),
        (ALL, (told("requested"), told("begun", epoch=3)), 300),
        (ALL, (*BOTH, told("begun")), 300),
        ({**ALL, "epoch": 1}, (told("requested"), told("begun", epoch=1)), 300),
        (ALL, BOTH, 299),
        (ALL, BOTH, 0),
        (ALL, BOTH, -1),
        (ALL, BOTH, 351),
    ],
)
def test_the_owner_begins_no_epoch_that_two_officers_did_not_enter_and_no_signed_leaf_goes(
    db, keys, row, entries, kept
):
    for count in (300, 50):
        enter(db, count)
        integrate(db, keys)
    with db.transaction() as cur:
        cur.execute("delete from audit.checkpoint where size > 300")
    with closing(Database(db.url, role="retention", size=1)) as own:
        with own.transaction() as cur:
            cur.execute(REQUEST, row)
            log.append(cur, entries)
        with pytest.raises(psycopg.Error) as raised, own.transaction() as cur:
            cur.execute(beginning.statements.begin, {"request": 1, "kept": kept})
        assert raised.value.sqlstate == "HT003"
        with pytest.raises(psycopg.Error), own.transaction() as cur:
            cur.execute(beginning.statements.begin, {"request": 9, "kept": 300})
    with db.transaction() as cur:
        assert (len(epochs.every(cur)), hashes.size(cur)) == (1, 350)


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize(("statement", "begins"), [("delete from audit.pending_leaf", False), ("select 1", True)])
def test_no_epoch_begins_by_a_request_whose_entry_has_left_the_log(db, keys, set_back, statement, begins):
    with closing(Database(db.url, role="retention", size=1)) as own:
        number = beginning.request(own, keys=keys, reason=REASON, by="one", seats=OPERATOR, now=NOW)
        with db.transaction() as cur:
            cur.execute(statement)
        agreed = {"keys": keys, "request": number, "by": "two", "seats": AUDITOR, "now": NOW}
        if begins:
            assert beginning.approve(own, **agreed).number == 2
            return
        with pytest.raises(psycopg.Error) as raised:
            beginning.approve(own, **agreed)
        assert raised.value.sqlstate == "HT003"
    with db.transaction() as cur:
        assert len(epochs.every(cur)) == 1


@pytest.mark.parametrize("kept", [300, 320, 350])
def test_the_owner_begins_an_epoch_once_by_one_request(db, keys, kept):
    for count in (300, 50):
        enter(db, count)
        integrate(db, keys)
    with db.transaction() as cur:
        cur.execute("delete from audit.checkpoint where size > 300")
    with closing(Database(db.url, role="retention", size=1)) as own:
        with own.transaction() as cur:
            cur.execute(REQUEST, ALL)
            log.append(cur, BOTH)
            assert cur.execute(beginning.statements.begin, {"request": 1, "kept": kept}).fetchone() == (kept,)
        with pytest.raises(psycopg.Error), own.transaction() as cur:
            cur.execute(beginning.statements.begin, {"request": 1, "kept": kept})
    with db.transaction() as cur:
        assert (hashes.size(cur, epochs.of(cur, 1)), hashes.size(cur)) == (kept, 1)
        assert cur.execute("select count(*) from audit.pending_leaf").fetchone() == (350 - kept + 1,)


@pytest.mark.parametrize("role", [role for role in rights.RIGHTS if role != "retention"])
def test_nobody_else_begins_an_epoch(database_url, role):
    with (
        closing(Database(database_url, role=role, size=1)) as own,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        own.transaction() as cur,
    ):
        cur.execute(beginning.statements.begin, {"request": 1, "kept": 0})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands files over")
def test_the_head_of_an_epoch_is_of_the_user_who_signs_whoever_begins_it(db, keys, set_back):
    os.chown(keys.heads.folder, 12345, 12346)
    begin(db, keys)
    found = os.stat(keys.heads.path(2))
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (12345, 12346, 0o600)
