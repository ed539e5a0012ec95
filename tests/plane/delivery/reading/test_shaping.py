"""Of the rows as Arrow reads them those are left out in which a person sees nothing."""

import pyarrow as pa
import pytest

from hutong.plane.delivery.reading import shaping
from hutong.plane.delivery.reading.short import OddRow


def batch(*rows: list[str | None]) -> pa.RecordBatch:
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return pa.record_batch(columns, names=[f"c{place}" for place in range(len(columns))])


@pytest.mark.parametrize(
    ("rows", "blank"),
    [
        ([["a", None], ["b", "c"]], None),
        ([["a", None], [None, None]], [False, True]),
        ([["", " "], ["\u3000", None], ["x", ""], ["\t", "\u00a0"]], [True, True, False, True]),
        ([["long enough to be something", None], [None, "\u200b"]], None),
    ],
)
def test_a_row_of_nulls_empty_text_and_blanks_is_blank(rows: list[list[str | None]], blank: list[bool] | None) -> None:
    found = shaping.blank_rows(batch(*rows))
    assert (found if found is None else found.to_pylist()) == blank


def test_rows_of_other_widths_take_their_place_among_the_others() -> None:
    shape = shaping.Shape(["a", "", "b", ""], ",", quotes=True, header_row=1)
    read = pa.record_batch([pa.array(column, pa.string()) for column in zip(
        ["1", None, "x", None], [None, None, None, None], ["5", None, None, None], strict=True
    )], names=shape.columns)  # fmt: skip
    odd = [OddRow(3, 3, '3,,"y,\n"'), OddRow(4, 6, "4,,w,,, "), OddRow(6, 5, "6,,,,v"),
           OddRow(7, 1, " "), OddRow(8, 2, "8,")]  # fmt: skip
    block, empty = shape.block(read, [1, 2, 5], odd)
    assert block.batch.to_pylist() == [
        {"a": "1", "b": "x"}, {"a": "3", "b": "y,\n"}, {"a": "5", "b": None}
    ]  # fmt: skip
    assert [*block.numbers] == [1, 3, 5]
    assert [(each.number, each.shown) for each in block.unreadable] == [
        (4, "6 / 2"), (6, "5 / 2"), (8, "2 / 2")
    ]  # fmt: skip
    assert empty == 2


def test_columns_have_the_letters_of_a_spreadsheet() -> None:
    assert [shaping.spreadsheet_column(place) for place in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"
    ]  # fmt: skip
