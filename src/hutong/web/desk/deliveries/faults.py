"""The list of the faults of one delivery: rejected rows and warnings, as a file, and what narrows them."""

from collections.abc import Iterable, Iterator, Sequence

from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from hutong.control.catalog import deliveries, rules
from hutong.control.catalog.handing_in import UploadFaults
from hutong.control.catalog.models import Entry
from hutong.control.units.rules import Actor
from hutong.plane.definition import Item
from hutong.plane.delivery import rejections
from hutong.plane.delivery.rejections import BEGINNING, RejectedRow, RejectionFilters
from hutong.web import clock, plane
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import files
from hutong.web.lists.listing import Filter, FoundRows, Listing, ListOrder, ListRequest, Part
from hutong.web.wording import filters, reader

KINDS = {"rejected": "退回", "warned": "提示，已收"}
"""What became of the row → its name."""
WARNED = {"rejected": False, "warned": True}


def of(entry: Entry, *, key: str) -> Listing[RejectedRow]:
    """Return the list of the faults of a delivery of an entry."""
    delivery = {"code": entry.code, "key": key, "provider": entry.provider_id}
    items = _items(entry)

    def read(asked: ListRequest, part: Part) -> FoundRows[RejectedRow]:
        after = part.after or BEGINNING
        rows, more = deliveries.rejected(**delivery, after=after, filters=_filters(asked), size=part.size)  # type: ignore[arg-type]
        return FoundRows(rows, more)

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
        shown=lambda rows, asked: table(entry, rows),
        columns=COLUMNS,
        lines=lambda rows, asked: _lines(entry, rows),
        said="共 %(count)s 处",
        parts=False,
        empty="没有退回的行。",
        none_fit="没有符合条件的行。",
        size=deliveries.REJECTED_PAGE,
    )


def table(entry: Entry, rows: Sequence[RejectedRow]) -> Table:
    """Return faults of a file of an entry as a table."""
    titles = (("文件第几行", "num"), ("信息项", ""), ("原因", ""), ("怎样更正", ""), ("值", ""))
    return Table(
        gettext("退回的行"), tuple(Column(gettext(title), css) for title, css in titles),
        tuple(map(_row, _told(entry, rows))), even=False, titled=False,
    )  # fmt: skip


def file(found: UploadFaults, *, actor: Actor) -> HttpResponseBase:
    """Return the answer that hands out every fault of a file that was not delivered yet."""
    told = ((gettext("信息资源"), f"{found.entry.name} {found.entry.code}"), (gettext("批次号"), found.key))
    made = files.File(
        name=f"hutong-rejected-{clock.today():%Y%m%d}", title=gettext("退回的行"),
        columns=tuple(gettext(column) for column in COLUMNS), about=files.about(told, now=clock.now(), actor=actor),
    )  # fmt: skip
    return files.response(made, _lines(found.entry, found.rows), many=found.number, spool=plane.spool())


COLUMNS = ("文件第几行", "是否收下", "信息项代码", "信息项", "原因", "怎样更正", "值")
"""The columns of a file of faults."""


def _items(entry: Entry) -> dict[str, Item]:
    return {item.code: item for item in map(rules.item, entry.current.items if entry.current else ())}


def _told(entry: Entry, rows: Sequence[RejectedRow]) -> list[rejections.Rejection]:
    return rejections.told(rows, _items(entry), language=reader.language())


def _lines(entry: Entry, rows: Iterable[RejectedRow]) -> Iterator[tuple[object, ...]]:
    items, language = _items(entry), reader.language()
    for row in rows:
        (each,) = rejections.told([row], items, language=language)
        kind = gettext(KINDS["warned" if row.warn else "rejected"])
        yield row.number, kind, row.item, each.item, each.why, filters.advice(row.reason), each.value


def _row(each: rejections.Rejection) -> tuple[Cell, ...]:
    row, known = each.row, bool(each.item) and each.item != each.row.item
    return (
        Cell(f"{row.number}"),
        Cell(each.item or "—", code=row.item or "" if known else ""),
        Cell(each.why, badge=gettext(KINDS["warned"]) if row.warn else "", tone="warn"),
        Cell(filters.advice(row.reason)),
        Cell("—" if each.value is None else each.value),
    )


def _filters(asked: ListRequest) -> RejectionFilters:
    return RejectionFilters(item=asked["item"], warn=WARNED.get(asked["kind"]))
