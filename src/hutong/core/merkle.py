"""The Merkle tree of the log: hashing, proofs and their verification (RFC 9162, section 2.1), SHA-256.

What is stored are leaf hashes (tile level 0) and the roots of full tiles: level L, index i is the root of the
256**L leaves from i * 256**L. A `Getter` reads them; everything else is computed from those.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from dryoc.hash import sha256

from hutong.core.errors import Invalid, Malformed

HASH_LENGTH = 32
EMPTY_ROOT = sha256(b"")
TILE_HEIGHT = 8

Getter = Callable[[int, int, int], Sequence[bytes]]
"""`get(level, index, count)` returns the `count` stored hashes of tile level `level` from `index` on."""


class ProofRejected(Invalid):
    """The {kind} proof does not lead to the root of the tree of size {size}."""


class OutsideTree(Malformed):
    """Position {index} is not in a tree of size {size}."""


@dataclass(frozen=True, slots=True)
class TreeHash:
    """The root of a full tile, to be stored: tile level (1 or more), index in the level, hash."""

    level: int
    index: int
    hash: bytes


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + data)


def inner_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node over `left` and `right`."""
    return sha256(b"\x01" + left + right)


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root of the tree over these leaf hashes."""
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        # An odd last hash moves up as it is: the same tree as the split at the largest power of two.
        odd = row[-1:] if len(row) % 2 else []
        row = [inner_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)] + odd
    return row[0]


def of_leaves(hashes: Sequence[bytes]) -> Getter:
    """Return a getter over leaf hashes held in memory."""

    def get(level: int, index: int, count: int) -> list[bytes]:
        span = 256**level
        return [root(hashes[i * span : (i + 1) * span]) for i in range(index, index + count)]

    return get


def root_at(size: int, get: Getter) -> bytes:
    """Return the root of the first `size` leaves."""
    return _range_root(0, size, get) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, get: Getter) -> list[bytes]:
    """Return the hashes that lead from leaf `index` to the root of size `size`; raises OutsideTree."""
    if not 0 <= index < size:
        raise OutsideTree(index=index, size=size)
    proof, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_range_root(middle, end, get))
            end = middle
        else:
            proof.append(_range_root(start, middle, get))
            start = middle
    return proof[::-1]


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes
) -> None:
    """Return if leaf hash `leaf` is at `index` of the tree; raises ProofRejected (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _hashes(leaf, expected_root, *proof):
        raise ProofRejected(kind="inclusion", size=size)
    found, fn, sn = leaf, index, size - 1
    for sibling in proof:
        if sn == 0:
            raise ProofRejected(kind="inclusion", size=size)
        if fn & 1 or fn == sn:
            found = inner_hash(sibling, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = inner_hash(found, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or found != expected_root:
        raise ProofRejected(kind="inclusion", size=size)


def consistency_proof(first: int, second: int, get: Getter) -> list[bytes]:
    """Return the hashes that show the tree of size `second` to continue that of size `first`.

    Empty for `first` 0 and for equal sizes. Raises OutsideTree where `first` is larger.
    """
    if not 0 <= first <= second:
        raise OutsideTree(index=first, size=second)
    if first in (0, second):
        return []
    proof, start, end = [], 0, second
    while end > first:
        middle = start + _split(end - start)
        if first <= middle:
            proof.append(_range_root(middle, end, get))
            end = middle
        else:
            proof.append(_range_root(start, middle, get))
            start = middle
    if start:  # otherwise the verifier starts from the first root, which it has
        proof.append(_range_root(start, end, get))
    return proof[::-1]


def verify_consistency(
    *, first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """Return if the tree `second` continues the tree `first`; raises ProofRejected (RFC 9162, 2.1.4.2)."""
    if not _consistent(first, second, first_root, second_root, list(proof)):
        raise ProofRejected(kind="consistency", size=second)


def _consistent(first: int, second: int, first_root: bytes, second_root: bytes, proof: list[bytes]) -> bool:
    if not 0 <= first <= second or not _hashes(first_root, second_root, *proof):
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    if first & (first - 1) == 0:
        proof = [first_root, *proof]
    if not proof:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = proof[0]
    for sibling in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old, new = inner_hash(sibling, old), inner_hash(sibling, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = inner_hash(new, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and old == first_root and new == second_root


class Frontier:
    """The right edge of a growing tree: roots of its full subtrees, the largest first. At most 63 hashes."""

    __slots__ = ("_edge", "size")

    def __init__(self, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        if size < 0 or len(edge) != size.bit_count() or not _hashes(*edge):
            raise ValueError("the hashes do not fit the size")
        self.size = size
        self._edge = list(edge)

    @classmethod
    def at(cls, size: int, get: Getter) -> "Frontier":
        """Return the frontier of the first `size` leaves, read from what is stored."""
        edge, start = [], 0
        for height in range(size.bit_length() - 1, -1, -1):
            if size >> height & 1:
                edge.append(_full_root(start, height, get))
                start += 1 << height
        return cls(size, edge)

    @classmethod
    def load(cls, data: bytes) -> "Frontier":
        """Return the frontier that `dump` wrote."""
        edge = [data[i : i + HASH_LENGTH] for i in range(8, len(data), HASH_LENGTH)]
        return cls(int.from_bytes(data[:8]), edge)

    def dump(self) -> bytes:
        """Return size (8 bytes) and edge as bytes."""
        return self.size.to_bytes(8) + b"".join(self._edge)

    def extend(self, leaves: Iterable[bytes]) -> list[TreeHash]:
        """Append leaf hashes; returns the tile roots that became complete, to be stored beside the leaves."""
        edge, size, complete = self._edge, self.size, []
        for hash_ in leaves:
            height = 0
            while size >> height & 1:
                hash_ = sha256(b"\x01" + edge.pop() + hash_)
                height += 1
                if height % TILE_HEIGHT == 0:
                    complete.append(TreeHash(height // TILE_HEIGHT, size >> height, hash_))
            edge.append(hash_)
            size += 1
        self.size = size
        return complete

    def append(self, leaf: bytes) -> list[TreeHash]:
        """Append one leaf hash; see `extend`."""
        return self.extend((leaf,))

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        if not self._edge:
            return EMPTY_ROOT
        found = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            found = inner_hash(left, found)
        return found


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def _full_root(start: int, height: int, get: Getter) -> bytes:
    level, rest = divmod(height, TILE_HEIGHT)
    return root(get(level, start >> TILE_HEIGHT * level, 1 << rest))


def _range_root(start: int, end: int, get: Getter) -> bytes:
    """Return the root of the leaves from `start` to `end`; `start` is aligned to the span."""
    parts = []
    while start < end:
        height = (end - start).bit_length() - 1
        parts.append(_full_root(start, height, get))
        start += 1 << height
    found = parts.pop()
    while parts:
        found = inner_hash(parts.pop(), found)
    return found


def _hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_LENGTH for value in values)
