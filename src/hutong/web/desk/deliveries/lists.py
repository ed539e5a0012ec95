"""The list of deliveries: as a table, as a file, and what narrows it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext

from hutong.control.catalog import deliveries
from hutong.control.catalog.deliveries import DeliveryShown, DueDelivery
from hutong.plane.delivery import merging
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListOrder, ListRequest, Part
from hutong.web.wording import filters, telling
from hutong.web.wording.names import DELIVERY_STATES, named
from hutong.web.wording.refusals import refused


def reason(delivery: DeliveryShown) -> dict[str, str]:
    """Return why a delivery waits or was refused, and what to do; nothing of one that went well."""
    if delivery.reason is None:
        return {}
    if delivery.state == "waiting":
        waits = merging.waiting(delivery.reason, stored=delivery.stored_rows, removed=delivery.removed_rows)
        told = telling.described(waits)
        return {"message": told["message"], "advice": told["advice"], "code": told["code"], "clause": told["clause"]}
    return {"message": refused(delivery.reason, key=delivery.key, resource=delivery.name), "code": delivery.reason}


TITLES = ("时间", "信息资源", "批次号", "报送", "接收", "退回", "状态")
COUNTS = ("报送", "接收", "退回")


def _table(found: Sequence[DeliveryShown]) -> Table:
    columns = tuple(Column(gettext(title), "num" if title in COUNTS else "") for title in TITLES)
    return Table(
        gettext("交付记录"), columns, tuple(map(_row, found)), even=False, titled=False
    )


def due(found: Sequence[DueDelivery]) -> Table | None:
    """Return what has to be delivered, or had to, as a table; None where there is nothing."""
    columns = (gettext("信息资源"), gettext("更新周期"), gettext("最近交付"), gettext("最迟交付日"))
    rows = tuple(
        (
            Cell(each.name, code=each.code),
            Cell(named(each.update_cycle, "cycle")),
            Cell(filters.day(each.delivered_at) if each.delivered_at else gettext("尚未交付")),
            Cell(filters.day(each.due_date), badge=gettext("已逾期") if each.late else "", tone="bad"),
        )
        for each in found
    )
    if not rows:
        return None
    return Table(gettext("应交付的信息资源"), tuple(map(Column, columns)), rows, even=False, titled=False)


def _row(each: DeliveryShown) -> tuple[Cell, ...]:
    faulty = reverse("rejected", args=[each.code, each.key]) if each.rejected or each.warned else ""
    warned = gettext("提示 %(warned)s 处") % {"warned": each.warned} if each.warned else ""
    return (
        Cell(filters.moment(each.received_at)),
        Cell(each.name, code=each.code),
        Cell(
            Truncator(each.key).chars(16), address=reverse("delivered", args=[each.code, each.key]), note=_noted(each)
        ),
        Cell(_number(each.sent)),
        Cell(_number(each.accepted)),
        Cell(_rejected(each), address=faulty, note=warned),
        _state(each),
    )


def _number(many: int | None) -> str:
    return "—" if many is None else f"{many:,}"


def _noted(each: DeliveryShown) -> str:
    """Return that something of the file may have been read otherwise than a person sees it; else nothing."""
    read = each.what_was_read
    return gettext("读取情况有需要核对之处") if read is not None and read.noteworthy else ""


def _rejected(each: DeliveryShown) -> str:
    number = _number(each.rejected)
    return gettext("%(rejected)s 查看") % {"rejected": number} if each.rejected else number


def overtaken(delivery: DeliveryShown) -> str:
    """Return that a delivery need not be confirmed any more, since newer data count; nothing of any other."""
    if delivery.state != "waiting" or not delivery.overtaken:
        return ""
    return gettext("此后已有新的数据入库，本批不必再确认。")


def _state(each: DeliveryShown) -> Cell:
    why = reason(each)
    note = " ".join(words for words in (why.get("message", ""), overtaken(each)) if words)
    return Cell(
        "", note=note, code=why.get("code", ""), badge=named(each.state, "delivery_state"),
        tone=filters.tone(each.state),
    )  # fmt: skip


def _lines(found: Sequence[DeliveryShown], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for each in found:
        yield (
            filters.moment(each.received_at), each.code, each.name, each.key, each.sent, each.accepted, each.rejected,
            each.warned, named(each.state, "delivery_state"), reason(each).get("message", ""), each.delivered_by,
        )  # fmt: skip


def _read(asked: ListRequest, part: Part) -> FoundRows[DeliveryShown]:
    words, state = asked["q"], asked["state"]
    rows = deliveries.of_units(
        asked.actor.units, words=words, state=state, after=part.after, oldest=asked.order == "oldest", limit=part.limit
    )
    return part.cut(rows)


DELIVERIES: Listing[DeliveryShown] = Listing(
    name="deliveries",
    title="交付记录",
    filters=(
        WORDS,
        Filter("state", "状态", options=lambda _: [(each, named(each, "delivery_state")) for each in DELIVERY_STATES]),
    ),
    orders=(
        ListOrder("newest", "最新在前", (datetime, str, str), turned="oldest"),
        ListOrder("oldest", "最早在前", (datetime, str, str), turned="newest"),
    ),
    read=_read,
    count=lambda asked, most: deliveries.counted(asked.actor.units, words=asked["q"], state=asked["state"], most=most),
    place=lambda row, order: row.place,
    shown=lambda rows, asked: _table(rows),
    columns=(
        "时间", "信息资源代码", "信息资源", "批次号", "报送", "接收", "退回", "提示", "状态", "原因", "交付人",
    ),
    lines=_lines,
    said="共有交付 %(count)s 批",
    room="deliveries",
    empty="没有您可以查阅的交付。",
    none_fit="没有符合条件的交付。",
)  # fmt: skip
"""The deliveries of an officer's units."""
