"""The three forms of a resource (P-3): a file is held by its digest, of an interface nothing is held."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from answering import KEYRING, NEED, NOW, PEOPLE, PROVIDER, a_grant, as_it_is, asked, establish, opened, person
from delivering import manifest, write_csv
from outcomes import came_of

from hutong.db.database import Database
from hutong.plane import tables
from hutong.plane.answer import compare
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.definition import Form, Item, Mode, QualityRule, Rule, Type
from hutong.plane.delivery import ledger, loading, rejections

PHOTO = Item(
    "photo", "照片", Type.GENERAL, offered=Mode.SUBSCRIBE,
    rules=(QualityRule(Rule.KINDS, "jpeg|png"), QualityRule(Rule.MEGABYTES, "2")),
)  # fmt: skip
FILES = replace(PEOPLE, form=Form.FILE, items=(*PEOPLE.items, PHOTO))
INTERFACE = replace(
    PEOPLE, form=Form.INTERFACE, service="people.check", time_out=5,
    items=tuple(replace(item, offered=min(item.offered, Mode.QUERY, key=list(Mode).index)) for item in PEOPLE.items),
)  # fmt: skip


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def deliver(db: Database, folder: Path, rows: list[dict[str, str | None]]) -> ledger.DeliveryReceipt:
    path = write_csv(folder / "people.csv", rows, header=[item.code for item in FILES.items])
    said = manifest(path, key="d1", rows=len(rows), code="people")
    return loading.load(
        db, source=path, manifest=said, keyring=KEYRING, now=NOW, by="editor", spool=folder
    )


@pytest.mark.clause("P-3", "SX-07-d", "SX-08-d")
def test_a_file_is_delivered_and_compared_by_its_digest_and_what_gives_it_out_is_not_opened(db, tmp_path):
    establish(db, definition=FILES)
    photo = digest(b"a picture")
    receipt = deliver(db, tmp_path, [{**person(1), "photo": photo.upper()}, {**person(2), "photo": "picture.jpeg"}])
    assert (receipt.state, receipt.accepted, receipt.rejected) == ("loaded", 1, 1)
    with db.transaction() as cur:
        (row,) = rejections.rejected(cur, code="people", key="d1", provider=PROVIDER, limit=9)
    assert (row.item, row.rule) == ("photo", "type")

    given = a_grant(items=("photo",))
    for mode in (Mode.QUERY, Mode.SUBSCRIBE):
        assert came_of(opened, db, replace(given, mode=mode, need=NEED[mode])) == "FILE_NOT_GIVEN"
    opened(db, given)
    claims = tuple(Claim((person(1)["id"],), {"photo": digest(said)}) for said in (b"a picture", b"another"))
    question = CompareQuestion(asked(), claims)
    (answer,) = compare.answer(db, questions=[question], keyring=KEYRING, now=NOW, make=as_it_is)
    assert [verdict["photo"] for verdict in answer.verdicts] == ["match", "mismatch"]


@pytest.mark.clause("P-3", "SX-08-d")
def test_of_an_interface_nothing_is_held_or_taken_and_no_grant_opens_until_it_can_be_called(db, tmp_path):
    establish(db, definition=INTERFACE)
    with db.transaction() as cur:
        assert tables.publish(cur, definition=INTERFACE, now=NOW) == ""
        assert tables.definition(cur, code="people") == INTERFACE
        assert tables.opened_on(cur, codes=["people"]) == {}
        assert cur.execute("select count(*) from plane.store").fetchone() == (0,)
        assert came_of(tables.version, cur, code="people") == "INTERFACE_NOT_STORED"
        assert came_of(tables.definition, cur, code="people", version=2) == "VERSION_UNKNOWN"
        assert came_of(ledger.admit, cur, code="people") == "INTERFACE_NOT_STORED"
    assert came_of(deliver, db, tmp_path, []) == "INTERFACE_NOT_STORED"
    for mode in (Mode.COMPARE, Mode.QUERY):
        assert came_of(opened, db, a_grant(mode=mode)) == "INTERFACE_NOT_CALLED"
    assert came_of(opened, db, a_grant(mode=Mode.SUBSCRIBE)) == "MODE_NOT_OF_FORM"
    with db.transaction() as cur:
        assert cur.execute("select count(*) from plane.access_grant").fetchone() == (0,)
