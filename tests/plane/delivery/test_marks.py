from pathlib import Path

import pyarrow as pa
import pytest
from delivering import definition
from hypothesis import given
from hypothesis import strategies as st

from hutong.plane.delivery import marks
from hutong.plane.keys import Keyring, ResourceKeys

CODES = [item.code for item in definition().items]
_cells = st.none() | st.text(st.sampled_from(".0\x00ab阿"), max_size=3)
_rows = st.lists(_cells, min_size=len(CODES), max_size=len(CODES))


@pytest.fixture
def keys(tmp_path: Path) -> ResourceKeys:
    return Keyring.create(tmp_path / "k").resource("r")


def marked(keys: ResourceKeys, *rows: list) -> list[bytes]:
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    found: list[bytes] = marks.marks(keys, pa.record_batch(columns, names=CODES), definition()).to_pylist()
    return found


@given(one=_rows, other=_rows)
def test_two_rows_have_one_mark_only_if_they_say_the_same(keys: ResourceKeys, one: list, other: list) -> None:
    first, second, again = marked(keys, one, other, one)
    assert first == again == marked(keys, one)[0]
    assert len(first) == marks.LENGTH
    held = all("\x00" not in cell for cell in one if cell)  # a row with NUL is rejected, never held
    if held:
        assert (first == second) == (one == other)


def test_null_and_empty_text_differ_and_the_place_of_a_value_counts(keys: ResourceKeys) -> None:
    rows = [["a", "", None, *[None] * 3], ["a", None, "", *[None] * 3], ["a", None, None, *[None] * 3],
            ["a", "", "", *[None] * 3], ["", "a", None, *[None] * 3]]  # fmt: skip
    assert len(set(marked(keys, *rows))) == len(rows)


def test_a_mark_is_keyed(keys: ResourceKeys, tmp_path: Path) -> None:
    row = ["a"] * len(CODES)
    assert marked(keys, row) != marked(Keyring.create(tmp_path / "other").resource("r"), row)
    assert marks.key(keys) not in (keys.seal, keys.record, keys.blind, keys.cipher)
