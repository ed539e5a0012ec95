"""No value of a CSV is reckoned with, rounded or stripped by the spreadsheet that opens it."""

import pytest

from hutong.core import spreadsheet


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"), ("＝1+1", "'＝1+1"), ("+86", "'+86"), ("-3", "'-3"), ("@SUM", "'@SUM"), ("007", "\t007"),
        ("330523200512192451", "\t330523200512192451"), ("12", "12"), ("甲", "甲"), (None, ""), (7, "7"),
    ],
)
def test_a_value_stands_as_text_where_a_spreadsheet_would_make_something_of_it(value, cell):
    assert spreadsheet.text(value) == cell
