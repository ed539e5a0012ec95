"""Blocks: some thousand rows of a delivery as they were read, which are checked, sealed and loaded together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

OP = "_op"
"""The column of a changes delivery that says u (put) or d (delete)."""

BLOCK_ROWS = 1 << 15
BLOCK_BYTES = 8 << 20
"""Bytes of text a block has at most, unless one row alone has more."""


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row that could not be taken apart: its number, and the code and text of why."""

    number: int
    reason: str
    shown: str
    like_none: bool = False
    """Whether it looks like a total or a remark, and like no record."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows as text, a column per item under its code, with their numbers; and rows that could not be read."""

    batch: pa.RecordBatch
    numbers: Sequence[int]
    unreadable: list[UnreadableRow] = field(default_factory=list)
