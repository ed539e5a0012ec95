"""The list of registrations: as a table, as a file, and what narrows it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext

from hutong.control.registration import queries
from hutong.control.registration.lifecycle import REGISTRATION
from hutong.control.registration.models import Registration
from hutong.control.registration.rules import ASKED
from hutong.web.desk import progress
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.registration import shown
from hutong.web.desk.registration.kind import KIND
from hutong.web.lists import orders
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.wording import procedures as wording
from hutong.web.wording.names import named

TITLES = ("编号", "类别", "标识", "名称", "单位", "进度", "本步期限")


def table(rows: Sequence[Registration], *, now: datetime) -> Table:
    """Return registrations as a list shows them, each with the deadline that ends first."""
    how_far, page = progress.cells_of(REGISTRATION, rows, now=now), KIND.pages()
    return Table(
        gettext("登记"),
        tuple(Column(gettext(title)) for title in TITLES),
        tuple(
            (
                Cell(each.no, page(each.no)),
                Cell(named(each.kind, "registration_kind")),
                Cell("", code=each.code),
                Cell(each.name),
                Cell(each.unit.name),
                *how_far(each),
            )
            for each in rows
        ),
        even=False, titled=False,
    )  # fmt: skip


def _lines(rows: Sequence[Registration], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    how_far = progress.words_of(REGISTRATION, rows, now=asked.now)
    for each in rows:
        yield (
            each.no, named(each.kind, "registration_kind"), each.code, each.name, each.department, each.unit_id,
            each.unit.name, *how_far(each), shown.source(each), each.rules_version,
        )  # fmt: skip


def _asked(asked: ListRequest) -> queries.RegistrationFilters:
    return queries.RegistrationFilters(words=asked["q"], kind=asked["kind"], state=asked["state"])


def _read(asked: ListRequest, part: Part) -> FoundRows[Registration]:
    oldest = asked.order == "oldest"
    return part.cut(queries.visible(asked.actor, _asked(asked), after=part.after, oldest=oldest, limit=part.limit))


REGISTRATIONS: Listing[Registration] = Listing(
    name="registrations",
    title="登记",
    filters=(
        WORDS,
        Filter("kind", "类别", options=lambda actor: [(kind, named(kind, "registration_kind")) for kind in ASKED]),
        Filter("state", "进度", options=lambda actor: wording.states(REGISTRATION)),
    ),
    orders=orders.NEWEST_FIRST,
    read=_read,
    count=lambda asked, most: queries.counted(asked.actor, _asked(asked), most=most),
    place=lambda row, order: (row.entered_at, row.pk),
    shown=lambda rows, asked: table(rows, now=asked.now),
    columns=(*TITLES[:4], "部门", "单位代码", "单位", "进度", "进度自", "本步期限", "登记来源", "使用规则版本"),
    lines=_lines,
    said="共有登记 %(count)s 件",
    room="registrations",
    empty="没有您可以查阅的登记。",
    none_fit="没有符合条件的登记。",
)
"""The registrations an officer may read."""
