"""The list of deadlines that wait for a year's calendar, for who loads one."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from hutong.control.procedures import undated
from hutong.control.procedures.models import Clock
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.rooms import page_of
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListOrder, ListRequest, Part
from hutong.web.wording import clauses, deadlines, procedures
from hutong.web.wording.filters import moment


def _table(rows: Sequence[Clock], asked: ListRequest) -> Table:
    titles = (("编号", ""), ("起算", ""), ("规定天数", "middle"), ("为什么还没有算出", ""))
    return Table(
        gettext("待工作日历的期限"),
        tuple(Column(gettext(title), css) for title, css in titles),
        tuple(_row(row, asked) for row in rows),
        even=False, titled=False,
    )  # fmt: skip


def _row(row: Clock, asked: ListRequest) -> tuple[Cell, ...]:
    told = deadlines.of_clock(row, now=asked.now)
    done = gettext("已办结，是否按期待算") if row.ended_at else ""
    return (
        Cell(row.case, page_of(row.lifecycle, row.case), note=procedures.title_of(row.lifecycle), badge=done),
        Cell(told.event, note=moment(row.from_at)),
        Cell(told.amount or "—"),
        Cell(told.how, note=clauses.cited(row.clause), code=row.clause),
    )


def _lines(rows: Sequence[Clock], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for row in rows:
        told = deadlines.of_clock(row, now=asked.now)
        yield (
            row.case, procedures.title_of(row.lifecycle), told.event, moment(row.from_at), told.amount, told.how,
            clauses.on_a_line(row.clause), gettext("是") if row.ended_at else "",
        )  # fmt: skip


def _read(asked: ListRequest, part: Part) -> FoundRows[Clock]:
    return part.cut(
        undated.page(asked.actor, words=asked["q"], running=bool(asked["running"]), after=part.number, limit=part.limit)
    )


WAITING: Listing[Clock] = Listing(
    name="waiting-for-calendar",
    title="待工作日历的期限",
    filters=(WORDS, Filter("running", "只看未办结的", "box")),
    orders=(ListOrder("oldest", "最早在前", (int,)),),
    read=_read,
    count=lambda asked, most: undated.counted(
        asked.actor, words=asked["q"], running=bool(asked["running"]), most=most
    ),
    place=lambda row, order: (row.pk,),
    shown=_table,
    columns=("编号", "类别", "起算", "起算时间", "规定天数", "为什么还没有算出", "条款", "已办结"),
    lines=_lines,
    said="共有待算的期限 %(count)s 件",
    parts=False,
    empty="没有待工作日历的期限。",
)  # fmt: skip
"""Every deadline that waits for a calendar, as who loads one sees it."""
