"""The recovery copy of the keys: all of a platform's secrets, wrapped for two of its officers.

What is wrapped is enciphered with a key of its own, which is split in two by XOR with a random pad; each half is locked
under the passphrase of one officer (scrypt, AES-GCM), so that one alone learns nothing. Beside it stands, for everybody
to read, when it was made, for whom, and a keyed digest of the secrets in it: who has them can tell whether others have
been added since, who has not learns nothing from it. SX-11-c: what a restore begins with.
"""

import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from hutong.backup import files, passphrases
from hutong.backup.files import PlaceUnreadable
from hutong.backup.passphrases import normal
from hutong.core import beijing, canonical, digest
from hutong.core.errors import Conflicting, Malformed, Missing, Problem, Refused
from hutong.db import lasting
from hutong.installation import keys
from hutong.plane.keys import Keyring

FILE = "keys.recovery"
"""What it is called at the second place."""
FORMAT = "hutong-recovery-2"
PASSWORDS = "postgres/passwords.json"
"""The passwords of the embedded server itself, which a database that is put back asks for."""
BESIDE = ("settings.json", "training.json")
"""What is no secret, and a folder is not the same without."""


class Cost(NamedTuple):
    """What scrypt asks of who tries a passphrase."""

    n: int = 2**17
    r: int = 8
    p: int = 1


USUAL = Cost()
_MEMORY, _WORK = 2**22, 2**23
"""Of `n * r` and `n * r * p` the most that is obeyed, four times the memory and eight times the work of the usual one:
whoever owns the place could ask for hours."""
_MISSHAPEN = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
"""What reading a file raises that was altered."""


class Officer(NamedTuple):
    """One of the two for whom the keys are wrapped: the name to sign in with, and a passphrase for this alone."""

    name: str
    passphrase: str


class RecoveryMissing(Missing):
    """There is no recovery copy of the keys at {path}; without one nothing that is sealed or encrypted can be read."""


class RecoveryUnreadable(Malformed):
    """{path} is no recovery copy of keys, or it is damaged: {fault}."""


class RecoveryOutdated(Conflicting):
    """The recovery copy of the keys is of {wrapped_at}; keys have been added or put away since."""


class RecoveryRefused(Refused):
    """The passphrase of officer {officer} does not open the recovery copy."""

    clause = "SX-11-c"


class OfficersNotTwo(Refused):
    """A recovery copy takes two different officers, each with a passphrase of their own."""

    clause = "SX-11-c"


class KeysThere(Conflicting):
    """There is a key at {path} already; keys are never overwritten."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery copy as it lies there, not opened."""

    platform: str
    """What the log is called: whose keys they are."""
    wrapped_at: datetime
    officers: tuple[str, str]
    wraps: str
    """The keyed digest of the secrets in it, in hexadecimal."""
    shares: tuple[Mapping[str, Any], Mapping[str, Any]] = field(repr=False)
    sealed: bytes = field(repr=False)
    path: Path

    @property
    def told(self) -> dict[str, object]:
        """What everybody may read of it; bound to what is enciphered."""
        return {
            "format": FORMAT, "platform": self.platform, "wrapped_at": self.wrapped_at.isoformat(),
            "officers": [*self.officers], "wraps": self.wraps,
        }  # fmt: skip

    def fits(self, data: Path) -> bool:
        """Return whether it has every secret that the folder has now; where the key file is gone nobody can tell."""
        try:
            return hmac.compare_digest(self.wraps, fingerprint(data))
        except Problem:
            return False


def gathered(data: Path) -> dict[str, bytes]:
    """Return what is wrapped of a data folder, by its path there: all keys, and what a folder is not the same without.

    What the log's key has signed is not among it: it changes by the second, and is copied as it changes.
    """
    every = [*_secrets(data), *(data / name for name in BESIDE)]
    return {path.relative_to(data).as_posix(): path.read_bytes() for path in every if path.is_file()}


def fingerprint(data: Path) -> str:
    """Return the keyed digest of the secrets in a folder: another once one is added, changed or put away.

    Raises KeyFileMissing, KeyFileExposed and KeyFileUnreadable.
    """
    key = Keyring.load(data / "keys" / keys.KEYRING).platform("recovery")
    told = {path.relative_to(data).as_posix(): sha256(path.read_bytes()).hexdigest() for path in _secrets(data)}
    return hmac.digest(key, canonical.dumps(told), "sha256").hex()


def wrap(data: Path, *, officers: Sequence[Officer], platform: str, now: datetime, cost: Cost = USUAL) -> bytes:
    """Return a recovery copy of a folder's keys that opens only with the passphrases of both `officers`.

    `platform` is what the log is called. A lower `cost` is for tests alone. Raises OfficersNotTwo, PassphraseTooShort,
    PassphraseWeak, and what the key file's loading does.
    """
    told = [Officer(name, normal(passphrase)) for name, passphrase in officers]
    if len(told) != 2 or len({each.name for each in told}) < 2 or len({each.passphrase for each in told}) < 2:
        raise OfficersNotTwo
    for name, passphrase in told:
        passphrases.check(passphrase, officer=name)
    key, pad, nonce = secrets.token_bytes(32), secrets.token_bytes(32), secrets.token_bytes(digest.NONCE_LENGTH)
    halves = (pad, _xor(key, pad))
    shares = [_locked(each, half, cost) for each, half in zip(told, halves, strict=True)]
    found = Recovery(
        platform, now, (told[0].name, told[1].name), fingerprint(data), (shares[0], shares[1]), b"", Path()
    )
    content = {name: content.hex() for name, content in gathered(data).items()}
    sealed = nonce + AESGCM(key).encrypt(nonce, canonical.dumps(content), canonical.dumps(found.told))
    whole = found.told | {"shares": shares, "sealed": sealed.hex()}
    return json.dumps(whole | {"sha256": canonical.digest(whole)}, ensure_ascii=False, indent=1).encode()


def write(path: Path, copy: bytes) -> None:
    """Put a recovery copy in place of the one there is; after return it outlasts a power cut."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lasting.put(path, copy, owner=path.parent.stat())


def read(path: Path) -> Recovery:
    """Return the recovery copy in a file, not opened; raises RecoveryMissing and RecoveryUnreadable."""
    try:
        raw = json.loads(files.content(path))
        if raw["format"] != FORMAT:
            raise RecoveryUnreadable(path=path, fault=f"format {raw['format']}")
        if canonical.digest({name: each for name, each in raw.items() if name != "sha256"}) != raw["sha256"]:
            raise RecoveryUnreadable(path=path, fault="sha256")
        (one, other), (first, second) = map(str, raw["officers"]), raw["shares"]
        shaped = isinstance(raw["officers"], list) and all(isinstance(each, Mapping) for each in (first, second))
        if one == other or not shaped:
            raise ValueError("officers")
        at, sealed = datetime.fromisoformat(raw["wrapped_at"]), bytes.fromhex(raw["sealed"])
        if at.tzinfo is None:
            raise ValueError("wrapped_at")
        beijing.check(at, field="wrapped_at")
        return Recovery(str(raw["platform"]), at, (one, other), str(raw["wraps"]), (first, second), sealed, path)
    except (FileNotFoundError, NotADirectoryError):
        raise RecoveryMissing(path=path) from None
    except PlaceUnreadable:
        raise RecoveryUnreadable(path=path, fault="no file") from None
    except OSError as fault:
        raise RecoveryUnreadable(path=path, fault=fault.strerror or type(fault).__name__) from None
    except (*_MISSHAPEN, canonical.NotCanonical, beijing.DayFarOff) as fault:
        raise RecoveryUnreadable(path=path, fault=type(fault).__name__) from None


def keyring(content: Mapping[str, bytes], *, path: str) -> Keyring:
    """Return the key file of an opened copy; `path` is what it is called where it is none (KeyFileUnreadable)."""
    return Keyring.parse(content.get(f"keys/{keys.KEYRING}", b"").decode("utf-8", "replace"), path=path)


def opened(recovery: Recovery, *, passphrases: Mapping[str, str]) -> dict[str, bytes]:
    """Return what was wrapped, by its path in the folder; `passphrases` by officer.

    Raises RecoveryRefused with the officer whose passphrase it is not, and RecoveryUnreadable for what is damaged.
    """
    try:
        halves = [
            _unlocked(name, share, normal(passphrases.get(name, "")))
            for name, share in zip(recovery.officers, recovery.shares, strict=True)
        ]
        content = AESGCM(_xor(*halves)).decrypt(
            recovery.sealed[: digest.NONCE_LENGTH], recovery.sealed[digest.NONCE_LENGTH :],
            canonical.dumps(recovery.told),
        )  # fmt: skip
        return {_inside(name): bytes.fromhex(each) for name, each in json.loads(content).items()}
    except InvalidTag:
        raise RecoveryUnreadable(path=recovery.path, fault="sealed") from None
    except (*_MISSHAPEN, MemoryError) as fault:
        raise RecoveryUnreadable(path=recovery.path, fault=type(fault).__name__) from None


def put_back(content: Mapping[str, bytes], data: Path, *, lost_alone: bool = False) -> list[str]:
    """Write what was wrapped into a folder and return the paths that were written there.

    Nothing is overwritten: raises KeysThere before anything is written, unless `lost_alone`, where what is there stays.
    """
    there = [name for name in content if (data / name).exists()]
    if there and not lost_alone:
        raise KeysThere(path=data / there[0])
    written = [name for name in content if name not in there]
    for name in written:
        path = data / name
        path.parent.mkdir(mode=0o700 if path.parent == data / "keys" else 0o777, parents=True, exist_ok=True)
        public = path.suffix == ".vkey" or path.name == "log.name" or name in BESIDE
        lasting.put(path, content[name], owner=path.parent.stat(), mode=0o644 if public else 0o600)
    return written


def _secrets(data: Path) -> list[Path]:
    """Return the files of a folder's keys in their order, and the embedded server's passwords."""
    folder = data / "keys"
    own = sorted(folder.iterdir()) if folder.is_dir() else []
    found = [path for path in own if path.is_file() and path.suffix != ".new"]
    return [*found, *([data / PASSWORDS] if (data / PASSWORDS).is_file() else [])]


def _inside(name: str) -> str:
    """Return a path that stays inside the folder it is written to."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\0" in name:
        raise ValueError(name)
    return name


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _stretched(passphrase: str, salt: bytes, cost: Cost) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, **cost._asdict()).derive(passphrase.encode()))


def _locked(officer: Officer, half: bytes, cost: Cost) -> dict[str, Any]:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(digest.NONCE_LENGTH)
    cipher = _stretched(officer.passphrase, salt, cost).encrypt(nonce, half, officer.name.encode())
    return {**cost._asdict(), "salt": salt.hex(), "nonce": nonce.hex(), "cipher": cipher.hex()}


def _unlocked(name: str, share: Mapping[str, Any], passphrase: str) -> bytes:
    salt, nonce, cipher = (bytes.fromhex(share[part]) for part in ("salt", "nonce", "cipher"))
    cost = Cost(*(share[part] for part in Cost._fields))
    if not all(type(part) is int and part > 0 for part in cost):
        raise ValueError("cost")
    if cost.n * cost.r > _MEMORY or cost.n * cost.r * cost.p > _WORK:
        raise ValueError("cost")
    try:
        return _stretched(passphrase, salt, cost).decrypt(nonce, cipher, name.encode())
    except InvalidTag:
        raise RecoveryRefused(officer=name) from None
