"""Content-Digest (RFC 9530): the SHA-256 of a body, by which a signature over headers is one over the body too."""

import binascii

from dryoc.hash import sha256

from hutong.core import structured
from hutong.core.errors import Malformed, Unidentified


class DigestNotThere(Malformed):
    """Content-Digest has no sha-256 of the body, the Base64 of 32 bytes between colons."""


class DigestMismatch(Unidentified):
    """The body is not the one that Content-Digest names."""


def of(body: bytes) -> str:
    """Return the Content-Digest of `body`, also of an empty one (RFC 9530)."""
    return written(sha256(body))


def written(digest: bytes) -> str:
    """Return the Content-Digest of a body by its SHA-256, for a reader that hashed it piece by piece."""
    return f"sha-256=:{_base64(digest)}:"


def check(given: str, *, digest: bytes) -> None:
    """Return if a Content-Digest has this SHA-256, beside which it may have others.

    Raises HeaderUnreadable, KeyTwice, DigestNotThere, DigestMismatch.
    """
    if given == written(digest):
        return
    named = structured.dictionary(given, header="Content-Digest").get("sha-256")
    if named is None or not (len(named.value) == 46 and named.value[0] == ":"):
        raise DigestNotThere
    if named.value != f":{_base64(digest)}:":
        raise DigestMismatch


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()
