"""The secret and the keys of an identity service, locked under the key file for what its registration says.

Who can write to the database alone can neither have the secret sent elsewhere nor put other keys in its place: it opens
for the issuer, the addresses, the ways to sign and the values of `acr` for which it was locked, and for no others.
"""

from hutong.control.signon.models import IdentityService, ServiceKeys
from hutong.core import canonical
from hutong.core.digest import CipherRejected
from hutong.core.errors import Refused
from hutong.plane.keys import Keyring, KeyUnknown

_SECRET, _KEYS = "signon-secret", "signon-keys"
BOUND = (
    "code", "issuer", "client_id", "authentication", "login_address", "token_address", "keys_address",
    "leaving_address", "algorithms", "acr", "proposed_by",
)  # fmt: skip
"""Columns that a secret is locked for."""


class RegistrationAltered(Refused):
    """The registration of the identity service {issuer} is not what was registered."""

    clause = "SX-11-a"


def place(service: IdentityService) -> str:
    """Return what tells a registration from one that says anything else."""
    return canonical.digest({name: getattr(service, name) for name in BOUND})


def lock(service: IdentityService, secret: str, *, keyring: Keyring) -> bytes:
    """Return the secret of a registration, enciphered."""
    return keyring.lock(secret.encode(), use=_SECRET, place=place(service))


def secret(service: IdentityService, *, keyring: Keyring) -> str:
    """Return the secret that we show the service; raises RegistrationAltered."""
    return _opened(service, bytes(service.secret), use=_SECRET, keyring=keyring).decode()


def lock_keys(service: IdentityService, keys: str, *, keyring: Keyring) -> bytes:
    """Return the keys of a service, enciphered."""
    return keyring.lock(keys.encode(), use=_KEYS, place=place(service))


def keys(kept: ServiceKeys, *, keyring: Keyring) -> str:
    """Return the keys of a service as they were read last; raises RegistrationAltered."""
    return _opened(kept.service, bytes(kept.sealed), use=_KEYS, keyring=keyring).decode()


def _opened(service: IdentityService, kept: bytes, *, use: str, keyring: Keyring) -> bytes:
    try:
        return keyring.unlock(kept, use=use, place=place(service))
    except (CipherRejected, KeyUnknown, UnicodeDecodeError):
        raise RegistrationAltered(issuer=service.issuer) from None
