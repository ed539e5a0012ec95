"""A first column that only numbers the rows, and of which the catalogue knows nothing: left out, and told.

It is left out where it counts from 1 through the whole file. One that says anything else carries data, of which nobody
leaves anything out: such a file is refused for its unknown column.
"""

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from hutong.core import headings
from hutong.core.errors import Problem
from hutong.plane.delivery.blocks import Block
from hutong.plane.delivery.reading.report import WhatWasRead
from hutong.plane.delivery.reading.shaping import blank_rows

NUMBERING = "_numbering"
"""Stands for such a column among the codes of a header."""
_TITLES = frozenset(map(headings.folded, ("序号", "序", "行号", "顺序号", "No", "No.", "Nr.", "#", "№")))
_COUNTS = r"^[0-9]{1,18}(?:\.0+)?$"
"""A number that counts rows: no file has more than its digits say."""


def is_title(title: str) -> bool:
    """Whether a column of this title may number the rows."""
    return headings.folded(headings.cleaned(title) or title.strip()) in _TITLES


def counts(cells: Sequence[str]) -> bool:
    """Whether cells, those of the first rows below a header, count from 1."""
    return [headings.text_of(cell) for cell in cells] == [f"{number}" for number in range(1, len(cells) + 1)]


class Numbering:
    """The column of numbers of one file, block for block; `otherwise` makes the refusal for its place (from 1)."""

    def __init__(self, report: WhatWasRead, otherwise: Callable[[int], Problem]) -> None:
        self._report, self._otherwise = report, otherwise
        self._rows = self._unread = self._before = self._gap = 0

    def without(self, block: Block) -> Block:
        """Return a block without the column and the rows that say nothing besides; raises what `otherwise` makes."""
        batch = block.batch
        if NUMBERING not in batch.schema.names:
            return block
        place = batch.schema.names.index(NUMBERING)
        self._report.numbering = self._report.numbering or place + 1
        self._unread += len(block.unreadable)
        self._count(batch.column(place))
        batch = batch.remove_column(place)
        blank = blank_rows(batch)
        if blank is None:
            return Block(batch, block.numbers, block.unreadable)
        if self._report.lines is not None:
            self._report.lines -= pc.sum(blank).as_py()
        numbers = [number for number, nothing in zip(block.numbers, blank.to_pylist(), strict=True) if not nothing]
        return Block(batch.filter(pc.invert(blank)), numbers, block.unreadable)

    def end(self) -> None:
        """See, when all blocks were there, that no more numbers are wanting than rows that could not be read."""
        if self._gap > self._unread:
            raise self._otherwise(self._report.numbering)

    def _count(self, column: pa.StringArray) -> None:
        """See that the numbers go on; rows that could not be read may have had some of those between."""
        text = pc.utf8_trim_whitespace(column)
        if not all(pc.fill_null(pc.match_substring_regex(text, _COUNTS), False).to_pylist()):
            raise self._otherwise(self._report.numbering)
        for number in (int(said.partition(".")[0]) for said in text.to_pylist()):
            self._rows += 1
            if number <= self._before:
                raise self._otherwise(self._report.numbering)
            self._before, self._gap = number, number - self._rows
