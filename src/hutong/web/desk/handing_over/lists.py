"""The list of hand-overs: as a table, as a file, and what narrows it."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from hutong.control.handovers import queries
from hutong.control.handovers.lifecycle import HANDOVER
from hutong.control.handovers.models import Handover
from hutong.web.desk import cells
from hutong.web.desk.handovers.kind import KIND
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import orders
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.wording import filters, procedures

TITLES = ("编号", "单位", "移交人", "承接人", "交接日", "进度")


def _table(rows: Sequence[Handover], asked: ListRequest) -> Table:
    page = KIND.pages()
    return Table(
        gettext("工作交接"),
        tuple(Column(gettext(title)) for title in TITLES),
        tuple(
            (
                Cell(each.no, page(each.no)),
                Cell(each.unit.name),
                Cell(each.officer.name),
                Cell(each.to.name),
                Cell(filters.day(each.effective_date)),
                cells.state(procedures.state(HANDOVER, each.state)),
            )
            for each in rows
        ),
        titled=False,
    )


def _lines(rows: Sequence[Handover], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for each in rows:
        state = procedures.state(HANDOVER, each.state).name
        yield (
            each.no, each.unit.name, each.officer.name, each.to.name, filters.day(each.effective_date), state,
            each.reason, each.unit_id,
        )  # fmt: skip


def _asked(asked: ListRequest) -> queries.HandoverFilters:
    return queries.HandoverFilters(words=asked["q"], state=asked["state"])


def _read(asked: ListRequest, part: Part) -> FoundRows[Handover]:
    oldest = asked.order == "oldest"
    return part.cut(queries.visible(asked.actor, _asked(asked), after=part.after, oldest=oldest, limit=part.limit))


HANDOVERS: Listing[Handover] = Listing(
    name="handovers",
    title="工作交接",
    filters=(WORDS, Filter("state", "进度", options=lambda actor: procedures.states(HANDOVER))),
    orders=orders.NEWEST_FIRST,
    read=_read,
    count=lambda asked, most: queries.counted(asked.actor, _asked(asked), most=most),
    place=lambda row, order: (row.entered_at, row.pk),
    shown=_table,
    columns=(*TITLES, "交接原因", "单位代码"),
    lines=_lines,
    said="共有工作交接 %(count)s 件",
    empty="还没有工作交接。",
    none_fit="没有符合条件的工作交接。",
)
"""The hand-overs an officer may read."""
