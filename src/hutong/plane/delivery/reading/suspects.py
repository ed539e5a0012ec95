"""Rows that look like no record: totals, signatures and remarks below a table, its header again, a line, the numbers
of columns, rows nearly empty.

They are told and not left out: what a record is, its provider knows.
"""

import re
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from hutong.plane.definition import Definition
from hutong.plane.delivery.blocks import OP, Block
from hutong.plane.delivery.reading.report import MOST_PLACES, Occurrences

_GAP = "[ \u3000\t]*"
_TOTALS = (
    f"[一-龥]{{0,6}}(?:[合总小共累]{_GAP}计(?:人|户|人数|户数|金额|数额|数量|数|额)?|总(?:人数|户数|金额|数|额|和)|汇总)"
)
_WORDS = pa.array(
    [f"{first}{gap}计{end}" for first in "合总小共累" for gap in ("", *" \u3000", "  ", "   ", "    ", "\u3000\u3000")
     for end in ("", ":", "：", "人数", "户数", "金额", "数")] + ["汇总", "总数", "总人数", "总户数", "总金额", "总额"],
    pa.string(),
)  # fmt: skip
"""What stands alone in the key of a total, whatever stands beside it."""
_SIGNED = (
    "填[表报]|制表|审[核批签]|复核|经办|(?:单位|部门|分管)?负责|联系[人电]|打印|导出|[盖公]章|签[字名]"
    "|备注|注|说明|数据来源|来源|截[止至]"
)
_COUNTED = "(?:以上)?共?[0-9]+[条人户行](?:记录|数据)?|第[0-9]+页.*"
_ENGLISH = "(?:(?:grand |sub-?)?total|sum|prepared by|checked by|source|notes?|printed)"
_LIKE_NO_RECORD = (
    rf"(?i)^{_GAP}(?:{_TOTALS}{_GAP}(?:[:：(（0-9].*)?|(?:{_SIGNED}).{{0,6}}[:：].*|(?:{_COUNTED})[。.]?"
    rf"|{_ENGLISH}{_GAP}(?:[:：].*)?){_GAP}$"
)
"""A cell that begins a total, a signature or a remark."""
_FEWEST_COLUMNS = 3
_FEW = 4
"""A row with a value in one of so many columns is nearly empty."""
_HALF = 2
"""A row without its key and with a value in no more than one of so many columns is a total without a word."""
_OFTEN = 20
"""Where more than one of so many rows are nearly empty, and more rows than this, that is how the table is."""


class Suspects:
    """The suspicious rows of one file, as its blocks come."""

    def __init__(self, definition: Definition) -> None:
        self._titles = {item.code: [item.code, item.name] for item in definition.items}
        self._key = definition.key
        self._like_none, self._sparse = Occurrences(), Occurrences()

    def look(self, block: Block) -> None:
        """Look at the rows of one block."""
        batch = block.batch
        self._like_none = self._like_none.plus(str(row.number) for row in block.unreadable if row.like_none)
        if not batch.num_rows:
            return
        looked = batch.select([name for name in batch.schema.names if name != OP])
        filled = [pc.greater(pc.fill_null(pc.binary_length(column), 0), 0) for column in looked.columns]
        count = filled[0].cast(pa.int32())
        for each in filled[1:]:
            count = pc.add(count, each.cast(pa.int32()))
        gaps = pc.less(count, looked.num_columns)
        if OP in batch.schema.names:  # of a record that is deleted there is nothing but its key
            gaps = pc.and_(gaps, pc.fill_null(pc.not_equal(batch.column(OP), "d"), False))
        like_none = {*self._titles_again(looked), *_lines_and_numbers(looked), *self._totals(looked)}
        if pc.any(gaps).as_py():
            like_none.update(self._remarks(looked, gaps))
            keyless = pc.and_(self._keyless(looked), pc.less_equal(count, looked.num_columns // _HALF))
            few = pc.or_(pc.less_equal(count, max(looked.num_columns // _FEW, 1)), keyless)
            sparse = pc.and_(gaps, few) if looked.num_columns >= _FEWEST_COLUMNS else None
            places = set() if sparse is None else set(pc.indices_nonzero(sparse).to_pylist()) - like_none
            self._sparse = self._sparse.plus(str(block.numbers[place]) for place in sorted(places))
        self._like_none = self._like_none.plus(str(block.numbers[place]) for place in sorted(like_none))

    def found(self, records: int) -> Occurrences:
        """Return the suspicious rows of a file of so many records."""
        often = self._sparse.number > max(_OFTEN, records // _OFTEN)
        sparse = Occurrences() if often else self._sparse
        first = sorted((*self._like_none.first, *sparse.first), key=int)[:MOST_PLACES]
        return Occurrences(self._like_none.number + sparse.number, tuple(first))

    def _titles_again(self, batch: pa.RecordBatch) -> list[int]:
        """Return the rows whose first columns, two where there are, hold their own titles."""
        again: pa.BooleanArray | None = None
        for name in batch.schema.names[:2]:
            same = pc.is_in(batch.column(name), value_set=pa.array(self._titles.get(name, [name]), pa.string()))
            again = same if again is None else pc.and_(again, same)
        found: list[int] = pc.indices_nonzero(again).to_pylist()
        return found

    def _totals(self, batch: pa.RecordBatch) -> set[int]:
        """Return the rows that have nothing but a word for a total in their first column, or in one of the key."""
        names = {batch.schema.names[0], *self._key}.intersection(batch.schema.names)
        said = (pc.is_in(batch.column(name), value_set=_WORDS) for name in names)
        return {place for each in said for place in pc.indices_nonzero(each).to_pylist()}

    def _keyless(self, batch: pa.RecordBatch) -> pa.BooleanArray:
        """Return of each row whether nothing stands in any column of its key."""
        columns = [batch.column(code) for code in self._key if code in batch.schema.names]
        empty = [pc.equal(pc.fill_null(pc.binary_length(column), 0), 0) for column in columns]
        found = empty[0] if empty else pa.array([False] * batch.num_rows, pa.bool_())
        for each in empty[1:]:
            found = pc.and_(found, each)
        return found

    def _remarks(self, batch: pa.RecordBatch, gaps: pa.BooleanArray) -> Iterable[int]:
        """Return the rows with gaps whose first value begins a total, a signature or a remark."""
        places = pc.indices_nonzero(gaps)
        some = batch.filter(gaps)
        empty = pa.scalar(None, pa.string())
        first = pc.coalesce(*(pc.if_else(pc.equal(pc.binary_length(each), 0), empty, each) for each in some.columns))
        like = pc.fill_null(pc.match_substring_regex(first, _LIKE_NO_RECORD), False)
        found: list[int] = places.filter(like).to_pylist()
        return found


def like_none(batch: pa.RecordBatch, place: int) -> bool:
    """Return whether the first value of a row begins a total, a signature or a remark: of one that is not looked at.

    To be asked of rows with a gap.
    """
    looked = batch.select([name for name in batch.schema.names if name != OP])
    cells = (column[place].as_py() for column in looked.columns)
    return re.search(_LIKE_NO_RECORD, next(filter(None, cells), "")) is not None


_DRAWN = r"^[ \t]*[-=_+*—─━]{2,}[ \t]*$"
_BEGINS = r"^[ \t]*[(（]?(?:1|01|一|甲|A|栏[次目])[)）]?[ \t]*$"
_STEMS, _LETTERS, _NUMERALS = "甲乙丙丁戊己庚辛壬癸", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "一二三四五六七八九十"
_FEWEST_NUMBERED = 3


def _lines_and_numbers(batch: pa.RecordBatch) -> list[int]:
    """Return the rows in which every cell is a drawn line, or which number the columns below their titles."""
    doubtful = pc.fill_null(pc.match_substring_regex(batch.column(0), f"{_DRAWN}|{_BEGINS}"), False)
    found = []
    for place in pc.indices_nonzero(doubtful).to_pylist():
        cells = [(column[place].as_py() or "").strip(" \t") for column in batch.columns]
        lines = all(re.fullmatch(_DRAWN, cell) for cell in cells if cell)
        if lines or _numbered([cell.strip("()（）") for cell in cells]):
            found.append(place)
    return found


def _numbered(cells: list[str]) -> bool:
    """Whether cells are 1, 2, 3 or 甲, 乙, 丙 or A, B, C and so on, or one sort and then another."""
    if cells[0].startswith("栏"):
        cells = cells[1:]
    runs: dict[str, int] = {}
    for cell in cells:
        number = cell.lstrip("0")
        sort = next((each for each in (_STEMS, _LETTERS, _NUMERALS) if len(cell) == 1 and cell in each), "0")
        place = sort.index(cell) + 1 if sort != "0" else int(number) if _PLACE.fullmatch(number) else 0
        if place != runs.get(sort, 0) + 1:
            return False
        runs[sort] = place
    return len(cells) >= _FEWEST_NUMBERED


_PLACE = re.compile(r"[1-9][0-9]?", re.ASCII)
