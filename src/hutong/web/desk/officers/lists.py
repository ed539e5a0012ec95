"""The list of officers: as a table, as a file, and what narrows it."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.units import powers, roster
from hutong.control.units.roster import Listed
from hutong.control.units.rules import ROLES
from hutong.web.desk.officers import shown
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListOrder, ListRequest, Part


def table(rows: Sequence[Listed]) -> Table:
    """Return officers as the list shows them."""
    return Table(
        gettext("人员"),
        tuple(Column(gettext(title)) for title in ("姓名", "账号", "单位", "角色", "状态")),
        tuple(
            (
                Cell(row.name, reverse("officer", args=[row.username])),
                Cell("", code=row.username),
                Cell(row.unit_name),
                Cell(shown.named_roles(row.roles) or "—"),
                Cell("", badge=shown.state(row.active), tone="good" if row.active else "quiet"),
            )
            for row in rows
        ),
        empty=gettext("没有符合条件的人员。"), titled=False,
    )  # fmt: skip


def _lines(rows: Sequence[Listed], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield (
            row.name, row.username, row.unit, row.unit_name, shown.named_roles(row.roles), shown.state(row.active)
        )  # fmt: skip


def _asked(asked: ListRequest) -> roster.OfficerFilters:
    unit = powers.seen(asked.actor) or asked["unit"]
    return roster.OfficerFilters(words=asked["q"], unit=unit, role=asked["role"], state=asked["state"])


def _read(asked: ListRequest, part: Part) -> FoundRows[Listed]:
    by_name = asked.order == "name"
    return part.cut(roster.page(_asked(asked), now=asked.now, after=part.after, by_name=by_name, limit=part.limit))


OFFICERS: Listing[Listed] = Listing(
    name="officers",
    title="人员",
    filters=(
        WORDS,
        Filter("unit", "单位", options=lambda actor: [] if actor is None or powers.sees(actor) else shown.units()),
        Filter("role", "角色", options=lambda actor: shown.roles(ROLES)),
        Filter("state", "状态", options=lambda _: [(each, shown.state(each == "active")) for each in roster.STATES]),
    ),
    orders=(ListOrder("unit", "按单位", (str, str)), ListOrder("name", "按姓名", (str, str))),
    read=_read,
    count=lambda asked, most: roster.count(_asked(asked), now=asked.now, most=most),
    place=lambda row, order: (row.name if order == "name" else row.unit, row.username),
    shown=lambda rows, asked: table(rows),
    columns=("姓名", "账号", "单位代码", "单位", "角色", "状态"),
    lines=_lines,
    said="共有人员 %(count)s 名",
    empty="没有符合条件的人员。",
    none_fit="没有符合条件的人员。",
)
"""The officers whom the reader administers."""
