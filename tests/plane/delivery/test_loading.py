import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import timedelta
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest
from delivering import NOW, Provider, definition, manifest, row, write_csv
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples import examples
from hutong.audit import log
from hutong.core import text
from hutong.core.normalise import normalise
from hutong.db.database import Database
from hutong.plane import grants, sealing, tables
from hutong.plane.delivery import ledger, loading, marks, merging
from hutong.plane.delivery.reading import encodings, header
from hutong.plane.keys import Keyring

CODE = "307001/000001"
PLAIN = ("born", "amount", "remark")


def held(plane: Database, keyring: Keyring) -> dict[str, tuple]:
    """What is held, opened: id → (seal of the name is right for, phone, born, amount, remark)."""
    with plane.transaction() as cur:
        it = tables.opened_on(cur, codes=[CODE]).get(CODE)
        if it is None:
            return {}
        keys = keyring.resource(CODE, key_id=it.key_id)
        rows = cur.execute(
            f"select k, i_id, i_name, i_phone, i_born::text, i_amount::text, i_remark from store.{it.relation}"
        ).fetchall()
    return {
        sealing.unprotect(keys, "id", k, i): (name, phone and sealing.unprotect(keys, "phone", k, phone), *rest)
        for k, i, name, phone, *rest in rows
    }


def expected(keyring: Keyring, rows: dict[str, dict]) -> dict[str, tuple]:
    keys = keyring.resource(CODE)

    def one(r: dict) -> tuple:
        k = sealing.record_key(keys, [normalise(r["id"])])
        return (sealing.seal(keys, "name", k, normalise(r["name"])), r["phone"], *(r[c] for c in PLAIN))

    return {key: one(r) for key, r in rows.items()}


def entries(db: Database) -> list[tuple[str, dict]]:
    with db.transaction() as cur:
        rows = cur.execute("select event, record from audit.entry order by id").fetchall()
    return [(event, json.loads(record)) for event, record in rows]


def test_a_delivery_sealed_under_another_key_than_the_first_that_was_loaded_is_not_mixed_with_it(
    provider: Provider, plane: Database, keyring: Keyring, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    renewed = keyring.renew(tmp_path / "renewed.json")
    other = Provider(plane, renewed, tmp_path / "other")

    def meanwhile(stage: str, _rows: int) -> None:
        if stage == "prepared":
            other.send([row("A1")], key="first")

    with pytest.raises(loading.KeyDiffers):
        provider.send([row("A2")], key="second", progress=meanwhile)
    assert held(plane, renewed) == expected(renewed, {"A1": row("A1")})
    assert other.send([row("A1"), row("A2")], key="third").inserted == 1


@pytest.mark.clause("SX-04-f")
def test_holds_what_was_delivered_and_says_so(
    provider: Provider, plane: Database, keyring: Keyring, db: Database
) -> None:
    rows = [row("A1"), row("A2", name="欧阳·娜娜", remark='"x", \n😀𠮷', phone=None), row("A3", born="19900102")]
    receipt = provider.send(rows)
    assert (receipt.state, receipt.sent, receipt.accepted, receipt.rejected) == ("loaded", 3, 3, 0)
    assert (receipt.inserted, receipt.first_change, receipt.last_change) == (3, 1, 3)
    rows[2]["born"] = "1990-01-02"
    assert held(plane, keyring) == expected(keyring, {r["id"]: r for r in rows})
    [(event, record)] = entries(db)
    assert event == "plane.delivered"
    assert (record["delivery"], record["accepted"], record["last_change"]) == ("d1", 3, 3)


def test_nothing_readable_of_a_sealed_or_protected_item_reaches_database_or_spool(
    provider: Provider, db: Database, tmp_path: Path
) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    seen: list[bytes] = []

    def look(stage: str, rows: int) -> None:
        seen.extend(file.read_bytes() for file in spool.rglob("*") if file.is_file())

    provider.send([row("SECRETID", name="SECRETNAME", phone="SECRETPHONE"), row("SECRETBAD", name="", phone="SECRETX")],
                  progress=look, spool=spool)  # fmt: skip
    assert seen
    assert all(b"SECRET" not in data for data in seen)
    assert list(spool.iterdir()) == []
    with db.transaction() as cur:
        for (name,) in cur.execute(
            "select schemaname || '.' || quote_ident(tablename) from pg_tables"
            " where schemaname in ('plane', 'store', 'feed', 'audit')"
        ).fetchall():
            found = cur.execute(f"select count(*) from {name} t where t::text ~ %s", ["SECRET|534543524554"]).fetchone()
            assert found == (0,), name


def test_the_same_key_and_bytes_return_the_same_receipt(provider: Provider, db: Database) -> None:
    first = provider.send([row("A1")], key="same")
    assert provider.send([row("A1")], key="same") == first
    assert len(entries(db)) == 1


def test_refuses_other_bytes_under_the_same_key(provider: Provider) -> None:
    provider.send([row("A1")], key="same")
    with pytest.raises(ledger.DeliveryConflict):
        provider.send([row("A2")], key="same")


@pytest.mark.parametrize("lie", [{"rows": 2}, {"sha256": "00" * 32}])
def test_refuses_a_manifest_that_lies(
    lie: dict, plane: Database, published: None, keyring: Keyring, tmp_path: Path, db: Database
) -> None:
    path = write_csv(tmp_path / "x.csv", [row("A1")])
    said = manifest(path, key="d", rows=1)
    wrong = ledger.Manifest(**{**{f: getattr(said, f) for f in said.__slots__}, **lie})
    with pytest.raises(loading.ManifestLies):
        loading.load(plane, source=path, manifest=wrong, keyring=keyring, now=NOW, by="p")
    assert held(plane, keyring) == {}
    [(event, record)] = entries(db)
    assert (event, record["result"]) == ("plane.delivery_refused", "MANIFEST_LIES")
    with pytest.raises(ledger.DeliveryWasRefused):
        loading.load(plane, source=path, manifest=said, keyring=keyring, now=NOW, by="p")


def test_a_rejected_row_leaves_the_held_row_as_it_was(provider: Provider, plane: Database, keyring: Keyring) -> None:
    provider.send([row("A1"), row("A2")])
    before = held(plane, keyring)
    receipt = provider.send([row("A1", amount="many"), row("A2")])
    assert (receipt.accepted, receipt.rejected, receipt.updated, receipt.deleted) == (1, 1, 0, 0)
    assert held(plane, keyring) == before
    with plane.transaction() as cur:
        kept = cur.execute("select number, item, rule, reason, shown from plane.rejected_row").fetchall()
    assert kept == [(2, "amount", "type", "VALUE_OF_OTHER_TYPE", "many")]


def test_rejects_the_later_of_two_rows_of_one_record(provider: Provider, plane: Database, keyring: Keyring) -> None:
    receipt = provider.send([row("a1"), row("A1", name="李四"), row("A2")])
    assert (receipt.sent, receipt.accepted, receipt.rejected) == (3, 2, 1)
    with plane.transaction() as cur:
        kept = cur.execute("select number, reason, shown from plane.rejected_row").fetchall()
    assert kept == [(3, "KEY_REPEATED", "2")]


def test_a_warning_keeps_the_row(provider: Provider) -> None:
    receipt = provider.send([row("A1", amount="5000")])
    assert (receipt.accepted, receipt.rejected, receipt.warned) == (1, 0, 1)


@pytest.mark.parametrize("rows", [[], [row("A1")]])
def test_a_snapshot_that_deletes_much_waits_for_the_providers_word(
    rows: list, provider: Provider, plane: Database, keyring: Keyring, db: Database
) -> None:
    provider.send([row(f"A{i}") for i in range(1, 31)])
    before = held(plane, keyring)
    waiting = provider.send(rows, key="much")
    assert (waiting.state, waiting.stored_rows, waiting.removed_rows) == ("waiting", 30, 30 - len(rows))
    assert held(plane, keyring) == before
    assert provider.send(rows, key="much") == waiting
    done = provider.send(rows, key="much", approved_by="provider-2")
    assert (done.state, done.deleted, done.stored_rows, done.removed_rows) == ("loaded", 30 - len(rows), None, None)
    assert len(held(plane, keyring)) == len(rows)
    assert [event for event, _ in entries(db)] == [
        "plane.delivered", "plane.delivery_waits", "plane.delivery_approved", "plane.delivered",
    ]  # fmt: skip


@pytest.mark.clause("SX-04-f")
def test_a_snapshot_with_rows_of_unread_key_waits_before_it_deletes_any_record(
    provider: Provider, plane: Database, keyring: Keyring
) -> None:
    provider.send([row("A1"), row("A2"), row("A3")])
    before = held(plane, keyring)
    waiting = provider.send([row("A1"), row("", name="李四"), row("A3")], key="unread")
    assert (waiting.state, waiting.reason, waiting.removed_rows) == ("waiting", "SNAPSHOT_KEYS_UNREAD", 1)
    assert held(plane, keyring) == before
    nothing_gone = provider.send([row("A1"), row("A2"), row("A3"), row("")], key="nothing gone")
    assert (nothing_gone.state, nothing_gone.rejected, nothing_gone.deleted) == ("loaded", 1, 0)
    key_read = provider.send([row("A1"), row("A2", amount="bad")], key="key read")
    assert (key_read.state, key_read.rejected, key_read.deleted) == ("loaded", 1, 1)
    done = provider.send([row("A1"), row("")], key="meant", approved_by="provider-2")
    assert (done.state, done.deleted) == ("loaded", 1)


def test_what_is_to_be_confirmed_is_told_in_numbers_and_in_words_without_a_gap_where_they_were_not_kept() -> None:
    much = merging.waiting("SNAPSHOT_DELETES_MUCH", stored=30, removed=7)
    assert text.say(much, language="zh").message == (
        "平台现有 30 条记录，这批全量数据入库后将删除 7 条（23.3%），超过规定比例，须由提供方确认。"
    )
    assert "would remove 7 of the 30 records held (23.3%)" in text.say(much, language="en").message
    empty = merging.waiting("SNAPSHOT_EMPTY", stored=30, removed=30)
    assert "平台现有 30 条记录，入库后将全部删除" in text.say(empty, language="zh").message
    unread = merging.waiting("SNAPSHOT_KEYS_UNREAD", stored=30, removed=1)
    assert "将删除平台现有 30 条记录中的 1 条，其中可能有这些行的记录" in text.say(unread, language="zh").message
    for reason in ("SNAPSHOT_EMPTY", "SNAPSHOT_DELETES_MUCH", "SNAPSHOT_KEYS_UNREAD"):
        for language in ("zh", "en"):
            told = text.say(merging.waiting(reason, stored=None, removed=None), language=language).message
            assert told
            assert not {"?", "…", "{"} & set(told)


def test_the_same_snapshot_under_another_key_changes_nothing(provider: Provider) -> None:
    rows = [row("A1"), row("A2", amount="bad")]
    first = provider.send(rows)
    again = provider.send(rows)
    assert (again.sent, again.accepted, again.rejected, again.inserted, again.updated) == (2, 1, 1, 0, 0)
    assert again.last_change == first.last_change
    third = provider.send([*rows, row("A3")])
    assert (third.inserted, third.updated, third.deleted) == (1, 0, 0)


def test_the_same_rows_in_another_order_are_only_compared(
    provider: Provider, plane: Database, keyring: Keyring
) -> None:
    rows = [row(f"A{i}", amount="5000" if i == 3 else "1") for i in range(9)]
    provider.send(rows)
    with plane.transaction() as cur:
        relation = tables.opened_on(cur, codes=[CODE])[CODE].relation
        before = cur.execute(f"select ctid, xmin from store.{relation} order by k").fetchall()
    again = provider.send([*rows[::-1], row("A8", name=""), row("A7")])
    assert (again.sent, again.accepted, again.rejected) == (11, 9, 2)
    assert (again.inserted, again.updated, again.deleted, again.last_change) == (0, 0, 0, 9)
    assert again.warned == 1  # what was warned of once is warned of again
    with plane.transaction() as cur:
        assert cur.execute(f"select ctid, xmin from store.{relation} order by k").fetchall() == before
        kept = cur.execute("select number, reason, shown, warn from plane.rejected_row order by number").fetchall()
    assert kept == [
        (5, "VALUE_TOO_LARGE", "5000", True),
        (7, "VALUE_TOO_LARGE", "5000", True),
        (11, "VALUE_MISSING", "", False),
        (12, "KEY_REPEATED", "3", False),
    ]


def test_a_row_that_says_the_same_in_other_words_is_no_change_and_is_known_from_then_on(
    provider: Provider, plane: Database, keyring: Keyring
) -> None:
    provider.send([row("A1", born="1990-01-02"), row("A2")])
    other = provider.send([row("A1", born="19900102"), row("A2")])
    assert (other.updated, other.last_change) == (0, 2)
    with plane.transaction() as cur:
        it = tables.opened_on(cur, codes=[CODE])[CODE]
        known = merging.known(cur, it)
    batch = pa.RecordBatch.from_pylist([row("A1", born="19900102")])
    [mark] = marks.marks(keyring.resource(CODE), batch, definition()).to_pylist()
    assert mark in known.marks.to_pylist()


def test_a_mark_counts_only_for_the_change_it_was_made_with(
    provider: Provider, plane: Database, keyring: Keyring
) -> None:
    rows = [row("A1", remark="first"), row("A2")]
    provider.send(rows)
    with plane.transaction() as cur:  # as code from before there were marks would write a change
        it = tables.opened_on(cur, codes=[CODE])[CODE]
        cur.execute(f"update store.{it.relation} set change = 3, i_remark = 'second' where i_remark = 'first'")
        cur.execute(f"insert into feed.{it.relation} select 3, 'u', k, at from feed.{it.relation} where change = 1")
        cur.execute("update plane.store set last_change = 3")
    again = provider.send([rows[1], rows[0]])
    assert (again.updated, again.first_change) == (1, 4)
    assert held(plane, keyring)["A1"][-1] == "first"


def test_a_delivery_prepared_against_what_is_past_is_prepared_again(
    provider: Provider, plane: Database, keyring: Keyring
) -> None:
    rows = [row("A1"), row("A2"), row("A3", remark="new")]
    provider.send(rows[:2])
    stages: list[str] = []

    def overtake(stage: str, _: int) -> None:
        if stage == "prepared" and "prepared" not in stages:
            provider.send([row("A1", remark="overtook"), row("A2")])
        stages.append(stage)

    receipt = provider.send(rows, key="overtaken", progress=overtake)
    assert stages == ["read", "prepared", "prepared", "copied", "merged"]
    assert (receipt.inserted, receipt.updated, receipt.first_change) == (1, 1, 4)
    assert held(plane, keyring) == expected(keyring, {r["id"]: r for r in rows})


def test_changes_need_a_full_delivery_first(provider: Provider) -> None:
    with pytest.raises(ledger.FullDeliveryNeeded):
        provider.send([{**row("A1"), "_op": "u"}], kind="changes")


def withdraw(db: Database) -> None:
    with db.transaction() as cur:
        grants.withdraw(cur, code=CODE, reason="", now=NOW, by="chief")


@pytest.mark.clause("SX-06-a")
def test_a_withdrawn_resource_takes_no_delivery_and_its_file_is_not_read(
    provider: Provider, plane: Database, keyring: Keyring, db: Database, tmp_path: Path
) -> None:
    provider.send([row("A1")])
    withdraw(db)
    said = manifest(write_csv(tmp_path / "x.csv", [row("A2")]), key="x", rows=1)
    with pytest.raises(ledger.DeliveryToWithdrawn) as refused:
        loading.load(plane, source=tmp_path / "nowhere.csv", manifest=said, keyring=keyring, now=NOW, by="p")
    assert refused.value.facts == {"resource": CODE, "day": "2026-03-02"}
    assert set(held(plane, keyring)) == {"A1"}
    assert "x" not in {record["delivery"] for _, record in entries(db) if "delivery" in record}


def test_nor_one_that_was_on_its_way_when_it_was_withdrawn(
    provider: Provider, plane: Database, keyring: Keyring, db: Database
) -> None:
    provider.send([row("A1")])
    with pytest.raises(ledger.DeliveryToWithdrawn):
        provider.send([row("A2")], progress=lambda stage, rows: withdraw(db) if stage == "prepared" else None)
    assert set(held(plane, keyring)) == {"A1"}


def test_a_new_version_is_answered_from_after_its_full_delivery(
    provider: Provider, plane: Database, keyring: Keyring, db: Database
) -> None:
    provider.send([row("A1"), row("A2")])
    with db.transaction() as cur:
        tables.publish(cur, definition=definition(2), now=NOW)
    assert set(held(plane, keyring)) == {"A1", "A2"}
    receipt = provider.send([row("A2"), row("A3")])
    assert (receipt.version, receipt.inserted, receipt.deleted, receipt.first_change) == (2, 2, 1, 3)
    assert set(held(plane, keyring)) == {"A2", "A3"}
    with plane.transaction() as cur:
        it = tables.opened_on(cur, codes=[CODE])[CODE]
        feed = cur.execute(f"select change, op from feed.{it.relation} order by change").fetchall()
    assert [change for change, _ in feed] == [3, 4, 5]
    assert sorted(op for _, op in feed) == ["d", "u", "u"]


def test_if_the_entry_cannot_be_written_nothing_has_happened(
    provider: Provider, plane: Database, keyring: Keyring, db: Database
) -> None:
    with db.transaction() as cur:
        cur.execute("alter table audit.entry add constraint closed check (event <> 'plane.delivered')")
    with pytest.raises(psycopg.errors.CheckViolation):
        provider.send([row("A1")])
    assert held(plane, keyring) == {}


def test_a_file_no_one_can_read_is_refused_and_entered(provider: Provider, db: Database, tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(b"id,name,phone,born,amount,remark\nA1,\xff\xff,,,,\n")
    with pytest.raises(encodings.EncodingBroken) as refused:
        loading.load(provider.plane, source=path, manifest=manifest(path, key="x", rows=1),
                     keyring=provider.keyring, now=NOW, by="p")  # fmt: skip
    assert refused.value.facts["line"] == 2
    assert {name: entries(db)[0][1][name] for name in ("result", "reason")} == {
        "result": "ENCODING_BROKEN",
        "reason": "line 2",
    }


def test_the_record_of_a_refusal_keeps_nothing_the_file_says(provider: Provider, db: Database, tmp_path: Path) -> None:
    path = tmp_path / "张三.csv"
    path.write_text("张三,330523199001011234,,,,\n")
    with pytest.raises(header.ColumnsWrong):
        loading.load(provider.plane, source=path, manifest=manifest(path, key="x", rows=1),
                     keyring=provider.keyring, now=NOW, by="p")  # fmt: skip
    [(event, record)] = entries(db)
    assert (event, record["result"], record["reason"]) == ("plane.delivery_refused", "COLUMNS_WRONG", "count 2")
    assert [value for value in ("张三", "330523199001011234") if value in json.dumps(record, ensure_ascii=False)] == []


ODD = ["\x00", "a\x00b", "😀", "𠮷", "\u200b", "null", "x\\N", "\\x00", '"', "a,b", "a\r\nb", "  ", "é", "\\."]


FIELDS = ["id", "name", "phone", "born", "amount", "remark"]


def taken(item: str, odd: str, sent: dict[str, str | None]) -> dict[str, str | None] | None:
    """Return what is to be held of a row that was sent with `odd` in `item`, None where it is to be rejected."""
    nothing = not normalise(odd).strip() if item == "name" else not normalise(odd)
    if "\x00" in odd or (nothing and item in ("id", "name")):
        return None
    if item in ("born", "amount"):
        return sent | {item: None} if nothing else None
    return sent


@pytest.mark.parametrize("item", FIELDS)
def test_odd_characters_in_every_field(item: str, provider: Provider, plane: Database, keyring: Keyring) -> None:
    rows = [row(f"B{number}") | {item: odd} for number, odd in enumerate(ODD)]
    receipt = provider.send([row("A1"), *rows])
    assert receipt.sent == 1 + len(ODD)
    good = [row("A1"), *filter(None, (taken(item, odd, sent) for odd, sent in zip(ODD, rows, strict=True)))]
    assert receipt.accepted == len(good)
    assert held(plane, keyring) == expected(keyring, {r["id"]: r for r in good})


@pytest.mark.full
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("item", FIELDS)
def test_an_odd_character_alone_in_every_field(
    item: str, odd: str, provider: Provider, plane: Database, keyring: Keyring
) -> None:
    sent = row("A2") | {item: odd}
    receipt = provider.send([row("A1"), sent])
    assert receipt.sent == 2
    good = [row("A1"), *filter(None, [taken(item, odd, sent)])]
    assert held(plane, keyring) == expected(keyring, {r["id"]: r for r in good})


_ids = st.sampled_from(["A1", "A2", "a3", "A4"])
_rows = st.lists(
    st.builds(
        lambda id, op, name, phone, amount, remark: {
            **row(id, name=name, phone=phone, amount=amount, remark=remark), "_op": op},
        _ids, st.sampled_from("uud"), st.sampled_from(["甲", "乙", ""]), st.sampled_from(["1", "2", None]),
        st.sampled_from(["1", "2", None, "x"]), st.sampled_from(["", "r", None]),
    ),
    max_size=5,
)  # fmt: skip


def model(state: dict[str, dict], kind: str, rows: list[dict]) -> dict[str, dict]:
    """The twelve lines a delivery must agree with."""
    found, present, spared = dict(state), {}, set()
    for r in rows:
        deleted = kind == "changes" and r["_op"] == "d"
        if not deleted and (not r["name"] or r["amount"] == "x"):
            spared.add(r["id"])
        else:
            present.setdefault(r["id"], None if deleted else r)
    if rows and not present:  # nothing to take, nothing loaded
        return state
    if kind == "snapshot":
        found = {k: v for k, v in found.items() if k in spared}
    found.update(present)
    return {k: v for k, v in found.items() if v is not None}


@pytest.mark.slow_on_debian
@given(sequence=st.lists(st.tuples(st.sampled_from(["snapshot", "changes"]), _rows), min_size=1, max_size=4))
@settings(max_examples=examples(25), suppress_health_check=list(HealthCheck))
def test_any_sequence_of_deliveries_agrees_with_the_model(
    sequence: list, provider: Provider, plane: Database, keyring: Keyring, db: Database
) -> None:
    provider.send([row("A0")], approved_by="p")
    state = {"A0": row("A0")}
    for kind, rows in sequence:
        try:
            receipt = provider.send(rows, kind=kind, approved_by="p")
        except loading.NothingAccepted:
            assert state == model(state, kind, rows)
        else:
            assert receipt.sent == receipt.accepted + receipt.rejected == len(rows)
        state = model(state, kind, rows)
        assert held(plane, keyring) == expected(keyring, state)
    with plane.transaction() as cur:
        it = tables.opened_on(cur, codes=[CODE])[CODE]
        changes = cur.execute(f"select change, op, k from feed.{it.relation} order by change").fetchall()
        rows = cur.execute(f"select k, change from store.{it.relation}").fetchall()
        counted = cur.execute("select rows from plane.store").fetchone()
    assert [change for change, _, _ in changes] == list(range(1, it.last_change + 1))
    newest = {k: (op, change) for change, op, k in changes}
    assert {k: c for k, (op, c) in newest.items() if op == "u"} == dict(rows)
    assert counted == (len(rows),)


CHILD = """
    import sys, os, time
    from datetime import datetime, UTC
    from pathlib import Path
    from hutong.db.database import Database
    from hutong.plane import keys
    from hutong.plane.delivery import ledger, loading
    url, stage, source, digest, keyfile = sys.argv[1:]
    def stop(at, rows):
        if at == stage:
            print("here", flush=True)
            time.sleep(60)
    loading.load(Database(url, role="plane"), source=Path(source), keyring=keys.Keyring.load(Path(keyfile)),
        manifest=ledger.Manifest("307001/000001", "killed", "snapshot", 200, digest),
        now=datetime(2026, 3, 2, tzinfo=UTC), by="p", progress=stop)
"""


@pytest.mark.parametrize("stage", ["read", "prepared", "copied", "merged"])
def test_killed_at_any_moment_nothing_is_lost_and_the_same_key_goes_on(
    stage: str, provider: Provider, plane: Database, keyring: Keyring, database_url: str, tmp_path: Path
) -> None:
    provider.send([row("A1")])
    before = held(plane, keyring)
    path = write_csv(tmp_path / "killed.csv", [row(f"B{i}") for i in range(200)])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD), database_url, stage, path, digest, tmp_path / "keys.json"],
        stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == b"here\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    time.sleep(0.1)
    assert held(plane, keyring) == before
    done = loading.load(plane, source=path, manifest=manifest(path, key="killed", rows=200), keyring=keyring,
                        now=NOW + timedelta(hours=1), by="p", approved_by="p")  # fmt: skip
    assert (done.state, done.inserted, done.deleted) == ("loaded", 200, 1)


def test_counts_and_entry_agree(provider: Provider, db: Database) -> None:
    receipt = provider.send([row("A1"), row("A2")])
    assert log  # entries are written by audit.log alone
    _, record = entries(db)[-1]
    assert {name: record[name] for name in ("sent", "accepted", "rejected", "inserted", "updated", "deleted")} == {
        name: getattr(receipt, name) for name in ("sent", "accepted", "rejected", "inserted", "updated", "deleted")
    }
