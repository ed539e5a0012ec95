"""Appending: one statement, exact fields, a leaf that tells nothing."""

from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from remembering import CONSUMER, NOW, PROVIDER, usage

from hutong.audit import log
from hutong.audit.events import EVENTS, RecordClass
from hutong.audit.leaves import leaf
from hutong.core import canonical, merkle
from hutong.core.leaves import commit, moment
from hutong.db.database import Database


def test_every_event_names_its_class_and_its_fields():
    assert {event.record_class for event in EVENTS.values()} == set(RecordClass)
    assert [name for name, event in EVENTS.items() if not event.fields] == []
    assert len({name.partition(".")[0] for name in EVENTS}) < len(EVENTS)


def test_a_use_names_person_system_device_purpose_and_data():
    wanted = {
        "unit",
        "department",
        "user",
        "system",
        "device",
        "grant",
        "mode",
        "purpose",
        "matter",
        "resource",
        "items",
    }
    uses = [event for event in EVENTS.values() if event.record_class == RecordClass.USAGE]
    assert [event.name for event in uses if not wanted <= event.fields] == []


def test_returned_is_told_of_queries_and_never_of_comparisons():
    assert "returned" in EVENTS["plane.queried"].fields
    assert "returned" not in EVENTS["plane.compared"].fields


def test_a_leaf_is_canonical_json_in_utc_with_microseconds():
    event = EVENTS["plane.compared"]
    at = datetime(2026, 11, 23, 11, 0, tzinfo=timezone(timedelta(hours=8)))
    expected = {
        "v": 1,
        "at": "2026-11-23T03:00:00.000000Z",
        "class": "usage",
        "event": "plane.compared",
        "commitment": "ab" * 32,
    }
    assert leaf(event, at=at, commitment=b"\xab" * 32) == canonical.dumps(expected)


def test_writes_entries_with_salted_commitments_in_the_order_given(cur):
    receipts = log.append(cur, [usage(1), usage(2), usage(1)])
    ids = [receipt.entry_id for receipt in receipts]
    assert ids == sorted(set(ids))
    rows = cur.execute(
        "select e.id, e.at, e.event, e.class, e.unit, e.counterpart, e.salt, e.record, p.leaf"
        " from audit.entry e join audit.pending_leaf p on p.entry_id = e.id order by e.id"
    ).fetchall()
    assert [row[0] for row in rows] == ids
    assert {row[1:6] for row in rows} == {(NOW, "plane.compared", "usage", CONSUMER, PROVIDER)}
    assert len({row[6] for row in rows}) == 3
    assert [canonical.loads(row[7])["user"] for row in rows] == ["p-1", "p-2", "p-1"]
    for (*_, salt, record, data), receipt in zip(rows, receipts, strict=True):
        told = commit(
            salt, record.encode(), at=moment(NOW), event="plane.compared", record_class="usage", unit=CONSUMER,
            counterpart=PROVIDER,
        )  # fmt: skip
        assert data == leaf(EVENTS["plane.compared"], at=NOW, commitment=told)
        assert receipt.leaf_hash == merkle.leaf_hash(data)


def test_what_finds_or_sums_a_use_stands_in_typed_columns_as_its_record_has_it(cur):
    said = {"department": "户籍科", "system": "s", "grant": "G-7", "resource": "r", "mode": "compare", "latency_us": 0}
    fields = dict.fromkeys(EVENTS["plane.delivery_waits"].fields)
    other = log.LogEntry("plane.delivery_waits", NOW, {**fields, "resource": "x"})
    log.append(cur, [usage(**said, result="REPLAYED"), usage(latency_us=None), other])
    columns = "result, department, system, grant_no, resource, mode, latency_us"
    assert cur.execute(f"select {columns} from audit.entry order by id").fetchall() == [
        ("REPLAYED", "户籍科", "s", "G-7", "r", "compare", 0),
        ("OK", None, None, None, None, None, None),
        (None, None, None, None, "x", None, None),
    ]


def test_an_entry_whose_record_does_not_name_its_subjects_is_not_written(cur):
    one, other = usage(about=[b"a" * 16]), usage(about=[b"b" * 16])
    for wrong in (one._replace(subjects=other.subjects), one._replace(subjects=b""), usage()._replace(subjects=b"a")):
        with pytest.raises(log.WrongRecord, match="subjects"):
            log.append(cur, [wrong])


def test_a_leaf_tells_nothing_of_the_record(cur):
    log.append(cur, [usage(user="张三", purpose="低保核对", grant="G-7")])
    ((data,),) = cur.execute("select leaf from audit.pending_leaf")
    told = canonical.loads(data)
    assert told.keys() == {"v", "at", "class", "event", "commitment"}
    assert [word for word in ("张三", "低保核对", "G-7", CONSUMER, PROVIDER) if word in data.decode()] == []


def test_refuses_a_record_with_a_field_too_many_or_too_few(cur):
    entry = usage()
    less = {name: value for name, value in entry.record.items() if name != "purpose"}
    for record, named in (({**entry.record, "secret": 1}, "secret"), (less, "purpose")):
        with pytest.raises(log.WrongRecord, match=named):
            log.append(cur, [entry, entry._replace(record=record)])
    assert cur.execute("select count(*) from audit.entry").fetchone() == (0,)


def test_refuses_an_unknown_event_and_a_moment_without_offset(cur):
    with pytest.raises(log.WrongRecord, match=r"plane\.guessed"):
        log.append(cur, [usage()._replace(event="plane.guessed")])
    with pytest.raises(log.WrongRecord, match="offset"):
        log.append(cur, [usage(at=datetime(2026, 1, 1))])


def test_nothing_to_append_is_no_statement(cur):
    assert log.append(cur, []) == []


def test_goes_with_its_transaction(db):
    class Stop(Exception): ...

    with pytest.raises(Stop), db.transaction() as cur:
        log.append(cur, [usage()])
        raise Stop
    with db.transaction() as cur:
        counted = "select (select count(*) from audit.entry) + count(*) from audit.pending_leaf"
        assert cur.execute(counted).fetchone() == (0,)


def test_keeps_moments_long_past_and_far_ahead(cur):
    far = [NOW, datetime(1999, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)]
    log.append(cur, [usage(at=at) for at in far])
    assert [at for (at,) in cur.execute("select at from audit.entry order by id")] == far


@pytest.mark.clause("SX-10-c")
@pytest.mark.parametrize("role", ["control", "plane", "logkeeper", "auditor"])
@pytest.mark.parametrize("statement", ["delete from audit.entry", "update audit.entry set record = '{}'"])
def test_nobody_but_the_owner_may_change_or_delete_an_entry(db, database_url, role, statement):
    with db.transaction() as cur:
        log.append(cur, [usage()])
    others = Database(database_url, role=role)
    try:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), others.transaction() as cur:
            cur.execute(statement)
    finally:
        others.close()


@pytest.mark.parametrize("role", ["control", "plane"])
def test_those_who_act_may_append(database_url, role):
    acting = Database(database_url, role=role)
    try:
        with acting.transaction() as cur:
            assert len(log.append(cur, [usage()])) == 1
    finally:
        acting.close()
