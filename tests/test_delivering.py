"""What the command prints of a delivery: how many records would go before anybody confirms that they may."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from hutong import delivering
from hutong.plane.loading import DeliveryReceipt

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reason", "removed", "said"),
    [
        ("SNAPSHOT_DELETES_MUCH", 25, "平台现有 30 条记录，这批全量数据入库后将删除 25 条（83.3%），超过规定比例"),
        ("SNAPSHOT_EMPTY", 30, "平台现有 30 条记录，入库后将全部删除"),
    ],
)
def test_a_delivery_that_waits_is_told_with_what_it_would_remove(reason, removed, said):
    receipt = DeliveryReceipt(
        "307001/000001", "2026-03-02", 1, "snapshot", b"", "held", reason, 5, 5, 0, *[None] * 5, "operator", NOW, None,
        held_rows=30, removed_rows=removed,
    )  # fmt: skip
    told = io.StringIO()
    delivering.show(receipt, console=Console(file=told), begun=NOW)
    assert told.getvalue().startswith("批次 2026-03-02 已暂存，尚未入库。")
    assert said in told.getvalue()
    assert told.getvalue().endswith("确认无误后加 --confirm 重新提交。\n")
