"""A class of the log is looked through by event, unit, person, time and receipt, and every reading is entered."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from remembering import CONSUMER, NOW, OTHER, PROVIDER, usage

from hutong.audit import log, reading, searching
from hutong.audit.events import RecordClass
from hutong.audit.reading import Reader, RecordsPage
from hutong.audit.searching import RecordFilters
from hutong.core import canonical

AUDITOR = Reader("a-1", OTHER, auditor=True)
UNITS = (CONSUMER, PROVIDER, OTHER, None)
SECURITY = ("auth.login", "auth.logout")
PEOPLE = ("zhang", "li")


def made(cur, given: list[tuple[int, int, int, int, int, int]]) -> list[dict]:
    """Append entries drawn as numbers, and return what is known of each."""
    known = []
    for number, (event, unit, counterpart, officer, hours, further) in enumerate(given):
        at = NOW + timedelta(hours=hours)
        others = tuple(unit for bit, unit in enumerate(UNITS[:3]) if further >> bit & 1)
        columns = [UNITS[unit], UNITS[counterpart]]
        fields = {"at": at, "parties": [*columns, *(each for each in others if each not in columns)]}
        if event == 2:
            entry = log.LogEntry("plane.compared", at, usage(number).record, *columns, others)
            fields |= {"event": entry.event, "class": RecordClass.USAGE, "officer": None}
        else:
            record = {"officer": PEOPLE[officer], "unit": None}
            record |= {"source": "x", "method": "password"} if event == 0 else {}
            entry = log.LogEntry(SECURITY[event], at, record, *columns, others)
            fields |= {"event": entry.event, "class": RecordClass.SECURITY, "officer": PEOPLE[officer]}
        (receipt,) = log.append(cur, [entry])
        known.append({**fields, "id": receipt.entry_id})
    return known


def fits(each: dict, asked: RecordFilters, *, reader: Reader) -> bool:
    """Return whether an entry is wanted, told once more in ten lines."""
    parties = [*each["parties"]]
    if not reader.auditor:
        if reader.unit not in parties:
            return False
        parties.remove(reader.unit)
    if asked.unit and asked.unit not in parties:
        return False
    return (
        each["class"] == asked.record_class
        and asked.event in (None, each["event"])
        and asked.officer in (None, each["officer"])
        and (asked.from_at is None or each["at"] >= asked.from_at)
        and (asked.until_at is None or each["at"] < asked.until_at)
    )


DRAWN = st.lists(st.tuples(*(st.integers(0, most) for most in (2, 3, 3, 1, 3, 7))), max_size=12)
HOURS = st.none() | st.integers(0, 4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=DRAWN, usage_asked=st.booleans(), auditor=st.booleans(), event=st.booleans(),
    unit=st.none() | st.integers(0, 2), officer=st.booleans(), since=HOURS, until=HOURS,
)  # fmt: skip
def test_what_is_wanted_is_on_the_pages_once_the_newest_first_and_is_counted(
    db, drawn, usage_asked, auditor, event, unit, officer, since, until
):
    uses = usage_asked or not auditor
    asked = RecordFilters(
        RecordClass.USAGE if uses else RecordClass.SECURITY,
        event=SECURITY[0] if event and not uses else None,
        unit=None if unit is None else UNITS[unit],
        officer="zhang" if officer and not uses else None,
        from_at=None if since is None else NOW + timedelta(hours=since),
        until_at=None if until is None else NOW + timedelta(hours=until),
    )
    reader = AUDITOR if auditor else Reader("p-1", CONSUMER)
    with db.transaction() as cur:
        cur.execute("savepoint before_all")
        known = made(cur, drawn)
        wanted = [each["id"] for each in known if fits(each, asked, reader=reader)][::-1]
        assert searching.count(cur, asked, reader=reader) == len(wanted)
        found: list[int] = []
        before = None
        while True:
            page = searching.page(cur, asked, reader=reader, now=NOW - timedelta(days=1), before=before, limit=3)
            found += [record.entry_id for record in page.records]
            before = page.before
            if before is None:
                break
        cur.execute("rollback to savepoint before_all")
    assert found == wanted


def test_a_receipt_finds_its_entry_by_number_and_once_placed_by_its_leaf_hash(db, fill):
    fill(3)
    with db.transaction() as cur:
        ((number, leaf),) = cur.execute("select entry_id, encode(hash, 'hex') from audit.leaf where seq = 1").fetchall()
        for receipt in (str(number), leaf, f" {leaf.upper()} "):
            (found,) = searching.page(cur, RecordFilters(receipt=receipt), reader=AUDITOR, now=NOW).records
            assert (found.entry_id, found.seq) == (number, 1)
        for receipt in ("0" * 64, "999999999", "no receipt", "9" * 40):
            assert searching.page(cur, RecordFilters(receipt=receipt), reader=AUDITOR, now=NOW).records == ()


@pytest.mark.clause("SX-10-b", "SX-11-a")
def test_every_page_that_is_read_is_entered_and_nobody_but_the_auditor_reads_another_class(cur):
    for record_class in RecordClass:
        assert searching.page(cur, RecordFilters(record_class), reader=AUDITOR, now=NOW).records == ()
        if record_class is not RecordClass.USAGE:
            with pytest.raises(searching.ClassNotYours):
                searching.page(cur, RecordFilters(record_class), reader=Reader("p-1", CONSUMER), now=NOW)
            with pytest.raises(searching.ClassNotYours):
                searching.count(cur, RecordFilters(record_class), reader=Reader("p-1", CONSUMER))
    (receipt,) = log.append(cur, [log.LogEntry("auth.logout", NOW, {"officer": "x", "unit": OTHER}, OTHER)])
    searching.page(cur, RecordFilters(RecordClass.SECURITY), reader=AUDITOR, now=NOW)
    rows = cur.execute("select record from audit.entry where event = 'audit.record_read'").fetchall()
    assert [canonical.loads(row[0])["entries"] for row in rows] == [[receipt.entry_id]]
    assert searching.page(cur, RecordFilters(), reader=Reader("p-1", OTHER), now=NOW) == RecordsPage((), None)
    assert cur.execute("select count(*) from audit.entry where event = 'audit.record_read'").fetchone() == (1,)


def test_shows_where_records_stand_in_the_tree(db, fill):
    fill(3)
    with db.transaction() as cur:
        page = searching.page(cur, RecordFilters(), reader=AUDITOR, now=NOW)
    assert [record.seq for record in page.records] == [2, 1, 0]


@pytest.mark.clause("SX-10-b")
def test_as_many_units_as_a_case_has_read_its_entries_and_page_through_them_each_once(cur):
    units = [CONSUMER, PROVIDER, *(f"1133078200000000{n}X" for n in range(10, 16))]
    whole = []
    for number in range(12):
        parties = units[number % 3 : number % 3 + number % 6]
        unit, counterpart, *others = [*parties, None, None][: max(2, len(parties))]
        entry = usage(number)._replace(unit=unit, counterpart=counterpart, others=(*others, *parties[:3]))
        whole.append((log.append(cur, [entry])[0].entry_id, parties))
    for unit in units:
        expected = [entry_id for entry_id, parties in reversed(whole) if unit in parties]
        found, before, more = [], None, True
        while more:
            page = searching.page(cur, RecordFilters(), reader=Reader("x", unit), now=NOW, before=before, limit=2)
            found += [record.entry_id for record in page.records]
            before, more = page.before, page.before is not None
        assert found == expected
        for entry_id in expected[:1]:
            assert reading.read(cur, entry_id=entry_id, reader=Reader("x", unit), now=NOW).entry_id == entry_id
