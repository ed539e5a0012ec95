"""Reading what is delivered: CSV, Excel, Parquet or Arrow into batches of text, never the whole file at once.

What is refused is told by place and number, never by what stands there: a header may be a row of values, and the
messages of libraries quote cells. A row has the number a person sees: the header is row 1 (Parquet and Arrow have
none; their first row is 2 all the same). The header names items by code or by name. Everything is read as text;
null and empty text differ.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hutong.core.errors import Problem
from hutong.plane.definition import Definition
from hutong.plane.delivery.blocks import Block
from hutong.plane.delivery.reading import (
    columnar,
    csv,
    equals,
    formats,
    header,
    marks_of_programs,
    operations,
    workbook,
)
from hutong.plane.delivery.reading.failures import FileEmpty
from hutong.plane.delivery.reading.numbering import Numbering
from hutong.plane.delivery.reading.report import READ, WhatWasRead
from hutong.plane.delivery.reading.suspects import Suspects
from hutong.plane.values import TEXT


@dataclass(slots=True)
class Reading:
    """A file whose header fits and whose rows are still to come; `report` is complete once they are exhausted."""

    report: WhatWasRead
    _blocks: Iterator[Block]
    _suspects: Suspects
    _texts: frozenset[str]
    """Items of text."""
    _numbering: Numbering

    def blocks(self) -> Iterator[Block]:
        """Yield the rows; once. Raises a Malformed or TooLarge where a fault shows only then, with what was read."""
        last = self.report.header_row
        try:
            for read in self._blocks:
                block = self._numbering.without(read)
                block = marks_of_programs.without(block, self.report) if self.report.header_row else block
                block = operations.read(block, self.report)
                self.report.records += block.batch.num_rows + len(block.unreadable)
                last = max([last, *block.numbers[-1:], *(row.number for row in block.unreadable)])
                self._suspects.look(block)
                equals.look(block, self.report)
                marks_of_programs.look(block, self.report, self._texts)
                yield block
            self._numbering.end()
        except Problem as problem:
            self.report.complete = False
            problem.members[READ] = self.report.to_json()
            raise
        if self.report.header_row:
            self.report.empty_rows = last - self.report.header_row - self.report.records
        self.report.suspicious = self._suspects.found(self.report.records)


def open_(path: Path, *, definition: Definition, format: str | None = None, changes: bool = False) -> Reading:
    """Look through `path` and return its reading; `changes` asks for the column `_op` too.

    Every fault of the file as a whole is raised here where it can be known before the first block, a Malformed or
    TooLarge; encoding, line length and columns always can.
    """
    read = _READERS[formats.of(path, said=format)]
    if path.stat().st_size == 0:
        raise FileEmpty(file=path.name)
    report, blocks = read(path, definition=definition, changes=changes)
    texts = frozenset(item.code for item in definition.items if item.type in TEXT)
    wrong = partial(
        header.numbered_otherwise, definition=definition, changes=changes, file=path.name, row=report.header_row
    )
    return Reading(report, blocks, Suspects(definition), texts, Numbering(report, wrong))


def titles(path: Path) -> list[str]:
    """Return the column names of `path`, without what forms put around them; raises a Malformed or TooLarge."""
    if path.stat().st_size == 0:
        raise FileEmpty(file=path.name)
    format = formats.of(path)
    if format == "csv":
        return csv.titles(path)
    return workbook.titles(path) if format == "xlsx" else columnar.titles(path, format)


_READERS: dict[str, Callable[..., tuple[WhatWasRead, Iterator[Block]]]] = {
    "csv": csv.open_,
    "parquet": columnar.open_parquet,
    "arrow": columnar.open_arrow,
    "xlsx": workbook.open_,
}
