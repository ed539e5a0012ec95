"""Hashes, keyed digests and encryption, in an international and a national suite.

A store records which suite it was made with; the callers never name an algorithm. Keys are always 32 bytes.
Whole columns are digested and encrypted, so what a single value costs is the call: SHA-256 is dryoc's, whose calls cost
a third of hashlib's (decision 11).
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from dryoc.hash import sha256
from dryoc.mac import hmac_sha256

from hutong.core.errors import Invalid, Malformed

KEY_LENGTH = 32
NONCE_LENGTH = 12
TAG_LENGTH = 16


class SuiteUnknown(Malformed):
    """There is no cryptographic suite called {name}; there are international and national."""


class CipherRejected(Invalid):
    """The encrypted value is damaged, or was not made with this key and for this place."""


class _Algorithms(Protocol):
    def hash(self, data: bytes) -> bytes: ...
    def macs(self, key: bytes, data: Iterable[bytes]) -> list[bytes]: ...
    def encrypts(self, key: bytes, given: Iterable[tuple[bytes, bytes, bytes]]) -> list[bytes]: ...
    def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Suite:
    """One family of algorithms. `algorithm` is what a store or an entry records."""

    name: str
    algorithm: str
    _algorithms: _Algorithms

    def hash(self, data: bytes) -> bytes:
        """Return the 32-byte hash of `data`."""
        return self._algorithms.hash(data)

    def mac(self, key: bytes, data: bytes) -> bytes:
        """Return the 32-byte keyed digest of `data`."""
        return self.macs(key, (data,))[0]

    def macs(self, key: bytes, data: Iterable[bytes]) -> list[bytes]:
        """Return the keyed digest of each of `data`, in order, under one key."""
        return self._algorithms.macs(_checked(key), data)

    def encrypt(self, key: bytes, plain: bytes, aad: bytes) -> bytes:
        """Return nonce, ciphertext and tag in one; `aad` is where the value belongs and is not kept in it.

        The nonce is random: at most 2^32 values under one key (NIST SP 800-38D, section 8.3).
        """
        return self.encrypts(key, (plain,), (aad,))[0]

    def encrypts(self, key: bytes, plains: Sequence[bytes], aads: Iterable[bytes]) -> list[bytes]:
        """Return `encrypt` of each of `plains`, in order, under one key."""
        pool = os.urandom(NONCE_LENGTH * len(plains))
        nonces = (pool[at : at + NONCE_LENGTH] for at in range(0, len(pool), NONCE_LENGTH))
        return self._algorithms.encrypts(_checked(key), zip(nonces, plains, aads, strict=True))

    def decrypt(self, key: bytes, sealed: bytes, aad: bytes) -> bytes:
        """Return what `encrypt` was given; raises CipherRejected where bit, key or place differ."""
        if len(sealed) < NONCE_LENGTH + TAG_LENGTH:
            raise CipherRejected
        try:
            return self._algorithms.decrypt(_checked(key), sealed[:NONCE_LENGTH], sealed[NONCE_LENGTH:], aad)
        except InvalidTag:
            raise CipherRejected from None


class _International:
    """SHA-256, HMAC-SHA-256, AES-256-GCM."""

    def hash(self, data: bytes) -> bytes:
        return sha256(data)

    def macs(self, key: bytes, data: Iterable[bytes]) -> list[bytes]:
        return [hmac_sha256(key, one) for one in data]

    def encrypts(self, key: bytes, given: Iterable[tuple[bytes, bytes, bytes]]) -> list[bytes]:
        encrypt = _aes(key).encrypt
        return [nonce + encrypt(nonce, plain, aad) for nonce, plain, aad in given]

    def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        return _aes(key).decrypt(nonce, sealed, aad)


class _National:
    """SM3 (GB/T 32905), HMAC-SM3 and SM4-GCM (GB/T 32907) with a 16-byte key taken from ours by HKDF."""

    def hash(self, data: bytes) -> bytes:
        digest = hashes.Hash(hashes.SM3())
        digest.update(data)
        return digest.finalize()

    def macs(self, key: bytes, data: Iterable[bytes]) -> list[bytes]:
        keyed = HMAC(key, hashes.SM3())
        found = []
        for one in data:
            mac = keyed.copy()
            mac.update(one)
            found.append(mac.finalize())
        return found

    def encrypts(self, key: bytes, given: Iterable[tuple[bytes, bytes, bytes]]) -> list[bytes]:
        algorithm = SM4(_sm4_key(key))
        found = []
        for nonce, plain, aad in given:
            cipher = Cipher(algorithm, modes.GCM(nonce)).encryptor()
            cipher.authenticate_additional_data(aad)
            found.append(nonce + cipher.update(plain) + cipher.finalize() + cipher.tag)
        return found

    def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        body, tag = sealed[:-TAG_LENGTH], sealed[-TAG_LENGTH:]
        cipher = Cipher(SM4(_sm4_key(key)), modes.GCM(nonce, tag)).decryptor()
        cipher.authenticate_additional_data(aad)
        return cipher.update(body) + cipher.finalize()


INTERNATIONAL = Suite("international", "SHA-256/HMAC-SHA-256/AES-256-GCM", _International())
NATIONAL = Suite("national", "SM3/HMAC-SM3/SM4-GCM", _National())
_SUITES = {one.name: one for one in (INTERNATIONAL, NATIONAL)}


def suite(name: str) -> Suite:
    """Return the suite called `name`; raises SuiteUnknown."""
    try:
        return _SUITES[name]
    except KeyError:
        raise SuiteUnknown(name=name) from None


def derive(root: bytes, *, info: bytes, length: int = KEY_LENGTH) -> bytes:
    """Return `length` bytes of key for the use `info` from `root` (HKDF-SHA-256, RFC 5869, no salt)."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(root)


def _checked(key: bytes) -> bytes:
    if len(key) != KEY_LENGTH:
        raise ValueError(f"a key has {KEY_LENGTH} bytes, not {len(key)}")
    return key


# A column is encrypted under one key: making cipher or key anew for every value would cost more than it.
@lru_cache(maxsize=256)
def _aes(key: bytes) -> AESGCM:
    return AESGCM(key)


@lru_cache(maxsize=256)
def _sm4_key(key: bytes) -> bytes:
    return derive(key, info=b"hutong sm4-gcm", length=16)
