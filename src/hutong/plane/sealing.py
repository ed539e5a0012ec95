"""What the platform keeps instead of a value (architecture 3.3).

All values given here are normalised already (`core.normalise`), except what `protect` encrypts: that is kept
as it was delivered. Every digest is bound to its item and, for a seal, to its record, so that equal values in
two records do not look equal. The resource is in the keys. Columns are lists of texts in UTF-8; None stays None.
"""

from collections.abc import Iterable, Sequence
from functools import partial

from hutong.plane.keys import ResourceKeys

RECORD_LENGTH = 32
"""Bytes of a record key."""

Column = Sequence[bytes | None]
Kept = list[bytes | None]


def record_key(keys: ResourceKeys, values: Sequence[str]) -> bytes:
    """Return the digest by which a record is found: a MAC over its normalised key values, in order."""
    return keys.suite.mac(keys.record, b"".join(_prefixed(value.encode()) for value in values))


def record_keys(keys: ResourceKeys, columns: Sequence[Sequence[bytes]]) -> list[bytes]:
    """Return `record_key` of every row; `columns` are the key items' columns, in the key's order."""
    each = [map(_prefixed, column) for column in columns]
    return keys.suite.macs(keys.record, each[0] if len(each) == 1 else map(b"".join, zip(*each, strict=True)))


def seal(keys: ResourceKeys, item: str, record: bytes, value: str) -> bytes:
    """Return the seal of `value`, bound to resource, item and record."""
    return keys.suite.mac(keys.seal, _prefixed(item.encode()) + record + value.encode())


def seal_column(keys: ResourceKeys, item: str, records: Iterable[bytes], values: Column) -> Kept:
    """Return `seal` of every value."""
    start = _prefixed(item.encode())
    data = (start + k + v for k, v in zip(records, values, strict=True) if v is not None)
    return _spread(keys.suite.macs(keys.seal, data), over=values)


def blind(keys: ResourceKeys, item: str, value: str) -> bytes:
    """Return the blind index of `value`: equal for equal values of one item, so it can be asked by."""
    return keys.suite.mac(keys.blind, _prefixed(item.encode()) + value.encode())


def blind_column(keys: ResourceKeys, item: str, values: Column) -> Kept:
    """Return `blind` of every value."""
    start = _prefixed(item.encode())
    return _spread(keys.suite.macs(keys.blind, (start + v for v in values if v is not None)), over=values)


def protect(keys: ResourceKeys, item: str, record: bytes, value: str) -> bytes:
    """Return `value` encrypted; it opens only as this item of this record of this resource."""
    return keys.suite.encrypt(keys.cipher, value.encode(), _bound(keys, item) + record)


def protect_column(keys: ResourceKeys, item: str, records: Iterable[bytes], values: Column) -> Kept:
    """Return `protect` of every value."""
    start = _bound(keys, item)
    places = (start + k for k, v in zip(records, values, strict=True) if v is not None)
    return _spread(keys.suite.encrypts(keys.cipher, [v for v in values if v is not None], places), over=values)


def unprotect(keys: ResourceKeys, item: str, record: bytes, kept: bytes) -> str:
    """Return the value `protect` encrypted; what was moved from elsewhere or altered does not open."""
    return keys.suite.decrypt(keys.cipher, kept, _bound(keys, item) + record).decode()


def unprotect_column(
    keys: ResourceKeys, item: str, records: Iterable[bytes], kept: Sequence[bytes | None]
) -> list[str | None]:
    """Return `unprotect` of every value."""
    decrypt, start = partial(keys.suite.decrypt, keys.cipher), _bound(keys, item)
    return [None if c is None else decrypt(c, start + k).decode() for k, c in zip(records, kept, strict=True)]


def _prefixed(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _bound(keys: ResourceKeys, item: str) -> bytes:
    return _prefixed(keys.code.encode()) + _prefixed(item.encode())


def _spread(found: Sequence[bytes], *, over: Sequence[object | None]) -> Kept:
    """Return the results for the values that are there, in their places, and None in the others."""
    if len(found) == len(over):
        return list(found)
    each = iter(found)
    return [None if one is None else next(each) for one in over]
