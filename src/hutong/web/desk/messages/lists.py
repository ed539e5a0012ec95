"""The list of messages: its file, and what narrows it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext

from hutong.control.procedures import messages
from hutong.control.procedures.messages import Message, MessageFilters
from hutong.core import beijing
from hutong.web.desk.messages import shown
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists.asking import day
from hutong.web.lists.listing import Filter, FoundRows, Listing, ListOrder, ListRequest, Part
from hutong.web.wording.filters import moment


def _filters(asked: ListRequest) -> MessageFilters:
    """Return it as messages are asked for; the last day is included."""
    first, last = day(asked["from"]), day(asked["until"])
    return MessageFilters(
        asked["kind"],
        beijing.midnight(first) if first else None,
        beijing.midnight(last + timedelta(days=1)) if last else None,
    )


def _read(asked: ListRequest, part: Part) -> FoundRows[Message]:
    after = (part.after[0], part.after[1]) if part.after else None
    return part.cut(messages.page(asked.actor, now=asked.now, filters=_filters(asked), after=after, limit=part.limit))


def table(found: Sequence[Message], *, caption: str) -> Table:
    """Return messages as a table."""
    columns = (("时间", "middle"), ("消息", ""), ("编号和名称", ""), ("办理人", "short"))
    return Table(
        caption,
        tuple(Column(gettext(title), css) for title, css in columns),
        tuple(_row(each) for each in shown.shown(found)),
        even=False, titled=False,
    )  # fmt: skip


def _row(each: shown.MessageShown) -> tuple[Cell, ...]:
    return (
        Cell(moment(each.at), badge=gettext("新") if each.new else "", tone="warn"),
        Cell(
            each.said, note=each.reason, badge=each.state.name if each.state else "",
            tone=each.state.tone if each.state else "quiet",
        ),
        Cell(each.about, address=each.address, note=each.name),
        Cell(each.by or "—"),
    )  # fmt: skip


def _lines(rows: Sequence[Message], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for each in shown.shown(rows):
        yield (
            moment(each.at), each.kind, each.said, each.about, each.name, each.state.name if each.state else "",
            each.reason, each.by, gettext("是") if each.new else "",
        )  # fmt: skip


MESSAGES: Listing[Message] = Listing(
    name="messages",
    title="消息",
    filters=(
        Filter(
            "kind", "类别", options=lambda actor: [(kind, gettext(name)) for kind, name in shown.KIND_NAMES.items()]
        ),
        Filter("from", "自（含当日）", "day"),
        Filter("until", "至（含当日）", "day"),
    ),
    orders=(ListOrder("newest", "最新在前", (datetime, str)),),
    read=_read,
    count=lambda asked, most: messages.counted(asked.actor, now=asked.now, filters=_filters(asked), most=most),
    place=lambda row, order: (row.at, row.key),
    shown=lambda rows, asked: table(rows, caption=gettext("消息")),
    columns=("时间", "类别", "消息", "编号", "名称", "状态", "理由", "办理人", "尚未看过"),
    lines=_lines,
    said="共 %(count)s 条消息",
    parts=False,
    empty="还没有消息。本单位的事项、使用权限和信息资源有变化时，会在这里告知。",
    none_fit="没有符合条件的消息。",
)  # fmt: skip
"""The messages of the officer who reads."""
