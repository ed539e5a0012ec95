"""From the rows as Arrow reads them to blocks: empty rows and untitled columns are left out, odd rows taken or told."""

import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from hutong.plane.delivery.blocks import Block, UnreadableRow
from hutong.plane.delivery.reading.report import Occurrences
from hutong.plane.delivery.reading.short import OddRow, OddRows

BLOCK = 4 << 20
"""Bytes that Arrow reads at a time."""
STAND_IN = "\x1f"
"""Arrow wants a separator of one byte: this stands for one of more, in a text that is separated by such."""
_END_OF_FILE = "\x1a"
"""What programs of DOS write at the end of a text."""
_AS_TEXT = r'^="([^"]*)"$'
"""A formula that holds nothing but a text: the way to keep a spreadsheet from making a number of it."""
T = TypeVar("T")
_FEW = 4
"""Bytes a cell, up to which a row is looked at for being empty."""


class Shape:
    """The columns of a text: under each its item code, empty where the column is left out."""

    def __init__(self, columns: Sequence[str], separator: str, *, quotes: bool, header_row: int) -> None:
        self.columns = [code or f" {place}" for place, code in enumerate(columns)]
        self.named = [code for code in columns if code]
        self._untitled = [name for name in self.columns if name not in self.named]
        self._least = max((place for place, code in enumerate(columns, start=1) if code), default=0)
        self._separator, self._quotes = separator, quotes
        self._byte = separator if separator.isascii() else STAND_IN
        self._odd = OddRows(header_row=header_row, separator=self._byte, least=self._least, most=len(self.columns))
        self.as_text = Occurrences()
        """Cells that were written as a formula which holds a text, and read as that text."""

    def reader(self, file: object, note: Callable[[arrow_csv.InvalidRow], str]) -> Iterable[pa.RecordBatch]:
        """Return a reader of records of all columns; `note` is asked about each row of another width."""
        return self._reader(file, self.columns, note)

    def nothing(self) -> pa.RecordBatch:
        """Return no rows."""
        return pa.record_batch([pa.array([], pa.string()) for _ in self.columns], names=self.columns)

    def block(self, batch: pa.RecordBatch, numbers: Sequence[int], odd: Sequence[OddRow]) -> tuple[Block, int]:
        """Return the records among rows and how many rows were empty; what cannot be read stands with its number."""
        unreadable: list[UnreadableRow] = []
        blank = {row for row in odd if not row.raw.strip(f' "\t{_END_OF_FILE}{self._byte}')}
        rest = [row for row in odd if row not in blank] if blank else odd
        batch, numbers = self._with_others(batch, numbers, rest, unreadable)
        if self._untitled:
            batch, numbers = self._titled(batch, numbers, unreadable)
        empty = blank_rows(batch)
        if empty is not None:
            batch, numbers = batch.filter(pc.invert(empty)), _chosen(numbers, empty, False)
        unreadable.sort(key=lambda row: row.number)
        count = len(blank) + (0 if empty is None else pc.sum(empty).as_py())
        return Block(self._restored(batch, numbers), numbers, unreadable), count

    def _with_others(
        self, batch: pa.RecordBatch, numbers: Sequence[int], odd: Sequence[OddRow], unreadable: list[UnreadableRow]
    ) -> tuple[pa.RecordBatch, Sequence[int]]:
        """Return the rows, in the order of the file, with those of `odd` that lack or add nothing but empty columns."""
        written_so = set(self._odd.written_so(odd, numbers))
        if not odd:
            return batch, numbers
        found, places = [batch], [*numbers]
        others: dict[int, list[OddRow]] = defaultdict(list)
        for row in odd:
            if row not in written_so:
                unreadable.append(self._unreadable(row))
            else:
                others[row.cells].append(row)
        for cells, rows in others.items():
            surplus = [f"  {place}" for place in range(cells - len(self.columns))]
            text = io.BytesIO("".join(f"{row.raw}\n" for row in rows).encode())
            for part in self._reader(text, [*self.columns[:cells], *surplus], None):
                these, rows = rows[: part.num_rows], rows[part.num_rows :]
                beyond = blank_rows(part.select(surplus)) if surplus else pa.array([True] * len(these))
                plain = pa.array([False] * len(these)) if beyond is None else beyond
                unreadable += [self._unreadable(row) for row in _chosen(these, plain, False)]
                found.append(self._widened(part).filter(plain))
                places += [row.number for row in _chosen(these, plain, True)]
        if len(places) == len(numbers):
            return batch, numbers
        order = sorted(range(len(places)), key=places.__getitem__)
        return pa.concat_batches(found).take(pa.array(order)), [places[place] for place in order]

    def _widened(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the columns of the text, those that are not there without values."""
        there = set(batch.schema.names)
        nothing = pa.nulls(batch.num_rows, pa.string())
        columns = [batch.column(name) if name in there else nothing for name in self.columns]
        return pa.record_batch(columns, names=self.columns)

    def _titled(
        self, batch: pa.RecordBatch, numbers: Sequence[int], unreadable: list[UnreadableRow]
    ) -> tuple[pa.RecordBatch, Sequence[int]]:
        """Return the columns that have a title, without the rows that say something outside of them."""
        plain = blank_rows(batch.select(self._untitled))
        if plain is None:
            plain = pa.array([False] * batch.num_rows, pa.bool_())
        if not pc.all(plain).as_py():
            width = len(self.columns)
            unreadable += [self._unreadable(OddRow(each, width, "")) for each in _chosen(numbers, plain, False)]
            batch, numbers = batch.filter(plain), _chosen(numbers, plain, True)
        return batch.select(self.named), numbers

    def _unreadable(self, row: OddRow) -> UnreadableRow:
        return UnreadableRow(row.number, "ROW_RAGGED", f"{row.cells} / {len(self.named)}")

    def _restored(self, batch: pa.RecordBatch, numbers: Sequence[int]) -> pa.RecordBatch:
        """Return the rows with their cells as a person sees them: without what stood for a separator or kept a text."""
        cells = batch.columns
        if self._byte != self._separator:
            cells = [pc.replace_substring(column, self._byte, self._separator) for column in cells]
        if self._quotes:
            named = zip(cells, batch.schema.names, strict=True)
            cells = [self._unwrapped(column, name, numbers) for column, name in named]
        return pa.record_batch(cells, names=batch.schema.names)

    def _unwrapped(self, column: pa.StringArray, name: str, numbers: Sequence[int]) -> pa.StringArray:
        """Return the texts of formulas that hold nothing else, and note where they stood."""
        if not pc.any(pc.starts_with(column, '="')).as_py():
            return column
        wrapped = pc.fill_null(pc.match_substring_regex(column, _AS_TEXT), False)
        letter = spreadsheet_column(self.columns.index(name))
        self.as_text = self.as_text.plus(f"{letter}{number}" for number in _chosen(numbers, wrapped, True))
        return pc.replace_substring_regex(column, _AS_TEXT, r"\1")

    def _reader(
        self, file: object, columns: Sequence[str], note: Callable[[arrow_csv.InvalidRow], str] | None
    ) -> Iterable[pa.RecordBatch]:
        reader: Iterable[pa.RecordBatch] = arrow_csv.open_csv(
            file,
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=columns),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self._byte,
                quote_char='"' if self._quotes else False,
                newlines_in_values=self._quotes,
                ignore_empty_lines=False,
                invalid_row_handler=note,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        return reader


def blank_rows(batch: pa.RecordBatch) -> pa.BooleanArray | None:
    """Return which rows have nothing but nulls, empty text and blanks; None where there is none such."""
    size = pa.scalar(0, pa.int32())
    for column in batch.columns:
        size = pc.add(size, pc.fill_null(pc.binary_length(column), 0))
    few = pc.less_equal(size, _FEW * batch.num_columns) if batch.num_columns else pa.array([], pa.bool_())
    if not pc.any(few).as_py():
        return None
    doubtful = batch.filter(few)
    blank = pa.scalar(True)
    for column in doubtful.columns:
        nothing = pc.or_(pc.utf8_is_space(column), pc.equal(pc.binary_length(column), 0))
        blank = pc.and_(blank, pc.fill_null(nothing, True))
    if not pc.any(blank).as_py():
        return None
    return pc.replace_with_mask(few, few, blank)


def spreadsheet_column(place: int) -> str:
    """Return the letters of a column, of which 0 is A."""
    letters = ""
    while place >= 0:
        place, last = divmod(place, 26)
        letters, place = chr(ord("A") + last) + letters, place - 1
    return letters


def _chosen(items: Sequence[T], mask: pa.BooleanArray, wanted: bool) -> list[T]:
    return [item for item, found in zip(items, mask.to_pylist(), strict=True) if found is wanted]
