"""The lists of records, one for each class of the log: as a table, as a file, and what narrows them.

They are narrowed by what has an index of its own, and by nothing else.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext

from hutong.audit import searching
from hutong.audit.events import RecordClass
from hutong.audit.reading import LARGEST_PAGE
from hutong.control.sharing import usage
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.web import clock
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.records import rows as uses
from hutong.web.desk.records import told
from hutong.web.lists.asking import day
from hutong.web.lists.listing import Filter, FoundRows, Listing, ListOrder, ListRequest, Part
from hutong.web.wording import events
from hutong.web.wording.filters import moment
from hutong.web.wording.names import NAMES, named, worded

COLUMNS = (
    "存证编号", "叶子序号", "时间（北京时间）", "事件代码", "事件", "所涉事项", "单位代码", "单位", "相对方代码",
    "相对方", "账号", "办理人", "叶子哈希", "记录全文",
)  # fmt: skip
"""The columns of the file of a class other than uses."""
OFFICER = Filter("officer", "办理人（账号）", "text", longest=150)
"""Not among uses, and neither is the event: no answer writes an index of either."""


def _names_entry(text: str) -> bool:
    """Whether a text can be an entry's number or a leaf hash."""
    return text.isdecimal() or re.fullmatch("[0-9a-fA-F]{64}", text) is not None


def _units(actor: Actor | None) -> list[tuple[str, str]]:
    """Return the units to choose from, by name: of an examiner those that are examined."""
    names = members.names()
    examined = actor.examined.units if actor is not None and actor.examined is not None else names.keys()
    return sorted(((code, name) for code, name in names.items() if code in examined), key=lambda unit: unit[1])


def _filters(record_class: RecordClass) -> tuple[Filter, ...]:
    def of_class(actor: object) -> list[tuple[str, str]]:
        return [(code, worded(name, "event")) for code, name in events.of_class(record_class).items()]

    by_index = (Filter("event", "事件", options=of_class), OFFICER)
    return (
        Filter("unit", "单位", options=_units),
        *(() if record_class is RecordClass.USAGE else by_index),
        Filter("from", "自（含当日）", "day"),
        Filter("until", "至（含当日）", "day"),
        Filter(
            "receipt", "存证编号或回执的叶子哈希", "text", longest=64, fits=_names_entry,
            misfit="这不是编号，也不是叶子哈希。",
        ),
    )


def _wanted(asked: ListRequest, record_class: RecordClass) -> searching.RecordFilters:
    """Return it as the log is asked: the last day is included."""
    first, last = day(asked["from"]), day(asked["until"])
    return searching.RecordFilters(
        record_class,
        asked["event"] or None,
        asked["unit"] or None,
        asked["officer"] or None,
        beijing.midnight(first) if first else None,
        beijing.midnight(last + timedelta(days=1)) if last else None,
        asked["receipt"] or None,
    )


def _lines(found: Sequence[usage.UseShown]) -> Iterator[tuple[object, ...]]:
    """Yield records of another class than uses as lines of a file, under COLUMNS."""
    names, people = members.names(), members.people({_who(each) for each in found})
    for each in found:
        yield (
            *uses.place(each), each.event, named(each.event, "event"), told.about(each.event, each.record),
            each.unit, names.get(each.unit or "", ""), each.counterpart, names.get(each.counterpart or "", ""),
            _who(each), people.get(_who(each), _who(each)), *uses.whole(each),
        )  # fmt: skip


def _table(found: Sequence[usage.UseShown], *, title: str, names: dict[str, str]) -> Table:
    columns = (
        Column(gettext("时间"), "middle"),
        Column(gettext("事件")),
        Column(gettext("单位")),
        Column(gettext("办理人"), "middle"),
        Column(gettext("存证编号"), "middle"),
    )
    people = members.people({_who(each) for each in found})
    rows = tuple(
        (
            Cell(moment(each.at), address=reverse("record", args=[each.entry_id])),
            Cell(named(each.event, "event"), note=told.about(each.event, each.record), code=each.event),
            Cell(names.get(each.unit or "", each.unit or "—"), note=names.get(each.counterpart or "", "")),
            _officer(_who(each), people),
            uses.numbered(each),
        )
        for each in found
    )
    return Table(named(title, "record_class"), columns, rows, empty=gettext("没有符合条件的记录。"), titled=False)


def _officer(login: str, people: Mapping[str, str]) -> Cell:
    return Cell(people[login], code=login) if login in people else Cell(login or "—")


def _who(each: usage.UseShown) -> str:
    """Return who did it: an officer, a system, or for a use the user whom the system named."""
    return str(each.record.get("by") or each.record.get("officer") or each.record.get("user") or "")


SAID = {
    RecordClass.USAGE: "使用日志共 %(count)s 条",
    RecordClass.OPERATION: "运行日志共 %(count)s 条",
    RecordClass.ADMINISTRATION: "管理日志共 %(count)s 条",
    RecordClass.SECURITY: "安全日志共 %(count)s 条",
}
"""How many records of a class there are (Chinese)."""


def _listing(record_class: RecordClass) -> Listing[usage.UseShown]:
    def read(asked: ListRequest, part: Part) -> FoundRows[usage.UseShown]:
        wanted, before = _wanted(asked, record_class), part.after[0] if part.after else None
        rows, older = usage.page(actor=asked.actor, now=clock.now(), before=before, asked=wanted, limit=part.size)
        return FoundRows(rows, older is not None)

    def shown(rows: Sequence[usage.UseShown], asked: ListRequest) -> Table:
        if record_class is RecordClass.USAGE:
            return uses.table(rows, names=members.names())
        return _table(rows, title=record_class, names=members.names())

    return Listing(
        name=str(record_class),
        title=NAMES["record_class"][record_class],
        filters=_filters(record_class),
        orders=(ListOrder("newest", "最新在前", (int,)),),
        read=read,
        count=lambda asked, most: usage.counted(actor=asked.actor, asked=_wanted(asked, record_class), most=most),
        place=lambda row, order: (row.entry_id,),
        shown=shown,
        columns=uses.COLUMNS if record_class is RecordClass.USAGE else COLUMNS,
        lines=(
            (lambda rows, asked: uses.lines(rows, names=members.names()))
            if record_class is RecordClass.USAGE
            else (lambda rows, asked: _lines(rows))
        ),
        said=SAID[record_class],
        room="records" if record_class is RecordClass.USAGE else "",
        parts=record_class is RecordClass.USAGE,
        empty="没有您可以查阅的使用日志。" if record_class is RecordClass.USAGE else "没有符合条件的记录。",
        none_fit="没有符合条件的记录。",
        piece=LARGEST_PAGE,
    )


RECORDS = {record_class: _listing(record_class) for record_class in RecordClass}
"""The records of each class of the log, for those who read them."""
