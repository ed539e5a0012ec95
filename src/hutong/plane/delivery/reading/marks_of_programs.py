"""What programs write beside a value and nobody means as a part of it: taken away, counted, and told by its rows.

Words of programs for no value are no more than told: null may be a name, and what was meant its provider knows.

An apostrophe before a number or a tab beside it keeps a spreadsheet from making a number of a code; \\N is how MySQL
and PostgreSQL write that there is no value.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from hutong.plane.delivery.blocks import OP, Block
from hutong.plane.delivery.reading.report import MOST_PLACES, Occurrences, WhatWasRead

_KEPT_TEXT = r"^(?:[ \t]*'[ \t]*|[ ]*\t[ \t]*)?([+-]?[0-9][0-9A-Z.,:/-]*[a-z]?)[ \t]*$"
"""A code of digits and capitals, the last perhaps a small x, with what keeps it text at its sides."""
_NULL = "\\N"
_MARKS = (b"'", b"\t", _NULL.encode())
_WORDS = r"(?i)^[ \t]*[<(\[#]?(?:null|nan|none|nil|undefined|na|n/a)[>)\]]?[ \t]*$"


@dataclass(frozen=True, slots=True)
class _Column:
    """A column without the marks, and the rows (0 is the first) in which some stood or no value was meant."""

    text: pa.StringArray
    bared: Sequence[int] = ()
    null: Sequence[int] = ()


def without(block: Block, report: WhatWasRead) -> Block:
    """Return a block of text or of a workbook without such marks, which `report` counts."""
    batch = block.batch
    columns, changed = [], False
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        found = _Column(column) if name == OP or not _has_any(column) else _bared(column)
        report.bared = _plus(report.bared, found.bared, block)
        report.nulls = _plus(report.nulls, found.null, block)
        changed = changed or found.text is not column
        columns.append(found.text)
    if not changed:
        return block
    return Block(pa.record_batch(columns, names=batch.schema.names), block.numbers, block.unreadable)


def look(block: Block, report: WhatWasRead, texts: Collection[str]) -> None:
    """Note in `report` the values of items of text that are words by which programs say that there is none."""
    for name, column in zip(block.batch.schema.names, block.batch.columns, strict=True):
        if name not in texts:
            continue
        rows = pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(column, _WORDS), False)).to_pylist()
        report.words_for_none = _plus(report.words_for_none, rows, block)


def _has_any(column: pa.StringArray) -> bool:
    data = column.buffers()[2]
    text = b"" if data is None else data.to_pybytes()
    return any(mark in text for mark in _MARKS)


def _bared(column: pa.StringArray) -> _Column:
    marked = pc.or_(pc.match_substring(column, "'"), pc.match_substring(column, "\t"))
    bared = pc.indices_nonzero(pc.and_(marked, pc.match_substring_regex(column, _KEPT_TEXT))).to_pylist()
    null = pc.indices_nonzero(pc.equal(column, _NULL)).to_pylist()
    text = column
    if bared:
        text = pc.replace_substring_regex(text, _KEPT_TEXT, r"\1")
    if null:
        text = pc.if_else(pc.fill_null(pc.equal(text, _NULL), False), pa.scalar(None, pa.string()), text)
    return _Column(text, bared, null)


def _plus(known: Occurrences, rows: Sequence[int], block: Block) -> Occurrences:
    return known.plus((f"{block.numbers[row]}" for row in rows[:MOST_PLACES]), number=len(rows)) if rows else known
