"""Whom a use is about: digests under the platform's key, alike wherever the same subject is meant (SX-10-b).

A resident number and a credit code are the same subject in every resource whose key has them; any other key names a
record of its own resource. The key of these digests is derived from the root that a resource is sealed with: under a
new root the digests are others, and a search looks for those of every root.
"""

from collections.abc import Sequence
from itertools import product

from hutong.audit.subjects import LENGTH, gathered
from hutong.core import digest, normalise
from hutong.plane import sealing
from hutong.plane.definition import Definition, Item, Mode, Rule
from hutong.plane.keys import Keyring, ResourceKeys

EVERYWHERE = {Rule.RESIDENT_NUMBER: b"resident\0", Rule.CREDIT_CODE: b"organisation\0"}
"""Rules whose values name somebody, and what a digest of them begins with."""

_RECORD = b"record\0"


def naming(definition: Definition) -> list[tuple[int, bytes]]:
    """Return the places in the key of what names somebody in every resource, and what their digests begin with."""
    return [
        (place, start)
        for place, code in enumerate(definition.key)
        if (start := _start(definition.item(code))) is not None
    ]


def kept(definition: Definition) -> bool:
    """Return whether a store keeps whom its rows are about: no record key tells it, and rows are given out."""
    return bool(naming(definition)) and any(item.offered is not Mode.COMPARE for item in definition.items)


def of_rows(
    definition: Definition, keys: ResourceKeys, records: Sequence[bytes], columns: Sequence[Sequence[bytes]]
) -> list[bytes]:
    """Return whom each row is about, digest after digest, by its record key and the normalised columns of its key."""
    named = naming(definition)
    if not named:
        return of_records(keys, records)
    found = [_digests(keys.subject, [start + value for value in columns[place]]) for place, start in named]
    return found[0] if len(found) == 1 else [b"".join(each) for each in zip(*found, strict=True)]


def of_records(keys: ResourceKeys, records: Sequence[bytes]) -> list[bytes]:
    """Return the digests of records that nothing but their resource knows."""
    code = keys.code.encode()
    start = _RECORD + len(code).to_bytes(4, "big") + code
    return _digests(keys.subject, [start + k for k in records])


def of_read(
    definition: Definition, keys: ResourceKeys, records: Sequence[bytes], found: Sequence[bytes | None]
) -> bytes:
    """Return the subjects of rows, gathered, from their record keys and from the subjects that a store keeps.

    Of a record that is no longer there, and whose subject was kept in its store alone, it is the record itself.
    """
    if not kept(definition):
        return gathered(of_records(keys, records))
    gone = [k for k, one in zip(records, found, strict=True) if one is None]
    return gathered([one for one in found if one is not None] + of_records(keys, gone))


def everywhere(keyring: Keyring, identifier: str) -> list[bytes]:
    """Return all digests that a resident number or credit code can have, whichever it is."""
    named = [start + plain for start in EVERYWHERE.values() for plain in _in_every_form(identifier, type="C")]
    return [one for key_id in keyring.ids for one in _digests(keyring.subject(key_id), named)]


def of_record(keyring: Keyring, definition: Definition, values: Sequence[str]) -> list[bytes]:
    """Return all digests that a record of a resource can have, by its key as somebody writes it, in the key's order."""
    written = zip(definition.key, values, strict=True)
    each = product(*(_in_every_form(value, type=definition.item(code).type) for code, value in written))
    columns = list(zip(*each, strict=True))
    found = []
    for key_id in keyring.ids:
        keys = keyring.resource(definition.code, key_id=key_id, suite=definition.suite)
        found += of_records(keys, sealing.record_keys(keys, columns))
    return found


def _in_every_form(value: str, *, type: str) -> list[bytes]:
    """Return the normal forms of `value` in all versions a store may be made with, each once."""
    return list(dict.fromkeys(normalise.normalise(value, type=type, form=form).encode() for form in normalise.VERSIONS))


def _start(item: Item) -> bytes | None:
    return next((EVERYWHERE[rule.rule] for rule in item.rules if rule.rule in EVERYWHERE), None)


def _digests(key: bytes, data: Sequence[bytes]) -> list[bytes]:
    # One algorithm for all resources, whatever suite they are sealed with.
    return [mac[:LENGTH] for mac in digest.INTERNATIONAL.macs(key, data)]
