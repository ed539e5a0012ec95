"""The list of what is due: mine, my desks', my unit's; late, coming, or waiting for a year's calendar."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from hutong.control.procedures import due
from hutong.control.procedures.due import Due, DueCounts, DueFilters
from hutong.control.units import dues
from hutong.web.desk.due import shown
from hutong.web.desk.rooms import KINDS
from hutong.web.desk.work.lists import KIND
from hutong.web.lists import counting
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListOrder, ListRequest, Pairs, Part
from hutong.web.wording import clauses

LATE, WEEK, MONTH, UNDATED = "late", "week", "month", "undated"


def _clauses(actor: Any) -> Pairs:
    """Return the clauses that set limits, as people cite them."""
    found = {clock.clause for kind in KINDS.values() for clock in kind.procedure.life.clocks}
    return [(each, f"{clauses.cited(each)} {each}") for each in sorted(found)]


FILTERS = (
    WORDS,
    Filter(
        "whose", "范围", unchosen="我的",
        options=lambda actor: [(dues.DESK, gettext("本岗位的")), (dues.UNIT, gettext("本单位的"))],
    ),
    Filter(
        "when", "期限",
        options=lambda actor: [
            (LATE, gettext("已逾期")), (WEEK, gettext("七日内到期")), (MONTH, gettext("本月内到期")),
            (UNDATED, gettext("待工作日历")),
        ],
    ),
    Filter("clause", "条款", options=_clauses),
    KIND,
    Filter("by", "办理人", options=dues.choosable),
)  # fmt: skip


def _filters(asked: ListRequest) -> DueFilters:
    spans = {
        LATE: (None, asked.now), WEEK: (asked.now, due.within_week(asked.now)),
        MONTH: (asked.now, due.within_month(asked.now)),
    }  # fmt: skip
    from_at, until_at = spans.get(asked["when"], (None, None))
    return DueFilters(
        lifecycle=asked["procedure"], clause=asked["clause"], from_at=from_at, until_at=until_at,
        undated=asked["when"] == UNDATED, handlers=(asked["by"],) if asked["by"] else None, words=asked["q"],
    )  # fmt: skip


def _scope(asked: ListRequest) -> str:
    return asked["whose"] or dues.MINE


def _read(asked: ListRequest, part: Part) -> FoundRows[Due]:
    after: Any = part.after
    return part.cut(dues.page(_scope(asked), asked.actor, filters=_filters(asked), after=after, limit=part.limit))


def _summed(asked: ListRequest) -> tuple[str, DueCounts]:
    found = dues.counts(_scope(asked), asked.actor, now=asked.now, filters=_filters(asked))
    said = gettext("共 %(due)s 件有期限，其中逾期 %(late)s 件，七日内到期 %(week)s 件，待工作日历 %(undated)s 件")
    told = {name: counting.told(getattr(found, name)) for name in ("due", "late", "week", "undated")}
    return said % told, found


def _lines(rows: Sequence[Due], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for each in shown.shown(rows, seats=dues.seats(_scope(asked), asked.actor), now=asked.now):
        case = each.case
        yield (
            case.number, case.kind, case.title, case.state.name, case.label, case.whose, case.handler, each.day,
            case.deadline.amount if case.deadline else "", gettext("已逾期") if each.late else "", each.how,
            len(each.skipped), "\n".join(each.skipped), clauses.on_a_line(each.clause),
        )  # fmt: skip


DUE: Listing[Due] = Listing(
    name="due",
    title="期限",
    filters=FILTERS,
    orders=(ListOrder("due", "按期限", (datetime, int)),),
    read=_read,
    count=lambda asked, most: dues.counts(
        _scope(asked), asked.actor, now=asked.now, filters=_filters(asked), most=most
    ).due,
    place=lambda row, order: (row.order_at, row.id),
    shown=lambda rows, asked: shown.table(
        rows, seats=dues.seats(_scope(asked), asked.actor), now=asked.now, caption=gettext("期限")
    ),
    columns=(
        "编号", "类别", "事项", "状态", "办理步骤", "由哪个职责办理", "领办人", "期限", "规定天数", "是否逾期",
        "天数怎样计算", "未计入的天数", "未计入的日期和原因", "条款",
    ),
    lines=_lines,
    said="共 %(count)s 件",
    parts=False,
    empty="没有规定期限的待办事项。",
    none_fit="没有符合条件的事项。",
    summed=_summed,
)  # fmt: skip
"""What is due, as the officer who reads may see it."""
