"""The list of uses by who asked, resource and mode, in sums: as a table, as a file, and what narrows it."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext

from hutong.audit.rollups import Sum
from hutong.control.sharing import statistics
from hutong.control.sharing.statistics import SumsAsked
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core.counting import COUNTED
from hutong.plane.definition import Mode
from hutong.web import clock
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import counting
from hutong.web.lists.asking import day
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListOrder, ListRequest, Pairs, Part
from hutong.web.wording.names import named

TITLES = ("使用单位", "信息资源", "使用方式", "已答复（次）", "已拒绝（次）", "合计（次）")
PLACE = (int, str, str, str)


def _months(actor: Actor | None) -> Pairs:
    months = statistics.used_months(actor, today=clock.today()) if actor else []
    return [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in reversed(months)]


def month(text: str) -> date | None:
    """Return the first day of a month as a field of months sends it; None where none is chosen."""
    return day(f"{text}-01") if text else None


PERIOD = (
    Filter("from", "起始月份", options=_months, unchosen="往前十二个月"),
    Filter("until", "截止月份（含当月）", options=_months, unchosen="本月"),
)
"""What narrows the charts: from which month to which."""


def _wanted(asked: ListRequest) -> SumsAsked:
    return SumsAsked(month(asked["from"]), month(asked["until"]), asked["unit"], asked["mode"], asked["q"])


def _mode(each: Sum) -> str:
    return named(each.mode, "mode") if each.mode else "—"


def _table(rows: Sequence[Sum], asked: ListRequest) -> Table:
    units, resources = members.names(), statistics.resource_names(each.resource for each in rows)
    columns = tuple(Column(gettext(title), "num" if "（次）" in title else "") for title in TITLES)
    return Table(
        gettext("使用汇总"), columns,
        tuple(
            (
                Cell(units.get(each.unit, each.unit) or gettext("未登记的系统")),
                Cell(resources.get(each.resource, each.resource) or gettext("未指明信息资源"), code=each.resource),
                Cell(_mode(each)), Cell(f"{each.answered:,}"), Cell(f"{each.refused:,}"),
                Cell(f"{each.answered + each.refused:,}"),
            )
            for each in rows
        ),
        even=False, titled=False,
    )  # fmt: skip


def _lines(rows: Sequence[Sum], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    units, resources = members.names(), statistics.resource_names(each.resource for each in rows)
    for each in rows:
        yield (
            each.unit, units.get(each.unit, "") or gettext("未登记的系统"), each.resource,
            resources.get(each.resource, "") or gettext("未指明信息资源"), _mode(each), each.answered, each.refused,
            each.answered + each.refused,
        )  # fmt: skip


def _read(asked: ListRequest, part: Part) -> FoundRows[Sum]:
    rows = statistics.sums(
        asked.actor, _wanted(asked), today=clock.today(), after=part.after,  # type: ignore[arg-type]
        fewest=asked.order == "fewest", limit=part.limit,
    )  # fmt: skip
    return part.cut(rows)


def _summed(asked: ListRequest) -> tuple[str, None]:
    many, answered, refused = statistics.summed(asked.actor, _wanted(asked), today=clock.today())
    count = counting.told(min(many, COUNTED + 1))
    said = gettext("共 %(count)s 行，已答复 %(answered)s 次，已拒绝 %(refused)s 次，合计 %(total)s 次")
    told = {"answered": f"{answered:,}", "refused": f"{refused:,}", "total": f"{answered + refused:,}"}
    return said % {"count": count, **told}, None


SUMS: Listing[Sum] = Listing(
    name="uses",
    title="使用汇总",
    filters=(
        WORDS,
        Filter("from", "起始月份", options=_months),
        Filter("until", "截止月份（含当月）", options=_months),
        Filter("unit", "使用单位", options=lambda _: sorted(members.names().items(), key=lambda unit: unit[1])),
        Filter("mode", "使用方式", options=lambda _: [(mode, named(mode, "mode")) for mode in Mode]),
    ),
    orders=(
        ListOrder("most", "次数多的在前", PLACE, turned="fewest"),
        ListOrder("fewest", "次数少的在前", PLACE, turned="most"),
    ),
    read=_read,
    count=lambda asked, most: statistics.summed(asked.actor, _wanted(asked), today=clock.today())[0],
    place=lambda row, order: row.place,
    shown=_table,
    columns=(
        "使用单位代码", "使用单位", "信息资源代码", "信息资源", "使用方式", "已答复（次）", "已拒绝（次）",
        "合计（次）",
    ),
    lines=_lines,
    said="共 %(count)s 行",
    room="statistics",
    empty="没有您可以查阅的使用。",
    none_fit="没有符合条件的使用。",
    summed=_summed,
)  # fmt: skip
"""The uses an officer reads the sums of."""
