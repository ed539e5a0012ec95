"""Who cosigns from outside, and what verifying makes of it: a history that is rewritten finds nobody to cosign it."""

from contextlib import closing
from datetime import timedelta

import psycopg
import pytest
from remembering import NOW, usage, write
from typer.testing import CliRunner

from hutong import cli
from hutong.audit import checkpoint, export, log, tree, verify, witnesses
from hutong.core.cosignature import WitnessSigner
from hutong.core.lifecycle import Seat
from hutong.core.signed_note import Checkpoint, LogSigner, NoteForged, NoteUnsigned, VerifierMalformed
from hutong.db.database import Database

AUTHORITY = {"by": "郑洁", "seats": {Seat("authority")}, "now": NOW}
AUDITS = frozenset({Seat("auditor", "unit")})
FIRST, SECOND, STRANGER = (WitnessSigner.from_seed(f"w{n}.example", bytes([n]) * 32) for n in (1, 2, 3))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def seconds(at):
    return int(at.timestamp())


def cosign(db, signer, *by, size=None, at=NOW):
    """Let witnesses cosign a checkpoint, the newest by default, and hand the note in."""
    with db.transaction() as cur:
        head = checkpoint.latest(cur) if size is None else checkpoint.of_size(cur, size=size)
        note = head.note + "".join(each.cosign(head.note, at=seconds(at)) for each in by)
        return witnesses.take(cur, note, vkeys=[signer.verifier], now=at)


@pytest.fixture
def witnessed(db, fill):
    """A log of ten entries and two witnesses that may cosign it."""
    for each in (FIRST, SECOND):
        witnesses.register(db, key=str(each.public), **AUTHORITY)
    fill(10)


def entered(db, event):
    with db.transaction() as cur:
        return cur.execute("select count(*) from audit.entry where event = %s", [event]).fetchone()[0]


def test_the_authority_registers_and_ends_a_witness_and_both_are_entered(db, witnessed):
    with db.transaction() as cur:
        assert [each.name for each in witnesses.registered(cur)] == ["w1.example", "w2.example"]
    witnesses.end(db, name="w1.example", reason="撤并", **AUTHORITY)
    with db.transaction() as cur:
        assert [each.name for each in witnesses.registered(cur)] == ["w2.example"]
        assert [each.witness.state for each in witnesses.every(cur)] == ["ended", "registered"]
    assert (entered(db, "audit.witness_registered"), entered(db, "audit.witness_ended")) == (2, 1)
    with pytest.raises(witnesses.NoSuchWitness):
        witnesses.end(db, name="w1.example", reason="撤并", **AUTHORITY)


def test_nobody_else_does_and_none_is_registered_twice(db, witnessed):
    for role in ("operator", "auditor", "consumer"):
        who = {**AUTHORITY, "seats": {Seat(role)}}
        with pytest.raises(witnesses.NotEntitledToWitnesses):
            witnesses.register(db, key=str(STRANGER.public), **who)
        with pytest.raises(witnesses.NotEntitledToWitnesses):
            witnesses.end(db, name="w1.example", reason="撤并", **who)
    witnesses.end(db, name="w1.example", reason="撤并", **AUTHORITY)
    other = WitnessSigner.from_seed("w1.example", b"o" * 32)
    for key in (FIRST.public, SECOND.public, other.public):
        with pytest.raises(witnesses.WitnessKnown):
            witnesses.register(db, key=str(key), **AUTHORITY)
    log_key = LogSigner.from_seed("w9.example", b"o" * 32)
    with pytest.raises(VerifierMalformed):
        witnesses.register(db, key=log_key.verifier, **AUTHORITY)


def test_without_its_entry_nobody_is_registered(db):
    with db.transaction() as cur:
        cur.execute("alter table audit.pending_leaf add constraint full_disk check (entry_id < 0) not valid")
    with pytest.raises(Exception, match="full_disk"):
        witnesses.register(db, key=str(FIRST.public), **AUTHORITY)
    with db.transaction() as cur:
        assert witnesses.every(cur) == []


def test_keeps_the_cosignatures_of_those_registered_and_of_nobody_else(db, signer, witnessed):
    assert cosign(db, signer, FIRST, STRANGER) == ["w1.example"]
    assert cosign(db, signer, SECOND, at=NOW + HOUR) == ["w2.example"]
    with db.transaction() as cur:
        note = witnesses.with_cosignatures(cur, checkpoint.latest(cur))
    assert (FIRST.public.cosigned_at(note), SECOND.public.cosigned_at(note)) == (seconds(NOW), seconds(NOW + HOUR))
    with pytest.raises(NoteUnsigned):
        STRANGER.public.cosigned_at(note)
    with pytest.raises(witnesses.CosignatureOfStranger):
        cosign(db, signer, STRANGER)
    with pytest.raises(witnesses.CosignatureOfStranger):
        cosign(db, signer)
    witnesses.end(db, name="w1.example", reason="撤并", **AUTHORITY)
    with pytest.raises(witnesses.CosignatureOfStranger):
        cosign(db, signer, FIRST)


@pytest.mark.clause("SX-10-b")
def test_what_is_handed_in_counts_once_who_holds_the_log_has_looked_at_it(db, database_url, signer, witnessed):
    with db.transaction() as cur:
        head = checkpoint.latest(cur)
    by = {each: head.note + each.cosign(head.note, at=seconds(NOW)) for each in (FIRST, SECOND)}
    given = {"vkeys": [signer.verifier], "now": NOW}
    with closing(Database(database_url, role="plane", size=1)) as door:
        with door.transaction() as cur:
            assert witnesses.hand_in(cur, by[FIRST].encode(), **given) == ["w1.example"]
        with door.transaction() as cur:  # what no door has looked at
            for rubbish in (
                "rubbish",
                head.note,
                by[SECOND].replace("w2.example", "w1.example"),
                "\n\n\N{EM DASH} x y\n",
            ):
                cur.execute("insert into audit.handed_in_checkpoint (note, at) values (%s, %s)", [rubbish, NOW])
        for forbidden in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), door.transaction() as cur:
                cur.execute(forbidden)
    with db.transaction() as cur:
        assert witnesses.with_cosignatures(cur, head) == head.note
    with closing(Database(database_url, role="logkeeper", size=1)) as keeper:
        assert witnesses.settle(keeper, **given) == ["w1.example"]
        assert witnesses.settle(keeper, **given) == []
    with db.transaction() as cur:
        assert witnesses.with_cosignatures(cur, head) == by[FIRST]


FORBIDDEN = (
    "insert into audit.cosignature (epoch, size, witness, at, line) values (1, 1, 'w1.example', now(), 'rubbish')",
    "update audit.cosignature set line = 'rubbish'", "delete from audit.cosignature",
    "delete from audit.handed_in_checkpoint",
    "update audit.witness set key = 'another'", "update audit.witness set ended_at = now(), ended_by = 'x'",
    "insert into audit.witness (name, key, registered_by, registered_at) values ('x', 'y', 'z', now())",
)  # fmt: skip


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("role", ["control", "auditor", "worker"])
def test_no_door_writes_a_cosignature_or_changes_who_witnesses(database_url, witnessed, role):
    with closing(Database(database_url, role=role, size=1)) as door:
        for forbidden in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), door.transaction() as cur:
                cur.execute(forbidden)


def test_only_so_many_wait_to_be_looked_at(db, signer, witnessed):
    with db.transaction() as cur:
        note = checkpoint.latest(cur).note
        cur.execute(
            "insert into audit.handed_in_checkpoint (note, at) select 'x', now() from generate_series(1, %s)",
            [witnesses.MOST_HANDED_IN],
        )
    cosigned = note + FIRST.cosign(note, at=seconds(NOW))
    with pytest.raises(witnesses.CosignaturesFull), db.transaction() as cur:
        witnesses.hand_in(cur, cosigned, vkeys=[signer.verifier], now=NOW)


def test_of_one_witness_and_checkpoint_the_first_is_kept(db, signer, witnessed):
    for at in (NOW + HOUR, NOW, NOW + 2 * HOUR):
        assert cosign(db, signer, FIRST, at=at) == ["w1.example"]
    with db.transaction() as cur:
        note = witnesses.with_cosignatures(cur, checkpoint.latest(cur))
    assert FIRST.public.cosigned_at(note) == seconds(NOW + HOUR)


def test_refuses_what_is_none_of_its_checkpoints(db, signer, witnessed):
    with db.transaction() as cur:
        head = Checkpoint.parse(signer.public.open(checkpoint.latest(cur).note))

    def take(note):
        with db.transaction() as cur:
            witnesses.take(cur, note + FIRST.cosign(note, at=seconds(NOW)), vkeys=[signer.verifier], now=NOW)

    for other in (Checkpoint(head.origin, head.size, bytes(32), head.at), Checkpoint(head.origin, 999, head.root)):
        with pytest.raises(witnesses.CosignatureOfAnother):
            take(signer.sign(other.text()))
    with pytest.raises(NoteUnsigned):
        take(STRANGER.cosign("x\n\n\N{EM DASH} a AAAAAAAA\n", at=1).join(["x\n\n", ""]))
    with db.transaction() as cur:
        note = checkpoint.latest(cur).note
    line = FIRST.cosign(note, at=seconds(NOW + DAY))
    with pytest.raises(witnesses.CosignatureFromFuture), db.transaction() as cur:
        witnesses.take(cur, note + line, vkeys=[signer.verifier], now=NOW)
    forged = note + FIRST.cosign(note.replace("log.county", "log.other"), at=seconds(NOW))
    with pytest.raises(NoteForged), db.transaction() as cur:
        witnesses.take(cur, forged, vkeys=[signer.verifier], now=NOW)
    with db.transaction() as cur:
        assert cur.execute("select count(*) from audit.cosignature").fetchone() == (0,)


def test_the_newest_that_enough_of_them_cosigned(db, fill, signer, witnessed):
    with db.transaction() as cur, pytest.raises(witnesses.NotCosignedYet):
        witnesses.newest(cur, quorum=1)
    size = latest(db)
    cosign(db, signer, FIRST, SECOND, STRANGER)
    fill(1)
    cosign(db, signer, FIRST)
    fill(1)
    with db.transaction() as cur:
        assert witnesses.newest(cur, quorum=1).size == size + 1
        assert witnesses.newest(cur, quorum=2).size == size
        with pytest.raises(witnesses.NotCosignedYet):
            witnesses.newest(cur, quorum=3)
    witnesses.end(db, name="w2.example", reason="撤并", **AUTHORITY)
    with db.transaction() as cur, pytest.raises(witnesses.NotCosignedYet):
        witnesses.newest(cur, quorum=2)


def latest(db):
    with db.transaction() as cur:
        return checkpoint.latest(cur).size


@pytest.fixture
def verified(db, signer, tmp_path):
    """Export the log and verify it with the keys of witnesses."""
    folders = (tmp_path / f"log-{number}" for number in range(9))

    def told(*by, now=NOW):
        folder = next(folders)
        export.export(db, folder, now=now, by="吴敏", seats=AUDITS, vkey=signer.verifier)
        report = verify.verify(folder, now=now, vkey=signer.verifier, witnesses=[str(each.public) for each in by])
        return [(fault.where, fault.words(language="en")) for fault in report.faults], report.witnessed

    return told


def test_verifying_tells_how_far_each_witness_saw_the_log(db, fill, signer, witnessed, verified):
    size = latest(db)
    cosign(db, signer, FIRST, SECOND)
    fill(5)
    cosign(db, signer, SECOND)
    fill(5)
    at = NOW.replace(microsecond=0)
    assert verified(FIRST, SECOND) == ([], (("w1.example", size, at), ("w2.example", size + 5, at)))
    assert verified(STRANGER) == ([("w3.example", "has cosigned no checkpoint of this log")], ())
    assert verified() == ([], ())


def test_a_history_that_is_rewritten_has_no_cosignature(db, fill, signer, witnessed, verified):
    cosign(db, signer, FIRST)
    with db.transaction() as cur:  # the owner, and the platform's own worker
        cur.execute("truncate audit.cosignature")
        cur.execute("insert into audit.pending_leaf select entry_id, data from audit.leaf where seq <> 4")
        cur.execute("delete from audit.entry where id = (select entry_id from audit.leaf where seq = 4)")
        cur.execute("truncate audit.leaf, audit.tree_hash, audit.checkpoint")
    tree.integrate(db, now=NOW, signer=signer)
    assert verified()[0] == []
    assert verified(FIRST)[0] == [("w1.example", "has cosigned no checkpoint of this log")]


def test_a_cosignature_that_was_moved_to_another_checkpoint_is_told(db, fill, signer, witnessed, verified):
    cosign(db, signer, FIRST)
    fill(5)
    with db.transaction() as cur:
        cur.execute("update audit.cosignature set size = %s", [latest(db)])
    faults, _ = verified(FIRST)
    assert [where for where, _ in faults] == [f"checkpoints.jsonl: {latest(db)}", "w1.example"]
    assert verified() == ([], ())  # who does not ask for the witness is not told of it


def test_a_witness_that_saw_nothing_of_late_is_told(db, signer, witnessed, verified):
    cosign(db, signer, FIRST)
    write(db, 2, signer=signer, at=NOW + 23 * HOUR)
    assert verified(FIRST, now=NOW + 23 * HOUR)[0] == []
    write(db, 2, signer=signer, at=NOW + 25 * HOUR)
    told = [("w1.example", "has cosigned no checkpoint of this log for too long")]
    assert verified(FIRST, now=NOW + 25 * HOUR)[0] == told


def test_a_checkpoint_that_a_witness_saw_before_it_says_it_was_signed_is_told(db, signer, verified):
    witnesses.register(db, key=str(FIRST.public), **AUTHORITY)
    write(db, 2, signer=signer, at=NOW)
    cosign(db, signer, FIRST, at=NOW - HOUR)
    said = "says that it was signed later than a witness saw it"
    assert verified(FIRST)[0] == [(f"checkpoints.jsonl: {latest(db)}", said)]


def test_the_command_asks_for_witnesses(db, fill, signer, tmp_path):
    witnesses.register(db, key=str(FIRST.public), **AUTHORITY)
    with db.transaction() as cur:
        log.append(cur, [usage(1)])
    tree.integrate(db, now=NOW, signer=signer)
    cosign(db, signer, FIRST)
    export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    given = ["audit", "verify", str(tmp_path / "log"), "--key", signer.verifier, "--witness"]
    told = CliRunner().invoke(cli.app, [*given, str(FIRST.public)])
    assert (told.exit_code, "见证方 w1.example 联署至第 2 条" in told.output) == (0, True)
    assert CliRunner().invoke(cli.app, [*given, str(STRANGER.public)]).exit_code == 1
