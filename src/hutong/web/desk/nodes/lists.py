"""The lists of front-end servers and of their changes: as tables, as files, and what narrows them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext

from hutong.control.nodes import drifts, queries, rules, standing
from hutong.control.nodes.lifecycle import CHANGE, DRIFT, SERVER
from hutong.control.nodes.models import FrontEndServer, ServerChange, ServerDrift
from hutong.control.nodes.standing import Standing
from hutong.control.units.rules import Actor
from hutong.web.desk import progress
from hutong.web.desk.nodes import shown
from hutong.web.desk.nodes.kind import CHANGE_KIND, DRIFT_KIND, SERVER_KIND
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import orders
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListRequest, Pairs, Part
from hutong.web.wording import filters, procedures

OF_SERVERS = ("编号", "单位", "前置机", "管理方式", "运行情况", "与登记内容是否相符", "进度", "本步期限")
OF_CHANGES = ("编号", "单位", "前置机", "变更内容", "变更时间", "是否提前申请", "进度", "本步期限")

OF_DRIFTS = ("编号", "单位", "前置机", "管理方式", "变动自", "进度", "本步期限")


def _servers_table(rows: Sequence[FrontEndServer], now: datetime) -> Table:
    page, how_far = SERVER_KIND.pages(), progress.cells_of(SERVER, rows, now=now)
    told = standing.of(rows, now=now)
    return Table(
        gettext("前置机"),
        tuple(Column(gettext(title)) for title in OF_SERVERS),
        tuple(
            (
                Cell(each.no, page(each.no)),
                Cell(each.unit.name),
                Cell(each.name, code=each.code),
                Cell(shown.managed(each.managed)),
                *map(Cell, _standing(each, told[each.no])),
                *how_far(each),
            )
            for each in rows
        ),
        even=False, titled=False,
    )  # fmt: skip


def _standing(server: FrontEndServer, told: Standing) -> tuple[str, str]:
    return (shown.running(told), shown.agreeing(told)) if server.state == "ACTIVE" else ("—", "—")


def _address(server: FrontEndServer) -> str:
    return f"{server.facts['host']}:{server.facts['port']}"


def _servers_lines(rows: Sequence[FrontEndServer], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    how_far = progress.words_of(SERVER, rows, now=asked.now)
    told = standing.of(rows, now=asked.now)
    for each in rows:
        facts = each.facts
        yield (
            each.no, each.unit.name, each.name, shown.managed(each.managed),
            *_standing(each, told[each.no]), *how_far(each), each.code, _address(each),
            facts["network"], facts["database_kind"], facts["database_name"], facts["contact"],
            rules.digest(facts), each.unit_id,
        )  # fmt: skip


def _asked(asked: ListRequest) -> queries.ServerFilters:
    return queries.ServerFilters(
        words=asked["q"], state=asked["state"], managed=asked["managed"], item=asked["item"]
    )


def _servers_read(asked: ListRequest, part: Part) -> FoundRows[FrontEndServer]:
    oldest = asked.order == "oldest"
    return part.cut(queries.servers(asked.actor, _asked(asked), after=part.after, oldest=oldest, limit=part.limit))


def _kinds_of_management(actor: Actor | None) -> Pairs:
    return [(code, gettext(words)) for code, words in shown.MANAGED.items()]


SERVERS: Listing[FrontEndServer] = Listing(
    name="servers",
    title="前置机",
    filters=(
        WORDS,
        Filter("managed", "管理方式", options=_kinds_of_management),
        Filter("state", "进度", options=lambda actor: procedures.states(SERVER)),
    ),
    orders=orders.NEWEST_FIRST,
    read=_servers_read,
    count=lambda asked, most: queries.servers_counted(asked.actor, _asked(asked), most=most),
    place=lambda row, order: (row.entered_at, row.pk),
    shown=lambda rows, asked: _servers_table(rows, asked.now),
    columns=(
        *OF_SERVERS[:6], "进度", "进度自", "本步期限", "标识", "网络地址", "所在网络", "数据库类型", "数据库名称",
        "管理人员", "登记内容的摘要", "单位代码",
    ),
    lines=_servers_lines,
    said="共有前置机 %(count)s 台",
    empty="还没有登记前置机。",
    none_fit="没有符合条件的前置机。",
)  # fmt: skip
"""The front-end servers an officer may read."""


def _changes_table(rows: Sequence[ServerChange], now: datetime) -> Table:
    page, how_far = CHANGE_KIND.pages(), progress.cells_of(CHANGE, rows, now=now)
    clocked = queries.clocked([each.no for each in rows])
    return Table(
        gettext("前置机配置变更"),
        tuple(Column(gettext(title)) for title in OF_CHANGES),
        tuple(
            (
                Cell(each.no, page(each.no)),
                Cell(each.server.unit.name),
                Cell(each.server.name, code=each.server.code),
                Cell(shown.items(each.items)),
                Cell(shown.window(each)),
                Cell(_lead(each, clocked[each.no])),
                *how_far(each),
            )
            for each in rows
        ),
        even=False, titled=False,
    )  # fmt: skip


def _lead(change: ServerChange, clocked: queries.Clocked) -> str:
    return "—" if change.urgent else shown.lead(clocked)


def _changes_lines(rows: Sequence[ServerChange], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    how_far = progress.words_of(CHANGE, rows, now=asked.now)
    clocked = queries.clocked([each.no for each in rows])
    for each in rows:
        yield (
            each.no, each.server.unit.name, each.server.name, shown.items(each.items), shown.window(each),
            _lead(each, clocked[each.no]), *how_far(each), each.server.code, shown.managed(each.managed), each.reason,
            filters.moment(each.executed_at) if each.executed_at else "", each.executed_by, each.done,
            *(("", "") if each.approved_before is None else _computed(each)), each.server.unit_id,
        )  # fmt: skip


def _computed(change: ServerChange) -> tuple[str, str]:
    return shown.evidence(bool(change.approved_before)), shown.evidence(bool(change.in_window))


def _changes_read(asked: ListRequest, part: Part) -> FoundRows[ServerChange]:
    oldest = asked.order == "oldest"
    return part.cut(queries.changes(asked.actor, _asked(asked), after=part.after, oldest=oldest, limit=part.limit))


def _items(actor: Actor | None) -> Pairs:
    return [(code, gettext(words)) for code, words in shown.ITEMS.items()]


CHANGES: Listing[ServerChange] = Listing(
    name="server-changes",
    title="前置机配置变更",
    filters=(
        WORDS,
        Filter("item", "变更内容", options=_items),
        Filter("state", "进度", options=lambda actor: procedures.states(CHANGE)),
    ),
    orders=orders.NEWEST_FIRST,
    read=_changes_read,
    count=lambda asked, most: queries.changes_counted(asked.actor, _asked(asked), most=most),
    place=lambda row, order: (row.entered_at, row.pk),
    shown=lambda rows, asked: _changes_table(rows, asked.now),
    columns=(
        *OF_CHANGES[:6], "进度", "进度自", "本步期限", "标识", "管理方式", "变更原因", "实施时间", "实施人员",
        "实施情况", "是否经核准后实施", "是否在变更时间内实施", "单位代码",
    ),
    lines=_changes_lines,
    said="共有变更 %(count)s 件",
    empty="还没有前置机配置变更。",
    none_fit="没有符合条件的变更。",
)  # fmt: skip
"""The changes of front-end servers an officer may read."""


def _drifts_table(rows: Sequence[ServerDrift], now: datetime) -> Table:
    page, how_far = DRIFT_KIND.pages(), progress.cells_of(DRIFT, rows, now=now)
    return Table(
        gettext("前置机配置变动"),
        tuple(Column(gettext(title)) for title in OF_DRIFTS),
        tuple(
            (
                Cell(each.no, page(each.no)),
                Cell(each.server.unit.name),
                Cell(each.server.name, code=each.server.code),
                Cell(shown.managed(each.managed)),
                Cell(filters.moment(each.since_at)),
                *how_far(each),
            )
            for each in rows
        ),
        even=False, titled=False,
    )  # fmt: skip


def _drifts_lines(rows: Sequence[ServerDrift], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    how_far = progress.words_of(DRIFT, rows, now=asked.now)
    for each in rows:
        yield (
            each.no, each.server.unit.name, each.server.name, shown.managed(each.managed),
            filters.moment(each.since_at), *how_far(each), each.server.code, filters.moment(each.found_at),
            each.declared_digest, each.digest, each.server.unit_id,
        )  # fmt: skip


def _drifts_read(asked: ListRequest, part: Part) -> FoundRows[ServerDrift]:
    oldest = asked.order == "oldest"
    return part.cut(drifts.drifts(asked.actor, _asked(asked), after=part.after, oldest=oldest, limit=part.limit))


DRIFTS: Listing[ServerDrift] = Listing(
    name="server-drifts",
    title="前置机配置变动",
    filters=(WORDS, Filter("state", "进度", options=lambda actor: procedures.states(DRIFT))),
    orders=orders.NEWEST_FIRST,
    read=_drifts_read,
    count=lambda asked, most: drifts.counted(asked.actor, _asked(asked), most=most),
    place=lambda row, order: (row.entered_at, row.pk),
    shown=lambda rows, asked: _drifts_table(rows, asked.now),
    columns=(
        *OF_DRIFTS[:5], "进度", "进度自", "本步期限", "标识", "发现时间", "登记内容的摘要", "报送的摘要", "单位代码",
    ),
    lines=_drifts_lines,
    said="共有配置变动 %(count)s 件",
    empty="还没有发现前置机配置变动。",
    none_fit="没有符合条件的配置变动。",
)  # fmt: skip
"""The drifts of front-end servers an officer may read."""
