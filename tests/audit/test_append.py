"""What the database takes for an entry: nothing that no statement of ours writes, whoever hands it in."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from remembering import CONSUMER, NOW, OTHER, PROVIDER, usage, write

from hutong.audit import inspecting, log, tree
from hutong.audit.events import RecordClass
from hutong.core import canonical, defaults
from hutong.core.leaves import commit, moment
from hutong.db import arrays, rights
from hutong.db.database import Database

MAKERS = {
    "ids": arrays.int8s, "at": arrays.moments, "salts": arrays.blobs, "commitments": arrays.blobs,
    "latencies": arrays.int8s, "party_ids": arrays.int8s,
}  # fmt: skip
WRITERS = [role for role, functions in rights.FUNCTIONS.items() if "audit.append" in functions]
AHEAD = 39
MIB = defaults.number("audit.record_bytes")


def told(number: int, **changed):
    """Return the columns of one entry with a true commitment to what they say."""
    record = changed.pop("record", canonical.dumps(usage().record).decode())
    said = {
        "ids": number, "at": NOW, "events": "plane.compared", "classes": "usage", "units": CONSUMER,
        "counterparts": PROVIDER, "salts": bytes(16), "records": record, "latencies": -1, "subjects": None,
        "result": "OK", **dict.fromkeys(("department", "system", "grant", "resource", "mode")), **changed,
    }  # fmt: skip
    parties = said.pop("parties", [])
    made = commit(
        said["salts"], said["records"].encode(), at=moment(said["at"]), event=said["events"],
        record_class=said["classes"], unit=said["units"], counterpart=said["counterparts"],
        others=[unit for _, unit in parties],
    )  # fmt: skip
    said.setdefault("commitments", made)
    columns = {name: [value] for name, value in said.items()}
    return {**columns, "party_ids": [one for one, _ in parties], "party_units": [unit for _, unit in parties]}


def hand_in(cur, columns) -> None:
    given = {name: MAKERS.get(name, arrays.texts)(values) for name, values in columns.items()}
    cur.execute(log.statements.append, given)


def reserved(cur) -> int:
    statement, values = log.reserving(1)
    ((number,),) = cur.execute(statement, values)
    return int(number)


def kept(db) -> list[int]:
    with db.transaction() as cur:
        ((counts,),) = cur.execute(
            "select array[(select count(*) from audit.entry), (select count(*) from audit.party),"
            " (select count(*) from audit.pending_leaf)]"
        )
    return list(counts)


def test_what_a_true_entry_says_is_taken_with_its_leaf_and_further_parties(db):
    with db.transaction() as cur:
        number = reserved(cur)
        hand_in(cur, told(number, parties=[(number, OTHER), (number, "乙")]))
    assert kept(db) == [1, 2, 1]
    assert [fault for _, found in inspecting.inspect(db) for fault in found] == []


@pytest.mark.parametrize("record_class", RecordClass)
def test_the_database_makes_the_leaf_and_the_commitment_that_the_program_makes(db, signer, record_class):
    moments = [NOW, datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), datetime(2060, 2, 29, tzinfo=UTC)]
    receipts = []
    with db.transaction() as cur:
        for at in moments:
            receipts += log.append(
                cur, [usage(at=at, purpose='"\\\n\u2028低保')._replace(others=["乙", "a", "B", OTHER])]
            )
        stored = cur.execute("select leaf from audit.pending_leaf order by entry_id").fetchall()
    assert [log.merkle.leaf_hash(leaf) for (leaf,) in stored] == [each.leaf_hash for each in receipts]
    assert [fault for _, found in inspecting.inspect(db) for fault in found] == []


WRONG = {
    "an event in other letters": {"events": 'plane.compared","x":"'},
    "an event with an end of line": {"events": "plane.compared\n"},
    "an event without a room": {"events": "compared"},
    "an event that never ends": {"events": f"plane.{'a' * 70_000}"},
    "a class that is none": {"classes": "other"},
    "a class in other letters": {"classes": 'usage","class":"usage'},
    "a code of two lines": {"units": f"{CONSUMER}\n"},
    "no code at all": {"units": ""},
    "another party of two lines": {"counterparts": "a\nb"},
    "a code that never ends": {"counterparts": "a" * 65},
    "a short salt": {"salts": bytes(15)},
    "a record that is no JSON": {"record": "\ufffe"},
    "a record that is no object": {"record": "[1]"},
    "a commitment to something else": {"commitments": bytes(32)},
    "a commitment that is none": {"commitments": b"\xff\xfe"},
    "a commitment that never ends": {"commitments": bytes(70_000)},
    "subjects in a table": {"subjects": "{{00000000-0000-0000-0000-000000000000}}"},
    "a subject that is none": {"subjects": "{NULL}"},
    "a moment after all years": {"at": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)},
    "a moment before all years": {"at": datetime(1, 1, 1, tzinfo=UTC)},
    "a party without a code": {"parties": [(0, "")]},
    "a party with a comma": {"parties": [(0, "a,b")]},
    "a party of two lines": {"parties": [(0, "a\nb")]},
    "a party of another entry": {"parties": [(1, OTHER)]},
    "more parties than any case has": {"parties": [(0, f"{number:064}") for number in range(1_100)]},
    "a result that never ends": {"result": "a" * 70_000},
    "columns that say more than the record": dict.fromkeys(("department", "system", "resource"), "a" * 300),
    "more subjects than any page has": {"subjects": "{" + ",".join([str(UUID(int=7))] * 100_001) + "}"},
    "a record that never ends": {"record": canonical.dumps({"a": "户" * (MIB // 3)}).decode()},
}


@pytest.mark.clause("SX-11-a", "SX-10-b")
@pytest.mark.parametrize("role", WRITERS)
def test_no_door_puts_into_the_log_what_is_no_entry(db, database_url, signer, role):
    write(db, 1, signer=signer)
    before = kept(db)
    door = Database(database_url, role=role, size=1)
    taken = []
    for what, changed in WRONG.items():
        with pytest.raises(psycopg.Error), door.transaction() as cur:
            number = reserved(cur)
            whose = (
                {"parties": [(one or number, unit) for one, unit in changed["parties"]]} if "parties" in changed else {}
            )
            hand_in(cur, told(number, **{**changed, **whose}))
            taken.append(what)
    door.close()
    assert (taken, kept(db)) == ([], before)
    assert tree.integrate(db, now=NOW, signer=signer) == 0


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("role", WRITERS)
def test_no_door_takes_the_number_of_an_entry_that_is_yet_to_come_or_has_a_leaf(db, database_url, signer, role):
    write(db, 3, signer=signer)
    with db.transaction() as cur:
        ((last,),) = cur.execute("select max(entry_id) from audit.leaf")
    before = kept(db)
    door = Database(database_url, role=role, size=1)
    for number in (*range(last + 1, last + 1 + AHEAD), last, 1, 0, -5, 2**63 - 1):
        for at in (NOW, NOW + timedelta(days=40)):
            with pytest.raises(psycopg.Error) as raised, door.transaction() as cur:
                hand_in(cur, told(number, at=at))
            assert raised.value.sqlstate in ("HT005", "23505")
    with pytest.raises(psycopg.Error), door.transaction() as cur:
        one = told(reserved(cur))
        hand_in(cur, {name: values * 2 for name, values in one.items()})
    door.close()
    assert kept(db) == before
    write(db, AHEAD, signer=signer)
    with db.transaction() as cur:
        assert cur.execute("select count(*) from audit.doubled_leaf").fetchone() == (0,)


@pytest.mark.parametrize("role", [*WRITERS, "logkeeper"])
@pytest.mark.parametrize(
    "statement",
    ["insert into audit.entry (at, event, class, salt, record) values (now(), 'e', 'usage', '', '{}')",
     "insert into audit.party values (1, now(), 'usage', 'x')", r"insert into audit.pending_leaf values (7, '\xfffe')",
     "insert into audit.entry_default (at, event, class, salt, record) values (now(), 'e', 'usage', '', '{}')",
     "update audit.pending_leaf set leaf = ''", "select setval('audit.entry_id', 1)",
     "alter sequence audit.entry_id restart"],
)  # fmt: skip
def test_what_is_to_be_placed_is_written_by_the_owners_function_alone(db, database_url, role, statement):
    door = Database(database_url, role=role, size=1)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), door.transaction() as cur:
        cur.execute(statement)
    door.close()


def test_what_the_database_refuses_is_told_without_a_word_of_it(db):
    foreign = usage()._replace(counterpart="a\nb")
    with pytest.raises(log.NotEntered) as raised, db.transaction() as cur:
        log.append(cur, [foreign])
    assert (raised.value.facts, "plane" in str(raised.value.__cause__)) == ({}, False)


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("letter", ["a", "户", "\U00020000", '"'])
def test_a_record_is_as_long_as_the_rulebook_says_and_no_longer_in_bytes_and_that_is_told(db, letter):
    empty = len(canonical.dumps(usage(purpose="").record))
    each = len(canonical.dumps(letter)) - 2
    many = (MIB - empty) // each
    with db.transaction() as cur:
        log.append(cur, [usage(), usage(purpose=letter * many)])
    before = kept(db)
    with pytest.raises(log.EntryTooLong) as raised, db.transaction() as cur:
        log.append(cur, [usage(), usage(purpose=letter * (many + 1))])
    assert (raised.value.facts, kept(db)) == ({"most": MIB}, before)


def test_the_longest_record_is_that_of_the_rulebook(cur):
    ((source,),) = cur.execute("select prosrc from pg_proc where oid = 'audit.append'::regproc")
    assert f"> {MIB} then" in source
