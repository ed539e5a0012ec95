"""The list of the faults of one delivery: rejected rows and warnings, as a file, and what narrows them."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from hutong.control.catalog import deliveries, rules
from hutong.control.catalog.models import Entry
from hutong.plane.delivery import rejections
from hutong.plane.delivery.rejections import BEGINNING, RejectedRow, RejectionFilters
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists.listing import Filter, FoundRows, Listing, ListOrder, ListRequest, Part
from hutong.web.wording import filters, reader

KINDS = {"rejected": "退回", "warned": "提示，已收"}
"""What became of the row → its name."""
WARNED = {"rejected": False, "warned": True}


def of(entry: Entry, *, key: str) -> Listing[RejectedRow]:
    """Return the list of the faults of a delivery of an entry."""
    delivery = {"code": entry.code, "key": key, "provider": entry.provider_id}
    items = {item.code: item for item in map(rules.item, entry.current.items if entry.current else ())}

    def read(asked: ListRequest, part: Part) -> FoundRows[RejectedRow]:
        after = part.after or BEGINNING
        rows, more = deliveries.rejected(**delivery, after=after, filters=_filters(asked), size=part.size)  # type: ignore[arg-type]
        return FoundRows(rows, more)

    def told(rows: Sequence[RejectedRow]) -> list[rejections.Rejection]:
        return rejections.told(rows, items, language=reader.language())

    def table(rows: Sequence[RejectedRow], asked: ListRequest) -> Table:
        titles = (("文件第几行", "num"), ("信息项", ""), ("原因", ""), ("怎样更正", ""), ("值", ""))
        return Table(
            gettext("退回的行"), tuple(Column(gettext(title), css) for title, css in titles),
            tuple(map(_row, told(rows))), even=False, titled=False,
        )  # fmt: skip

    def lines(rows: Sequence[RejectedRow], asked: ListRequest) -> Iterator[tuple[object, ...]]:
        for each in told(rows):
            row, kind = each.row, gettext(KINDS["warned" if each.row.warn else "rejected"])
            yield row.number, kind, row.item, each.item, each.why, filters.advice(row.reason), row.shown

    return Listing(
        name="rejected",
        title="退回的行",
        filters=(
            Filter("item", "信息项", options=lambda actor: [(code, item.name) for code, item in items.items()]),
            Filter("kind", "是否收下", options=lambda actor: [(kind, gettext(name)) for kind, name in KINDS.items()]),
        ),
        orders=(ListOrder("row", "按行", (int, str, str)),),
        read=read,
        count=lambda asked, most: deliveries.faults(**delivery, filters=_filters(asked), most=most),
        place=lambda row, order: (row.number, row.item or "", row.rule),
        shown=table,
        columns=("文件第几行", "是否收下", "信息项代码", "信息项", "原因", "怎样更正", "值"),
        lines=lines,
        said="共 %(count)s 处",
        parts=False,
        empty="没有退回的行。",
        none_fit="没有符合条件的行。",
        size=deliveries.REJECTED_PAGE,
    )


def _row(each: rejections.Rejection) -> tuple[Cell, ...]:
    row, known = each.row, bool(each.item) and each.item != each.row.item
    repeated = row.reason == "KEY_REPEATED"
    return (
        Cell(f"{row.number}"),
        Cell(each.item or "—", code=row.item or "" if known else ""),
        Cell(each.why, badge=gettext(KINDS["warned"]) if row.warn else "", tone="warn"),
        Cell(filters.advice(row.reason)),
        Cell("—" if repeated or row.shown is None else row.shown),
    )


def _filters(asked: ListRequest) -> RejectionFilters:
    return RejectionFilters(item=asked["item"], warn=WARNED.get(asked["kind"]))
