"""The list of tokens: as a table, as a file, and what narrows it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.units import token_list
from hutong.control.units.token_list import STATES, ListedToken
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.rooms import ROOMS
from hutong.web.desk.tokens import shown
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListOrder, ListRequest, Part
from hutong.web.wording import filters

COLUMNS = ("名称", "人员", "适用范围", "末日", "最近使用", "状态")
PLACE = (datetime, str)


def _table(rows: Sequence[ListedToken], asked: ListRequest) -> Table:
    return Table(
        gettext("个人令牌"),
        tuple(Column(gettext(title)) for title in COLUMNS),
        tuple(
            (
                Cell(row.name, reverse("token", args=[row.id])),
                Cell(row.officer_name, note=row.unit_name),
                Cell(shown.scope(row.scopes, ROOMS)),
                Cell(shown.last_day(row)),
                Cell(filters.moment(row.used_at) if row.used_at else "—"),
                Cell("", badge=shown.state(row.state), tone=shown.STATES[row.state][1]),
            )
            for row in rows
        ),
        titled=False,
    )


def _lines(rows: Sequence[ListedToken], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield (
            row.name, row.officer_name, shown.scope(row.scopes, ROOMS), shown.last_day(row),
            filters.moment(row.used_at) if row.used_at else "", shown.state(row.state), row.id, row.officer,
            row.unit_name, filters.moment(row.made_at), row.used_from, shown.why(row),
        )  # fmt: skip


def _asked(asked: ListRequest) -> token_list.TokenFilters:
    return token_list.TokenFilters(words=asked["q"], state=asked["state"], own=bool(asked["own"]))


def _read(asked: ListRequest, part: Part) -> FoundRows[ListedToken]:
    oldest = asked.order == "oldest"
    found = token_list.visible(
        asked.actor, _asked(asked), now=asked.now, after=part.after, oldest=oldest, limit=part.limit
    )
    return part.cut(found)


TOKENS: Listing[ListedToken] = Listing(
    name="tokens",
    title="个人令牌",
    filters=(
        WORDS,
        Filter("state", "状态", options=lambda _: [(each, shown.state(each)) for each in STATES]),
        Filter("own", "只看本人的", "box"),
    ),
    orders=(
        ListOrder("newest", "最新在前", PLACE, turned="oldest"),
        ListOrder("oldest", "最早在前", PLACE, turned="newest"),
    ),
    read=_read,
    count=lambda asked, most: token_list.counted(asked.actor, _asked(asked), now=asked.now, most=most),
    place=lambda row, order: (row.made_at, row.id),
    shown=_table,
    columns=(*COLUMNS, "编号", "账号", "单位", "创建时间", "使用来源", "终止原因"),
    lines=_lines,
    said="共有个人令牌 %(count)s 个",
    empty="还没有个人令牌。",
    none_fit="没有符合条件的个人令牌。",
)  # fmt: skip
"""The tokens of the reader, and of the officers whom the reader administers."""
