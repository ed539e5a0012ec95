"""Records are for their parties and the auditor, and reading them is remembered."""

import pytest
from remembering import CONSUMER, NOW, OTHER, PROVIDER, usage

from hutong.audit import log, reading
from hutong.audit.events import RecordClass
from hutong.audit.leaves import commit
from hutong.audit.reading import Reader
from hutong.core import canonical

AUDITOR = Reader("a-1", auditor=True)


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("reader", [Reader("p-1", CONSUMER), Reader("p-2", PROVIDER), AUDITOR])
def test_a_party_and_the_auditor_read_a_record_and_that_is_remembered(cur, reader):
    (receipt,) = log.append(cur, [usage(7)])
    record = reading.read(cur, entry_id=receipt.entry_id, reader=reader, now=NOW)
    assert (record.seq, record.at, record.event) == (None, NOW, "plane.compared")
    assert canonical.loads(record.record)["user"] == "p-7"
    assert canonical.loads(record.leaf)["commitment"] == commit(record.salt, record.record.encode()).hex()
    ((org, seen),) = cur.execute("select org, record from audit.entry where event = 'audit.record_read'")
    assert org == reader.org
    assert canonical.loads(seen) == {"by": reader.by, "org": reader.org, "entries": [receipt.entry_id]}


@pytest.mark.parametrize("reader", [Reader("p-3", OTHER), Reader("p-3")])
def test_others_cannot_tell_a_record_from_none(cur, reader):
    (receipt,) = log.append(cur, [usage()])
    for entry_id in (receipt.entry_id, receipt.entry_id + 1000):
        with pytest.raises(reading.NoSuchRecord):
            reading.read(cur, entry_id=entry_id, reader=reader, now=NOW)
    assert cur.execute("select count(*) from audit.entry").fetchone() == (1,)


def test_shows_where_a_record_stands_in_the_tree(db, fill):
    fill(3)
    with db.transaction() as cur:
        page = reading.page(cur, reader=AUDITOR, now=NOW)
    assert [record.seq for record in page.records] == [2, 1, 0]


def test_pages_hold_every_record_of_a_party_once_the_newest_first(cur):
    ids = [receipt.entry_id for receipt in log.append(cur, [usage(n) for n in range(7)])]
    log.append(cur, [log.Entry("auth.logout", NOW, {"person": "x", "org": OTHER}, OTHER)])
    for org in (CONSUMER, PROVIDER):
        found, before = [], None
        while True:
            page = reading.page(
                cur,
                reader=Reader("p-1", org),
                now=NOW,
                record_class=RecordClass.USAGE,
                before=before,
                limit=3,
            )
            found += [record.entry_id for record in page.records]
            before = page.before
            if before is None:
                break
        assert found == ids[::-1]


def test_an_entry_of_which_one_unit_is_both_parties_stands_on_a_page_once(cur):
    entry = usage()
    log.append(cur, [log.Entry(entry.event, entry.at, entry.record, CONSUMER, CONSUMER)])
    assert len(reading.page(cur, reader=Reader("p-1", CONSUMER), now=NOW).records) == 1


@pytest.mark.clause("SX-10-b")
def test_as_many_units_as_a_case_has_read_its_entries_and_page_through_them_each_once(cur):
    units = [CONSUMER, PROVIDER, *(f"1133078200000000{n}X" for n in range(10, 16))]
    whole = []
    for number in range(12):
        parties = units[number % 3 : number % 3 + number % 6]
        org, counterpart, *others = [*parties, None, None][: max(2, len(parties))]
        entry = usage(number)._replace(org=org, counterpart=counterpart, others=(*others, *parties[:3]))
        whole.append((log.append(cur, [entry])[0].entry_id, parties))
    for unit in units:
        expected = [entry_id for entry_id, parties in reversed(whole) if unit in parties]
        found, before = [], None
        while not found or before is not None:
            page = reading.page(cur, reader=Reader("x", unit), now=NOW, before=before, limit=2)
            found += [record.entry_id for record in page.records if record.event == "plane.compared"]
            before = page.before
            if not page.records:
                break
        assert found == expected
        for entry_id in expected[:1]:
            assert reading.read(cur, entry_id=entry_id, reader=Reader("x", unit), now=NOW).entry_id == entry_id


def test_a_page_without_records_leaves_no_entry(cur):
    assert reading.page(cur, reader=Reader("p-1", OTHER), now=NOW) == reading.Page((), None)
    assert cur.execute("select count(*) from audit.entry").fetchone() == (0,)


def test_if_the_reading_cannot_be_remembered_nothing_is_read(db, monkeypatch):
    with db.transaction() as cur:
        (receipt,) = log.append(cur, [usage()])
    with db.transaction() as cur:
        cur.execute("alter table audit.pending add constraint full_disk check (entry_id < 0) not valid")
    with pytest.raises(Exception, match="full_disk"), db.transaction() as cur:
        reading.read(cur, entry_id=receipt.entry_id, reader=AUDITOR, now=NOW)
