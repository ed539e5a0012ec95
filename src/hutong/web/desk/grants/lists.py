"""The list of grants: its file, and what narrows it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext

from hutong.control.sharing import queries
from hutong.control.sharing.queries import FORMER, SUSPENDED, GrantShown
from hutong.plane.definition import Mode
from hutong.plane.lifecycle import GRANT, SUSPENSION
from hutong.web.desk import register
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListOrder, ListRequest, Pairs, Part
from hutong.web.wording import filters, procedures
from hutong.web.wording.names import named

_MOMENT = timedelta(microseconds=1)
"""A period ends before its end: its last day has the moment before."""


def _lines(grants: Sequence[GrantShown], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    purposes, standing = register.meanings("purpose"), procedures.state(SUSPENSION, "standing").name
    for each in grants:
        yield (
            each.no, each.provider, each.code, each.resource, each.version, each.consumer, each.system,
            named(each.mode, "mode"), purposes.get(each.purpose, each.purpose), filters.day(each.from_at),
            filters.day(each.until_at - _MOMENT), filters.day(each.ends_on) if each.ends_on else "",
            standing if each.suspended else named(each.state, "grant_state"),
        )  # fmt: skip


def _states() -> Pairs:
    return [
        *((code, named(code, "grant_state")) for code in GRANT.states),
        (SUSPENDED, procedures.state(SUSPENSION, "standing").name),
        (FORMER, gettext("仍由旧版本答复")),
    ]


def _read(asked: ListRequest, part: Part) -> FoundRows[GrantShown]:
    rows = queries.grants(
        asked.actor, words=asked["q"], state=asked["state"], mode=asked["mode"], order=asked.order, after=part.after,
        limit=part.limit,
    )  # fmt: skip
    return part.cut(rows)


def _count(asked: ListRequest, most: int) -> int:
    return queries.grants_counted(asked.actor, words=asked["q"], state=asked["state"], mode=asked["mode"], most=most)


GRANTS: Listing[GrantShown] = Listing(
    name="grants",
    title="使用权限",
    filters=(
        WORDS,
        Filter("mode", "使用方式", options=lambda actor: [(mode, named(mode, "mode")) for mode in Mode]),
        Filter("state", "状态", options=lambda actor: _states()),
    ),
    orders=(
        ListOrder("newest", "最新在前", (datetime, str), turned="oldest"),
        ListOrder("oldest", "最早在前", (datetime, str), turned="newest"),
        ListOrder("ending", "先到期在前", (datetime, str)),
    ),
    read=_read,
    count=_count,
    place=lambda row, order: (row.until_at if order == "ending" else row.from_at, row.no),
    shown=lambda rows, asked: rows,
    columns=(
        "授权编号", "提供方", "信息资源代码", "信息资源", "版本", "使用单位", "应用系统", "使用方式", "用途",
        "开始日期", "结束日期", "最后答复日", "状态",
    ),
    lines=_lines,
    said="共有使用权限 %(count)s 项",
    room="grants",
    empty="没有您可以查阅的使用权限。申请备案后在这里显示。",
    none_fit="没有符合条件的使用权限。",
)  # fmt: skip
"""The grants an officer may read."""
