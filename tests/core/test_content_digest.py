"""Content-Digest: the SHA-256 is asked for, others may stand beside it, and what is wrong is said."""

import base64
import hashlib

import pytest

from hutong.core import content_digest, structured
from hutong.core.content_digest import DigestMismatch, DigestNotThere

BODY = b'{"x":1}'
RAW = hashlib.sha256(BODY).digest()
OURS = f"sha-256=:{base64.b64encode(RAW).decode()}:"
LONG = f"sha-512=:{base64.b64encode(hashlib.sha512(BODY).digest()).decode()}:"


def test_is_the_header_of_rfc_9530() -> None:
    assert content_digest.of(BODY) == content_digest.written(RAW) == OURS
    assert content_digest.of(b"") == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"


@pytest.mark.clause("IS-4.2-a")
@pytest.mark.parametrize("given", [OURS, f"{LONG}, {OURS}", f"{OURS},{LONG}", f"unixsum=:AA==: , {OURS};q=1"])
def test_takes_the_digest_wherever_it_stands(given: str) -> None:
    content_digest.check(given, digest=RAW)
    with pytest.raises(DigestMismatch):
        content_digest.check(given, digest=bytes(32))


@pytest.mark.parametrize("given", ["", LONG, "sha-256", "sha-256=1", "sha-256=:AAAA:", f'sha-256="{OURS[9:]}"',
                                   OURS.replace("=:", "=?1;x=:", 1)])  # fmt: skip
def test_says_that_the_digest_is_not_there(given: str) -> None:
    with pytest.raises(DigestNotThere):
        content_digest.check(given, digest=RAW)


def test_says_that_it_cannot_be_read() -> None:
    for given in ("sha-256=:", OURS[:-1], f"{OURS} x", "SHA-256=:AAAA:"):
        with pytest.raises(structured.HeaderUnreadable):
            content_digest.check(given, digest=RAW)
    with pytest.raises(structured.KeyTwice):
        content_digest.check(f"{OURS}, {OURS}", digest=RAW)
