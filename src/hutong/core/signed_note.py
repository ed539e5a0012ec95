"""Signed notes and log checkpoints: C2SP signed-note (Ed25519) and tlog-checkpoint."""

import base64
import binascii
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hutong.core.errors import Invalid, Malformed

ED25519 = b"\x01"
_MARK = "\u2014 "  # em dash
_MOST_SIGNATURES = 100
_OURS = re.compile(r"at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z|after \d+|waiting", re.ASCII)


class NoteMalformed(Malformed):
    """This is not a signed note: {reason}."""


class NoteUnsigned(Invalid):
    """The note carries no signature by {name}."""


class NoteForged(Invalid):
    """The signature of {name} does not fit the note: it was changed, or signed with another key."""


class VerifierMalformed(Malformed):
    """This is not a log's verification key: {reason}."""


class CheckpointMalformed(Malformed):
    """This is not a log checkpoint: {reason}."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A log's public key with its name. `parse` reads `name+keyhash+key`, `str` writes it."""

    name: str
    public_key: bytes

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """Return the verifier; raises VerifierMalformed, also where the key hash does not fit the key."""
        return cls(*read_key(vkey, kind=ED25519))

    @property
    def key_hash(self) -> bytes:
        """The four bytes that mark this key in a signature line."""
        return key_hash(self.name, self.public_key, kind=ED25519)

    def named(self, name: str) -> "Verifier":
        """Return the same key under another name."""
        return Verifier(name, self.public_key)

    def __str__(self) -> str:
        return write_key(self.name, self.public_key, kind=ED25519)

    def open(self, note: str | bytes) -> str:
        """Return the text of a note signed by this key, its last newline included.

        Signatures of other keys are passed over. Raises NoteMalformed, NoteUnsigned, NoteForged.
        """
        text, signatures = split(note)
        mine = [s[4:] for name, s in signatures if name == self.name and s[:4] == self.key_hash]
        if not mine:
            raise NoteUnsigned(name=self.name)
        key = Ed25519PublicKey.from_public_bytes(self.public_key)
        for signature in mine:
            try:
                key.verify(signature, text.encode())
            except InvalidSignature:
                raise NoteForged(name=self.name) from None
        return text


@dataclass(frozen=True, slots=True)
class LogSigner:
    """A log's private key with its name."""

    name: str
    _key: Ed25519PrivateKey

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> "LogSigner":
        """Return the signer of the 32-byte `seed`; the name has neither space nor plus."""
        if not is_name(name):
            raise ValueError("a log's name has neither spaces nor a plus")
        return cls(name, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public(self) -> Verifier:
        """The verifier of this signer's notes."""
        return Verifier(self.name, self._key.public_key().public_bytes_raw())

    def named(self, name: str) -> "LogSigner":
        """Return the same key under another name."""
        return LogSigner(name, self._key)

    @property
    def verifier(self) -> str:
        """The verifier as text (vkey), to be published."""
        return str(self.public)

    @property
    def signers(self) -> tuple["LogSigner", ...]:
        """Every key there is to sign with: this one alone."""
        return (self,)

    def put_away(self, keys: Collection[bytes]) -> None:
        """Forget keys that sign no more, by their public halves: nothing, for there is this one alone."""

    def sign(self, text: str) -> str:
        """Return the signed note of `text`, which ends in a newline; raises NoteMalformed."""
        return sign(text, [self])

    def line_of(self, text: str) -> str:
        """Return the line that signs a note's text, which ends in a newline; raises NoteMalformed."""
        _check_text(text)
        return line(self.name, self.public.key_hash + self._key.sign(text.encode()))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: its name, its size and the root of its tree; as extension lines what else the log says of it.

    `at` is when it was signed (RFC 3339, UTC, microseconds), `after` the size of the checkpoint before it, None of the
    first, and `waiting` says that more was waiting to be placed when it was signed.
    """

    origin: str
    size: int
    root: bytes
    at: str | None = None
    after: int | None = None
    waiting: bool = False

    def text(self) -> str:
        """Return the note text of the checkpoint."""
        lines = [self.origin, str(self.size), _encode(self.root)]
        lines += [] if self.at is None else [f"at {self.at}"]
        lines += [] if self.after is None else [f"after {self.after}"]
        return "".join(f"{line}\n" for line in [*lines, *(["waiting"] if self.waiting else [])])

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Return the checkpoint in a note text; skips extension lines of others. Raises CheckpointMalformed."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):
            raise CheckpointMalformed(reason="not three lines or more, each ended")
        origin, size, root = lines[:3]
        hash_ = _decode(root)
        if hash_ is None or len(hash_) != 32:
            raise CheckpointMalformed(reason="the root is no SHA-256 hash")
        said = [line.partition(" ") for line in lines[3:] if _OURS.fullmatch(line)]
        facts = {name: value for name, _, value in said}
        if len(facts) != len(said):
            raise CheckpointMalformed(reason="an extension line comes twice")
        after = None if "after" not in facts else _size(facts["after"])
        return cls(origin, _size(size), hash_, facts.get("at"), after, "waiting" in facts)


def _size(found: str) -> int:
    if not (found.isascii() and found.isdigit()) or (found[0] == "0" and found != "0") or len(found) > 19:
        raise CheckpointMalformed(reason="the size is no number")
    return int(found)


def read_key(vkey: str, *, kind: bytes) -> tuple[str, bytes]:
    """Return name and Ed25519 key of a verifier of one kind, written `name+keyhash+key`.

    Raises VerifierMalformed, also where the key hash does not fit the key.
    """
    parts = vkey.split("+", 2)
    if len(parts) != 3 or not is_name(parts[0]):
        raise VerifierMalformed(reason="not name+hash+key")
    key = _decode(parts[2])
    if key is None or len(key) != 33 or key[:1] != kind:
        raise VerifierMalformed(reason="not an Ed25519 key of this kind")
    if parts[1] != key_hash(parts[0], key[1:], kind=kind).hex():
        raise VerifierMalformed(reason="the hash is not that of the key")
    return parts[0], key[1:]


def write_key(name: str, key: bytes, *, kind: bytes) -> str:
    """Return a verifier as `read_key` reads it."""
    return f"{name}+{key_hash(name, key, kind=kind).hex()}+{_encode(kind + key)}"


def key_hash(name: str, key: bytes, *, kind: bytes) -> bytes:
    """Return the four bytes that mark a key in a signature line."""
    return sha256(name.encode() + b"\n" + kind + key).digest()[:4]


def sign(text: str, signers: Iterable[LogSigner]) -> str:
    """Return the note of `text` with a signature of each signer, in their order; raises NoteMalformed."""
    return f"{text}\n{''.join(each.line_of(text) for each in signers)}"


def line(name: str, signature: bytes) -> str:
    """Return the line of a signature, which begins with the four bytes of its key, its end included."""
    return f"{_MARK}{name} {_encode(signature)}\n"


def carries(note: str | bytes, key: Verifier) -> bool:
    """Return whether a note carries a signature of a key that holds; raises NoteMalformed."""
    try:
        key.open(note)
    except (NoteUnsigned, NoteForged):
        return False
    return True


def without_signatures(note: str, *, but: str) -> str:
    """Return a note with the signatures of one name alone; raises NoteMalformed."""
    text, signatures = split(note)
    return f"{text}\n{''.join(line(name, each) for name, each in signatures if name == but)}"


def split(note: str | bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text of a note and its signatures with their names; raises NoteMalformed."""
    try:
        whole = note if isinstance(note, str) else note.decode()
    except UnicodeDecodeError:
        raise NoteMalformed(reason="not UTF-8") from None
    body, found, tail = whole.rpartition("\n\n")
    if not found or not tail.endswith("\n"):
        raise NoteMalformed(reason="no signatures after an empty line")
    text = body + "\n"
    _check_text(text)
    lines = tail[:-1].split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise NoteMalformed(reason="too many signatures")
    return text, [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    name, space, encoded = line.removeprefix(_MARK).partition(" ")
    signature = _decode(encoded)
    if (
        not line.startswith(_MARK)
        or not space
        or not is_name(name)
        or signature is None
        or len(signature) < 5
    ):
        raise NoteMalformed(reason="a signature line that is none")
    return name, signature


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        raise NoteMalformed(reason="the text does not end in a newline")
    if any(char < " " and char != "\n" for char in text):
        raise NoteMalformed(reason="a control character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NoteMalformed(reason="not UTF-8") from None


def is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(char.isspace() or char < " " for char in name)


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decode(text: str) -> bytes | None:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _encode(data) == text else None
