"""What a block of a delivery is judged by on the day it came."""

from dataclasses import replace
from pathlib import Path

from delivering import NOW, definition, manifest, row, write_csv

from hutong.core import identifiers
from hutong.db.database import Database
from hutong.plane import tables
from hutong.plane.definition import QualityRule, Rule
from hutong.plane.delivery import loading
from hutong.plane.keys import Keyring


def test_nobody_is_delivered_who_is_born_after_the_day_of_the_delivery(db: Database, tmp_path: Path) -> None:
    judged = QualityRule(Rule.RESIDENT_NUMBER)
    items = tuple(replace(each, rules=(judged,)) if each.code == "id" else each for each in definition().items)
    with db.transaction() as cur:
        tables.publish(cur, definition=definition(items=items), now=NOW)
    bodies = [f"110105{day}002" for day in ("20260301", "20260302", "20260303", "21260302")]
    sent = [row(body + identifiers.resident_check(body)) for body in bodies]
    path = write_csv(tmp_path / "people.csv", sent, header=[item.code for item in items])
    said, keyring = manifest(path, key="k", rows=len(sent), kind="snapshot"), Keyring.create(tmp_path / "keys.json")
    assert loading.load(db, source=path, manifest=said, keyring=keyring, by="provider-1", now=NOW).accepted == 2
