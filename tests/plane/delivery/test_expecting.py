"""What would come of a delivery is told before it counts: which rows are rejected, and what goes because of them."""

import json
from dataclasses import asdict

import pytest
from delivering import NOW, Provider, definition, manifest, row, write_csv

from hutong.db.database import Database
from hutong.plane.delivery import expecting, ledger, loading, rejections
from hutong.plane.delivery.merging import Expected

HEADER = [item.code for item in definition().items]


def expected(provider: Provider, rows: list, *, kind: str = "snapshot", **more) -> Expected:
    path = write_csv(provider.folder / "next.csv", rows, header=[*HEADER, *(["_op"] if kind == "changes" else [])])
    found = expecting.rehearse(
        provider.plane, source=path, manifest=manifest(path, key="next", rows=len(rows), kind=kind),
        keyring=provider.keyring, now=NOW, by="provider-1", spool=None, **more,
    )  # fmt: skip
    assert found is not None
    return found


def test_the_first_faults_are_told_in_their_order_with_why_and_nothing_stays(provider: Provider, plane: Database):
    provider.send([row("A1")])
    found = expected(provider, [row("A1"), row("A2", amount="x"), row("A3", born="昨天", name="")], faults=2)
    assert (found.accepted, found.rejected, found.inserted, found.deleted) == (1, 2, 0, 0)
    assert [(each.number, each.item, each.reason) for each in found.faults] == [
        (3, "amount", "VALUE_OF_OTHER_TYPE"), (4, "born", "VALUE_OF_OTHER_TYPE"),
    ]  # fmt: skip
    with plane.transaction() as cur:
        assert cur.execute("select count(*) from plane.rejected_row").fetchone() == (0,)
        assert ledger.receipt(cur, code=definition().code, key="next") is None


@pytest.mark.parametrize(
    ("rows", "gone", "unplaced", "lost"),
    [
        ([row("A1"), row("A2"), row("A3")], 0, 0, 0),
        ([row("A1"), row("A2")], 1, 0, 0),
        ([row("A1"), row("A2"), row("A3", amount="x")], 0, 0, 0),
        ([row("A1"), row("A2"), row("A3" * 20)], 1, 1, 1),
        ([row("A1"), row("A2" * 20), row("A3" * 20)], 2, 2, 2),
        ([row("A1"), row("A4", amount="x"), row("A5", amount="x"), row("A6", amount="x")], 2, 3, 2),
        ([row("A1"), row("A2"), row("A3"), row("A4", amount="x")], 0, 1, 0),
        ([row("A1"), row("A1"), row("A2")], 1, 0, 0),
        ([row("A1"), row("A4"), row("A4")], 2, 0, 0),
        ([row("A1"), row(""), row("A2")], 1, 1, 1),
    ],
    ids=["whole", "one is gone", "the record of a faulty row stays", "a key is too long", "two keys are too long",
         "more faulty rows than records that go", "nothing goes", "one comes twice", "a new one comes twice",
         "a key is missing"],
)  # fmt: skip
def test_records_that_would_go_because_of_faulty_rows_are_counted(
    rows: list, gone: int, unplaced: int, lost: int, provider: Provider
) -> None:
    provider.send([row("A1"), row("A2"), row("A3")])
    found = expected(provider, rows)
    assert (found.deleted, found.unplaced, found.lost) == (gone, unplaced, lost)


def test_of_changes_nothing_goes_that_they_do_not_say(provider: Provider) -> None:
    provider.send([row("A1"), row("A2")])
    found = expected(provider, [{"id": "A1", "_op": "d"}, {**row("A9", amount="x"), "_op": "u"}], kind="changes")
    assert (found.deleted, found.unplaced, found.lost) == (1, 0, 0)


def test_it_comes_back_from_json(provider: Provider) -> None:
    found = expected(provider, [row("A1"), row("A2", amount="x")])
    assert Expected.from_json(json.loads(json.dumps(asdict(found)))) == found
    before = {"accepted": 1, "rejected": 0, "inserted": 1, "updated": 0, "deleted": 0, "waits": None}
    assert Expected.from_json(before) == Expected(1, 0, 1, 0, 0, None)


@pytest.mark.clause("SX-04-f")
@pytest.mark.parametrize("kind", ["snapshot", "changes"])
def test_a_delivery_without_any_row_to_take_is_refused_and_its_rows_are_kept(
    kind: str, provider: Provider, db: Database
) -> None:
    provider.send([row("A1"), row("A2")])
    rows = [{**row("A1", amount="x"), "_op": "u"}, {**row("A7", amount="y"), "_op": "u"}]
    assert expected(provider, rows, kind=kind).nothing
    with pytest.raises(loading.NothingAccepted) as refused:
        provider.send(rows, kind=kind, key="none")
    assert (refused.value.facts["sent"], refused.value.clause) == (2, "SX-04-f")
    with provider.plane.transaction() as cur:
        kept = ledger.receipt(cur, code=definition().code, key="none")
        faults = rejections.rejected(cur, code=definition().code, key="none", provider=definition().provider)
    assert kept is not None and kept.what_was_read is not None
    assert (kept.state, kept.reason, kept.sent, kept.accepted, kept.rejected, kept.loaded_at) == (
        "refused", "NOTHING_ACCEPTED", 2, 0, 2, None,
    )  # fmt: skip
    assert [(each.number, each.reason) for each in faults] == [(2, "VALUE_OF_OTHER_TYPE"), (3, "VALUE_OF_OTHER_TYPE")]
    with db.transaction() as cur:
        event, entered = cur.execute("select event, record from audit.entry order by id desc limit 1").fetchone()
    record = json.loads(entered)
    assert (event, record["result"], record["reason"]) == ("plane.delivery_refused", "NOTHING_ACCEPTED", "sent 2")
    again = provider.send([row("A1"), row("A2")], key="whole")
    assert (again.inserted, again.updated, again.deleted) == (0, 0, 0)


def test_nothing_to_take_is_none_where_nothing_was_sent(provider: Provider) -> None:
    assert provider.send([]).state == "loaded"


def test_of_a_delivery_that_came_and_was_not_loaded_it_is_told_too(provider: Provider) -> None:
    provider.send([row("A1"), row("A2")])
    rows = [row("A1"), row("A3", amount="x")]
    path = write_csv(provider.folder / "next.csv", rows, header=HEADER)
    told = manifest(path, key="next", rows=len(rows))
    digest = loading.digest(path, lambda stage, rows: None)
    given = {"keyring": provider.keyring, "digest": digest, "now": NOW, "by": "provider-1"}
    ledger.receive(provider.plane, told, **given, approved_by=None)  # as a process does that ends before it loads
    found = expected(provider, rows)
    assert (found.accepted, found.rejected, found.deleted, found.lost) == (1, 1, 1, 1)
    with pytest.raises(ledger.DeliveryConflict):
        expected(provider, [row("A1")])
    assert provider.send(rows, key="next").state == "loaded"


def test_every_fault_is_written_to_a_file_piece_by_piece(provider: Provider, tmp_path) -> None:
    many = rejections.FIRST  # twice as many faults as are read at once
    rows = [row(f"A{number}", amount="x", born="昨天") for number in range(many)]
    found = expected(provider, [row("B"), *rows], faults=3, every=tmp_path / "every")
    every = [*rejections.read_all((tmp_path / "every").open(encoding="utf-8"))]
    assert len(found.faults) == 3 and every[:3] == [*found.faults]
    assert [(each.number, each.item) for each in every] == [
        (number, item) for number in range(3, many + 3) for item in ("amount", "born")
    ]  # fmt: skip
