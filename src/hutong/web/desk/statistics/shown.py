"""Uses as bars and as tables of their numbers."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext

from hutong.audit.rollups import Month
from hutong.control.sharing.statistics import Named
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.statistics import charts
from hutong.web.desk.statistics.charts import Bar


def by_month(months: Sequence[Month]) -> dict[str, object]:
    """Return the uses of months as a chart and as a table; `any` says whether there are any."""
    short = [Bar(_month(each.month), each.answered, each.refused) for each in months]
    whole = [Bar(f"{each.month:%Y-%m}", each.answered, each.refused) for each in months]
    return {
        "any": any(bar.total for bar in short),
        "chart": charts.columns(short, shortly=shortly),
        "table": table(whole, gettext("月份")),
    }


def period(first: date, last: date) -> str:
    """Return from which month to which, both included."""
    return gettext("%(first)s 至 %(last)s") % {"first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}"}


def shortly(number: int) -> str:
    """Return a number in little room, as it is written short in the reader's language: 1.2万, 12k."""
    powers = gettext("8 亿 4 万").split()  # powers of ten, the highest first, each with its word
    for power, word in zip(powers[::2], powers[1::2], strict=True):
        if number >= 10 ** int(power):
            return f"{number / 10 ** int(power):.1f}".removesuffix(".0") + word
    return f"{number:,}"


def _month(day: date) -> str:
    """Return the name of a month as it stands below a column."""
    short = (
        gettext("1月"), gettext("2月"), gettext("3月"), gettext("4月"), gettext("5月"), gettext("6月"),
        gettext("7月"), gettext("8月"), gettext("9月"), gettext("10月"), gettext("11月"), gettext("12月"),
    )  # fmt: skip
    return short[day.month - 1]


def bars(named: Sequence[Named], *, unknown: str) -> list[Bar]:
    """Return a bar of each that is named; `unknown` names what has no name."""
    return [Bar(each.name or unknown, each.answered, each.refused) for each in named]


def table(bars: Sequence[Bar], title: str, *, rest: Bar | None = None) -> Table:
    """Return the numbers of bars as a table, all of them in its last row; `title` is what the bars are.

    `rest` are the uses that no bar shows.
    """
    columns = (
        Column(title), Column(gettext("已答复（次）"), "num"), Column(gettext("已拒绝（次）"), "num"),
        Column(gettext("合计（次）"), "num"),
    )  # fmt: skip
    lines = [*bars, *([rest] if rest else [])]
    total = Bar(gettext("合计"), sum(bar.answered for bar in lines), sum(bar.refused for bar in lines))
    rows = tuple(
        (Cell(bar.name), Cell(f"{bar.answered:,}"), Cell(f"{bar.refused:,}"), Cell(f"{bar.total:,}"))
        for bar in [*lines, total]
    )
    return Table(title, columns, rows, even=False, titled=False)
