"""The list in which codes of purposes and matters are looked up, by whoever fills in a form that names them."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from hutong.control.sharing import terms
from hutong.control.sharing.terms import RegisteredTerm
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import orders
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.wording import reader

KINDS = {"purpose": "用途", "matter": "办理事项"}
"""Kind of code → its name."""


def _table(rows: Sequence[RegisteredTerm], asked: ListRequest) -> Table:
    return Table(
        gettext("用途和办理事项"),
        tuple(Column(gettext(title)) for title in ("代码", "名称", "类别")),
        tuple((Cell(row.code), Cell(_name(row)), Cell(gettext(KINDS[row.kind]))) for row in rows),
        titled=False,
    )


def _lines(rows: Sequence[RegisteredTerm], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield row.code, _name(row), gettext(KINDS[row.kind])


def _name(row: RegisteredTerm) -> str:
    return (reader.language() == "en" and row.name_en) or row.name


def _read(asked: ListRequest, part: Part) -> FoundRows[RegisteredTerm]:
    found = terms.listed(
        words=asked["q"], kind=asked["kind"], after=part.number, oldest=asked.order == "oldest", limit=part.limit
    )
    return part.cut(found)


TERMS: Listing[RegisteredTerm] = Listing(
    name="terms",
    title="用途和办理事项",
    filters=(WORDS, Filter("kind", "类别", options=lambda actor: [(kind, gettext(KINDS[kind])) for kind in KINDS])),
    orders=orders.LAST_FIRST,
    read=_read,
    count=lambda asked, most: terms.counted(words=asked["q"], kind=asked["kind"], most=most),
    place=lambda row, order: (row.id,),
    shown=_table,
    columns=("代码", "名称", "类别"),
    lines=_lines,
    said="共 %(count)s 项",
    parts=False,
    empty="还没有登记用途和办理事项，请联系平台运维单位登记。",
    none_fit="没有符合条件的用途或办理事项。需要新增的，请联系平台运维单位登记。",
)
"""What may be applied for, by code and name."""
