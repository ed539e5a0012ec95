"""The lists of purges and of holds: as tables, as files, and what narrows them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from hutong.audit.holds import Hold, HoldFilters
from hutong.audit.lifecycle import HOLD, PURGE
from hutong.audit.purges import Purge, PurgeFilters
from hutong.control.retention import queries
from hutong.control.units import queries as members
from hutong.core import beijing, text
from hutong.web.desk import cells
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import orders
from hutong.web.lists.listing import Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.wording import procedures
from hutong.web.wording.filters import day, moment
from hutong.web.wording.names import named

CLASS = Filter(
    "class", "记录类别", options=lambda actor: [(each, named(each, "record_class")) for each in text.RECORD_CLASSES]
)


def called(record_class: str | None) -> str:
    """Return what a class of records is called; all of them, where there is none."""
    return named(str(record_class), "record_class") if record_class else gettext("全部记录")


def ending(until_at: datetime | None) -> str:
    """Return the last day of a hold, or that it stands until it is lifted."""
    return day(beijing.last_day(until_at)) if until_at else gettext("至解除为止")


def people(rows: Sequence[Purge] | Sequence[Hold]) -> Mapping[str, str]:
    """Return the names of who acted in rows, by account."""
    fields = ("requested_by", "approved_by", "dropped_by", "placed_by", "lifted_by")
    return members.people({by for row in rows for name in fields if (by := getattr(row, name, None))})


def _purge_filters(asked: ListRequest) -> PurgeFilters:
    return PurgeFilters(asked["state"], asked["class"])


def _purges(rows: Sequence[Purge], asked: ListRequest) -> Table:
    names = people(rows)
    titles = (("编号", "short"), ("记录类别", ""), ("早于", "middle"), ("状态", ""), ("提出人", ""), ("批准人", ""))
    return Table(
        gettext("记录销毁"),
        tuple(Column(gettext(title), css) for title, css in titles),
        tuple(
            (
                Cell(f"{row.id}", reverse("purge", args=[row.id])), Cell(called(row.record_class)),
                Cell(day(row.before_at)), cells.state(procedures.state(PURGE, row.state)),
                Cell(names.get(row.requested_by, row.requested_by), note=moment(row.requested_at)),
                Cell(names.get(row.approved_by or "", row.approved_by or "—")),
            )
            for row in rows
        ),
        even=False, titled=False,
    )  # fmt: skip


def _purge_lines(rows: Sequence[Purge], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    names = people(rows)
    for row in rows:
        by, agreed = row.requested_by, row.approved_by or ""
        yield (
            row.id, called(row.record_class), day(row.before_at), procedures.state(PURGE, row.state).name,
            names.get(by, by), moment(row.requested_at), names.get(agreed, agreed),
            moment(row.approved_at) if row.approved_at else "", moment(row.done_at) if row.done_at else "",
            "" if row.removed is None else row.removed, row.drop_reason or "",
        )  # fmt: skip


def _read_purges(asked: ListRequest, part: Part) -> FoundRows[Purge]:
    oldest = asked.order == "oldest"
    found = queries.listed(asked.actor, _purge_filters(asked), after=part.number, oldest=oldest, limit=part.limit)
    return part.cut(found)


PURGES: Listing[Purge] = Listing(
    name="purges",
    title="记录销毁",
    filters=(Filter("state", "状态", options=lambda actor: procedures.states(PURGE)[1:]), CLASS),
    orders=orders.LAST_FIRST,
    read=_read_purges,
    count=lambda asked, most: queries.counted(asked.actor, _purge_filters(asked), most=most),
    place=lambda row, order: (row.id,),
    shown=_purges,
    columns=(
        "编号", "记录类别", "早于", "状态", "提出人", "提出时间", "批准人", "批准时间", "销毁时间", "销毁条数",
        "取消理由",
    ),
    lines=_purge_lines,
    said="共有销毁申请 %(count)s 件",
    parts=False,
    empty="没有提出过销毁记录。",
    none_fit="没有符合条件的销毁申请。",
)  # fmt: skip
"""Every purge, asked for, agreed to, done or dropped."""


def _hold_filters(asked: ListRequest) -> HoldFilters:
    return HoldFilters(asked["class"], bool(asked["standing"]))


def _holds(rows: Sequence[Hold], asked: ListRequest) -> Table:
    names = people(rows)
    titles = (("编号", "short"), ("留存的记录", ""), ("留存至", "middle"), ("状态", ""), ("理由", ""), ("留存人", ""))
    return Table(
        gettext("暂缓清除"),
        tuple(Column(gettext(title), css) for title, css in titles),
        tuple(
            (
                Cell(f"{row.id}", reverse("hold", args=[row.id])), Cell(called(row.record_class)),
                Cell(ending(row.until_at)), cells.state(procedures.state(HOLD, row.state(asked.now))),
                Cell(row.reason), Cell(names.get(row.placed_by, row.placed_by), note=moment(row.placed_at)),
            )
            for row in rows
        ),
        even=False, titled=False,
    )  # fmt: skip


def _hold_lines(rows: Sequence[Hold], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    names = people(rows)
    for row in rows:
        lifted = row.lifted_by or ""
        yield (
            row.id, called(row.record_class), ending(row.until_at), procedures.state(HOLD, row.state(asked.now)).name,
            row.reason, names.get(row.placed_by, row.placed_by), moment(row.placed_at), names.get(lifted, lifted),
            moment(row.lifted_at) if row.lifted_at else "",
        )  # fmt: skip


def _read_holds(asked: ListRequest, part: Part) -> FoundRows[Hold]:
    found = queries.holds_listed(
        asked.actor, _hold_filters(asked), now=asked.now, after=part.number, oldest=asked.order == "oldest",
        limit=part.limit,
    )  # fmt: skip
    return part.cut(found)


HOLDS: Listing[Hold] = Listing(
    name="holds",
    title="暂缓清除",
    filters=(CLASS, Filter("standing", "只看留存中的", "box")),
    orders=orders.LAST_FIRST,
    read=_read_holds,
    count=lambda asked, most: queries.holds_counted(asked.actor, _hold_filters(asked), now=asked.now, most=most),
    place=lambda row, order: (row.id,),
    shown=_holds,
    columns=("编号", "留存的记录", "留存至", "状态", "理由", "留存人", "留存时间", "解除人", "解除时间"),
    lines=_hold_lines,
    said="共有留存 %(count)s 项",
    parts=False,
    empty="没有暂缓清除的记录。",
    none_fit="没有符合条件的留存。",
)
"""Every hold, standing or over."""
