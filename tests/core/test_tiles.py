"""Paths and bundles as C2SP tlog-tiles spells them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import tiles
from hutong.core.tiles import BundleMalformed, EntryTooLarge, Tile, TilePathMalformed


def test_spells_paths_as_the_specification() -> None:
    assert tiles.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.tile_path(63, 0, 255) == "tile/63/000.p/255"
    assert tiles.entries_path(999, 8) == "tile/entries/999.p/8"
    assert tiles.entries_path(1000) == "tile/entries/x001/000"


@given(st.none() | st.integers(0, 63), st.integers(0, 2**64 - 1), st.integers(1, 256))
def test_reads_the_path_it_writes(level: int | None, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert tiles.parse(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0",
        "tile/0/",
        "tile/64/000",
        "tile/-1/000",
        "tile/00/000",
        "tile/0/0",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000/",
        "/tile/0/000",
        "tile/x/000",
        "tile/entries/xx01/000",
        "tile/0/1_0",
        "tile/0/+01",
        "tile/0/００１",
        "tile/0/000/../001",
        "checkpoint",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile//000",
        "tile/0/000.p/1/2",
    ],
)
def test_refuses_any_other_spelling(path: str) -> None:
    with pytest.raises(TilePathMalformed):
        tiles.parse(path)


@given(st.text(alphabet="tile/x0123.pentrs-+ _", max_size=40))
def test_reads_nothing_it_would_not_write(path: str) -> None:
    with contextlib.suppress(TilePathMalformed):
        assert tiles.parse(path).path == path


def test_a_log_of_seventy_thousand_has_the_tiles_of_the_specification() -> None:
    found = tiles.tiles_of(70_000)
    assert [(t.level, t.width) for t in found if t.width < 256] == [(0, 112), (1, 17), (2, 1)]
    assert [sum(t.level == level for t in found) for level in range(4)] == [274, 2, 1, 0]
    assert [(t.level, t.width) for t in tiles.tiles_of(256)] == [(0, 256), (1, 1)]
    assert tiles.tiles_of(0) == []
    assert tiles.width_in(0, 274, 70_000) == 0


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_reads_the_bundle_it_writes(entries: list[bytes]) -> None:
    data = tiles.encode_bundle(entries)
    assert tiles.decode_bundle(data, width=len(entries)) == entries
    with pytest.raises(BundleMalformed):
        tiles.decode_bundle(data, width=len(entries) + 1)


def test_writes_the_length_big_endian() -> None:
    assert tiles.encode_bundle([b"ab", b""]) == b"\x00\x02ab\x00\x00"


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a", b"\x00\x01ab"])
def test_refuses_a_bundle_cut_short(data: bytes) -> None:
    with pytest.raises(BundleMalformed):
        tiles.decode_bundle(data, width=1)


def test_refuses_an_entry_that_no_bundle_holds() -> None:
    tiles.encode_bundle([b"x" * 65_535])
    with pytest.raises(EntryTooLarge):
        tiles.encode_bundle([b"x" * 65_536])
