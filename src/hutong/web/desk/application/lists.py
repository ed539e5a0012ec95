"""The list of applications: as a table, as a file, and what narrows it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, partial

from django.utils.translation import gettext

from hutong.control.sharing import queries, terms
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.control.sharing.models import Application
from hutong.plane.definition import Mode
from hutong.web.desk import progress
from hutong.web.desk.application.kind import KIND
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import orders
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.wording import names
from hutong.web.wording import procedures as wording
from hutong.web.wording.filters import joined


def table(applications: Sequence[Application], *, now: datetime) -> Table:
    """Return applications as a list shows them, each with the deadline that ends first.

    What many have in common is looked up once.
    """
    how_far = progress.cells_of(APPLICATION, applications, now=now)
    page, mode = KIND.pages(), cache(partial(names.named, listed="mode"))
    return Table(
        gettext("共享申请"),
        tuple(Column(gettext(title)) for title in ("编号", "使用方", "信息资源", "方式", "进度", "本步期限")),
        tuple(
            (
                Cell(each.no, page(each.no)),
                Cell(each.consumer.name),
                Cell(each.entry.name),
                Cell(mode(each.mode)),
                *how_far(each),
            )
            for each in applications
        ),
        even=False,
        titled=False,
    )


def _lines(applications: Sequence[Application], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    how_far = progress.words_of(APPLICATION, applications, now=asked.now)
    mode = cache(partial(names.named, listed="mode"))
    unchecked = terms.unchecked([code for each in applications for code in each.matters])
    for each in applications:
        yield (
            each.no, each.consumer_id, each.consumer.name, each.entry.code, each.entry.name, mode(each.mode),
            *how_far(each), joined(each.matters), joined(code for code in each.matters if code in unchecked),
        )  # fmt: skip


def _read(asked: ListRequest, part: Part) -> FoundRows[Application]:
    rows = queries.visible(
        asked.actor, words=asked["q"], state=asked["state"], mode=asked["mode"], after=part.after,
        oldest=asked.order == "oldest", limit=part.limit,
    )  # fmt: skip
    return part.cut(rows)


def _count(asked: ListRequest, most: int) -> int:
    return queries.counted(asked.actor, words=asked["q"], state=asked["state"], mode=asked["mode"], most=most)


APPLICATIONS: Listing[Application] = Listing(
    name="applications",
    title="共享申请",
    filters=(
        WORDS,
        Filter("mode", "方式", options=lambda actor: [(mode, names.named(mode, "mode")) for mode in Mode]),
        Filter("state", "进度", options=lambda actor: wording.states(APPLICATION)),
    ),
    orders=orders.NEWEST_FIRST,
    read=_read,
    count=_count,
    place=lambda row, order: (row.entered_at, row.pk),
    shown=lambda rows, asked: table(rows, now=asked.now),
    columns=(
        "编号", "使用方代码", "使用方", "信息资源代码", "信息资源", "方式", "进度", "进度自", "本步期限",
        "办理事项代码", "未核对的办理事项",
    ),
    lines=_lines,
    said="共有申请 %(count)s 件",
    room="applications",
    empty="没有您可以查阅的申请。",
    none_fit="没有符合条件的申请。",
)
"""The applications an officer may read."""
