"""The list of everybody who fills in or filled in as a deputy (D-24)."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from hutong.control.units import deputyships
from hutong.control.units.deputyships import DeputyFilters, Deputyship
from hutong.control.units.naming import NAMED_FOR
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.work.office_lists import NOW, STANDING
from hutong.web.lists import orders
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.wording.filters import day, moment
from hutong.web.wording.names import named

TITLES = ("代理人", "代理人单位", "代理的角色", "代理的单位", "起", "末日", "终止", "理由")


def _table(rows: Sequence[Deputyship], asked: ListRequest) -> Table:
    return Table(
        gettext("代理人"),
        tuple(Column(gettext(title)) for title in TITLES),
        tuple(
            (
                Cell(row.name), Cell(row.own_unit_name), Cell(named(row.role, "role")), Cell(row.unit_name),
                Cell(day(row.from_at)), Cell(day(row.until_date)), Cell(moment(row.ended_at)), Cell(row.reason),
            )
            for row in rows
        ),
        even=False, titled=False,
    )  # fmt: skip


def _lines(rows: Sequence[Deputyship], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield (
            row.username, row.name, row.own_unit_name, named(row.role, "role"), row.unit, row.unit_name,
            day(row.from_at), day(row.until_date), moment(row.ended_at) if row.ended_at else "", row.reason,
            row.named_by,
        )  # fmt: skip


def _wanted(asked: ListRequest) -> DeputyFilters:
    return DeputyFilters(words=asked["q"], role=asked["role"], now=NOW.get(asked["standing"]))


def _read(asked: ListRequest, part: Part) -> FoundRows[Deputyship]:
    oldest = asked.order == "oldest"
    return part.cut(deputyships.listed(_wanted(asked), after=part.number, oldest=oldest, limit=part.limit))


DEPUTIES: Listing[Deputyship] = Listing(
    name="deputies",
    title="代理人",
    filters=(
        WORDS,
        Filter("role", "代理的角色", options=lambda actor: [(role, named(role, "role")) for role in NAMED_FOR]),
        STANDING,
    ),
    orders=orders.LAST_FIRST,
    read=_read,
    count=lambda asked, most: deputyships.counted(_wanted(asked), most=most),
    place=lambda row, order: (row.id,),
    shown=_table,
    columns=("账号", *TITLES[:3], "单位代码", *TITLES[3:], "指定人"),
    lines=_lines,
    said="共有代理人 %(count)s 名",
    parts=False,
    empty="还没有指定过代理人。",
    none_fit="没有符合条件的代理人。",
)
"""Who fills in, and who did."""
