"""Rows that lack their last cells, or have empty ones too many, because Excel wrote them so.

Excel writes text in blocks of sixteen rows, and as many cells of each row as the block uses: where the last columns are
empty all through a block, their separators are missing in it (Microsoft's knowledge base, 77295). A row that is short
otherwise may as well have lost a separator, and one that is long may have one inside of a value that nobody quoted:
both stay unreadable.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

BLOCK_OF_ROWS = 16
_ENOUGH = 4
"""Rows of a block that are believed by themselves; fewer only behind a block that was."""


@dataclass(frozen=True, slots=True)
class OddRow:
    """A row of another number of cells than most: its number, its cells, and how it stands there."""

    number: int
    cells: int
    raw: str


def block_of(number: int) -> int:
    """Return the block in which Excel writes a row."""
    return (number - 1) // BLOCK_OF_ROWS


class OddRows:
    """The rows of other widths of one text, block for block in their order."""

    def __init__(self, *, header_row: int, separator: str, least: int, most: int) -> None:
        """A row has to have `least` cells, and `most` as a rule."""
        self._least, self._most = least, most
        self._header, self._separator = block_of(header_row), separator
        self._believed = True
        """No row beside the header is shorter or longer than it, which Excel could not have written."""
        self._last_full = self._last_taken = -1

    def written_so(self, odd: Sequence[OddRow], numbers: Sequence[int]) -> list[OddRow]:
        """Return those of `odd` rows that can be read; `numbers` are the rows of all cells beside them."""
        blocks: dict[int, list[OddRow]] = defaultdict(list)
        for row in odd:
            blocks[block_of(row.number)].append(row)
        beside = any(not self._least <= row.cells <= self._most for row in blocks.get(self._header, ()))
        self._believed = self._believed and not beside
        taken = []
        for block, rows in sorted(blocks.items()):
            whole = self._whole(block, rows, numbers)
            taken += [row for row in rows if whole or self._least <= row.cells <= self._most]
        if numbers:
            self._last_full = block_of(numbers[-1])
        return taken

    def _whole(self, block: int, rows: Sequence[OddRow], numbers: Sequence[int]) -> bool:
        """Return whether the rows of a block are all of it and alike, and short ones use their last cell somewhere."""
        at = bisect_left(numbers, block * BLOCK_OF_ROWS + 1)
        full = self._last_full == block or (at < len(numbers) and block_of(numbers[at]) == block)
        alike, short = len({row.cells for row in rows}) == 1, rows[0].cells < self._least
        used = not short or any(not row.raw.rstrip(' "\t').endswith(self._separator) for row in rows)
        enough = len(rows) >= _ENOUGH or self._last_taken == block - 1
        if full or not alike or not used or not enough or not self._believed:
            return False
        self._last_taken = block
        return True
