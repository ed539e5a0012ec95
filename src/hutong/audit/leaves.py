"""The public leaf of an entry and the commitment in it: all that stays when the record is gone."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from dryoc.hash import sha256

from hutong.audit.events import Event

RECORD_PREFIX = b"hutong-record-v2\x00"
SALT_LENGTH = 16


def parties(org: str | None, counterpart: str | None, others: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the parties of an entry as an export has them: who acted, the other, then further ones by their codes."""
    return _parties(org, counterpart, tuple(others))


def commit(salt: bytes, record: bytes, *, parties: Iterable[str]) -> bytes:
    """Return the commitment to a canonical record and the parties that may read it.

    SHA-256 over a prefix, the salt, the record, and each party after a line's end: neither has one within.
    """
    return sha256(RECORD_PREFIX + salt + record + _after_lines(tuple(parties)))


@lru_cache(maxsize=1024)  # uses are between few units
def _parties(org: str | None, counterpart: str | None, others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in dict.fromkeys((org, counterpart, *sorted(others))) if each is not None)


@lru_cache(maxsize=1024)
def _after_lines(parties: tuple[str, ...]) -> bytes:
    return b"".join(b"\n%b" % each.encode() for each in parties)


@lru_cache(maxsize=16)  # a list of answers is of one moment
def moment(at: datetime) -> str:
    """Return `at` as a leaf writes it: RFC 3339, UTC, microseconds; texts sort as the moments do."""
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


def leaf(event: Event, *, at: datetime, commitment: bytes) -> bytes:
    """Return the public leaf: canonical JSON of moment, class, commitment, event and version."""
    # Written out, for it is on the hot path; a test holds it to canonical.dumps.
    return b'{"at":"%b%b%b%b' % (
        moment(at).encode(),
        event.leaf_class,
        commitment.hex().encode(),
        event.leaf_event,
    )
