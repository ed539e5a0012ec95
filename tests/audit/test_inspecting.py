"""The log as it is kept, held against its own records and leaves."""

import pytest
from remembering import NOW, usage

from hutong.audit import inspecting, log

BESIDE = "has columns that say something else than its record"
SUBJECTS = "has other subjects than its record names"
OTHER = "is not the record its leaf was made for, or has other parties"
LEAF = "has another moment, event or class than its leaf"


def found(db):
    return [(fault.where, fault.words(language="en")) for _, faults in inspecting.inspect(db) for fault in faults]


@pytest.fixture
def kept(db, fill, monkeypatch):
    """Entries in several batches, with and without subjects, placed and not; returns the id of one about two."""
    monkeypatch.setattr(inspecting, "BATCH", 2)
    fill(3)
    with db.transaction() as cur:
        (receipt,) = log.append(cur, [usage(system="s", latency_us=7, about=[b"a" * 16, b"b" * 16])])
        log.append(cur, [log.LogEntry("auth.logout", NOW, {"officer": "x", "unit": "o"}, "o")])
    return receipt.entry_id


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("result = 'REPLAYED'", BESIDE),
        ("department = '户籍科'", BESIDE),
        ("system = null", BESIDE),
        ("grant_no = 'G-2'", BESIDE),
        ("resource = 'x'", BESIDE),
        ("mode = 'query'", BESIDE),
        ("latency_us = 8", BESIDE),
        ("unit = 'x'", BESIDE),
        ("subjects = null", SUBJECTS),
        ("subjects = subjects[1:1]", SUBJECTS),
        ("subjects = subjects || subjects[1]", SUBJECTS),
        ("subjects[1] = gen_random_uuid()", SUBJECTS),
        ("event = 'plane.queried'", LEAF),
        ("class = 'operation'", LEAF),
        ("at = at + interval '1 microsecond'", LEAF),
        ("record = replace(record, 'p-0', 'p-1')", OTHER),
        ("counterpart = null", OTHER),
        ("counterpart = 'x'", OTHER),
    ],
)
def test_finds_an_entry_of_which_a_column_was_changed_by_hand(db, kept, change, what):
    assert found(db) == []
    with db.transaction() as cur:
        assert cur.execute(f"update audit.entry set {change} where id = %s", [kept]).rowcount == 1
    assert (f"entry {kept}", what) in found(db)
    assert {where for where, _ in found(db)} == {f"entry {kept}"}


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize(
    "change",
    [
        "delete from audit.party where entry_id = %s",
        "update audit.party set unit = 'x' where entry_id = %s",
        "update audit.party set class = 'security' where entry_id = %s",
        "update audit.party set at = at + interval '1 second' where entry_id = %s",
    ],
)
def test_finds_an_entry_of_which_a_further_party_was_changed_by_hand(db, change):
    with db.transaction() as cur:
        receipt, _ = log.append(cur, [usage()._replace(others=("o",)), usage()])
    assert found(db) == []
    with db.transaction() as cur:
        cur.execute(change, [receipt.entry_id])
    assert found(db) == [(f"entry {receipt.entry_id}", OTHER)]
