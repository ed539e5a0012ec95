"""The integrator: everything committed is placed once, nothing is skipped, nothing half."""

import signal
import subprocess
import sys

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from remembering import NOW, usage

from hutong.audit import checkpoint, log, tree
from hutong.audit.leaves import moment
from hutong.core import merkle, signed_note, tiles
from hutong.db.database import Database


def _placed(db):
    with db.transaction() as cur:
        return cur.execute("select seq, entry_id, data, hash from audit.leaf order by seq").fetchall()


def test_places_what_waits_and_signs_the_tree(db, signer):
    with db.transaction() as cur:
        receipts = log.append(cur, [usage(n) for n in range(5)])
    assert tree.integrate(db, now=NOW, signer=signer) == 5
    rows = _placed(db)
    assert [(seq, entry_id, hash_) for seq, entry_id, _, hash_ in rows] == [
        (seq, receipt.entry_id, receipt.leaf_hash) for seq, receipt in enumerate(receipts)
    ]
    assert [merkle.leaf_hash(data) for _, _, data, _ in rows] == [row[3] for row in rows]
    with db.transaction() as cur:
        head = checkpoint.latest(cur)
        assert cur.execute("select count(*) from audit.pending").fetchone() == (0,)
    assert (head.size, head.root, head.at) == (5, merkle.root([row[3] for row in rows]), NOW)
    told = signed_note.Checkpoint.parse(signed_note.Verifier.parse(signer.verifier).open(head.note))
    assert told == signed_note.Checkpoint(signer.name, 5, head.root, moment(NOW))


def test_nothing_waiting_signs_nothing(db, signer):
    assert tree.integrate(db, now=NOW, signer=signer) == 0
    with db.transaction() as cur, pytest.raises(checkpoint.LogEmpty):
        checkpoint.latest(cur)


def test_takes_the_oldest_first_up_to_its_limit(db, signer):
    with db.transaction() as cur:
        ids = [receipt.entry_id for receipt in log.append(cur, [usage(n) for n in range(7)])]
    assert [tree.integrate(db, now=NOW, signer=signer, limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert [row[1] for row in _placed(db)] == ids
    with db.transaction() as cur:
        assert [row[0] for row in cur.execute("select size from audit.checkpoint order by size")] == [3, 6, 7]


def test_an_entry_that_commits_late_is_placed_late_and_not_skipped(db, database_url, signer):
    with psycopg.connect(database_url) as early, psycopg.connect(database_url) as late:
        with late.cursor() as cur:
            (first,) = log.append(cur, [usage(1)])
        with early.cursor() as cur:
            (second,) = log.append(cur, [usage(2)])
        early.commit()
        assert first.entry_id < second.entry_id
        assert tree.integrate(db, now=NOW, signer=signer) == 1
        late.commit()
        assert tree.integrate(db, now=NOW, signer=signer) == 1
    assert [row[1] for row in _placed(db)] == [second.entry_id, first.entry_id]


def test_a_second_integrator_leaves_it_to_the_first(db, database_url, signer):
    with db.transaction() as cur:
        log.append(cur, [usage()])
    with psycopg.connect(database_url) as other:
        assert other.execute(tree.statements.lock).fetchone() == (True,)
        assert tree.integrate(db, now=NOW, signer=signer) == 0
        other.rollback()
        assert tree.integrate(db, now=NOW, signer=signer) == 1


_KILLED_WHILE_SIGNING = """
import os, signal, sys
from datetime import datetime
from hutong.audit import tree
from hutong.db.database import Database

class Dies:
    name = "log.county.example"
    verifier = "never asked"
    def sign(self, text):
        os.kill(os.getpid(), signal.SIGKILL)

tree.integrate(Database(sys.argv[1], role="owner"), now=datetime.fromisoformat(sys.argv[2]), signer=Dies())
"""


def test_an_integrator_killed_between_leaves_all_as_it_was(db, database_url, signer):
    with db.transaction() as cur:
        ids = [receipt.entry_id for receipt in log.append(cur, [usage(n) for n in range(300)])]
    killed = subprocess.run([sys.executable, "-c", _KILLED_WHILE_SIGNING, database_url, NOW.isoformat()], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert _placed(db) == []
    for _ in range(100):  # the server notices a lost client when it next writes to it
        if tree.integrate(db, now=NOW, signer=signer):
            break
    assert [row[1] for row in _placed(db)] == ids


def test_runs_with_the_rights_of_the_logkeeper(db, database_url, signer):
    with db.transaction() as cur:
        log.append(cur, [usage(n) for n in range(257)])
    keeper = Database(database_url, role="logkeeper")
    try:
        assert tree.integrate(keeper, now=NOW, signer=signer) == 257
    finally:
        keeper.close()


def test_stores_the_roots_of_full_tiles(db, fill):
    fill(256 * 2 + 3)
    hashes = [row[3] for row in _placed(db)]
    with db.transaction() as cur:
        nodes = cur.execute("select level, idx, hash from audit.tree_hash order by level, idx").fetchall()
    assert nodes == [(1, 0, merkle.root(hashes[:256])), (1, 1, merkle.root(hashes[256:512]))]


@settings(max_examples=15)
@given(rounds=st.lists(st.integers(1, 400), min_size=1, max_size=3))
def test_however_it_is_cut_into_rounds_the_tree_is_that_of_its_leaves(db, signer, rounds):
    for count in rounds:
        with db.transaction() as cur:
            log.append(cur, [usage(n) for n in range(count)])
        tree.integrate(db, now=NOW, signer=signer)
    hashes = [row[3] for row in _placed(db)]
    with db.transaction() as cur:
        heads = cur.execute("select size, root from audit.checkpoint order by size").fetchall()
        get = tree.getter(cur)
        stored = [b"".join(get(t.level, t.start, t.width)) for t in tiles.tiles_of(len(hashes))]
    assert heads == [(size, merkle.root(hashes[:size])) for size, _ in heads]
    memory = merkle.of_leaves(hashes)
    assert stored == [b"".join(memory(t.level, t.start, t.width)) for t in tiles.tiles_of(len(hashes))]
