"""The public leaf of an entry and the commitment in it: all that stays when the record is gone."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from dryoc.hash import sha256

from hutong.audit.events import Event

RECORD_PREFIX = b"hutong-record-v3\x00"
SALT_LENGTH = 16


def parties(org: str | None, counterpart: str | None, others: Iterable[str] = ()) -> tuple[str, ...]:
    """Return who may read an entry: who acted, the other, then further ones by their codes."""
    return tuple(each for each in dict.fromkeys((org, counterpart, *sorted(others))) if each is not None)


def commit(
    salt: bytes, record: bytes, *, at: str, event: str, record_class: str,
    org: str | None, counterpart: str | None = None, others: Iterable[str] = (),
) -> bytes:  # fmt: skip
    """Return the commitment to a canonical record and to what an entry is found by beside it.

    SHA-256 over a prefix, the salt, six lines and the record: moment, event, class, who acted, the other party, and
    further ones by their codes with a comma between; a party that is not there leaves its line empty. None of them has
    the end of a line within. The other columns by which entries are found say what the record says (`audit.columns`).
    """
    return sha256(b"".join((
        RECORD_PREFIX, salt, at.encode(), _lines(event, record_class, org, counterpart, tuple(others)), record,
    )))  # fmt: skip


@lru_cache(maxsize=1024)  # uses are between few units
def _lines(event: str, record_class: str, org: str | None, counterpart: str | None, others: tuple[str, ...]) -> bytes:
    further = ",".join(sorted({*others} - {org, counterpart}))
    return f"\n{event}\n{record_class}\n{org or ''}\n{counterpart or ''}\n{further}\n".encode()


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
