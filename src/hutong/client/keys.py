"""A system's signing key: a file only its owner may read."""

import base64
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hutong.core.errors import Conflicting, Malformed


class ClientKeyExists(Conflicting):
    """There is a key at {path} already; it is never overwritten."""


class ClientKeyUnreadable(Malformed):
    """The key file {path} cannot be read: it is a file of 32 bytes that only its owner may read."""


@dataclass(frozen=True, slots=True)
class Key:
    """An Ed25519 key."""

    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> str:
        """The public key as it is registered: 32 bytes in Base64."""
        return base64.b64encode(self.private.public_key().public_bytes_raw()).decode()


def generate(path: Path) -> Key:
    """Make a key and write its seed to `path`, readable by its owner alone; raises ClientKeyExists."""
    seed = secrets.token_bytes(32)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ClientKeyExists(path=str(path)) from None
    with os.fdopen(handle, "wb") as file:
        file.write(seed)
        file.flush()
        os.fsync(file.fileno())
    return Key(Ed25519PrivateKey.from_private_bytes(seed))


def load(path: Path) -> Key:
    """Return the key kept at `path`; raises ClientKeyUnreadable."""
    try:
        if path.stat().st_mode & 0o077:
            raise ClientKeyUnreadable(path=str(path))
        return Key(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))
    except (OSError, ValueError):
        raise ClientKeyUnreadable(path=str(path)) from None
