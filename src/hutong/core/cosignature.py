"""Cosignatures of checkpoints by witnesses: C2SP tlog-cosignature, version 1 (Ed25519).

A witness says that, at a moment, the checkpoint is the largest it has seen of its log, and continues all it saw before.
The signed message is a header, the moment in seconds, and the whole text of the checkpoint.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hutong.core import signed_note
from hutong.core.signed_note import NoteForged, NoteUnsigned

KIND = b"\x04"
_LATEST = 2**63 - 1
_LENGTH = 4 + 8 + 64


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness's public key with its name. `parse` reads `name+keyhash+key`, `str` writes it."""

    name: str
    public_key: bytes

    @classmethod
    def parse(cls, vkey: str) -> "WitnessKey":
        """Return the key; raises VerifierMalformed, also for the key of a log."""
        return cls(*signed_note.read_key(vkey.strip(), kind=KIND))

    def __str__(self) -> str:
        return signed_note.write_key(self.name, self.public_key, kind=KIND)

    @property
    def key_hash(self) -> bytes:
        """The four bytes that mark this key in a signature line."""
        return signed_note.key_hash(self.name, self.public_key, kind=KIND)

    def cosigned_at(self, note: str | bytes) -> int:
        """Return when this witness cosigned a note, in seconds of POSIX time; of several times the last.

        Signatures of others are passed over. Raises NoteMalformed, NoteUnsigned, NoteForged.
        """
        text, signatures = signed_note.split(note)
        mine = [each for name, each in signatures if name == self.name and each[:4] == self.key_hash]
        if not mine:
            raise NoteUnsigned(name=self.name)
        return max(self._verified(text, each) for each in mine)

    def line_of(self, note: str | bytes) -> str:
        """Return the signature line of this witness in a note, the last of several; raises as `cosigned_at`."""
        at = self.cosigned_at(note)
        _, signatures = signed_note.split(note)
        stamp = self.key_hash + at.to_bytes(8)
        mine = next(each for name, each in signatures if name == self.name and each.startswith(stamp))
        return signed_note.line(self.name, mine)

    def _verified(self, text: str, signature: bytes) -> int:
        at = int.from_bytes(signature[4:12])
        if len(signature) != _LENGTH or at > _LATEST:
            raise NoteForged(name=self.name)
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature[12:], _message(text, at))
        except InvalidSignature:
            raise NoteForged(name=self.name) from None
        return at


@dataclass(frozen=True, slots=True)
class WitnessSigner:
    """A witness's private key with its name."""

    name: str
    _key: Ed25519PrivateKey

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> "WitnessSigner":
        """Return the signer of the 32-byte `seed`; the name has neither space nor plus."""
        if not signed_note.is_name(name):
            raise ValueError("a witness's name has neither spaces nor a plus")
        return cls(name, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public(self) -> WitnessKey:
        """The key by which its cosignatures are verified."""
        return WitnessKey(self.name, self._key.public_key().public_bytes_raw())

    def cosign(self, note: str | bytes, *, at: int) -> str:
        """Return the line that cosigns a note at a moment (seconds of POSIX time); raises NoteMalformed."""
        text, _ = signed_note.split(note)
        signature = self._key.sign(_message(text, at))
        return signed_note.line(self.name, self.public.key_hash + at.to_bytes(8) + signature)


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
