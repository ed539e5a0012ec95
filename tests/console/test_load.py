"""What the command prints of a delivery: how many records would go before anybody confirms that they may."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import typer
from rich.console import Console
from sitting import typed

from hutong import settings
from hutong.console import load, reading
from hutong.installation.opening import Installation
from hutong.plane import grants, tables
from hutong.plane.definition import Definition, Item
from hutong.plane.delivery.ledger import DeliveryReceipt, DeliveryToWithdrawn
from hutong.plane.delivery.loading import NothingAccepted
from hutong.plane.keys import Keyring
from hutong.plane.registers import System

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
ITEMS = (Item("id", "编号", length=18), Item("name", "名称", length=50))


@pytest.mark.parametrize(
    ("reason", "removed", "said"),
    [
        ("SNAPSHOT_DELETES_MUCH", 25, "平台现有 30 条记录，这批全量数据入库后将删除 25 条（83.3%），超过规定比例"),
        ("SNAPSHOT_EMPTY", 30, "平台现有 30 条记录，入库后将全部删除"),
    ],
)
def test_a_delivery_that_waits_is_told_with_what_it_would_remove(reason, removed, said):
    receipt = DeliveryReceipt(
        "307001/000001", "2026-03-02", 1, "snapshot", b"", "waiting", reason, 5, 5, 0, *[None] * 5, "operator", NOW,
        None,
        stored_rows=30, removed_rows=removed,
    )  # fmt: skip
    assert load.status(receipt) == 3
    told = io.StringIO()
    load.show(receipt, console=Console(file=told), begun=NOW)
    assert told.getvalue().startswith("批次 2026-03-02 已暂存，尚未入库。")
    assert said in told.getvalue()
    assert told.getvalue().endswith("确认无误后加 --approve 重新提交。\n")


def test_what_a_delivery_deleted_in_former_versions_is_told():
    receipt = DeliveryReceipt(
        "307001/000001", "2026-03-02", 2, "snapshot", b"", "loaded", None, 5, 5, 0, 0, 0, 0, None, 9, "operator", NOW,
        NOW, former_deleted=54,
    )  # fmt: skip
    assert load.status(receipt) == 0
    told = io.StringIO()
    load.show(receipt, console=Console(file=told), begun=NOW)
    assert told.getvalue().endswith("新增 0，更新 0，删除 0；旧版本中删除 54。\n")


def test_a_file_for_a_withdrawn_resource_is_not_opened(db, database_url, tmp_path):
    with db.transaction() as cur:
        made = Definition("307001/000001", 1, "河道", "11450000MB0000001X", key=("id",), items=ITEMS)
        tables.publish(cur, definition=made, now=NOW)
        grants.withdraw(cur, code=made.code, reason="", now=NOW, by="chief")
    given = replace(settings.read({}), data=tmp_path)
    opened = Installation(settings=given, database_url=database_url, clock=lambda: NOW, training=False)
    with pytest.raises(DeliveryToWithdrawn):
        load.hand_in(opened, resource=made.code, file=tmp_path / "nowhere.csv", key=None, by="editor")


@pytest.fixture
def opened(db, database_url, tmp_path):
    with db.transaction() as cur:
        made = Definition("307001/000001", 1, "河道", "11450000MB0000001X", key=("id",), items=ITEMS)
        tables.publish(cur, definition=made, now=NOW)
    opened = Installation(
        settings=replace(settings.read({}), data=tmp_path), database_url=database_url, clock=lambda: NOW, training=False
    )
    opened.settings.spool.mkdir(parents=True, exist_ok=True)
    opened.keyring_path.parent.mkdir(parents=True, exist_ok=True)
    Keyring.create(opened.keyring_path)
    return opened


def delivered(opened, file, *, confirm, told):
    system = System("rivers", "11450000MB0000001X", "河道系统", None, None, [], 0, None, None, "active")
    return load.deliver(
        opened, resource="307001/000001", file=file, key=None, changes=False, approve=False, by=system,
        console=Console(file=told, width=200), confirm=confirm,
    )  # fmt: skip


def test_what_was_read_is_told_and_asked_about_before_anything_counts_and_of_a_file_once(opened, db, tmp_path):
    file, told, asked = tmp_path / "rivers.csv", io.StringIO(), []
    file.write_text("编号;名称\n1;青溪\n2;白河\n", encoding="gb18030")

    def no(found, console):
        reading.tell(found.what_was_read, found.names, console=console)
        raise typer.Abort

    with pytest.raises(typer.Abort):
        delivered(opened, file, confirm=no, told=told)
    assert "GB18030（GBK）编码，列之间以分号分隔" in told.getvalue()
    with db.transaction() as cur:
        assert cur.execute("select count(*) from plane.delivery").fetchone() == (0,)
    receipt = delivered(opened, file, confirm=lambda found, _: asked.append(found.manifest.rows), told=told)
    assert (receipt.state, receipt.accepted) == ("loaded", 2)
    told.truncate(0)
    opened = replace(opened, clock=lambda: NOW.replace(hour=5))
    assert delivered(opened, file, confirm=lambda found, _: asked.append(0), told=told) == receipt
    assert asked == [2]
    assert "已于 2026-03-02 09:00 入库，未重复入库" in told.getvalue()
    assert "GB18030（GBK）编码" in told.getvalue()


def test_a_file_that_is_stored_already_is_told_as_such_under_another_key(opened, tmp_path):
    file, told = tmp_path / "rivers.csv", io.StringIO()
    file.write_text("编号,名称\n1,青溪\n2,白河\n")
    load.hand_in(opened, resource="307001/000001", file=file, key="march", by="rivers")
    opened = replace(opened, clock=lambda: NOW.replace(hour=5))
    delivered(opened, file, confirm=None, told=told)
    assert "内容相同的文件已于 2026-03-02 09:00 入库，没有任何变化" in told.getvalue()


SEEN = """
import typer
from rich.console import Console
from hutong.console import reading
from hutong.plane.definition import Definition, Item
from hutong.plane.delivery.ledger import Manifest
from hutong.plane.delivery.manifests import FileRead
from hutong.plane.delivery.reading.report import WhatWasRead
made = Definition("c/1", 1, "Rivers", "u", key=("id",), items=(Item("id", "id", length=1),))
read = WhatWasRead("csv", encoding="gb18030", header_row=1, records=2)
try:
    reading.ask(FileRead(Manifest("c/1", "k", "snapshot", 2, ""), read, made), Console())
    print("counts")
except typer.Abort:
    print("does not count")
"""


@pytest.mark.parametrize(("answer", "came"), [("n", "does not count"), ("y", "counts")])
def test_at_a_terminal_a_file_counts_once_somebody_said_so(answer, came):
    status, said = typed("-c", SEEN, answers=[answer], environ={})
    assert (status, said.splitlines()[-1]) == (0, came)
    assert "Text (CSV) in GB18030 (GBK)" in said
    assert "Deliver these 2 records to “Rivers”?" in said


def test_at_a_terminal_what_would_come_of_a_file_is_told_and_one_without_a_row_to_take_is_not_asked_about(
    opened, db, tmp_path
):
    told, asked = io.StringIO(), []
    rivers = written(tmp_path, "1,青溪\n2,白河\n3,乌江\n")
    load.hand_in(opened, resource="307001/000001", file=rivers, key="a", by="rivers")

    def seen(found, console):
        asked.append((found.expected.deleted, found.expected.lost, found.expected.nothing))
        reading.tell_expected(found.expected, found.definition, console=console)
        raise typer.Abort

    with pytest.raises(typer.Abort):
        delivered(opened, written(tmp_path, f"1,青溪\n2,白河\n{LONG},乌江\n"), confirm=seen, told=told)
    assert asked == [(1, 1, False)]
    for said in ("接收 2 行，退回 1 行。", "删除 1 条。", "最多有 1 条可能是因为文件里对应的行有错", "退回的行和提示"):
        assert said in told.getvalue()
    with pytest.raises(NothingAccepted):
        delivered(opened, written(tmp_path, f"{LONG},青溪\n"), confirm=reading.ask, told=told)
    with db.transaction() as cur:
        assert cur.execute("select key from plane.delivery").fetchall() == [("a",)]


def test_where_nobody_is_asked_the_rows_of_a_file_of_which_nothing_is_accepted_are_told_with_the_refusal(
    opened, db, tmp_path
):
    told = io.StringIO()
    with pytest.raises(NothingAccepted):
        delivered(opened, written(tmp_path, f"{LONG},青溪\n"), confirm=None, told=told)
    assert "退回的行和提示" in told.getvalue() and "超过 18 个字符" in told.getvalue()
    with db.transaction() as cur:
        kept = cur.execute("select state, reason, sent, accepted, loaded_at from plane.delivery").fetchall()
    assert kept == [("refused", "NOTHING_ACCEPTED", 1, 0, None)]


LONG = "3" * 19
"""A number that is longer than one may be."""


def written(folder, rows: str):
    file = folder / "rivers.csv"
    file.write_text(f"编号,名称\n{rows}", encoding="utf-8")
    return file
