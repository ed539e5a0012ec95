from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from delivering import NOW, definition, manifest, row, write_csv

from hutong.audit import training
from hutong.core import beijing, defaults
from hutong.db.database import Database
from hutong.plane import emptying, grants, tables, versions
from hutong.plane.delivery import ledger, loading
from hutong.plane.keys import Keyring

CODE = "307001/000001"
MIDNIGHT = NOW.replace(hour=16)
"""The end of the day in Beijing."""
LATER = MIDNIGHT + timedelta(hours=2)
KEPT = timedelta(days=defaults.number("withdrawn.kept_days"))


@pytest.fixture
def plane(database_url: str):
    database = Database(database_url, role="plane")
    yield database
    database.close()


@pytest.fixture
def worker(database_url: str):
    """What empties, with the worker's rights and no more."""
    database = Database(database_url, role="worker")
    yield database
    database.close()


def supply(db: Database, plane: Database, folder: Path, version: int, rows: list) -> None:
    with db.transaction() as cur:
        tables.publish(cur, definition=definition(version), now=NOW)
    keyring = Keyring.load(folder / "k") if (folder / "k").exists() else Keyring.create(folder / "k")
    path = write_csv(folder / f"{version}.csv", rows)
    said = manifest(path, key=f"v{version}", rows=len(rows))
    loading.load(plane, source=path, manifest=said, keyring=keyring, now=NOW, by="p")


def end(db: Database, version: int) -> None:
    with db.transaction() as cur:
        versions.set_end(cur, code=CODE, version=version, until=beijing.day(NOW), now=NOW, by="chief")


def counted(db: Database) -> dict[int, tuple[int, int, int]]:
    with db.transaction() as cur:
        found = cur.execute("select version, relation, rows from plane.store order by version").fetchall()
        return {
            version: (
                cur.execute(f"select count(*) from store.{relation}").fetchone()[0],
                cur.execute(f"select count(*) from feed.{relation}").fetchone()[0],
                rows,
            )
            for version, relation, rows in found
        }


def test_nothing_stays_of_a_version_nobody_is_answered_from(
    db: Database, plane: Database, worker: Database, tmp_path: Path
) -> None:
    supply(db, plane, tmp_path, 1, [row("A1"), row("A2")])
    supply(db, plane, tmp_path, 2, [row("A1"), row("A3")])
    end(db, 1)
    assert emptying.empty_formers(worker, now=LATER) == 2
    assert counted(db) == {1: (0, 4, 0), 2: (2, 3, 2)}
    with db.transaction() as cur:
        found = cur.execute("select record::json ->> 'rows' from audit.entry where event = 'plane.version_emptied'")
        assert found.fetchall() == [("2",)]
    assert emptying.empty_formers(worker, now=LATER) == 0


def test_an_answer_that_began_before_may_end(
    db: Database, plane: Database, worker: Database, tmp_path: Path
) -> None:
    supply(db, plane, tmp_path, 1, [row("A1")])
    supply(db, plane, tmp_path, 2, [row("A1")])
    end(db, 1)
    assert emptying.empty_formers(worker, now=MIDNIGHT + timedelta(minutes=59)) == 0
    assert counted(db)[1] == (1, 1, 1)


def test_the_version_answered_from_stays_while_the_next_waits_for_its_data(
    db: Database, plane: Database, worker: Database, tmp_path: Path
) -> None:
    supply(db, plane, tmp_path, 1, [row("A1")])
    with db.transaction() as cur:
        tables.publish(cur, definition=definition(2), now=NOW)
    assert emptying.empty_formers(worker, now=LATER) == 0
    assert counted(db) == {1: (1, 1, 1), 2: (0, 0, 0)}


def test_deliveries_and_versions_go_on_after_it(
    db: Database, plane: Database, worker: Database, tmp_path: Path
) -> None:
    for version in (1, 2, 3):
        supply(db, plane, tmp_path, version, [row("A1"), row(f"B{version}")])
        if version > 1:
            end(db, version - 1)
        emptying.empty_formers(worker, now=LATER)
    assert {version: held for version, (held, _, _) in counted(db).items()} == {1: 0, 2: 0, 3: 2}
    with db.transaction() as cur:
        last = cur.execute("select max(last_change) from plane.store").fetchone()[0]
    assert last == 2 + 3 + 3  # two rows; then two rows and one gone, twice
    with db.transaction() as cur:
        fed = cur.execute("select version, last_change from plane.store order by version").fetchall()
    assert fed == [(1, 4), (2, 7), (3, 8)]  # each follows until its last day


def withdraw(db: Database, *, back: bool = False) -> None:
    with db.transaction() as cur:
        if back:  # what no move of the catalogue does
            cur.execute("update plane.resource set withdrawn_at = null")
        else:
            grants.withdraw(cur, code=CODE, reason="", now=NOW, by="chief")


def test_nothing_stays_of_a_withdrawn_resource_once_its_days_are_over(
    db: Database, plane: Database, worker: Database, tmp_path: Path
) -> None:
    supply(db, plane, tmp_path, 1, [row("A1"), row("A2")])
    supply(db, plane, tmp_path, 2, [row("A1")])
    assert emptying.empty_withdrawn(worker, now=NOW + timedelta(days=99)) == 0
    withdraw(db)
    assert emptying.empty_withdrawn(worker, now=NOW + KEPT) == 0
    assert counted(db)[2] == (1, 2, 1)

    later = NOW + KEPT + timedelta(seconds=1)
    assert emptying.empty_withdrawn(worker, now=later) == 2
    assert counted(db) == {1: (0, 3, 0), 2: (0, 2, 0)}
    with db.transaction() as cur:
        found = cur.execute("select record::json ->> 'rows' from audit.entry where event = 'plane.version_emptied'")
        assert found.fetchall() == [("1",), ("1",)]
    assert emptying.empty_withdrawn(worker, now=later) == 0


def test_a_withdrawn_resource_that_comes_back_before_then_has_lost_nothing(
    db: Database, plane: Database, worker: Database, tmp_path: Path
) -> None:
    supply(db, plane, tmp_path, 1, [row("A1")])
    withdraw(db)
    withdraw(db, back=True)
    assert emptying.empty_withdrawn(worker, now=NOW + timedelta(days=99)) == 0
    assert counted(db)[1] == (1, 1, 1)


def test_and_one_that_were_put_back_after_it_wants_a_full_delivery_first(
    db: Database, plane: Database, worker: Database, tmp_path: Path
) -> None:
    supply(db, plane, tmp_path, 1, [row("A1"), row("A2")])
    withdraw(db)
    assert emptying.empty_withdrawn(worker, now=NOW + timedelta(days=99)) == 2
    withdraw(db, back=True)
    path, keyring = tmp_path / "1.csv", Keyring.load(tmp_path / "k")
    for key, kind in (("c", "changes"), ("s", "snapshot")):
        said = manifest(path, key=key, rows=2, kind=kind)
        if kind == "changes":
            with pytest.raises(ledger.FullDeliveryNeeded):
                loading.load(plane, source=path, manifest=said, keyring=keyring, now=NOW, by="p")
        else:
            loading.load(plane, source=path, manifest=said, keyring=keyring, now=NOW, by="p")
    assert counted(db)[1] == (2, 4, 2)


def test_a_worker_that_tells_a_day_to_come_empties_nothing_on_the_real_clock(
    db: Database, plane: Database, worker: Database, tmp_path: Path
) -> None:
    supply(db, plane, tmp_path, 1, [row("A1")])
    supply(db, plane, tmp_path, 2, [row("A1")])
    tomorrow = beijing.day(datetime.now(UTC) + timedelta(days=1))
    with db.transaction() as cur:
        cur.execute("truncate audit.training_clock")
        cur.execute("update plane.store set succeeded_at = now(), last_day = %s where version = 1", [tomorrow])
        cur.execute("update plane.resource set withdrawn_at = now() + interval '1 day'")
    far = datetime(2190, 1, 1, tzinfo=UTC)
    assert (emptying.empty_formers(worker, now=far), emptying.empty_withdrawn(worker, now=far)) == (0, 0)
    with db.transaction() as cur:
        training.allow(cur)
    assert (emptying.empty_formers(worker, now=far), emptying.empty_withdrawn(worker, now=far)) == (1, 1)


def test_the_worker_deletes_no_row_of_a_holding_itself(
    db: Database, plane: Database, worker: Database, tmp_path: Path
) -> None:
    supply(db, plane, tmp_path, 1, [row("A1")])
    with db.transaction() as cur:
        ((relation,),) = cur.execute("select relation from plane.store")
    for statement in (f"delete from store.{relation}", f"select * from store.{relation}"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), worker.transaction() as cur:
            cur.execute(statement)
    assert counted(db) == {1: (1, 1, 1)}
