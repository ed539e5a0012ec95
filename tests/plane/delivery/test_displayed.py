"""Where a workbook shows another text than it holds, the delivery waits for the provider's word."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
from delivering import NOW

from hutong.db.database import Database
from hutong.plane import tables
from hutong.plane.definition import Definition, Item, QualityRule, Rule
from hutong.plane.delivery import displayed, loading, manifests
from hutong.plane.delivery.ledger import DeliveryReceipt
from hutong.plane.delivery.reading.report import Occurrences, WhatWasRead
from hutong.plane.keys import Keyring

CODE = "307001/000009"
RIVERS = Definition(
    CODE, 1, "河道", "11450000MB0000001X", key=("id",), personal=False,
    items=(
        Item("id", "编号", length=20), Item("name", "名称", length=50), Item("level", "级别", length=10,
             rules=(QualityRule(Rule.ONE_OF, "1|2"),)), Item("phone", "电话", length=20, sensitive=True),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("item", "personal", "waits"),
    [("id", False, True), ("name", False, False), ("level", False, True), ("phone", False, True), ("name", True, True)],
)
def test_a_key_a_code_and_what_is_about_a_person_is_asked_about(item, personal, waits):
    other = "id" if item != "id" else "name"
    read = WhatWasRead("xlsx", differing={item: Occurrences(1, ("A2",)), other: Occurrences()})
    assert displayed.asked_about(replace(RIVERS, personal=personal), read) == ([item] if waits else [])


def sheet(path: Path, *, number: int, many: int, shown: str = "000000") -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        page, format = book.add_worksheet(), book.add_format({"num_format": shown})
        page.write_row(0, 0, ["编号", "名称", "级别", "电话"])
        for row in range(many):
            page.write_number(row + 1, 0, number + row, format)
            page.write_row(row + 1, 1, [f"河{row}", "1", "057112345678"])
    return path


class Provider:
    def __init__(self, db: Database, url: str, folder: Path) -> None:
        with db.transaction() as cur:
            tables.publish(cur, definition=RIVERS, now=NOW)
        self.db, self.plane, self.keyring = db, Database(url, role="plane"), Keyring.create(folder / "keys.json")

    def send(self, path: Path, key: str, *, approved_by: str | None = None) -> DeliveryReceipt:
        sha = hashlib.sha256(path.read_bytes()).hexdigest()
        found = manifests.of_file(self.plane, path, code=CODE, key=key, digest=sha, changes=False)
        return loading.load(
            self.plane, source=path, manifest=found.manifest, keyring=self.keyring, now=NOW, by="p",
            approved_by=approved_by,
        )  # fmt: skip

    def held(self) -> int:
        with self.db.transaction() as cur:
            return int(cur.execute("select coalesce(sum(rows), 0) from plane.store").fetchone()[0])


@pytest.fixture
def provider(db: Database, database_url: str, tmp_path: Path):
    made = Provider(db, database_url, tmp_path)
    yield made
    made.plane.close()


def test_it_waits_with_a_first_delivery_and_a_later_one_and_the_same_file_approves_it(provider, tmp_path):
    first = sheet(tmp_path / "first.xlsx", number=11, many=30)
    receipt = provider.send(first, "a")
    assert (receipt.state, receipt.reason, receipt.accepted) == ("waiting", "DISPLAY_DIFFERS", 30)
    assert provider.held() == 0
    assert provider.send(first, "a") == receipt
    assert provider.send(first, "a", approved_by="editor").state == "loaded"
    assert provider.held() == 30
    later = sheet(tmp_path / "later.xlsx", number=12, many=30)
    receipt = provider.send(later, "b")
    assert (receipt.state, receipt.reason, receipt.stored_rows, receipt.removed_rows) == (
        "waiting", "DISPLAY_DIFFERS", 30, 1,
    )  # fmt: skip
    assert provider.held() == 30
    done = provider.send(later, "b", approved_by="editor")
    assert (done.state, done.inserted, done.deleted) == ("loaded", 1, 1)


def test_one_that_would_delete_much_as_well_says_so_first(provider, tmp_path):
    provider.send(sheet(tmp_path / "first.xlsx", number=11, many=30), "a", approved_by="editor")
    receipt = provider.send(sheet(tmp_path / "few.xlsx", number=11, many=3), "b")
    assert (receipt.reason, receipt.removed_rows) == ("SNAPSHOT_DELETES_MUCH", 27)
    assert receipt.what_was_read.differing["id"].number == 3


def test_what_is_shown_as_it_is_held_does_not_wait(provider, tmp_path):
    assert provider.send(sheet(tmp_path / "plain.xlsx", number=100011, many=4, shown="0"), "a").state == "loaded"
