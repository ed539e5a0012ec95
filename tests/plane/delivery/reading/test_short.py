"""Rows whose last separators Excel left out are read; rows that are short otherwise are not."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.plane.definition import Definition, Item
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import header, short

ITEMS = tuple(Item(f"c{place}", f"列{place}") for place in range(5))
WANTED = Definition(code="1/1", version=1, name="x", provider="p", key=("c0",), items=ITEMS)
TITLES = [item.code for item in ITEMS]


def by_excel(rows: list[list[str]]) -> str:
    """Return rows as Excel writes them: in blocks of sixteen, as far as each is used."""
    lines = []
    for begin in range(0, len(rows), 16):
        block = rows[begin : begin + 16]
        used = max((place for row in block for place, cell in enumerate(row, start=1) if cell), default=0)
        lines += [",".join(row[:used]) for row in block]
    return "\r\n".join(lines) + "\r\n"


def read(path: Path, text: str) -> tuple[dict[int, list[str]], set[int]]:
    path.write_bytes(text.encode())
    taken, unreadable = {}, set()
    for block in reading.open_(path, definition=WANTED).blocks():
        cells = ([cell or "" for cell in row.values()] for row in block.batch.to_pylist())
        taken |= dict(zip(block.numbers, cells, strict=True))
        unreadable |= {row.number for row in block.unreadable}
    return taken, unreadable


@pytest.mark.parametrize("above", [0, 1, 5])
@pytest.mark.parametrize("count", [100, 99, 97])
def test_a_column_that_few_rows_fill_is_read_as_excel_writes_it(count: int, above: int, tmp_path: Path) -> None:
    rows = [[f"K{n}", "a", "b", "c" if n % 40 == 0 else "", "d" if n == 50 else ""] for n in range(count)]
    sheet = [["表", "", "", "", ""]] * above + [TITLES, *rows]
    assert by_excel(sheet).count("\r\nK1,a,b,,\r\n") == 1
    assert by_excel(sheet).count(",a,b\r\n") > 30
    assert read(tmp_path / "a", by_excel(sheet)) == (dict(enumerate(rows, start=above + 2)), set())


def test_it_is_read_over_all_pieces_of_a_large_file(tmp_path: Path) -> None:
    chance = random.Random(1)
    rows = [[f"K{n}", "x" * 40, "b", "", "d" if chance.random() < 0.02 else ""] for n in range(200_000)]
    text = by_excel([TITLES, *rows])
    assert len(text) > 8 << 20
    taken, unreadable = read(tmp_path / "a", text)
    assert (len(taken), unreadable) == (200_000, set())
    assert all(taken[number] == row for number, row in enumerate(rows, start=2))


FULL = [f"K{n},a,b,c,d" for n in range(15)]


@pytest.mark.parametrize(
    "lines",
    [
        [*FULL, *(f"S{n},a,b" for n in range(7)), "X,a,b,c,d", *(f"S{n},a,b" for n in range(8))],
        [*FULL, *(f"S{n},a,b" for n in range(7)), "X,a", *(f"S{n},a,b" for n in range(8))],
        [*FULL, *(f"S{n},a," for n in range(16))],
        [*FULL[:10], "S1,a,b", *FULL[11:], *(f"S{n},a,b" for n in range(16))],
        [*FULL, "S1,a,b"],
        [*FULL, "S1,a,b", "S2,a,b", "S3,a"],
    ],
    ids=["a full row", "another width", "a column less is used", "beside the header", "one alone", "cut off"],
)
def test_rows_that_are_short_otherwise_stay_unreadable(lines: list[str], tmp_path: Path) -> None:
    taken, unreadable = read(tmp_path / "a", "\n".join([",".join(TITLES), *lines]) + "\n")
    assert unreadable == {number for number, line in enumerate(lines, start=2) if line.count(",") < 4}
    assert len(taken) + len(unreadable) == len(lines)


def test_lines_broken_in_two_are_no_rows_of_excel(tmp_path: Path) -> None:
    lines = [line for n in range(40) for line in (f"K{n},a,b", "rest,c,d")]
    assert read(tmp_path / "a", "\n".join([",".join(TITLES), *lines]))[0] == {}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["", "", "x", "甲"]), min_size=4, max_size=4), min_size=1, max_size=120))
def test_what_excel_wrote_is_read_or_told(tmp_path_factory, cells) -> None:
    rows = [[f"K{n}", *row] for n, row in enumerate(cells)]
    taken, unreadable = read(tmp_path_factory.mktemp("a") / "a", by_excel([TITLES, *rows]))
    assert taken == {number: row for number, row in enumerate(rows, start=2) if number not in unreadable}
    assert len(taken) + len(unreadable) == len(rows)
    assert all(short.block_of(number) == short.block_of(len(rows) + 1) for number in unreadable)
    assert len(unreadable) < 4


COMMA = ",".join(["K", "a", "某路1号", "2栋", "d", ""])
"""A record of five values, the last of which is empty, with a comma inside of the third that nobody quoted."""


@pytest.mark.parametrize("place", [0, 1, 20, 39])
def test_a_separator_inside_of_a_value_moves_no_value_into_the_next_column(place: int, tmp_path: Path) -> None:
    """Its empty last value makes it as long as a row with an empty cell too many: nobody can tell, so it is told."""
    lines = [f"K{n},a,b,c,d" for n in range(40)]
    lines[place] = COMMA
    taken, unreadable = read(tmp_path / "a", "\n".join([",".join(TITLES), *lines]) + "\n")
    assert (unreadable, len(taken)) == ({place + 2}, 39)


def test_nor_where_most_of_the_first_rows_have_one(tmp_path: Path) -> None:
    lines = [COMMA if n % 3 else f"K{n},a,b,c,d" for n in range(60)]
    taken, unreadable = read(tmp_path / "a", "\n".join([",".join(TITLES), *lines]) + "\n")
    assert unreadable == {n + 2 for n in range(60) if n % 3}
    assert {tuple(cells[1:]) for cells in taken.values()} == {("a", "b", "c", "d")}


@pytest.mark.parametrize("more", [1, 3])
def test_empty_cells_too_many_are_none_where_all_rows_have_them_or_a_whole_block_of_excel(
    more: int, tmp_path: Path
) -> None:
    every = [f"K{n},a,b,c,d" + "," * more for n in range(40)]
    assert read(tmp_path / "a", "\n".join([",".join(TITLES), *every]) + "\n")[1] == set()
    block = [f"K{n},a,b,c,d" + "," * more * (31 <= n < 47) for n in range(60)]
    assert read(tmp_path / "a", "\n".join([",".join(TITLES), *block]) + "\n")[1] == set()
    part = [f"K{n},a,b,c,d" + "," * more * (31 <= n < 46) for n in range(60)]
    assert read(tmp_path / "a", "\n".join([",".join(TITLES), *part]) + "\n")[1] == {n + 2 for n in range(31, 46)}


@pytest.mark.parametrize("said", [0, 1])
@pytest.mark.parametrize("count", [2, 17, 70])
def test_numbers_of_rows_before_the_first_column_move_no_value(count: int, said: int, tmp_path: Path) -> None:
    """As R writes a table: its rows have a number in front that has no title, and their last value may be empty."""
    lines = [f"{n + 1},K{n},a,b,c,{'d' if n < said else ''}" for n in range(count)]
    taken, unreadable = read(tmp_path / "a", "\n".join([",".join(TITLES), *lines]) + "\n")
    assert (taken, len(unreadable)) == ({}, count)
    lines = [f"{n + 1},K{n},a,b,c,d" for n in range(count)]
    with pytest.raises(header.ColumnsUnknown):
        read(tmp_path / "a", "\n".join([",".join(TITLES), *lines]) + "\n")


@pytest.mark.parametrize("place", [0, 5, 30])
def test_a_value_under_no_title_makes_no_column_of_what_is_empty_otherwise(place: int, tmp_path: Path) -> None:
    lines = [f"K{n},a,b,c,d,{'x' if n == place else ''}" for n in range(60)]
    taken, unreadable = read(tmp_path / "a", "\n".join([",".join(TITLES), *lines]) + "\n")
    assert place + 2 in unreadable
    assert all(cells == [f"K{number - 2}", "a", "b", "c", "d"] for number, cells in taken.items())
