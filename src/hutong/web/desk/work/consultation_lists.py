"""The list of the consultations (会签) that wait for a unit's answer."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from hutong.control.procedures import handling, message_names, models
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.rooms import page_of
from hutong.web.desk.work.lists import KIND
from hutong.web.lists import orders
from hutong.web.lists.listing import WORDS, FoundRows, Listing, ListRequest, Part
from hutong.web.wording import procedures
from hutong.web.wording.filters import moment

TITLES = ("编号", "事项", "请会签的问题", "提出人", "提出单位", "时间")


def kind(row: models.Handling) -> str:
    """Return what the procedure is called in which a unit is consulted."""
    return procedures.title_of(row.lifecycle)


def table(rows: Sequence[models.Handling]) -> Table:
    """Return consultations as a table."""
    titles = message_names.of_cases((row.lifecycle, row.case) for row in rows)
    return Table(
        gettext("请本单位会签"),
        tuple(Column(gettext(title)) for title in TITLES),
        tuple(
            (
                Cell(row.case, page_of(row.lifecycle, row.case), note=titles.get((row.lifecycle, row.case), "")),
                Cell(kind(row)), Cell(row.words), Cell(row.by_name), Cell(row.by_unit_name), Cell(moment(row.at)),
            )
            for row in rows
        ),
        even=False, titled=False,
    )  # fmt: skip


def _lines(rows: Sequence[models.Handling], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    titles = message_names.of_cases((row.lifecycle, row.case) for row in rows)
    for row in rows:
        title = titles.get((row.lifecycle, row.case), "")
        yield row.case, title, kind(row), row.words, row.by_name, row.by_unit_name, moment(row.at)


def _read(asked: ListRequest, part: Part) -> FoundRows[models.Handling]:
    rows = handling.consultations(
        asked.actor, lifecycle=asked["procedure"], words=asked["q"], after=part.number,
        oldest=asked.order == "oldest", limit=part.limit,
    )  # fmt: skip
    return part.cut(rows)


def _count(asked: ListRequest, most: int) -> int:
    wanted = {"lifecycle": asked["procedure"], "words": asked["q"]}
    return handling.consultations_counted(asked.actor, **wanted, most=most)


CONSULTATIONS: Listing[models.Handling] = Listing(
    name="consultations",
    title="请本单位会签",
    filters=(WORDS, KIND),
    orders=orders.LAST_FIRST,
    read=_read,
    count=_count,
    place=lambda row, order: (row.pk,),
    shown=lambda rows, asked: table(rows),
    columns=(TITLES[0], "名称", *TITLES[1:]),
    lines=_lines,
    said="共有会签 %(count)s 件",
    parts=False,
    empty="没有等待本单位会签的事项。",
    none_fit="没有符合条件的会签。",
)
"""What an officer's unit is asked about and has not answered."""
