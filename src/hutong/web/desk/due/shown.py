"""What is due, as rows of tables."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext

from hutong.control.handovers.coming import Coming
from hutong.control.procedures.due import Due, HandlerDues
from hutong.control.units import queries as members
from hutong.core.lifecycle import Seat
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.rooms import KINDS, page_of
from hutong.web.desk.work import waiting
from hutong.web.desk.work.waiting import WaitingCase
from hutong.web.lists import counting
from hutong.web.lists.asking import address
from hutong.web.shown import Shown
from hutong.web.wording import clauses, deadlines, procedures, reader
from hutong.web.wording.filters import day
from hutong.web.wording.names import named


@dataclass(frozen=True, slots=True)
class DueCase(Shown):
    """One case that is due: as it waits, which clause sets its limit, and which days that did not count."""

    case: WaitingCase
    clause: str
    skipped: tuple[str, ...]
    """Each day that was not counted, with why, in the reader's language."""

    @property
    def late(self) -> bool:
        """Whether its day has passed."""
        return self.case.deadline is not None and self.case.deadline.late

    @property
    def day(self) -> str:
        """The last day in time; empty while it waits for a calendar."""
        return self.case.deadline.day if self.case.deadline else ""

    @property
    def how(self) -> str:
        """How the day was reached, with what was skipped and why; or which year's calendar it waits for."""
        return self.case.deadline.how if self.case.deadline else ""


def shown(rows: Sequence[Due], *, seats: Collection[Seat], now: datetime) -> list[DueCase]:
    """Return what is due as pages and files show it."""
    language = reader.language()
    cases = waiting.rows(rows, seats=seats, now=now)
    return [
        DueCase(case, each.limit_clause, tuple(f"{when} {why[language]}" for when, why in each.skipped))
        for case, each in zip(cases, rows, strict=True)
    ]


def table(rows: Sequence[Due], *, seats: Collection[Seat], now: datetime, caption: str, empty: str = "") -> Table:
    """Return what is due as a table: the day first, how it was counted and by which clause last."""
    titles = (("期限", "middle"), ("事项", ""), ("办理步骤", ""), ("由谁办理", ""), ("天数怎样计算", ""))
    return Table(
        caption,
        tuple(Column(gettext(title), css) for title, css in titles),
        tuple(
            (
                _day(each),
                Cell(each.case.title, each.case.address, note=each.case.kind, code=each.case.number),
                Cell(each.case.label, badge=each.case.state.name, tone=each.case.state.tone),
                Cell(each.case.handler or gettext("尚无人领办"), note=each.case.whose),
                Cell(each.how, note=clauses.cited(each.clause), code=each.clause),
            )
            for each in shown(rows, seats=seats, now=now)
        ),
        empty=empty, even=False, titled=False,
    )  # fmt: skip


def _day(each: DueCase) -> Cell:
    amount = each.case.deadline.amount if each.case.deadline else ""
    if not each.day:
        return Cell("", note=amount, badge=gettext("待日历"), tone="warn")
    return Cell(each.day, note=amount, badge=gettext("已逾期") if each.late else "", tone="bad")


def coming(rows: Sequence[Coming], *, now: datetime) -> Table:
    """Return what is settled and comes on a day: the day, how it goes on then, how far ahead it had to be told."""
    titles = (("日期", "middle"), ("事项", ""), ("到日怎样办理", ""), ("提前的天数怎样计算", ""))
    return Table(
        gettext("已确定、未到日的事项"),
        tuple(Column(gettext(title), css) for title, css in titles),
        tuple(_coming(each, now=now) for each in rows),
        even=False, titled=False,
    )  # fmt: skip


def _coming(each: Coming, *, now: datetime) -> tuple[Cell, ...]:
    life = KINDS[each.lifecycle].procedure.life
    lead = deadlines.of_clock(each.lead, now=now) if each.lead else None
    return (
        Cell(day(each.day)),
        Cell(
            each.title, page_of(each.lifecycle, each.number), note=procedures.title_of(each.lifecycle), code=each.number
        ),
        Cell(procedures.no_limit(life, each.state), note=clauses.cited(each.clause), code=each.clause),
        Cell(lead.how, note=clauses.cited(lead.clause), code=lead.clause) if lead else Cell(gettext("不要求提前")),
    )  # fmt: skip


def by_handler(rows: Sequence[HandlerDues], *, listed: str) -> Table:
    """Return who has what: `listed` is the address of the list, to which an officer's line leads."""
    names = members.people({each.handler for each in rows if each.handler})
    titles = (("办理人", ""), ("在办", "num"), ("其中逾期", "num"), ("最近的期限", "middle"))
    return Table(
        gettext("谁手上有什么"),
        tuple(Column(gettext(title), css) for title, css in titles),
        tuple(
            (
                _handler(each, names.get(each.handler, each.handler), listed=listed),
                Cell(counting.told(each.waiting)),
                Cell(counting.told(each.late), tone="bad"),
                Cell(_last_day(each.nearest_at) if each.nearest_at else "—"),
            )
            for each in rows
        ),
        empty=gettext("本单位现在没有待办的事项。"), even=False, titled=False,
    )  # fmt: skip


def _last_day(late_at: datetime) -> str:
    """Return the last day in time, of what is late from a moment on: at midnight that day is over."""
    return day(late_at - timedelta(microseconds=1))


def _handler(each: HandlerDues, name: str, *, listed: str) -> Cell:
    if each.handler:
        return Cell(name, f"{listed}?{address({'whose': 'unit', 'by': each.handler})}")
    return Cell(gettext("尚无人领办"), note=named(each.role, "role"))
