"""Ed25519 (RFC 8032) with dryoc: every request is verified and every reply signed, and it does both fastest.

Keys are kept and passed as `cryptography` has them; a signature made by either is the same bytes (decision 11).
"""

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from dryoc import DryocError
from dryoc.sign import SigningKey, VerifyKey


def sign(key: Ed25519PrivateKey, data: bytes) -> bytes:
    """Return the 64-byte signature of `data`."""
    return _signing(key).sign(data)


def verifies(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """Return whether `signature` is that of `data` by the 32-byte public key.

    False also for a key or a signature of another length, or a key of small order, that would fit anything.
    """
    try:
        _verifying(public_key).verify(signature, data)
    except DryocError:
        return False
    return True


@lru_cache(maxsize=64)
def _signing(key: Ed25519PrivateKey) -> SigningKey:
    return SigningKey.from_seed(key.private_bytes_raw())


# A county has hundreds of systems; whoever signs often is kept.
@lru_cache(maxsize=1024)
def _verifying(key: bytes) -> VerifyKey:
    return VerifyKey(key)
