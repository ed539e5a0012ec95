"""The register of filings as a list and as a file, and what narrows it."""

from collections.abc import Iterator, Sequence
from functools import cache, partial

from django.utils.translation import gettext

from hutong.control.sharing import filings
from hutong.control.sharing.filings import Filing, FilingFilters
from hutong.plane.definition import Mode
from hutong.web.desk import register
from hutong.web.desk.application import shown
from hutong.web.desk.application.kind import KIND
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import orders
from hutong.web.lists.asking import day
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.wording import filters, names

TITLES = ("备案号", "备案时间", "使用方", "信息资源", "方式", "用途", "核实人")


def _table(rows: Sequence[Filing], asked: ListRequest) -> Table:
    page, mode = KIND.pages(), cache(partial(names.named, listed="mode"))
    purposes = register.meanings("purpose")
    return Table(
        gettext("备案台账"),
        tuple(Column(gettext(title), "middle" if title == "备案时间" else "") for title in TITLES),
        tuple(
            (
                Cell(each.application.filing_no, page(each.application.no), code=each.application.no),
                Cell(filters.moment(each.application.filed_at)),
                Cell(each.application.consumer.name),
                Cell(each.application.entry.name, note=each.application.entry.provider.name),
                Cell(mode(each.application.mode)),
                Cell(purposes.get(each.application.purpose, each.application.purpose)),
                Cell(each.finding.by_name if each.finding else "—"),
            )
            for each in rows
        ),
        even=False, titled=False,
    )  # fmt: skip


def _lines(rows: Sequence[Filing], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    mode, purposes = cache(partial(names.named, listed="mode")), register.meanings("purpose")
    for filing in rows:
        each, found = filing.application, filing.finding
        yield (
            each.filing_no, filters.moment(each.filed_at), each.no, each.consumer_id, each.consumer.name,
            each.entry.provider_id, each.entry.provider.name, each.entry.code, each.entry.name, mode(each.mode),
            purposes.get(each.purpose, each.purpose), each.legal_basis, each.grant_no, filters.day(each.from_at),
            filters.day(each.until_at), found.looked_at if found else "",
            shown.basis(found=found.basis_found) if found else "", found.conclusion if found else "",
            found.by_name if found else "",
        )  # fmt: skip


def _asked(asked: ListRequest) -> FilingFilters:
    return FilingFilters(asked["q"], asked["mode"], day(asked["from"]), day(asked["until"]))


def _read(asked: ListRequest, part: Part) -> FoundRows[Filing]:
    oldest = asked.order == "oldest"
    return part.cut(filings.visible(asked.actor, _asked(asked), after=part.number, oldest=oldest, limit=part.limit))


FILINGS: Listing[Filing] = Listing(
    name="filings",
    title="备案台账",
    filters=(
        WORDS,
        Filter("mode", "方式", options=lambda actor: [(mode, names.named(mode, "mode")) for mode in Mode]),
        Filter("from", "自（含当日）", "day"),
        Filter("until", "至（含当日）", "day"),
    ),
    orders=orders.LAST_FIRST,
    read=_read,
    count=lambda asked, most: filings.counted(asked.actor, _asked(asked), most=most),
    place=lambda row, order: (row.application.register_no,),
    shown=_table,
    columns=(
        "备案号", "备案时间", "编号", "使用方代码", "使用方", "提供方代码", "提供方", "信息资源代码", "信息资源",
        "方式", "用途", "法律依据", "授权编号", "开始日期", "结束日期（不含当日）", "核实了什么",
        "是否查到用途的依据", "核实意见", "核实人",
    ),
    lines=_lines,
    said="共有备案 %(count)s 件",
    room="applications",
    empty="没有您可以查阅的备案。",
    none_fit="没有符合条件的备案。",
)
"""The register of filings, as far as an officer may read it."""
