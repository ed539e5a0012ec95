"""The signer remembers what it signed outside the database: what does not continue it is neither placed nor signed."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import dying
import pytest
from remembering import NOW, usage, write

from hutong.audit import checkpoint, epochs, hashes, log, signing, tree, waiting
from hutong.audit.heads import Heads
from hutong.core import merkle, signed_note
from hutong.db.database import Database

CUT_BACK = """
delete from audit.checkpoint where size > %(size)s;
delete from audit.entry where id in (select entry_id from audit.leaf where seq >= %(size)s);
delete from audit.leaf where seq >= %(size)s;
delete from audit.tree_hash where (index + 1) * 256 ^ level > %(size)s;
"""


@pytest.fixture
def heads(tmp_path: Path) -> Heads:
    return Heads(tmp_path)


def enter(db: Database, count: int) -> None:
    """Enter so many uses, which then wait."""
    with db.transaction() as cur:
        log.append(cur, [usage(n) for n in range(count)])


def cut_back(db: Database, *, size: int) -> None:
    """Make the log in the database what it was when it had so many entries, as a restored backup would."""
    with db.transaction() as cur:
        for statement in CUT_BACK.strip().split("\n"):
            cur.execute(statement, {"size": size})


def notes(db: Database) -> list[bytes]:
    with db.transaction() as cur:
        return [note.encode() for (note,) in cur.execute("select note from audit.checkpoint order by size")]


@pytest.mark.clause("SX-11-a")
def test_what_was_signed_is_kept_beside_the_key_as_it_was_published(db, signer, heads):
    for count in (3, 300):
        enter(db, count)
        tree.integrate(db, now=NOW, signer=signer, heads=heads)

        assert heads.read(1) == notes(db)[-1]
    assert os.stat(heads.path(1)).st_mode & 0o777 == 0o600
    assert os.listdir(heads.folder) == ["log.head"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands over a folder")
def test_what_root_signs_whose_folder_it_is_signs_on(db, signer, heads):
    nobody = 65534
    os.chown(heads.folder, nobody, nobody)
    (heads.folder / "log.head.new").write_text("left by root")
    enter(db, 1)
    tree.integrate(db, now=NOW, signer=signer, heads=heads)
    heads.keep(2, "as an officer begins it")

    assert sorted(os.listdir(heads.folder)) == ["log.2.head", "log.head"]
    assert {(each.stat().st_uid, each.stat().st_gid) for each in heads.folder.iterdir()} == {(nobody, nobody)}


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("step", dying.STEPS)
def test_whoever_is_killed_after_a_step_leaves_what_the_next_goes_on_from(db, database_url, signer, heads, step):
    enter(db, 20)
    tree.integrate(db, now=NOW, signer=signer, heads=heads)
    enter(db, 300)

    assert dying.integrate(database_url, heads.folder, step=step, now=NOW) == -signal.SIGKILL
    before = heads.read(1)
    enter(db, 1)
    for _ in range(100):  # the server notices a lost client when it next writes to it
        if tree.integrate(db, now=NOW, signer=signer, heads=heads):
            break

    with db.transaction() as cur:
        head, size = checkpoint.latest(cur), hashes.size(cur)
        assert size == head.size == 321
        assert cur.execute("select count(*) from audit.pending_leaf").fetchone() == (0,)
        kept = signed_note.Checkpoint.parse(signer.public.open(before))
        signing.check(cur, epochs.current(cur), signing.Signed(kept, None), size=size)
    assert heads.read(1) == head.note.encode()
    assert tree.integrate(db, now=NOW, signer=signer, heads=heads) == 0


def test_a_head_kept_and_not_published_is_published_though_nothing_waits(db, database_url, signer, heads):
    enter(db, 5)
    assert dying.integrate(database_url, heads.folder, step="kept", now=NOW) == -signal.SIGKILL
    assert notes(db) == []

    assert tree.integrate(db, now=NOW, signer=signer, heads=heads) == 0

    assert notes(db) == [heads.read(1)]


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("more", [0, 1, 60, 400], ids="then {} more".format)
def test_a_log_that_was_set_back_is_neither_placed_nor_signed(db, signer, heads, more):
    for count in (300, 50):
        enter(db, count)
        tree.integrate(db, now=NOW, signer=signer, heads=heads)
    kept = heads.read(1)
    cut_back(db, size=300)
    enter(db, more)

    with pytest.raises(signing.HeadNotContinued) as raised:
        tree.integrate(db, now=NOW, signer=signer, heads=heads)

    assert raised.value.facts == {"signed": 350, "stored": 300}
    assert (heads.read(1), len(notes(db))) == (kept, 1)
    with db.transaction() as cur:
        assert cur.execute("select count(*) from audit.pending_leaf").fetchone() == (more,)


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("size", [349, 256, 1, 0])
def test_not_even_one_leaf_less_is_signed_on(db, signer, heads, size):
    enter(db, 350)
    tree.integrate(db, now=NOW, signer=signer, heads=heads)
    cut_back(db, size=size)

    with pytest.raises(signing.HeadNotContinued) as raised:
        tree.integrate(db, now=NOW, signer=signer, heads=heads)

    assert raised.value.facts == {"signed": 350, "stored": size}


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("seq", [0, 255, 256, 299, 349])
def test_a_leaf_replaced_under_the_head_stops_the_signer(db, signer, heads, seq):
    enter(db, 350)
    tree.integrate(db, now=NOW, signer=signer, heads=heads)
    with db.transaction() as cur:
        forged = merkle.leaf_hash(b"forged")
        cur.execute("update audit.leaf set data = 'forged', hash = %s where seq = %s", (forged, seq))
        found = [hash_ for (hash_,) in cur.execute("select hash from audit.leaf order by seq limit 256")]
        cur.execute("update audit.tree_hash set hash = %s where level = 1 and index = 0", (merkle.root(found),))
        cur.execute("truncate audit.checkpoint")
    enter(db, 1)

    with pytest.raises(signing.HeadNotContinued):
        tree.integrate(db, now=NOW, signer=signer, heads=heads)

    assert notes(db) == []


@pytest.mark.clause("SX-11-a")
def test_a_whole_history_placed_anew_stops_the_signer(db, signer, heads):
    enter(db, 30)
    tree.integrate(db, now=NOW, signer=signer, heads=heads)
    with db.transaction() as cur:
        cur.execute("insert into audit.pending_leaf select entry_id, data from audit.leaf where seq <> 7")
        cur.execute("truncate audit.leaf, audit.tree_hash, audit.checkpoint")
    enter(db, 10)

    with pytest.raises(signing.HeadNotContinued):
        tree.integrate(db, now=NOW, signer=signer, heads=heads)


@pytest.mark.clause("SX-11-a")
def test_a_leaf_that_is_not_what_its_hash_says_is_not_signed(db, database_url, signer, heads):
    enter(db, 5)
    assert dying.integrate(database_url, heads.folder, step="placed", now=NOW) == -signal.SIGKILL
    with db.transaction() as cur:
        cur.execute("update audit.leaf set data = 'other' where seq = 3")

    with pytest.raises(signing.LeafAltered) as raised:
        tree.integrate(db, now=NOW, signer=signer, heads=heads)

    assert (raised.value.facts, notes(db), heads.read(1)) == ({"index": 3}, [], None)


def test_the_true_database_put_back_is_signed_on_without_anybody(db, signer, heads):
    enter(db, 20)
    tree.integrate(db, now=NOW, signer=signer, heads=heads)
    with db.transaction() as cur:
        cur.execute("create table kept as select * from audit.leaf where seq >= 12")
    cut = notes(db)
    cut_back(db, size=12)
    with pytest.raises(signing.HeadNotContinued):
        tree.integrate(db, now=NOW, signer=signer, heads=heads)
    with db.transaction() as cur:
        cur.execute("insert into audit.leaf select * from kept")
    enter(db, 1)

    assert tree.integrate(db, now=NOW, signer=signer, heads=heads) == 1

    assert (cut[0].split(b"\n")[1], notes(db)[-1].split(b"\n")[1]) == (b"20", b"21")


@pytest.mark.clause("SX-11-a")
def test_a_head_that_was_kept_and_is_gone_is_not_forgotten(db, signer, heads):
    enter(db, 5)
    tree.integrate(db, now=NOW, signer=signer, heads=heads)
    heads.path(1).unlink()
    enter(db, 1)

    with pytest.raises(signing.HeadLost):
        tree.integrate(db, now=NOW, signer=signer, heads=heads)


def test_a_log_of_before_heads_were_kept_is_gone_on_with(db, signer, heads):
    enter(db, 5)
    tree.integrate(db, now=NOW, signer=signer)

    assert tree.integrate(db, now=NOW, signer=signer, heads=heads) == 0

    assert [heads.read(1)] == notes(db)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: b"",
        lambda note: b"\xff",
        lambda note: note.replace(b"\n5\n", b"\n4\n"),
        lambda note: note[:-20] + b"\n",
    ],
)
def test_a_head_that_the_key_did_not_sign_stops_the_signer(db, signer, heads, spoil):
    enter(db, 5)
    tree.integrate(db, now=NOW, signer=signer, heads=heads)
    heads.path(1).write_bytes(spoil(heads.read(1)))

    with pytest.raises(signing.HeadUnreadable):
        tree.integrate(db, now=NOW, signer=signer, heads=heads)


def test_a_published_head_beyond_the_kept_one_is_continued_too(db, signer, heads):
    enter(db, 5)
    tree.integrate(db, now=NOW, signer=signer, heads=heads)
    older = heads.read(1)
    enter(db, 5)
    tree.integrate(db, now=NOW, signer=signer, heads=heads)
    heads.keep(1, older.decode())
    with db.transaction() as cur:
        cur.execute("delete from audit.leaf where seq >= 7")

    with pytest.raises(signing.HeadNotContinued):
        tree.integrate(db, now=NOW, signer=signer, heads=heads)


def test_checkpoints_never_go_back_in_time(db, signer, heads):
    write(db, 1, signer=signer, at=NOW)
    enter(db, 1)
    tree.integrate(db, now=NOW.replace(year=2025), signer=signer, heads=heads)

    with db.transaction() as cur:
        assert [at for (at,) in cur.execute("select at from audit.checkpoint order by size")] == [NOW, NOW]


@pytest.mark.clause("SX-11-a")
def test_what_waits_is_counted_and_its_age_told(db, signer, heads):
    with db.transaction() as cur:
        assert waiting.read(cur, now=NOW) == waiting.LogState("signs", None, {}, None, 0, 0.0, 0.0)
        log.append(cur, [usage(n) for n in range(3)])
    with db.transaction() as cur:
        told = waiting.read(cur, now=NOW.replace(hour=NOW.hour + 1))

    assert (told.entries, told.sound) == (3, False)
    assert told == replace(told, seconds=pytest.approx(3600, abs=1))
