"""Ed25519 (RFC 8032) with libsodium: every request is verified and every reply signed, and it does both fastest.

Keys are kept and passed as `cryptography` has them; a signature made by either is the same bytes.
"""

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl import bindings, exceptions

SIGNATURE_LENGTH = 64


def sign(key: Ed25519PrivateKey, data: bytes) -> bytes:
    """Return the 64-byte signature of `data`."""
    return bindings.crypto_sign(data, _secret(key))[:SIGNATURE_LENGTH]


def verifies(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """Return whether `signature` is that of `data` by the 32-byte public key.

    False also for a key or a signature of another length, or a key of small order, that would fit anything.
    """
    try:
        bindings.crypto_sign_open(signature + data, public_key)
    except (exceptions.BadSignatureError, exceptions.ValueError):
        return False
    return len(signature) == SIGNATURE_LENGTH


@lru_cache(maxsize=64)
def _secret(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes_raw() + key.public_key().public_bytes_raw()
