"""How a file was read is kept with its receipt, also of one that was refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from delivering import NOW, definition, manifest, row, write_csv

from hutong.db.database import Database
from hutong.plane import tables
from hutong.plane.delivery import ledger, loading
from hutong.plane.delivery.reading import report
from hutong.plane.keys import Keyring

CODE = "307001/000001"


@pytest.fixture
def plane(db: Database, database_url: str) -> Iterator[Database]:
    with db.transaction() as cur:
        tables.publish(cur, definition=definition(), now=NOW)
    database = Database(database_url, role="plane")
    yield database
    database.close()


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.create(tmp_path / "keys.json")


def load(plane: Database, keyring: Keyring, path: Path, *, key: str, rows: int) -> ledger.DeliveryReceipt:
    said = manifest(path, key=key, rows=rows)
    return loading.load(plane, source=path, manifest=said, keyring=keyring, by="provider-1", now=NOW)


def test_the_receipt_says_how_the_file_was_read_and_a_repetition_the_same(plane, keyring, tmp_path):
    path = write_csv(tmp_path / "people.csv", [row(str(n)) for n in range(12)])
    first = load(plane, keyring, path, key="first", rows=12)
    assert (first.what_was_read.format, first.what_was_read.header_row) == ("csv", 1)
    assert (first.what_was_read.records, first.what_was_read.lines) == (12, 13)
    again = load(plane, keyring, path, key="again", rows=12)
    assert (again.what_was_read, again.same_loaded_at) == (first.what_was_read, first.loaded_at)
    assert load(plane, keyring, path, key="again", rows=12) == again
    with plane.transaction() as cur:
        (confirmed_at,) = cur.execute("select confirmed_at from plane.store").fetchone()
    assert confirmed_at == again.loaded_at  # what is held is as of then, and due anew from then on (P-9)


def test_a_refused_delivery_keeps_how_far_it_was_read(plane, keyring, tmp_path):
    path = write_csv(tmp_path / "lies.csv", [row(str(n)) for n in range(4)])
    with pytest.raises(loading.ManifestLies) as refused:
        load(plane, keyring, path, key="lies", rows=5)
    with plane.transaction() as cur:
        kept = ledger.receipt(cur, code=CODE, key="lies")
    assert (kept.state, kept.what_was_read.records) == ("refused", 4)
    assert report.of_problem(refused.value) == kept.what_was_read
