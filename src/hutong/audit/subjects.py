"""Whom a use was about, beside its record: keyed digests, and their root in the record (SX-10-b).

The digests are made by `plane.subjects` and tell nothing to anybody without the key. Nobody can add, take or change one
unseen: the record names the root of all of them, and the leaf of the entry is a commitment to the record.
"""

from collections.abc import Sequence

from dryoc.hash import sha256

LENGTH = 16
"""Bytes of a digest: half of a MAC, and as much as PostgreSQL's type uuid holds."""

PREFIX = b"hutong-subjects-v1\x00"


def gathered(rows: Sequence[bytes]) -> bytes:
    """Return the digests of rows that have one or several, in the order of the rows and each digest once."""
    if len(rows) == 1 and len(rows[0]) == LENGTH:
        return rows[0]
    return b"".join(sorted(set(parts(b"".join(rows)))))


def parts(subjects: bytes) -> list[bytes]:
    """Return the digests that stand one behind the other in `subjects`."""
    return [subjects[place : place + LENGTH] for place in range(0, len(subjects), LENGTH)]


def root(subjects: bytes) -> str | None:
    """Return what a record says of its gathered subjects: SHA-256 over a prefix and them, None where there are none."""
    return sha256(PREFIX + subjects).hex() if subjects else None


def literal(subjects: bytes) -> str | None:
    """Return gathered subjects as the text of a `uuid[]`, None where there are none."""
    if len(subjects) <= LENGTH:
        return f"{{{subjects.hex()}}}" if subjects else None
    return f"{{{subjects.hex(',', LENGTH)}}}"
