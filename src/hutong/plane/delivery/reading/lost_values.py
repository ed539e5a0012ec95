"""Cells in which a spreadsheet wrote no value: an error, hashes, or a number that lost its digits.

In a workbook such a cell is known by its kind; as text, also of a workbook into which text was copied, by how it is
written. Both are told and rejected alike.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from hutong.core.errors import Invalid
from hutong.plane.definition import Definition
from hutong.plane.delivery.blocks import OP, Block, UnreadableRow
from hutong.plane.delivery.reading import operations, suspects
from hutong.plane.delivery.reading.report import MOST_PLACES, Occurrences, WhatWasRead
from hutong.plane.delivery.reading.shaping import spreadsheet_column
from hutong.plane.values import NUMBERS, TEXT


class NumberLostDigits(Invalid):
    """Cell {argument} holds a number that a spreadsheet did not keep, or did not write, with all of its digits."""


class CellError(Invalid):
    """Cell {argument} holds an error instead of a value."""


_ERROR = (
    r"^(?:#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!"
    r"|BUSY!|PYTHON!|EXTERNAL!)|Err:[0-9]{3}|#{3,})$"
)
"""Hashes are written where a column was too narrow to show its value."""
_LOST = r"^-?[0-9](?:\.[0-9]{1,14})?E\+(?:1[1-9]|[2-9][0-9]|[1-9][0-9]{2})$"
"""A number that is written so, by itself, has twelve digits or more, most of which are not there."""


class LostValues:
    """The look for such cells in the texts of one file, which its report counts."""

    def __init__(self, definition: Definition, columns: Sequence[str], report: WhatWasRead) -> None:
        """`columns` has the item code of each column of the sheet."""
        self._letters = {code: spreadsheet_column(place) for place, code in enumerate(columns) if code}
        self._types = {item.code: item.type for item in definition.items}
        self.grave = {
            item.code for item in definition.items
            if item.code in definition.key or item.required or item.sensitive or definition.personal
        }  # fmt: skip
        """Items in which a record cannot be without its value."""
        self.key = set(definition.key)
        self._report = report

    def without(self, block: Block) -> Block:
        """Return a block with such cells empty, or its rows among the unreadable where they cannot be without."""
        refused: dict[int, UnreadableRow] = {}
        columns, changed = [], False
        for code, column in zip(block.batch.schema.names, block.batch.columns, strict=True):
            if code in self._types and _has_any(column):
                column, found = self._without_errors(code, column, block, refused)
                changed = changed or found
                self._note_lost(code, column, block, refused)
            columns.append(column)
        if not changed and not refused:
            return block
        batch = pa.record_batch(columns, names=block.batch.schema.names)
        if not refused:
            return Block(batch, block.numbers, block.unreadable)
        kept = [row not in refused for row in range(batch.num_rows)]
        numbers = [number for number, keep in zip(block.numbers, kept, strict=True) if keep]
        unreadable = sorted([*block.unreadable, *refused.values()], key=lambda row: row.number)
        return Block(batch.filter(pa.array(kept, pa.bool_())), numbers, unreadable)

    def _without_errors(
        self, code: str, column: pa.StringArray, block: Block, refused: dict[int, UnreadableRow]
    ) -> tuple[pa.StringArray, bool]:
        wrong = pc.fill_null(pc.match_substring_regex(column, _ERROR), False)
        rows = pc.indices_nonzero(wrong).to_pylist()
        if not rows:
            return column, False
        self._report.errors = self._plus(self._report.errors, code, rows, block)
        if code in self.grave:
            self._refuse(CellError, code, rows, block, refused)
        return pc.if_else(wrong, pa.scalar(None, pa.string()), column), True

    def _note_lost(self, code: str, column: pa.StringArray, block: Block, refused: dict[int, UnreadableRow]) -> None:
        rows = pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(column, _LOST), False)).to_pylist()
        if rows and self._types[code] in (*TEXT, *NUMBERS):
            known = self._report.differing.get(code, Occurrences())
            self._report.differing[code] = self._plus(known, code, rows, block)
            if self._types[code] in TEXT:
                self._refuse(NumberLostDigits, code, rows, block, refused)

    def _refuse(
        self, cause: type[Invalid], code: str, rows: Sequence[int], block: Block, refused: dict[int, UnreadableRow]
    ) -> None:
        ops = block.batch.column(OP).to_pylist() if OP in block.batch.schema.names else []
        for row in rows:  # of a record that is deleted its key alone is read
            if code in self.key or not ops or operations.of(ops[row]) != operations.DELETE:
                number = block.numbers[row]
                cell, like_none = f"{self._letters[code]}{number}", suspects.like_none(block.batch, row)
                refused.setdefault(row, UnreadableRow(number, cause.code, cell, like_none))

    def _plus(self, known: Occurrences, code: str, rows: Sequence[int], block: Block) -> Occurrences:
        places = (f"{self._letters[code]}{block.numbers[row]}" for row in rows[:MOST_PLACES])
        return known.plus(places, number=len(rows))


def _has_any(column: pa.StringArray) -> bool:
    data = column.buffers()[2]
    text = b"" if data is None else data.to_pybytes()
    return b"#" in text or b"E+" in text or b"Err:" in text
