"""Page cursors: opaque to whoever holds them, and refused when changed.

A cursor says where a listing goes on and for whom; it holds key values of people's rows, so it is encrypted,
not only signed.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from hutong.core import canonical, digest
from hutong.core.errors import Refused

_PLACE = b"hutong page cursor v1"
_LONGEST = 4096


class CursorRejected(Refused):
    """This page cursor was not issued here, or was changed on the way."""


class Cursors:
    """Seals and opens cursors under one 32-byte key."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = digest.derive(key, info=_PLACE)

    def seal(self, fields: Mapping[str, object]) -> str:
        """Return the cursor that `open` turns back into `fields`; URL-safe text."""
        sealed = digest.INTERNATIONAL.encrypt(self._key, canonical.dumps(dict(fields)), _PLACE)
        return _text(sealed)

    def open(self, cursor: str) -> dict[str, Any]:
        """Return the fields of a cursor; raises CursorRejected for any other text.

        Whether the fields fit the question (grant, conditions) is for the caller to compare.
        """
        if len(cursor) > _LONGEST or not cursor.isascii():
            raise CursorRejected
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            if _text(sealed) != cursor:  # the bits that Base64 leaves over at the end are no second way to write it
                raise CursorRejected
            fields: dict[str, Any] = canonical.loads(digest.INTERNATIONAL.decrypt(self._key, sealed, _PLACE))
        except (binascii.Error, digest.CipherRejected):
            raise CursorRejected from None
        return fields


def _text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()
