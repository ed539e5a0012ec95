"""The mark of a delivered row: a keyed digest of all it says, by which the same row is known again.

A row whose mark is held was accepted as it stands under this very definition, so it need neither be checked nor
sealed again. Rows that only passed with a warning have no mark: they are warned of each time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from hutong.core import digest
from hutong.plane.definition import Definition
from hutong.plane.keys import ResourceKeys

LENGTH = 16
"""Bytes of a mark, the first of the digest."""

MOST_KNOWN = 4_000_000
"""Of a store with more rows the marks are not read: they lie in memory."""

_NUL = pa.scalar("\x00")
_NOTHING = pa.scalar("")


@dataclass(frozen=True, slots=True)
class KnownRows:
    """The record keys and marks of the stored rows, beside each other, and the change at which they were read."""

    records: pa.FixedSizeBinaryArray
    marks: pa.FixedSizeBinaryArray
    change: int

    def find(self, marks: pa.FixedSizeBinaryArray) -> pa.Int32Array:
        """Return where each mark stands, null where it is not known.

        Looked for by its first half, which is a number; should two marks begin alike, the other is not known, and its
        row is only checked and sealed anew.
        """
        places = pc.index_in(_numbers(marks), value_set=_numbers(self.marks))
        return pc.if_else(pc.equal(self.marks.take(places), marks), places, None)


def key(keys: ResourceKeys) -> bytes:
    """Return the key marks are made with."""
    return digest.derive(keys.seal, info=b"hutong/delivered")


def marks(keys: ResourceKeys, batch: pa.RecordBatch, definition: Definition) -> pa.FixedSizeBinaryArray:
    """Return the mark of each row of `batch`; which values are missing counts, and the order of the items."""
    columns = [batch.column(item.code) for item in definition.items]
    # No row that is held contains NUL, so no other row can be written like one.
    missing = [pc.if_else(pc.is_valid(column), ".", "0") for column in columns]
    shape = pc.binary_join_element_wise(*missing, _NOTHING)
    texts = pc.binary_join_element_wise(shape, *columns, _NUL, null_handling="replace", null_replacement="")
    made = pa.array(keys.suite.macs(key(keys), texts.cast(pa.binary()).to_pylist()), pa.binary())
    return pc.binary_slice(made, 0, LENGTH).cast(pa.binary(LENGTH))


def missing(known: KnownRows, found: Sequence[pa.Array]) -> Iterator[bytes]:
    """Yield the record keys of `known` that none of `found`, places in it, names."""
    named = pa.chunked_array(found, pa.int32()).unique()
    if len(named) < len(known.records):
        places = pa.array(range(len(known.records)), pa.int32())
        yield from known.records.filter(pc.invert(pc.is_in(places, value_set=named))).to_pylist()


def _numbers(marks: pa.FixedSizeBinaryArray) -> pa.Int64Array:
    return pc.binary_slice(marks, 0, 8).cast(pa.binary(8)).view(pa.int64())
