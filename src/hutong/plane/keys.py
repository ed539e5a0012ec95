"""The key file: root secrets outside the database and its backup, of which every other key is derived."""

import grp
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hutong.core import digest
from hutong.core.errors import Conflicting, Malformed, Missing, Refused
from hutong.db import lasting

FORMAT = "hutong-keys-1"
SHARED_BY = "hutong-keys"
"""Group of the doors that seal and open: where root starts the platform, they read the key file through it alone."""
_KEY_ID = 16
"""Characters of a key's id."""


class KeyFileMissing(Missing):
    """There is no key file at {path}."""


class KeyFileUnreadable(Malformed):
    """{path} is not a key file of Hutong: {fault}."""


class KeyFileExposed(Refused):
    """The key file {path} can be read by others (mode {mode}); only its owner may read it."""


class KeyFileExists(Conflicting):
    """There is a file at {path} already; keys are never overwritten."""


class KeyUnknown(Missing):
    """The key file does not hold the key {key_id}; data sealed with it cannot be used."""


@dataclass(frozen=True, slots=True)
class ResourceKeys:
    """The keys of one resource; each is used for one thing only."""

    code: str
    key_id: str
    suite: digest.Suite
    record: bytes = field(repr=False)
    seal: bytes = field(repr=False)
    cipher: bytes = field(repr=False)
    blind: bytes = field(repr=False)
    subject: bytes = field(repr=False)
    """The platform's key for whom a use is about: the same for every resource under one root."""


class Keyring:
    """The root secrets of one platform, by their id; the newest is `current`."""

    def __init__(self, roots: dict[str, bytes], *, current: str) -> None:
        self._roots = roots
        self.current = current
        self._derived: dict[tuple[str, str, str], ResourceKeys] = {}

    @classmethod
    def create(cls, path: Path) -> "Keyring":
        """Make a key file with a fresh root, readable by its owner alone; raises KeyFileExists."""
        root = secrets.token_bytes(32)
        keyring = cls({_key_id(root): root}, current=_key_id(root))
        _write(path, keyring._dump())
        return keyring

    @classmethod
    def load(cls, path: Path) -> "Keyring":
        """Read the key file; raises KeyFileMissing, KeyFileExposed or KeyFileUnreadable."""
        try:
            found = path.stat()
            mode = found.st_mode & 0o777
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise KeyFileMissing(path=str(path)) from None
        except UnicodeDecodeError:
            raise KeyFileUnreadable(path=str(path), fault="no text") from None
        if mode & (0o037 if _is_shared(found) else 0o077):
            raise KeyFileExposed(path=str(path), mode=f"{mode:o}")
        return cls.parse(text, path=str(path))

    @classmethod
    def parse(cls, text: str, *, path: str) -> "Keyring":
        """Return what a key file's content says, for who has that alone; raises KeyFileUnreadable."""
        try:
            raw = json.loads(text)
            if raw["format"] != FORMAT:
                raise KeyFileUnreadable(path=path, fault=f"format {raw['format']}")
            roots = {key_id: bytes.fromhex(root) for key_id, root in raw["roots"].items()}
            current = raw["current"]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
            raise KeyFileUnreadable(path=path, fault=type(fault).__name__) from None
        if current not in roots or any(_key_id(root) != key_id for key_id, root in roots.items()):
            raise KeyFileUnreadable(path=path, fault="a key does not match its id")
        return cls(roots, current=current)

    def resource(self, code: str, *, key_id: str | None = None, suite: str = "international") -> ResourceKeys:
        """Return the keys of resource `code` under root `key_id`, else the current one; raises KeyUnknown."""
        key_id = key_id or self.current
        known = self._derived.get((code, key_id, suite))
        if known is None:
            derived = {
                label: self._derive(key_id, f"resource/{suite}/{label}/{code}")
                for label in ("record", "seal", "cipher", "blind")
            }
            known = ResourceKeys(
                code=code, key_id=key_id, suite=digest.suite(suite), subject=self.subject(key_id), **derived
            )
            self._derived[code, key_id, suite] = known
        return known

    def platform(self, label: str, *, key_id: str | None = None) -> bytes:
        """Return 32 bytes for a use that belongs to no resource, for example `secret` or `cursor`."""
        return self._derive(key_id or self.current, f"platform/{label}")

    @property
    def ids(self) -> list[str]:
        """The ids of all root secrets, the current one among them."""
        return list(self._roots)

    def subject(self, key_id: str) -> bytes:
        """Return the key of the digests that say whom a use was about, under root `key_id`."""
        return self.platform("subject", key_id=key_id)

    def lock(self, secret: bytes, *, use: str, place: str) -> bytes:
        """Return `secret` enciphered for one use and one place, with the id of the key before it."""
        return self.current.encode() + digest.INTERNATIONAL.encrypt(self.platform(use), secret, place.encode())

    def unlock(self, kept: bytes, *, use: str, place: str) -> bytes:
        """Return what `lock` was given; raises KeyUnknown, and CipherRejected for another use or place."""
        key = self.platform(use, key_id=kept[:_KEY_ID].decode())
        return digest.INTERNATIONAL.decrypt(key, kept[_KEY_ID:], place.encode())

    def renew(self, path: Path) -> "Keyring":
        """Add a fresh root, make it the current one and replace the key file in one step."""
        root = secrets.token_bytes(32)
        renewed = Keyring({**self._roots, _key_id(root): root}, current=_key_id(root))
        lasting.put(path, renewed._dump().encode(), owner=None)
        return renewed

    def _derive(self, key_id: str, info: str) -> bytes:
        try:
            root = self._roots[key_id]
        except KeyError:
            raise KeyUnknown(key_id=key_id) from None
        return digest.derive(root, info=f"hutong/{info}".encode())

    def _dump(self) -> str:
        roots = {key_id: root.hex() for key_id, root in self._roots.items()}
        return json.dumps({"format": FORMAT, "current": self.current, "roots": roots}, indent=1)


def _is_shared(found: os.stat_result) -> bool:
    """Return whether a file is root's, for those doors to read whose group it is."""
    with suppress(KeyError):
        return found.st_uid == 0 and grp.getgrgid(found.st_gid).gr_name == SHARED_BY
    return False


def _key_id(root: bytes) -> str:
    return digest.derive(root, info=b"hutong/id", length=8).hex()


def _write(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileExists(path=str(path)) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    lasting.sync(path.parent)
