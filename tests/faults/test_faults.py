"""`kill -9` of gateway, worker, loader and PostgreSQL under load: afterwards every count adds up, every answer has
its entry.

`make test` kills one of each kind, `make full` twenty; `make faults KILLS=n` as many as asked, at random, with the
seed told.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import delivered
import loader
import pytest
import storm
from storm import Storm

from hutong.audit import export, leaves, verify
from hutong.audit.events import EVENTS
from hutong.core import canonical, merkle, tiles
from hutong.core import leaves as core_leaves
from hutong.core.lifecycle import Seat
from hutong.plane.delivery import loading, spool_folder
from hutong.plane.keys import Keyring

KILLS = int(os.environ.get("KILLS", "4"))
SEED = int(os.environ.get("SEED", "20260302"))
PROVEN = 60


@pytest.fixture(scope="module")
def aftermath() -> Iterator[Storm]:
    """The platform after the storm, still running."""
    print(f"\nmake faults KILLS={KILLS} SEED={SEED}")
    place = tempfile.TemporaryDirectory(prefix="hutong-faults-")
    with place as folder, storm.raised(Path(folder), seed=SEED) as raised:
        raised.rage(KILLS)
        raised.calm()
        seen = raised.seen
        print(
            f"\nkilled {dict(seen.killed)}; {len(seen.answers)} answers, deliveries {dict(seen.heard)}, "
            f"{seen.size} entries; met {dict(seen.refused)}"
        )
        yield raised


def query(aftermath: Storm, statement: str, *values: object) -> list[tuple]:
    with storm.database(aftermath.opened) as db, db.transaction() as cur:
        return cur.execute(statement, values).fetchall()


def test_everything_was_killed_and_came_back_and_nobody_met_more_than_a_clear_request_to_come_again(aftermath):
    seen = aftermath.seen

    assert seen.faults == []
    assert seen.killed.total() == KILLS
    assert set(seen.killed) == set(storm.VICTIMS) or len(storm.VICTIMS) > KILLS


def test_every_answer_has_its_entry_under_the_leaf_it_was_given(aftermath):
    kept = query(aftermath, "select id, event, at, unit, counterpart, salt, record from audit.entry")

    hashes = {
        entry: merkle.leaf_hash(
            leaves.leaf(
                EVENTS[event], at=at,
                commitment=core_leaves.commit(
                    bytes(salt), record.encode(), at=core_leaves.moment(at), event=event,
                    record_class=EVENTS[event].record_class, unit=unit, counterpart=counterpart,
                ),
            )
        ).hex()
        for entry, event, at, unit, counterpart, salt, record in kept
    }
    answers = aftermath.seen.answers
    assert [entry for entry, leaf in answers if hashes.get(entry) != leaf] == []
    assert len({entry for entry, _ in answers}) == len(answers)


def test_the_tree_has_no_gap_and_every_entry_once(aftermath):
    aftermath.settled()

    leaf = "select count(*), min(seq), max(seq), count(distinct entry_id) from audit.leaf"
    ((placed, first, last, entries),) = query(aftermath, leaf)
    kept, listed = "select id from audit.entry", "select entry_id from audit.leaf"

    assert (first, last, entries) == (0, placed - 1, placed)
    assert query(aftermath, f"{kept} except {listed}") == []
    assert query(aftermath, f"{listed} except {kept}") == []


def test_every_answer_is_proven_by_the_exported_log_and_by_the_platform_itself(aftermath, tmp_path):
    storm.until_it_answers(aftermath.opened, aftermath.running)
    opened, answers = aftermath.opened, aftermath.seen.answers
    vkey = opened.log_signer.verifier
    with storm.database(opened, role="auditor") as db:
        seats = frozenset({Seat("auditor")})
        export.export(db, tmp_path / "log", now=opened.clock(), by="auditor", seats=seats, vkey=vkey)

    report = verify.verify(tmp_path / "log", now=opened.clock(), vkey=vkey)

    assert (report.faults, report.entries) == ((), report.size)
    logged = {
        merkle.leaf_hash(data).hex()
        for first in range(0, report.size, tiles.FULL)
        for data in _bundle(tmp_path / "log", first // tiles.FULL, min(tiles.FULL, report.size - first))
    }
    assert {leaf for _, leaf in answers} <= logged
    with aftermath.client("watcher") as hutong:  # which has watched the log through every kill
        for _, leaf in answers[:: max(1, len(answers) // PROVEN)]:
            assert hutong.prove(leaf).index < report.size + PROVEN


def test_every_delivery_counts_up(aftermath):
    facts = "select key, state, sent, accepted, rejected from plane.delivery where key like 'd%%' order by key"
    rows = query(aftermath, facts)
    acknowledged = aftermath.seen.acknowledged

    # The last may have been begun, or loaded without its receipt being heard.
    assert [key for key, *_ in rows][:acknowledged] == [one.key for one in delivered.first(acknowledged, seed=SEED)]
    assert len(rows) <= acknowledged + 1
    for _, state, sent, accepted, rejected in rows[:acknowledged]:
        assert (state, sent) == ("loaded", accepted + rejected)
        assert rejected == len(delivered.START.faulty)


def test_both_ways_of_delivering_went_on_through_it_and_none_left_peoples_rows_behind(aftermath):
    spool = aftermath.opened.settings.spool
    spool_folder.sweep(spool)

    assert set(aftermath.seen.heard) == {"here", "over http"}
    assert [each.name for each in spool.iterdir() if each.name != spool_folder.RECEIVING] == []


def test_a_delivery_broken_off_and_repeated_has_the_receipt_of_an_undisturbed_one(aftermath, tmp_path):
    opened, told = aftermath.opened, aftermath.seen.receipts
    given = {"keyring": Keyring.load(opened.keyring_path), "now": opened.clock(), "by": delivered.SYSTEM}

    with storm.database(opened, role="plane") as db:

        def receipt(one: delivered.Delivery, code: str) -> dict[str, object]:
            file = one.write(tmp_path)
            loaded = loading.load(db, source=file, manifest=one.manifest(file, code=code), **given)
            return loader.told(loader.plain(loaded))

        receipt(delivered.START, delivered.TWIN)
        for number, one in enumerate(delivered.first(len(told), seed=SEED)):
            undisturbed = receipt(one, delivered.TWIN)
            assert receipt(one, delivered.RESOURCE) == undisturbed
            assert told[number] == [undisturbed]


def test_what_is_held_is_what_was_acknowledged_and_a_follower_through_it_all_has_the_same(aftermath):
    storm.until_it_answers(aftermath.opened, aftermath.running)
    finished = {
        key
        for (key,) in query(
            aftermath, "select key from plane.delivery where code = %s and state = 'loaded'", delivered.RESOURCE
        )
    }
    acknowledged = aftermath.seen.acknowledged
    count = acknowledged + (f"d{acknowledged:06}" in finished)  # loaded, its receipt killed on the way
    held = delivered.after(count, seed=SEED)

    with aftermath.client("follower") as hutong:
        aftermath.follow(hutong)
    with aftermath.client("newcomer") as hutong:
        anew = [each.values for page in hutong.follow(storm.SUBSCRIBE) for each in page if each.op == "put"]

    assert {row.pop("firm"): row for row in anew} == held
    assert {row["firm"]: {**row} for row in aftermath.seen.followed.values()} == {
        firm: {"firm": firm, **values} for firm, values in held.items()
    }


def test_the_feed_has_no_gap_and_every_delivery_its_share_of_it(aftermath):
    ((relation, last),) = query(
        aftermath,
        "select relation, last_change from plane.store where code = %s",
        delivered.RESOURCE,
    )
    ((count, first, newest),) = query(aftermath, f"select count(*), min(change), max(change) from feed.{relation}")
    shares = query(
        aftermath,
        "select first_change, last_change, inserted + updated + deleted from plane.delivery"
        " where code = %s and state = 'loaded' and first_change is not null order by first_change",
        delivered.RESOURCE,
    )

    assert (count, first, newest) == (last, 1, last)
    assert [begin for begin, _, _ in shares] == [1, *(end + 1 for _, end, _ in shares[:-1])]
    assert [end - begin + 1 for begin, end, _ in shares] == [changes for _, _, changes in shares]


def test_the_quota_spent_is_that_of_the_entries_no_less_than_answered_and_no_more_than_asked(aftermath):
    seen = aftermath.seen
    spent = dict(query(aftermath, "select grant_no, sum(spent)::int from plane.quota_spent group by grant_no"))
    records = query(aftermath, "select record from audit.entry where event = 'plane.compared'")
    entered = sum(canonical.loads(record)["asked"] for (record,) in records)

    assert seen.answered[storm.COMPARE] <= spent[storm.COMPARE] <= seen.sent[storm.COMPARE]
    assert spent[storm.COMPARE] == entered


def _bundle(folder: Path, index: int, width: int) -> list[bytes]:
    return tiles.decode_bundle((folder / tiles.entries_path(index, width)).read_bytes(), width=width)
