"""The list of the versions of the rulebook: as a table, as a file, and what narrows it."""

from collections.abc import Iterator, Sequence

from hutong.control.rulebook import queries
from hutong.control.rulebook.queries import VersionShown
from hutong.core import beijing
from hutong.web.desk.rulebook import shown
from hutong.web.lists import orders
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.wording.filters import day, moment


def _lines(rows: Sequence[VersionShown], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield (
            shown.called(row.number), day(row.from_date), shown.region(row.region), row.reason, row.made_by_name,
            moment(row.made_at), row.digest,
        )  # fmt: skip


def _read(asked: ListRequest, part: Part) -> FoundRows[VersionShown]:
    rows = queries.versions(
        words=asked["q"], region=asked["region"], after=part.number, oldest=asked.order == "oldest", limit=part.limit
    )
    return part.cut(rows)


VERSIONS: Listing[VersionShown] = Listing(
    name="rulebook",
    title="历次调整",
    filters=(
        WORDS,
        Filter("region", "行政区划", options=lambda actor: [(each, each) for each in queries.regions()]),
    ),
    orders=orders.LAST_FIRST,
    read=_read,
    count=lambda asked, most: queries.counted(words=asked["q"], region=asked["region"], most=most),
    place=lambda row, order: (row.number,),
    shown=lambda rows, asked: shown.versions(rows, today=beijing.day(asked.now)),
    columns=("版本", "施行日期", "行政区划", "理由", "调整人", "调整时间", "摘要值"),
    lines=_lines,
    said="共有 %(count)s 版",
    parts=False,
    empty="尚未调整过，各项均为初始值。",
    none_fit="没有符合条件的版本。",
)
"""Every version of the rulebook, of all regions."""
