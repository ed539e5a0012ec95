"""The list of the changes of one entry: what each came to, as a table, as a file, and what narrows it."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.catalog import queries
from hutong.control.catalog.lifecycle import CHANGE
from hutong.control.catalog.models import Change, Entry
from hutong.web.desk import cells
from hutong.web.desk.catalog.kind import CHANGE_KIND
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import orders
from hutong.web.lists.listing import Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.wording import procedures
from hutong.web.wording.filters import day, moment

KINDS = {"new": "新编目录", "change": "变更目录"}
TITLES = ("变更", "内容", "结果", "版本", "发布人", "发布日期")


def table(changes: Sequence[Change], entry: Entry, *, titled: bool = True) -> Table:
    """Return changes of an entry, in their order: what came of each, and by whom."""
    page = CHANGE_KIND.pages()

    def row(change: Change) -> tuple[Cell, ...]:
        version, state = getattr(change, "version", None), procedures.state(CHANGE, change.state)
        address = reverse("entry-version", args=[version.number, entry.code]) if version else ""
        return (
            Cell(change.no, page(change.no)), Cell(gettext(KINDS[change.kind])), cells.state(state),
            Cell(_number(change), address), Cell(version.published_by_name if version else "—"),
            Cell(day(version.release_date) if version else "—"),
        )  # fmt: skip

    return Table(
        gettext("变更经过"), tuple(Column(gettext(title)) for title in TITLES), tuple(map(row, changes)), even=False,
        titled=titled,
    )  # fmt: skip


def _number(change: Change) -> str:
    version = getattr(change, "version", None)
    return gettext("第 %(number)s 版") % {"number": version.number} if version else "—"


def _lines(changes: Sequence[Change], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for change in changes:
        version = getattr(change, "version", None)
        yield (
            change.no, gettext(KINDS[change.kind]), procedures.state(CHANGE, change.state).name,
            version.number if version else "", version.published_by_name if version else "",
            day(version.release_date) if version else "", moment(change.entered_at),
        )  # fmt: skip


def of(entry: Entry) -> Listing[Change]:
    """Return the list of the changes of an entry."""

    def read(asked: ListRequest, part: Part) -> FoundRows[Change]:
        rows = queries.changes(
            entry.code, kind=asked["kind"], state=asked["state"], after=part.number, oldest=asked.order == "oldest",
            limit=part.limit,
        )  # fmt: skip
        return part.cut(rows)

    def count(asked: ListRequest, most: int) -> int:
        return queries.changes_counted(entry.code, kind=asked["kind"], state=asked["state"], most=most)

    return Listing(
        name="changes",
        title="变更经过",
        filters=(
            Filter("kind", "内容", options=lambda actor: [(kind, gettext(name)) for kind, name in KINDS.items()]),
            Filter("state", "结果", options=lambda actor: procedures.states(CHANGE)),
        ),
        orders=orders.LAST_FIRST,
        read=read,
        count=count,
        place=lambda row, order: (row.pk,),
        shown=lambda rows, asked: table(rows, entry, titled=False),
        columns=(*TITLES, "进度自"),
        lines=_lines,
        said="共有变更 %(count)s 项",
        parts=False,
        empty="还没有变更。",
        none_fit="没有符合条件的变更。",
    )
