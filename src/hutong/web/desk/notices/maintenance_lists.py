"""The list of notices of maintenance: as a table, as a file, and what narrows it."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from hutong.control.notices import maintained
from hutong.control.notices.lifecycle import MAINTENANCE
from hutong.control.notices.models import MaintenanceNotice
from hutong.web.desk.notices import maintenance_shown as shown
from hutong.web.desk.notices.maintenance_kind import KIND
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import orders
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.wording import filters, procedures

COLUMNS = ("编号", "单位", "维护事项", "开始时间", "结束时间", "是否按期告知", "进度")


def _table(rows: Sequence[MaintenanceNotice], asked: ListRequest) -> Table:
    page, told = KIND.pages(), maintained.leads([each.no for each in rows])
    return Table(
        gettext("维护告知"),
        tuple(Column(gettext(title)) for title in COLUMNS),
        tuple(
            (
                Cell(each.no, page(each.no)),
                Cell(each.unit.name),
                Cell(shown.work(each)),
                Cell(filters.moment(each.from_at)),
                Cell(filters.moment(each.until_at)),
                Cell(shown.lead(told[each.no])),
                _state(each, asked),
            )
            for each in rows
        ),
        titled=False,
    )


def _state(each: MaintenanceNotice, asked: ListRequest) -> Cell:
    strays = maintained.strays(each, now=asked.now)
    state = procedures.state(MAINTENANCE, each.state)
    return Cell("", badge=state.name, tone=state.tone, note=shown.astray(strays) if strays else "")


def _lines(rows: Sequence[MaintenanceNotice], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    told = maintained.leads([each.no for each in rows])
    for each in rows:
        strays = maintained.strays(each, now=asked.now)
        yield (
            each.no, each.unit.name, shown.work(each), filters.moment(each.from_at), filters.moment(each.until_at),
            shown.lead(told[each.no]), procedures.state(MAINTENANCE, each.state).name, each.content, each.affected,
            filters.moment(each.told_at), each.reason, filters.moment(each.begun_at), filters.moment(each.ended_at),
            shown.astray(strays), each.unit_id,
        )  # fmt: skip


def _asked(asked: ListRequest) -> maintained.WorkFilters:
    return maintained.WorkFilters(
        words=asked["q"], unit=asked["unit"], kind=asked["kind"], state=asked["state"], late=bool(asked["late"]),
        astray=bool(asked["astray"]),
    )  # fmt: skip


def _read(asked: ListRequest, part: Part) -> FoundRows[MaintenanceNotice]:
    rows = maintained.visible(
        asked.actor, _asked(asked), now=asked.now, after=part.after, oldest=asked.order == "oldest", limit=part.limit
    )
    return part.cut(rows)


MAINTENANCE_LIST: Listing[MaintenanceNotice] = Listing(
    name="maintenance",
    title="维护告知",
    filters=(
        WORDS,
        Filter("unit", "单位", options=lambda actor: maintained.units(actor) if actor else ()),
        Filter("kind", "维护事项", options=lambda actor: shown.works()),
        Filter("state", "进度", options=lambda actor: procedures.states(MAINTENANCE)),
        Filter("late", "只看未按期告知", "box"),
        Filter("astray", "只看超出告知的时间", "box"),
    ),
    orders=orders.NEWEST_FIRST,
    read=_read,
    count=lambda asked, most: maintained.counted(asked.actor, _asked(asked), now=asked.now, most=most),
    place=lambda row, order: (row.entered_at, row.pk),
    shown=_table,
    columns=(
        *COLUMNS, "实施内容", "影响范围", "告知时间", "未能提前告知的原因", "开始实施", "实施完毕", "超出告知的时间",
        "单位代码",
    ),
    lines=_lines,
    said="共有维护告知 %(count)s 件",
    empty="还没有维护告知。",
    none_fit="没有符合条件的维护告知。",
)  # fmt: skip
"""The notices of maintenance an officer may read."""
