"""One-time codes by the clock (RFC 6238: HMAC-SHA-1, six digits, 30 seconds), as every authenticator app makes them."""

import secrets
from base64 import b32encode
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS = 6
SECONDS = 30
_ALGORITHM = SHA1()  # noqa: S303  the only one that every authenticator app knows; under HMAC it is sound
_APART = 1
"""Steps a telephone's clock may be ahead or behind (RFC 6238, 5.2)."""


def new_secret() -> bytes:
    """Return a secret of the length RFC 4226 recommends, 160 bits."""
    return secrets.token_bytes(20)


def written(secret: bytes) -> str:
    """Return a secret as a person types it into an app: Base32 in groups of four."""
    whole = b32encode(secret).decode()
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def address(secret: bytes, *, account: str, issuer: str) -> str:
    """Return the `otpauth://` address that an app reads from a QR code."""
    return TOTP(secret, DIGITS, _ALGORITHM, SECONDS).get_provisioning_uri(account, issuer)


def period(code: str, *, secret: bytes, at: datetime, after: int = -1) -> int | None:
    """Return the period of time whose code this is, at the moment `at`; None where it is none, or not later than
    `after`.

    Who remembers the period as `after` takes no code twice (RFC 6238, 5.2).
    """
    if not (code.isascii() and code.isdecimal()):
        return None
    present, codes = int(at.timestamp()) // SECONDS, HOTP(secret, DIGITS, _ALGORITHM)
    for each in range(max(present - _APART, after + 1), present + _APART + 1):
        try:
            codes.verify(code.encode(), each)
        except InvalidToken:
            continue
        return each
    return None
