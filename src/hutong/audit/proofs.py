"""What the log shows to anyone: proofs (RFC 9162), tiles and entry bundles (C2SP tlog-tiles)."""

from dataclasses import dataclass

from psycopg import Cursor

from hutong.audit import epochs, hashes
from hutong.audit.epochs import Epoch
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


@dataclass(frozen=True, slots=True)
class Placed:
    """What an entry says, and that its leaf stands at `index` of its epoch."""

    event: str
    record: str
    index: int


def placed(cur: Cursor, *, entry: int) -> Placed | None:
    """Return what an entry says and where it stands; None where there is none, or it waits, or was purged."""
    row = cur.execute(statements.placed, {"entry": entry}).fetchone()
    if row is None:
        return None
    event, record, seq = row
    return Placed(event, record, seq - epochs.at(cur, seq).first_seq)


def epoch_of(cur: Cursor, *, leaf_hash: bytes) -> Epoch:
    """Return the epoch in which a leaf stands, the one that is written where it is not placed."""
    row = cur.execute(statements.place, {"hash": leaf_hash}).fetchone()
    return epochs.current(cur) if row is None else epochs.at(cur, row[0])


def inclusion(cur: Cursor, *, leaf_hash: bytes, size: int, epoch: Epoch | None = None) -> Inclusion:
    """Return the proof that a leaf is in the tree of `size` of an epoch, or of the one that is written.

    Raises LeafNotPlaced, TreeNotReached.
    """
    of = epoch or epochs.current(cur)
    _reached(cur, of, size)
    row = cur.execute(statements.place, {"hash": leaf_hash}).fetchone()
    index = -1 if row is None else row[0] - of.first_seq
    if not 0 <= index < size:
        raise LeafNotPlaced(size=size)
    proof = merkle.inclusion_proof(index, size, hashes.getter(cur, of))
    return Inclusion(index, size, tuple(proof))


def consistency(cur: Cursor, *, first: int, second: int, epoch: Epoch | None = None) -> tuple[bytes, ...]:
    """Return the proof that the tree of `second` continues that of `first`, in an epoch likewise.

    Raises TreeNotReached, and merkle.OutsideTree where `first` is the larger.
    """
    of = epoch or epochs.current(cur)
    _reached(cur, of, max(first, second))
    return tuple(merkle.consistency_proof(first, second, hashes.getter(cur, of)))


def tile(cur: Cursor, level: int, index: int, width: int = tiles.FULL, *, epoch: Epoch | None = None) -> bytes:
    """Return the hashes of a tile, `width` of them; raises NoSuchTile where the tree has fewer there."""
    of = epoch or epochs.current(cur)
    wanted = _within(cur, of, tiles.Tile(level, index, width))
    return b"".join(hashes.getter(cur, of)(level, wanted.start, width))


def bundle(cur: Cursor, index: int, width: int = tiles.FULL, *, epoch: Epoch | None = None) -> bytes:
    """Return `width` entries as a bundle; raises NoSuchTile where the log has fewer there."""
    of = epoch or epochs.current(cur)
    wanted = _within(cur, of, tiles.Tile(None, index, width))
    rows = cur.execute(statements.leaves, {"first": of.first_seq + wanted.start, "count": width})
    return tiles.encode_bundle([data for (data,) in rows])


def _within(cur: Cursor, epoch: Epoch, wanted: tiles.Tile) -> tiles.Tile:
    placed = hashes.size(cur, epoch)
    if wanted.width > tiles.width_in(wanted.level or 0, wanted.index, placed):
        raise NoSuchTile(placed=placed, path=wanted.path)
    return wanted


def _reached(cur: Cursor, epoch: Epoch, size: int) -> None:
    placed = hashes.size(cur, epoch)
    if size > placed:
        raise TreeNotReached(size=size, placed=placed)
