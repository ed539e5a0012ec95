"""The lists of who holds which office and held it, and of the competent departments of units (D-23)."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from hutong.control.units import competence, offices
from hutong.control.units.competence import Department
from hutong.control.units.offices import Tenure
from hutong.control.units.rules import OFFICES
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import orders
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.wording.filters import day
from hutong.web.wording.names import named

NOW = {"now": True, "before": False}
STANDING = Filter("standing", "是否在任", options=lambda actor: [("now", gettext("现任")), ("before", gettext("曾任"))])


def region(code: str) -> str:
    """Return what a region is called: the whole platform, where it has no code."""
    return code or gettext("全平台")


def _until(value: object) -> str:
    return day(value) if value else gettext("至今")  # type: ignore[arg-type]


def _tenures(rows: Sequence[Tenure], asked: ListRequest) -> Table:
    titles = ("职责", "行政区划", "承担单位", "起", "止", "依据")
    return Table(
        gettext("职责单位"),
        tuple(Column(gettext(title)) for title in titles),
        tuple(
            (
                Cell(named(row.role, "role")), Cell(region(row.region)), Cell(row.unit_name), Cell(day(row.from_at)),
                Cell(_until(row.until_at)), Cell(row.reason),
            )
            for row in rows
        ),
        titled=False,
    )  # fmt: skip


def _tenure_lines(rows: Sequence[Tenure], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield (
            named(row.role, "role"), row.region, row.unit, row.unit_name, day(row.from_at), _until(row.until_at),
            row.reason, row.given_by,
        )  # fmt: skip


def _tenure_filters(asked: ListRequest) -> offices.TenureFilters:
    return offices.TenureFilters(words=asked["q"], role=asked["role"], now=NOW.get(asked["standing"]))


def _read_tenures(asked: ListRequest, part: Part) -> FoundRows[Tenure]:
    oldest = asked.order == "oldest"
    return part.cut(offices.history(_tenure_filters(asked), after=part.number, oldest=oldest, limit=part.limit))


HELD: Listing[Tenure] = Listing(
    name="offices",
    title="职责单位",
    filters=(
        WORDS,
        Filter("role", "职责", options=lambda actor: [(role, named(role, "role")) for role in OFFICES]),
        STANDING,
    ),
    orders=orders.LAST_FIRST,
    read=_read_tenures,
    count=lambda asked, most: offices.counted(_tenure_filters(asked), most=most),
    place=lambda row, order: (row.id,),
    shown=_tenures,
    columns=("职责", "行政区划", "单位代码", "承担单位", "起", "止", "依据", "确定人"),
    lines=_tenure_lines,
    said="共 %(count)s 项",
    parts=False,
    empty="尚未确定职责单位。",
    none_fit="没有符合条件的职责单位。",
)
"""Which unit holds each office, and held it before."""


def _departments(rows: Sequence[Department], asked: ListRequest) -> Table:
    return Table(
        gettext("各单位的县直主管部门"),
        tuple(Column(gettext(title)) for title in ("单位", "县直主管部门", "起", "止")),
        tuple(
            (Cell(row.unit_name), Cell(row.name), Cell(day(row.from_date)), Cell(_until(row.ended_date)))
            for row in rows
        ),
        titled=False,
    )


def _department_lines(rows: Sequence[Department], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield row.unit, row.unit_name, row.code, row.name, day(row.from_date), _until(row.ended_date)


def _read_departments(asked: ListRequest, part: Part) -> FoundRows[Department]:
    now, oldest = NOW.get(asked["standing"]), asked.order == "oldest"
    return part.cut(
        competence.history(words=asked["q"], now=now, after=part.number, oldest=oldest, limit=part.limit)
    )


DEPARTMENTS: Listing[Department] = Listing(
    name="departments",
    title="各单位的县直主管部门",
    filters=(WORDS, STANDING),
    orders=orders.LAST_FIRST,
    read=_read_departments,
    count=lambda asked, most: competence.counted(words=asked["q"], now=NOW.get(asked["standing"]), most=most),
    place=lambda row, order: (row.id,),
    shown=_departments,
    columns=("单位代码", "单位", "主管部门代码", "县直主管部门", "起", "止"),
    lines=_department_lines,
    said="共 %(count)s 项",
    parts=False,
    empty="各单位均没有县直主管部门，申请由电子政务主管部门办理。",
    none_fit="没有符合条件的单位。",
)
"""Which department each unit has, and had before."""
