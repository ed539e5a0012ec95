"""The keys that sign replies: the old one until its end, the next beside it for who asks for it, then that one alone.

Which there are is read behind all requests; a process that cannot read it goes on with what it knew. A caller says by
`Accept-Signature` (RFC 9421) which of the two it pinned, so that each changes the key in its own time.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hutong.audit import key_changes
from hutong.audit.key_changes import KeyChangeRequest
from hutong.audit.keyfiles import KeyFiles
from hutong.core.signed_note import Verifier
from hutong.db.database import Cur, Database
from hutong.gateway.shapes import ReplyKeyOut, ReplyKeysOut
from hutong.messages import logger


@dataclass(frozen=True, slots=True)
class ReplyKey:
    """A key that signs replies: what it is called, its public half as consumers pin it, and until when it signs."""

    keyid: str
    public: str
    private: Ed25519PrivateKey
    until_at: datetime | None = None


class ReplyKeys:
    """The keys of one process; `first` is the one it begins with."""

    def __init__(self, first: ReplyKey, *, files: KeyFiles | None, name: str) -> None:
        self._files = files
        self._name = name
        self.first = first
        self._keys: Sequence[ReplyKey] = (first,)

    def signing(self, *, now: datetime, asked: str) -> ReplyKey:
        """Return the key that signs a reply: the oldest that is good, or of the good ones that which is `asked` for."""
        last = self._keys[-1]
        good = [each for each in self._keys if each is last or (each.until_at is not None and now < each.until_at)]
        return next((each for each in good if f'"{each.public}"' in asked), good[0])

    def refresh(self, db: Database, *, now: datetime) -> None:
        """Read which keys there are; a key that signs no more is put away."""
        if self._files is None:
            return
        with db.transaction() as cur:
            changes = key_changes.approved(cur, kind="replies")
        keys = [key for key in self._known(self._files, changes) if key.until_at is None or now < key.until_at]
        if keys:
            self._keys = keys
        ended = [each.old_key for each in changes if each.until_at is not None and each.until_at <= now]
        self._files.put_away([Verifier.parse(str(each)).public_key for each in ended])

    def _known(self, files: KeyFiles, changes: Sequence[KeyChangeRequest]) -> list[ReplyKey]:
        found = []
        numbers = [1, *(each.number for each in changes)]
        for number, until_at in zip(numbers, [*(each.until_at for each in changes), None], strict=True):
            key = read(files, number, name=self._name, until_at=until_at)
            if key is not None:
                found.append(key)
            elif until_at is None:
                logger.error("reply_key_missing", number=number)  # the one before it goes on
                return [*found[:-1], ReplyKey(found[-1].keyid, found[-1].public, found[-1].private)] if found else []
        return found


def read(files: KeyFiles, number: int, *, name: str, until_at: datetime | None = None) -> ReplyKey | None:
    """Return the key of a number; None where it is not there, or was put away."""
    signer = files.signer(number)
    if signer is None:
        return None
    private = Ed25519PrivateKey.from_private_bytes(files.seed(number).read_bytes())
    return ReplyKey(keyid(name, number), pinned(signer.public), private, until_at)


def keyid(name: str, number: int) -> str:
    """Return what the key of a number is called in a signature: the first as the log, whose `name` that is."""
    return name if number == 1 else f"{name}/replies/{number}"


def pinned(key: Verifier) -> str:
    """Return a public key as consumers pin it: 32 bytes in Base64."""
    return b64encode(key.public_key).decode()


def published(cur: Cur, *, first: str, name: str) -> ReplyKeysOut:
    """Return every key with its days, and the statements in which each names the next; `first` is the first one."""
    changes = key_changes.approved(cur, kind="replies")
    keys = [first, *(pinned(Verifier.parse(each.new_key)) for each in changes)]
    begins = [None, *(each.approved_at for each in changes)]
    ends = [*(each.until_at for each in changes), None]
    numbers = [1, *(each.number for each in changes)]
    return ReplyKeysOut(
        [
            ReplyKeyOut(keyid(name, number), key, from_at, until_at)
            for number, key, from_at, until_at in zip(numbers, keys, begins, ends, strict=True)
        ],
        [each.statement or "" for each in changes],
    )
