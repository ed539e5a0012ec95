"""Attachments as the database keeps them: in pieces, encrypted under a key that is not in it.

The key is derived from the platform's root for this use (`platform/attachments`). With each piece is bound which
attachment of which case it is a piece of, all that is shown of that file, and the piece's number: a piece put in
another's place, a piece missing and a file under another name cannot be read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from hutong.core import canonical, digest
from hutong.plane.keys import Keyring

PIECE = 1 << 20
"""Bytes of a piece before it is encrypted."""


@dataclass(frozen=True, slots=True)
class FileOfCase:
    """Where a file belongs, and what it is."""

    lifecycle: str
    case: str
    attachment: str
    name: str
    kind: str
    size: int
    sha256: str


def sealed(content: bytes, *, key: bytes, place: FileOfCase) -> Iterator[bytes]:
    """Yield the pieces of a file in their order, each encrypted (AES-256-GCM, a random nonce before it)."""
    for number in range(_pieces(len(content))):
        plain = content[number * PIECE : (number + 1) * PIECE]
        yield digest.INTERNATIONAL.encrypt(key, plain, _bound(place, number))


def opened(pieces: Iterable[bytes], *, key: bytes, place: FileOfCase) -> bytes:
    """Return what `sealed` was given; raises CipherRejected where a piece is another, or missing."""
    plain = [
        digest.INTERNATIONAL.decrypt(key, bytes(piece), _bound(place, number)) for number, piece in enumerate(pieces)
    ]
    content = b"".join(plain)
    if len(content) != place.size:
        raise digest.CipherRejected
    return content


def key_of(keyring: Keyring, *, key_id: str | None = None) -> bytes:
    """Return the key of attachments under root `key_id`, else the current one; raises KeyUnknown."""
    return keyring.platform("attachments", key_id=key_id)


def _pieces(size: int) -> int:
    return -(-size // PIECE)


def _bound(place: FileOfCase, number: int) -> bytes:
    return canonical.dumps({**asdict(place), "piece": number})
