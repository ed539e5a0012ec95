"""The public leaf of an entry and the commitment in it: all that stays when the record is gone."""

from datetime import UTC, datetime
from functools import lru_cache

from dryoc.hash import sha256

from hutong.audit.events import Event

RECORD_PREFIX = b"hutong-record-v1\x00"
SALT_LENGTH = 16


def commit(salt: bytes, record: bytes) -> bytes:
    """Return the commitment to a canonical record: SHA-256 over a prefix, the salt and the record."""
    return sha256(RECORD_PREFIX + salt + record)


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
