"""The items of an entry from a file: from a list of items, or from the header of a file of data, their types guessed.

Whatever the file is, the one reader of deliveries reads it: titles under a heading, any encoding, CSV or a workbook.
Of the data nothing is kept: some rows are looked at for the types of the columns, and none leaves this module.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from hutong.control.catalog import guessing
from hutong.control.catalog.guessing import Guess
from hutong.control.catalog.handing_in import SentFile
from hutong.core import headings, normalise
from hutong.core.errors import Invalid
from hutong.plane import soundness
from hutong.plane.definition import Definition, Item
from hutong.plane.delivery import reading, spool_folder
from hutong.plane.delivery.blocks import OP
from hutong.plane.delivery.reading.report import WhatWasRead

TITLES: Mapping[str, tuple[str, ...]] = {
    "code": (
        "字段名", "字段名称", "字段代码", "字段英文名", "英文字段名", "英文名称", "信息项代码",
        "field", "column", "code",
    ),
    "name": (
        "名称", "信息项", "信息项名称", "中文名称", "字段中文名", "中文字段名", "字段含义", "name", "item", "item name",
    ),
    "type": ("类型", "数据类型", "字段类型", "信息项类型", "type", "data type"),
    "length": ("最长字数", "长度", "数据长度", "字段长度", "characters", "longest", "length"),
    "offered": ("最高可用方式", "at most", "offered"),
    "key": ("识别项", "主键", "是否主键", "identifying", "key"),
    "required": ("必填", "是否必填", "required"),
    "sensitive": ("敏感", "是否敏感", "sensitive"),
    "condition": ("可作条件", "condition"),
    "ranged": ("可按范围", "range"),
    "filter": ("可限定记录", "limits records", "filter"),
    "rules": ("质量规则", "quality rules", "rules"),
}  # fmt: skip
"""What is said of an item → how a list of items may title its column, the form's own words first."""
_PLAIN_NAMES = ("名称", "name", "item")
"""Titles of names that many files of data have, too: beside a column of field names alone they make a list."""
_LOOKED_AT = 5_000
"""Rows of data that are looked at for the types of their columns."""
_TOLD = 10
_VALUE = re.compile(r"[0-9][0-9.,:/\-]*|[0-9]{17}[0-9Xx]|[0-9]{2,4}年.*")
"""What stands in data and is no title."""


class TitleRepeated(Invalid):
    """The columns {columns} of {file} are called like others of it."""


class TitleIsValue(Invalid):
    """Row {row} of {file} would be the header, and its columns {columns} hold values, not titles."""


class ListRowsUnreadable(Invalid):
    """Rows {rows} of {file} cannot be taken apart into cells."""


class ItemsOfFileTooMany(Invalid):
    """{file} names {number} items; at most {most} may be."""


class NoItemsInFile(Invalid):
    """{file} is a list of items and has no row below its header."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """What a file says of an item, as it stands there; `guess` is what the data below a title seem to be."""

    row: int
    """The row of the file, as a person counts."""
    said: Mapping[str, str]
    guess: Guess | None = None


@dataclass(frozen=True, slots=True)
class ItemsRead:
    """The items a file names, in its order."""

    name: str
    rows: tuple[ItemRow, ...]
    titles: Mapping[str, str]
    """Of a list of items: what is said of one → how its column is titled there; nothing for a file of data."""
    left_out: tuple[str, ...]
    """Of a list of items: the titles of its other columns."""
    report: WhatWasRead
    looked_at: int
    """Of a file of data: the rows that were looked at."""


def read(file: SentFile, *, folder: Path) -> ItemsRead:
    """Return the items that a file names; it lies in the spool `folder` while it is read.

    Raises TitleRepeated, TitleIsValue, ItemsOfFileTooMany, NoItemsInFile, ListRowsUnreadable, and what reading a
    delivery raises of a file as a whole.
    """
    with spool_folder.working(folder) as place:
        path = place / spool_folder.called(file.name)
        with path.open("wb") as written:
            written.writelines(file.chunks)
        return _read(path)


def _read(path: Path) -> ItemsRead:
    titles = reading.titles(path)
    if len(titles) > soundness.MOST_ITEMS:
        raise ItemsOfFileTooMany(file=path.name, number=len(titles), most=soundness.MOST_ITEMS)
    repeated = [place for place, title in enumerate(titles, 1) if titles.count(title) > 1]
    if repeated:  # by their places: without a header they are values
        raise TitleRepeated(file=path.name, columns=", ".join(map(str, repeated[:_TOLD])))
    known = of_titles(titles)
    found = reading.open_(path, definition=_as_it_stands(titles))
    if known:
        return _listed(path, titles, known, found)
    return _of_data(path, titles, found)


def of_titles(titles: Sequence[str]) -> dict[str, str]:
    """Return which title says what of an item; nothing where they are those of a file of data."""
    ways = {headings.folded(way): field for field, known in TITLES.items() for way in known}
    found: dict[str, str] = {}
    for title in titles:
        if field := ways.get(headings.folded(headings.cleaned(title))):
            found.setdefault(field, title)
    plain = headings.folded(found.get("name", "")) in map(headings.folded, _PLAIN_NAMES)
    listed = "name" in found and ("code" in found or (not plain and "type" in found))
    return found if listed else {}


def _as_it_stands(titles: Sequence[str]) -> Definition:
    """Return the definition as which a file is read: a text under each of its titles."""
    items = tuple(Item(f"\x00{place}", title) for place, title in enumerate(titles))
    return Definition("", 1, "", "", (), items)


def _listed(path: Path, titles: Sequence[str], known: Mapping[str, str], found: reading.Reading) -> ItemsRead:
    fields = {titles.index(title): field for field, title in known.items()}
    odd: list[int] = []
    rows = [
        ItemRow(number, {field: values[place].strip() for place, field in fields.items()})
        for number, values in _rows(found, odd)
    ]
    if odd:
        raise ListRowsUnreadable(file=path.name, rows=", ".join(map(str, odd[:_TOLD])))
    if not rows:
        raise NoItemsInFile(file=path.name)
    if len(rows) > soundness.MOST_ITEMS:
        raise ItemsOfFileTooMany(file=path.name, number=len(rows), most=soundness.MOST_ITEMS)
    others = tuple(title for title in titles if title not in known.values())
    return ItemsRead(path.name, tuple(rows), known, others, found.report, 0)


def _of_data(path: Path, titles: Sequence[str], found: reading.Reading) -> ItemsRead:
    values = [place for place, title in enumerate(titles, 1) if _VALUE.fullmatch(normalise.normalise(title))]
    if values:
        told = ", ".join(f"{place}" for place in values[:_TOLD])
        raise TitleIsValue(file=path.name, row=found.report.header_row, columns=told)
    every = _rows(found, [])
    looked_at = [row for _, row in islice(every, _LOOKED_AT)]
    deque(every, maxlen=0)  # what was read is told of the whole file
    rows = tuple(
        ItemRow(
            found.report.header_row,
            {"code": title if soundness.CODE.fullmatch(title) else f"c{place}", "name": title},
            guessing.of([row[place - 1] for row in looked_at]),
        )
        for place, title in enumerate(titles, 1)
        if title != OP
    )
    return ItemsRead(path.name, rows, {}, (), found.report, len(looked_at))


def _rows(found: reading.Reading, odd: list[int]) -> Iterator[tuple[int, list[str]]]:
    """Yield the records with their numbers, each with a text for every column; `odd` gets those that have no cells."""
    for block in found.blocks():
        odd += [row.number for row in block.unreadable]
        columns = [column.to_pylist() for column in block.batch.columns]
        for number, values in zip(block.numbers, zip(*columns, strict=True), strict=True):
            yield number, [value or "" for value in values]
