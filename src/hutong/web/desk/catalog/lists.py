"""The list of the entries of the catalogue at the desk: as a table, as a file, and what narrows it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, partial

from django.utils.translation import gettext

from hutong.control.catalog import queries
from hutong.control.catalog.lifecycle import CHANGE, ENTRY
from hutong.control.catalog.models import Change, Entry
from hutong.control.catalog.queries import EntryFilters
from hutong.control.procedures import queries as procedures
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.web.desk import cells
from hutong.web.desk.catalog.kind import CHANGE_KIND, ENTRY_KIND
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListOrder, ListRequest, Pairs, Part
from hutong.web.lists.places import Place
from hutong.web.wording import deadlines
from hutong.web.wording import procedures as wording
from hutong.web.wording.names import named


def table(entries: Sequence[Entry], *, now: datetime) -> Table:
    """Return entries as a list shows them, each with the change under way and the deadline that runs for it."""
    changes = {entry.code: change for entry in entries for change in entry.under_way}
    clocks = procedures.deadlines(CHANGE.name, [change.no for change in changes.values()])
    state = cache(partial(wording.state, ENTRY))
    changing, no_limit = cache(partial(wording.state, CHANGE)), cache(partial(wording.no_limit, CHANGE))
    page, change_page, sharing = ENTRY_KIND.pages(), CHANGE_KIND.pages(), cache(partial(named, listed="sharing_type"))
    form = cache(partial(named, listed="form"))

    def row(entry: Entry) -> tuple[Cell, ...]:
        change, current = changes.get(entry.code), entry.current
        due = clocks.get(change.no) if change else None
        said = current or change
        return (
            Cell(entry.name, page(entry.code)),
            Cell("", code=entry.code),
            Cell(entry.provider.name),
            Cell(form(said.method) if said else "—"),
            Cell(sharing(said.sharing_type) if said else "—"),
            cells.state(state(entry.state)),
            _change(change, changing, change_page),
            cells.of_clock(due, now=now, no_limit=no_limit(change.state) if change else ""),
            Cell(f"{current.release_date}" if current else "—"),
        )

    titles = ("名称", "代码", "提供方", "资源形态", "共享类型", "状态", "正在办理的变更", "本步期限", "发布日期")
    return Table(
        gettext("目录"), tuple(Column(gettext(title)) for title in titles), tuple(map(row, entries)),
        even=False, titled=False,
    )  # fmt: skip


def _change(change: Change | None, state, page) -> Cell:  # type: ignore[no-untyped-def]
    if change is None:
        return Cell("—")
    found = state(change.state)
    return Cell(change.no, page(change.no), badge=found.name, tone=found.tone)


def _lines(entries: Sequence[Entry], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    changes = {entry.code: change for entry in entries for change in entry.under_way}
    clocks = procedures.deadlines(CHANGE.name, [change.no for change in changes.values()])
    for entry in entries:
        change = changes.get(entry.code)
        clock = clocks.get(change.no) if change else None
        said, current = entry.current or change, entry.current
        yield (
            entry.name, entry.code, entry.provider_id, entry.provider.name,
            named(said.method, "form") if said else "", named(said.sharing_type, "sharing_type") if said else "",
            wording.state(ENTRY, entry.state).name, change.no if change else "",
            wording.state(CHANGE, change.state).name if change else "",
            deadlines.of_clock(clock, now=asked.now).said if clock else "",
            f"{current.release_date}" if current else "",
        )  # fmt: skip


def _providers(actor: Actor | None) -> Pairs:
    """Return the units whose entries an officer opens, where they are several."""
    assert actor is not None
    theirs = {*actor.units, *members.of_regions(actor)}
    units = [(unit.credit_code, unit.name) for unit in members.units()]
    return units if actor.everywhere else [unit for unit in units if unit[0] in theirs and len(theirs) > 1]


def _filters(asked: ListRequest) -> EntryFilters:
    return EntryFilters(words=asked["q"], provider=asked["provider"], state=asked["state"])


def _read(asked: ListRequest, part: Part) -> FoundRows[Entry]:
    after: tuple[int, str] | str | None = part.after  # type: ignore[assignment]
    if asked.order == "code":
        after = part.after[0] if part.after else ""
    return part.cut(queries.visible(asked.actor, _filters(asked), after=after, limit=part.limit))


def _place(row: Entry, order: str) -> Place:
    return (row.code,) if order == "code" else (row.pk, row.name)


ENTRIES: Listing[Entry] = Listing(
    name="entries",
    title="目录",
    filters=(
        WORDS,
        Filter("provider", "提供方", options=_providers),
        Filter("state", "状态", options=lambda actor: wording.states(ENTRY)),
    ),
    orders=(ListOrder("name", "按名称", (int, str)), ListOrder("code", "按代码", (str,))),
    read=_read,
    count=lambda asked, most: queries.counted(asked.actor, _filters(asked), most=most),
    place=_place,
    shown=lambda rows, asked: table(rows, now=asked.now),
    columns=(
        "名称", "代码", "提供方代码", "提供方", "资源形态", "共享类型", "状态", "正在办理的变更", "变更状态",
        "本步期限", "发布日期",
    ),
    lines=_lines,
    said="共 %(count)s 项",
    room="entries",
    empty="没有您可以查阅的目录。",
    none_fit="没有符合条件的目录。",
)  # fmt: skip
"""The entries an officer opens."""
