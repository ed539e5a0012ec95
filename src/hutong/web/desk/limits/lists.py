"""The list of alarms and raised limits: its file, and what narrows it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext, gettext_noop

from hutong.control.sharing import raised
from hutong.control.sharing.raised import LimitShown
from hutong.core import defaults
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListOrder, ListRequest, Part
from hutong.web.wording import filters, limits

SHARE_OF_RECORDS = "query.alarm_percent"
KINDS = {"alarm": gettext_noop("预警"), "raised": gettext_noop("提高上限")}
STATES = {
    ("alarm", True): gettext_noop("待查看"),
    ("alarm", False): gettext_noop("已查看"),
    ("raised", True): gettext_noop("有效"),
    ("raised", False): gettext_noop("已到期"),
}
"""What it is, and whether it stands → the state in words."""


def state(row: LimitShown) -> str:
    """Return the state of one in words."""
    return gettext(STATES[row.kind, row.stands])


def number(row: LimitShown, value: int | None) -> str:
    """Return a number of one with the unit of its limit; where a share of records was reached, it is records."""
    if value is None:
        return ""
    return f"{value}" if row.name == SHARE_OF_RECORDS else limits.value(defaults.limit(row.name), value)


def _lines(rows: Sequence[LimitShown], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield (
            gettext(KINDS[row.kind]), filters.moment(row.at), limits.about(defaults.limit(row.name)), row.unit,
            row.consumer, row.code, row.seen if row.seen is not None else "", row.most,
            filters.day(row.until_date) if row.until_date else "", row.words, row.by, state(row),
        )  # fmt: skip


def _asked(asked: ListRequest) -> dict[str, object]:
    return {"words": asked["q"], "kind": asked["kind"], "standing": bool(asked["standing"]), "now": asked.now}


def _read(asked: ListRequest, part: Part) -> FoundRows[LimitShown]:
    rows = raised.listed(asked.actor, **_asked(asked), order=asked.order, after=part.after, limit=part.limit)  # type: ignore[arg-type]
    return part.cut(rows)


LIMITS: Listing[LimitShown] = Listing(
    name="limits",
    title="使用上限",
    filters=(
        WORDS,
        Filter("kind", "类别", options=lambda actor: [(kind, gettext(words)) for kind, words in KINDS.items()]),
        Filter("standing", "只看待查看和有效的", "box"),
    ),
    orders=(
        ListOrder("newest", "最新在前", (datetime, str), turned="oldest"),
        ListOrder("oldest", "最早在前", (datetime, str), turned="newest"),
    ),
    read=_read,
    count=lambda asked, most: raised.counted(asked.actor, **_asked(asked), most=most),  # type: ignore[arg-type]
    place=lambda row, order: (row.at, row.no),
    shown=lambda rows, asked: rows,
    columns=(
        "类别", "时间", "上限名称", "使用单位", "统一社会信用代码", "信息资源代码", "已计数", "上限值", "截止日期",
        "说明或理由", "办理人", "状态",
    ),
    lines=_lines,
    said="共有 %(count)s 条",
    room="limits",
    empty="您可以查阅的范围内，没有预警，也没有提高过上限。",
)  # fmt: skip
"""Alarms and raised limits an officer may read."""
