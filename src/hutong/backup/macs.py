"""What this platform wrote to its backup place, told from what others put there by the keyed digests of each file.

The keys are derived of the key file's roots, which the recovery copy holds: whoever owns the place can take files away,
and can write none that a restore believes. There is one digest under each root, so that a recovery copy of before a
root was added still tells (decision 95).
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hutong.backup import recovery
from hutong.backup.files import PlaceUnreadable
from hutong.core import canonical
from hutong.installation import keys
from hutong.plane.keys import Keyring

LABEL = "backup"
"""For what use the keys are derived."""
FIELD = "macs"


class PlaceAltered(PlaceUnreadable):
    """The file {file} of the backup place is not as this platform wrote it."""

    clause = "SX-11-c"


@dataclass(frozen=True, slots=True)
class Macs:
    """The keys under which a platform's files at its place bear digests, by the id of the root they are derived of."""

    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, keyring: Keyring) -> "Macs":
        """Return those of a key file."""
        return cls({key_id: keyring.platform(LABEL, key_id=key_id) for key_id in keyring.ids})

    @classmethod
    def of_copy(cls, content: Mapping[str, bytes]) -> "Macs":
        """Return those of the key file in a recovery copy that was opened; raises KeyFileUnreadable."""
        return cls.of(recovery.keyring(content, path=f"keys/{keys.KEYRING}"))

    def signed(self, told: Mapping[str, Any], *, name: str) -> dict[str, Any]:
        """Return facts with their digests; `name` is that of their file within the place, to which they are bound."""
        return {**told, FIELD: {key_id: self._mac(key_id, told, name) for key_id in self.keys}}

    def check(self, told: Mapping[str, Any], *, name: str, path: Path) -> None:
        """See that this platform wrote these facts to this file; raises PlaceAltered."""
        found, rest = told.get(FIELD), {key: each for key, each in told.items() if key != FIELD}
        try:
            same = isinstance(found, dict) and any(
                hmac.compare_digest(str(found[key_id]).encode(), self._mac(key_id, rest, name).encode())
                for key_id in self.keys.keys() & found.keys()
            )
        except (canonical.NotCanonical, UnicodeEncodeError):
            same = False
        if not same:
            raise PlaceAltered(file=str(path))

    def _mac(self, key_id: str, told: Mapping[str, Any], name: str) -> str:
        return hmac.digest(self.keys[key_id], canonical.dumps({"file": name, "told": told}), "sha256").hex()
