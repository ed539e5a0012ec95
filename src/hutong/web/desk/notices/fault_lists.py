"""The list of faults: as a table, as a file, and what narrows it."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from hutong.control.notices import faulted
from hutong.control.notices.lifecycle import FAULT
from hutong.control.notices.models import FaultCase
from hutong.control.notices.rules import SOURCES
from hutong.web.desk.notices import fault_shown as shown
from hutong.web.desk.notices.fault_kind import KIND
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import orders
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.wording import filters, procedures

COLUMNS = ("编号", "单位", "故障部位", "发现时间", "恢复时间", "是否及时告知", "进度")


def _table(rows: Sequence[FaultCase], asked: ListRequest) -> Table:
    page, late = KIND.pages(), faulted.late([each.no for each in rows], now=asked.now)
    whole = faulted.whole(rows, actor=asked.actor)
    return Table(
        gettext("故障"),
        tuple(Column(gettext(title)) for title in COLUMNS),
        tuple(
            (
                Cell(each.no, page(each.no)),
                Cell(each.unit.name),
                Cell(shown.kind(each)),
                Cell(filters.moment(each.noticed_at)),
                Cell(filters.moment(each.restored_at)),
                Cell(shown.promptly(each, late=each.no in late) if each.no in whole else "—"),
                _state(each, whole=each.no in whole),
            )
            for each in rows
        ),
        titled=False,
    )


def _state(each: FaultCase, *, whole: bool) -> Cell:
    if not whole:
        return Cell(shown.standing(each))
    state = procedures.state(FAULT, each.state)
    return Cell("", badge=state.name, tone=state.tone)


def _lines(rows: Sequence[FaultCase], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    late = faulted.late([each.no for each in rows], now=asked.now)
    whole = faulted.whole(rows, actor=asked.actor)
    for each in rows:
        head = (each.no, each.unit.name, shown.kind(each), *map(filters.moment, (each.noticed_at, each.restored_at)))
        if each.no not in whole:
            yield *head, "", shown.standing(each), "", "", each.unit_id
            continue
        promptly, state = shown.promptly(each, late=each.no in late), procedures.state(FAULT, each.state).name
        yield *head, promptly, state, each.symptom, gettext(SOURCES[each.source]), each.unit_id


def _asked(asked: ListRequest) -> faulted.FaultFilters:
    return faulted.FaultFilters(
        words=asked["q"], unit=asked["unit"], kind=asked["kind"], state=asked["state"], late=bool(asked["late"])
    )


def _read(asked: ListRequest, part: Part) -> FoundRows[FaultCase]:
    rows = faulted.visible(
        asked.actor, _asked(asked), now=asked.now, after=part.after, oldest=asked.order == "oldest", limit=part.limit
    )
    return part.cut(rows)


FAULT_LIST: Listing[FaultCase] = Listing(
    name="faults",
    title="故障",
    filters=(
        WORDS,
        Filter("unit", "单位", options=lambda actor: faulted.units(actor) if actor else ()),
        Filter("kind", "故障部位", options=lambda actor: shown.broken()),
        Filter("state", "进度", options=lambda actor: procedures.states(FAULT)),
        Filter("late", "只看未及时告知", "box"),
    ),
    orders=orders.NEWEST_FIRST,
    read=_read,
    count=lambda asked, most: faulted.counted(asked.actor, _asked(asked), now=asked.now, most=most),
    place=lambda row, order: (row.entered_at, row.pk),
    shown=_table,
    columns=(*COLUMNS, "故障现象", "发现方式", "单位代码"),
    lines=_lines,
    said="共有故障 %(count)s 件",
    empty="没有发生过故障。",
    none_fit="没有符合条件的故障。",
)
"""The faults of which an officer may know."""
