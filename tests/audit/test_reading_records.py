"""Records are for their parties and the auditor, and reading them is remembered."""

import pytest
from remembering import CONSUMER, NOW, OTHER, PROVIDER, usage

from hutong.audit import log, reading
from hutong.audit.events import EVENTS
from hutong.audit.reading import Reader
from hutong.core import canonical
from hutong.core.leaves import commit, moment

AUDITOR = Reader("a-1", auditor=True)


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("reader", [Reader("p-1", CONSUMER), Reader("p-2", PROVIDER), AUDITOR])
def test_a_party_and_the_auditor_read_a_record_and_that_is_remembered(cur, reader):
    (receipt,) = log.append(cur, [usage(7)])
    record = reading.read(cur, entry_id=receipt.entry_id, reader=reader, now=NOW)
    assert (record.seq, record.at, record.event) == (None, NOW, "plane.compared")
    assert canonical.loads(record.record)["user"] == "p-7"
    assert record.parties == (CONSUMER, PROVIDER)
    told = commit(
        record.salt, record.record.encode(), at=moment(NOW), event=record.event, record_class=record.record_class,
        unit=record.unit, counterpart=record.counterpart, others=record.others,
    )  # fmt: skip
    assert canonical.loads(record.leaf)["commitment"] == told.hex()
    ((unit, seen),) = cur.execute("select unit, record from audit.entry where event = 'audit.record_read'")
    assert unit == reader.unit
    assert canonical.loads(seen) == {"by": reader.by, "unit": reader.unit, "entries": [receipt.entry_id]}


@pytest.mark.parametrize("reader", [Reader("p-3", OTHER), Reader("p-3")])
def test_others_cannot_tell_a_record_from_none(cur, reader):
    (receipt,) = log.append(cur, [usage()])
    for entry_id in (receipt.entry_id, receipt.entry_id + 1000):
        with pytest.raises(reading.NoSuchRecord):
            reading.read(cur, entry_id=entry_id, reader=reader, now=NOW)
    assert cur.execute("select count(*) from audit.entry").fetchone() == (1,)


@pytest.mark.parametrize("event", ["plane.delivered", "plane.grant_opened", "plane.grants_read"])
def test_of_another_class_than_uses_a_party_reads_none_and_the_auditor_all(cur, event):
    fields = dict.fromkeys(EVENTS[event].fields)
    (receipt,) = log.append(cur, [log.LogEntry(event, NOW, fields, CONSUMER, PROVIDER, (OTHER,))])
    for unit in (CONSUMER, PROVIDER, OTHER):
        with pytest.raises(reading.NoSuchRecord):
            reading.read(cur, entry_id=receipt.entry_id, reader=Reader("p-1", unit), now=NOW)
    assert reading.read(cur, entry_id=receipt.entry_id, reader=AUDITOR, now=NOW).event == event


def test_if_the_reading_cannot_be_remembered_nothing_is_read(db, monkeypatch):
    with db.transaction() as cur:
        (receipt,) = log.append(cur, [usage()])
    with db.transaction() as cur:
        cur.execute("alter table audit.pending_leaf add constraint full_disk check (entry_id < 0) not valid")
    with pytest.raises(Exception, match="full_disk"), db.transaction() as cur:
        reading.read(cur, entry_id=receipt.entry_id, reader=AUDITOR, now=NOW)
