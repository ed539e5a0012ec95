"""What the log shows to anyone: proofs (RFC 9162), tiles and entry bundles (C2SP tlog-tiles)."""

from dataclasses import dataclass

from psycopg import Cursor

from hutong.audit import tree
from hutong.core import merkle, tiles
from hutong.core.errors import Missing
from hutong.db import sql

statements = sql.load(__package__, "proofs.sql")


class LeafNotPlaced(Missing):
    """No entry with this leaf hash is among the first {size}."""


class TreeNotReached(Missing):
    """The log does not have {size} entries yet; it has {placed}."""


class NoSuchTile(Missing):
    """The log of {placed} entries has no {path}."""


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That a leaf stands at `index` of the tree of `size`: the hashes from it to the root."""

    index: int
    size: int
    hashes: tuple[bytes, ...]


def inclusion(cur: Cursor, *, leaf_hash: bytes, size: int) -> Inclusion:
    """Return the proof that a leaf is in the tree of `size`; raises LeafNotPlaced, TreeNotReached."""
    _reached(cur, size)
    row = cur.execute(statements.place, {"hash": leaf_hash}).fetchone()
    if row is None or row[0] >= size:
        raise LeafNotPlaced(size=size)
    proof = merkle.inclusion_proof(row[0], size, tree.getter(cur))
    return Inclusion(row[0], size, tuple(proof))


def consistency(cur: Cursor, *, first: int, second: int) -> tuple[bytes, ...]:
    """Return the proof that the tree of `second` continues that of `first`.

    Raises TreeNotReached, and merkle.OutsideTree where `first` is the larger.
    """
    _reached(cur, max(first, second))
    return tuple(merkle.consistency_proof(first, second, tree.getter(cur)))


def tile(cur: Cursor, level: int, index: int, width: int = tiles.FULL) -> bytes:
    """Return the hashes of a tile, `width` of them; raises NoSuchTile where the tree has fewer there."""
    wanted = _within(cur, tiles.Tile(level, index, width))
    return b"".join(tree.getter(cur)(level, wanted.start, width))


def bundle(cur: Cursor, index: int, width: int = tiles.FULL) -> bytes:
    """Return `width` entries as a bundle; raises NoSuchTile where the log has fewer there."""
    wanted = _within(cur, tiles.Tile(None, index, width))
    rows = cur.execute(statements.leaves, {"first": wanted.start, "count": width})
    return tiles.encode_bundle([data for (data,) in rows])


def _within(cur: Cursor, wanted: tiles.Tile) -> tiles.Tile:
    placed = _placed(cur)
    if wanted.width > tiles.width_in(wanted.level or 0, wanted.index, placed):
        raise NoSuchTile(placed=placed, path=wanted.path)
    return wanted


def _reached(cur: Cursor, size: int) -> None:
    placed = _placed(cur)
    if size > placed:
        raise TreeNotReached(size=size, placed=placed)


def _placed(cur: Cursor) -> int:
    ((placed,),) = cur.execute(tree.statements.size)
    return int(placed)
