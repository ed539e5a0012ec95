"""The list of deliveries: its file, and what narrows it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from hutong.control.catalog import deliveries
from hutong.control.catalog.deliveries import DeliveryShown
from hutong.plane.delivery import merging
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListOrder, ListRequest, Part
from hutong.web.wording import filters, telling
from hutong.web.wording.names import DELIVERY_STATES, named
from hutong.web.wording.refusals import refused


def reason(delivery: DeliveryShown) -> dict[str, str]:
    """Return why a delivery waits or was refused, and what to do; nothing of one that went well."""
    if delivery.reason is None:
        return {}
    if delivery.state == "waiting":
        return telling.said(
            merging.waiting(delivery.reason, stored=delivery.stored_rows, removed=delivery.removed_rows)
        )
    return {"message": refused(delivery.reason, key=delivery.key, resource=delivery.name), "code": delivery.reason}


def _lines(found: Sequence[DeliveryShown], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for each in found:
        yield (
            filters.moment(each.received_at), each.code, each.name, each.key, each.sent, each.accepted, each.rejected,
            each.warned, named(each.state, "delivery_state"), reason(each).get("message", ""), each.delivered_by,
        )  # fmt: skip


def _read(asked: ListRequest, part: Part) -> FoundRows[DeliveryShown]:
    words, state = asked["q"], asked["state"]
    rows = deliveries.of_units(asked.actor.units, words=words, state=state, before=part.after, limit=part.limit)
    return part.cut(rows)


DELIVERIES: Listing[DeliveryShown] = Listing(
    name="deliveries",
    title="交付记录",
    filters=(
        WORDS,
        Filter("state", "状态", options=lambda _: [(each, named(each, "delivery_state")) for each in DELIVERY_STATES]),
    ),
    orders=(ListOrder("newest", "最新在前", (datetime, str, str)),),
    read=_read,
    count=lambda asked, most: deliveries.counted(asked.actor.units, words=asked["q"], state=asked["state"], most=most),
    place=lambda row, order: row.place,
    shown=lambda rows, asked: [(row, reason(row)) for row in rows],
    columns=(
        "时间", "信息资源代码", "信息资源", "批次号", "报送", "接收", "退回", "提示", "状态", "原因", "交付人",
    ),
    lines=_lines,
    said="共有交付 %(count)s 批",
    empty="还没有交付过数据。",
    none_fit="没有符合条件的交付。",
)  # fmt: skip
"""The deliveries of an officer's units."""
