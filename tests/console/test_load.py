"""What the command prints of a delivery: how many records would go before anybody confirms that they may."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console

from hutong import settings
from hutong.console import load
from hutong.installation.opening import Installation
from hutong.plane import grants, tables
from hutong.plane.definition import Definition, Item
from hutong.plane.delivery.ledger import DeliveryReceipt, DeliveryToWithdrawn

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
