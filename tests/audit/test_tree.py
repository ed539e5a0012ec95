"""The integrator: everything committed is placed once, nothing is skipped, nothing half."""

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outcomes import result_of
from remembering import NOW, usage

from hutong.audit import checkpoint, export, hashes, inspecting, log, tree, waiting
from hutong.audit.events import EVENTS
from hutong.audit.leaves import leaf
from hutong.core import merkle, signed_note, tiles
from hutong.core.leaves import moment
from hutong.core.lifecycle import Seat
from hutong.db import arrays
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
        assert cur.execute("select count(*) from audit.pending_leaf").fetchone() == (0,)
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
    placed = [row[3] for row in _placed(db)]
    with db.transaction() as cur:
        nodes = cur.execute("select level, index, hash from audit.tree_hash order by level, index").fetchall()
    assert nodes == [(1, 0, merkle.root(placed[:256])), (1, 1, merkle.root(placed[256:512]))]


@settings(max_examples=15)
@given(rounds=st.lists(st.integers(1, 400), min_size=1, max_size=3))
def test_however_it_is_cut_into_rounds_the_tree_is_that_of_its_leaves(db, signer, rounds):
    for count in rounds:
        with db.transaction() as cur:
            log.append(cur, [usage(n) for n in range(count)])
        tree.integrate(db, now=NOW, signer=signer)
    placed = [row[3] for row in _placed(db)]
    with db.transaction() as cur:
        heads = cur.execute("select size, root from audit.checkpoint order by size").fetchall()
        get = hashes.getter(cur)
        stored = [b"".join(get(t.level, t.start, t.width)) for t in tiles.tiles_of(len(placed))]
    assert heads == [(size, merkle.root(placed[:size])) for size, _ in heads]
    memory = merkle.of_leaves(placed)
    assert stored == [b"".join(memory(t.level, t.start, t.width)) for t in tiles.tiles_of(len(placed))]


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("same", [True, False])
def test_what_is_handed_in_again_after_it_was_placed_keeps_nothing_from_being_placed(db, signer, same):
    with db.transaction() as cur:
        log.append(cur, [usage(n) for n in range(3)])
    tree.integrate(db, now=NOW, signer=signer)
    again = _placed(db)[1]
    with db.transaction() as cur:
        log.append(cur, [usage()])
        cur.execute(
            "insert into audit.pending_leaf values (%s, %s)",
            (again[1], again[2] if same else again[2].replace(b"usage", b"other")),
        )

    assert result_of(tree.integrate, db, now=NOW, signer=signer) == 1

    assert (len(_placed(db)), _placed(db)[1]) == (4, again)
    faults = [(fault.where, fault.words(language="en")) for _, found in inspecting.inspect(db) for fault in found]
    doubled = (f"entry {again[1]}", "had another leaf handed in after it was placed")
    assert faults == ([] if same else [doubled])


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("first", [True, False])
def test_what_is_no_leaf_is_put_aside_and_told_and_the_log_is_exported(db, signer, tmp_path, first):
    garbage = [b"\xff\xfe", b'{"at":"nonsense"}', bytes(70_000), b"z" * 70_000, b"",
               leaf(EVENTS["plane.compared"], at=NOW, commitment=bytes(32)).replace(b"11-23", b"02-30")]  # fmt: skip
    with db.transaction() as cur:
        log.append(cur, [usage(n) for n in range(3)])
        for number, data in enumerate(garbage):
            cur.execute("insert into audit.pending_leaf values (%s, %s)", (-number if first else 1000 + number, data))
        assert waiting.read(cur, now=NOW).entries == 3 + len(garbage)

    assert tree.integrate(db, now=NOW, signer=signer) == 3

    with db.transaction() as cur:
        state = waiting.read(cur, now=NOW)
    assert [(each.code, each.facts) for each in state.problems] == [("LEAVES_ASIDE", {"entries": len(garbage)})]
    faults = [fault.what for _, found in inspecting.inspect(db) for fault in found]
    assert faults == ["no_leaf"] * len(garbage)
    export.export(db, tmp_path / "out", now=NOW, by="a", seats={Seat("auditor")}, vkey=signer.verifier)


@pytest.mark.clause("SX-11-a")
def test_a_log_with_something_else_in_it_than_leaves_is_exported_all_the_same(db, signer, tmp_path):
    with db.transaction() as cur:
        log.append(cur, [usage(n) for n in range(3)])
    tree.integrate(db, now=NOW, signer=signer)
    with db.transaction() as cur:
        cur.execute("update audit.leaf set data = %s where seq = 1", [b"\xff\xfe"])
        cur.execute("insert into audit.pending_leaf values (-1, %s)", [b'{"at":"nonsense"}'])
        assert waiting.read(cur, now=NOW).entries == 1
    export.export(db, tmp_path / "out", now=NOW, by="a", seats={Seat("auditor")}, vkey=signer.verifier)
    assert len((tmp_path / "out" / "records.jsonl").read_text().splitlines()) >= 3


@pytest.mark.clause("SX-11-a")
def test_placing_reads_no_whole_table_whatever_postgresql_knows_of_it(db, signer):
    with db.transaction() as cur:
        cur.execute("analyze audit.pending_leaf, audit.leaf")  # as when nothing waited
        log.append(cur, [usage(n) for n in range(500)])
        cur.execute(tree.statements.plain_plans)
        ids = [row[0] for row in cur.execute("select entry_id from audit.pending_leaf order by entry_id limit 100")]
        asked = (
            (tree.statements.waiting, {"limit": 100, "until": b"9"}),
            (tree.statements.take, {"ids": arrays.int8s(ids)}),
            (tree.statements.put_aside, {"limit": 100, "most": 100}),
            (tree.statements.keep_aside, {"ids": arrays.int8s(ids), "most": 100}), (hashes.statements.size, {}),
            (hashes.statements.hashes, {"first": 0, "until": 256}),
            (hashes.statements.nodes, {"epoch": 1, "level": 1, "first": 0, "count": 256}),
        )  # fmt: skip
        for statement, values in asked:
            plan = "\n".join(row[0] for row in cur.execute("explain " + statement, values))
            assert "Seq Scan" not in plan, plan
            assert "Index" in plan


FILL = """
with wait as (
    insert into audit.pending_leaf (entry_id, leaf)
    select n, convert_to('{"at":"2026-11-23T03:00:00.123456Z"}', 'UTF8') from generate_series(1, 100000) n
    returning entry_id, leaf
)
insert into audit.leaf (seq, entry_id, data, hash) select entry_id, entry_id, leaf, sha256(leaf) from wait
"""
READ = """
select relname::text, seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where schemaname = 'audit'
"""


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("planned", ["force_generic_plan", "force_custom_plan"])
def test_a_statement_planned_on_an_empty_table_reads_of_a_hundred_thousand_no_more_than_it_was_asked_for(
    db, database_url, planned
):
    limit, until = 100, b"9"
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("set role hutong_owner")
        for table in ("audit.pending_leaf", "audit.leaf"):
            owner.execute(f"alter table {table} set (autovacuum_enabled = off)")
            owner.execute(f"vacuum analyze {table}")  # of an empty table
            assert owner.execute("select relpages from pg_class where oid = %s::regclass", [table]).fetchone() == (0,)
    ids, none, empty = list(range(1, limit + 1)), arrays.int8s([]), arrays.blobs([])
    new = {"ids": arrays.int8s([-n for n in ids]), "leaves": arrays.blobs([b"x"] * limit),
           "hashes": arrays.blobs([b"h" * 32] * limit)}  # fmt: skip
    roots = {"levels": [1] * limit, "indexes": ids, "hashes": [b"h" * 32] * limit}
    asked = {
        "lock": ({}, {}), "plain_plans": ({}, {}),
        "waiting": ({"limit": limit, "until": until},) * 2,
        "take": ({"ids": none}, {"ids": arrays.int8s(ids)}),
        "keep_aside": ({"ids": none, "most": 0}, {"ids": arrays.int8s(range(limit + 1, 2 * limit + 1)), "most": limit}),
        "put_aside": ({"limit": limit, "most": 2 * limit},) * 2,
        "place": ({"first": 0, "ids": none, "leaves": empty, "hashes": empty}, {"first": 200_000, **new}),
        "store_inner": ({"epoch": 1, **{key: [] for key in roots}}, {"epoch": 1, **roots}),
    }  # fmt: skip
    assert sorted(asked) == dir(tree.statements)  # none is left out
    with psycopg.connect(database_url, prepare_threshold=0) as one:
        one.execute("set role hutong_owner")
        one.execute(f"set plan_cache_mode = {planned}")
        for name, (before, _) in asked.items():
            one.execute(getattr(tree.statements, name), before, binary=True)
        one.execute(FILL)
        for name, (_, values) in asked.items():
            began = dict(one.execute(READ).fetchall())
            done = one.execute(getattr(tree.statements, name), values, binary=True)
            assert done.rowcount == (1 if name in ("lock", "plain_plans") else limit), name
            read = {table: rows - began[table] for table, rows in one.execute(READ).fetchall()}
            assert max(read.values()) <= 2 * limit, (name, read)
