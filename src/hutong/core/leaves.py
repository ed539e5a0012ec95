"""The commitment to a record, and what the public leaf that holds it tells: nothing here needs more than the two."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from dryoc.hash import sha256

from hutong.core import canonical
from hutong.core.errors import Problem

RECORD_PREFIX = b"hutong-record-v3\x00"
SALT_LENGTH = 16
_TOLD = {"at", "class", "commitment", "event"}
_LEAF = re.compile(
    rb'\{"at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)","class":"[a-z]{1,64}",'
    rb'"commitment":"[0-9a-f]{64}","event":"[a-z_.]{1,64}","v":1\}'
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


def commit(
    salt: bytes, record: bytes, *, at: str, event: str, record_class: str,
    unit: str | None, counterpart: str | None = None, others: Iterable[str] = (),
) -> bytes:  # fmt: skip
    """Return the commitment to a canonical record and to what an entry is found by beside it.

    SHA-256 over a prefix, the salt, six lines and the record: moment, event, class, who acted, the other party, and
    further ones by their codes with a comma between; a party that is not there leaves its line empty. None of them has
    the end of a line within. The other columns by which entries are found say what the record says (`audit.columns`).
    """
    lines = found_by(event, record_class=record_class, unit=unit, counterpart=counterpart, others=others)
    return sha256(b"".join((RECORD_PREFIX, salt, at.encode(), lines, record)))


def found_by(
    event: str, *, record_class: str, unit: str | None, counterpart: str | None, others: Iterable[str]
) -> bytes:
    """Return what a commitment is over between the moment and the record: the lines `commit` tells of."""
    return _lines(event, record_class, unit, counterpart, tuple(others))


@lru_cache(maxsize=1024)  # uses are between few units
def _lines(event: str, record_class: str, unit: str | None, counterpart: str | None, others: tuple[str, ...]) -> bytes:
    further = ",".join(sorted({*others} - {unit, counterpart}))
    return f"\n{event}\n{record_class}\n{unit or ''}\n{counterpart or ''}\n{further}\n".encode()


@lru_cache(maxsize=16)  # a list of answers is of one moment
def moment(at: datetime) -> str:
    """Return `at` as a leaf writes it: RFC 3339, UTC, microseconds; texts sort as the moments do."""
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


def told(leaf: bytes) -> dict[str, str] | None:
    """Return what a public leaf tells, None where it is none of ours."""
    found = object_in(leaf)
    if found is None or type(found.pop("v", None)) is not int or found.keys() != _TOLD:
        return None
    texts = {name: value for name, value in found.items() if isinstance(value, str)}
    fits = len(texts) == len(_TOLD) and _MOMENT.fullmatch(texts["at"]) and leaf.endswith(b',"v":1}')
    return texts if fits and _at(texts["at"]) else None


def told_at(leaf: bytes) -> datetime | None:
    """Return the moment in a public leaf, None where it is none of ours: as `told` has it, and quicker."""
    found = _LEAF.fullmatch(leaf)
    return _at(found[1].decode()) if found else None


def _at(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # a day that no calendar has
        return None


def object_in(text: bytes) -> dict[str, Any] | None:
    """Return the object that a canonical text is, None for any other text."""
    try:
        found: dict[str, Any] = canonical.loads(text)
        fits = isinstance(found, dict) and canonical.dumps(found) == text
    except Problem:
        return None
    return found if fits else None
