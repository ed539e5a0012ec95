"""The keys that a client takes replies from: the pinned one, and those that follow it by statements of the old ones."""

import base64
from collections.abc import Sequence
from datetime import datetime

from hutong.core.leaves import moment
from hutong.core.reply_keys import ReplyKeyChange, ReplyKeyUnproven


class ReplyKeyring:
    """The keys known by now, begun with the one that was pinned (32 bytes in Base64)."""

    def __init__(self, pinned: str) -> None:
        self._pinned = base64.b64decode(pinned)
        self._changes: list[ReplyKeyChange] = []

    @property
    def newest(self) -> bytes:
        """The key that followed last."""
        return self._changes[-1].new.public_key if self._changes else self._pinned

    @property
    def accepted(self) -> str:
        """What a request says of the key by which its reply is wanted (`Accept-Signature`, RFC 9421)."""
        key = base64.b64encode(self.newest).decode()
        return f'sig1=("@status" "content-digest" "signature";req;key="sig1");keyid="{key}"'

    def trusted(self, *, now: datetime) -> Sequence[bytes]:
        """Return the keys a reply may be signed with at a moment, the oldest first: an old one until its end."""
        return [*(each.old.public_key for each in self._changes if moment(now) < each.until_at), self.newest]

    def follow(self, statements: Sequence[str]) -> bool:
        """Take the keys that follow by statements, and return whether there were any; what proves nothing is passed."""
        before = self.newest
        for note in statements:
            try:
                change = ReplyKeyChange.opened(note)
            except ReplyKeyUnproven:
                continue
            if change.old.public_key == self.newest:
                self._changes.append(change)
        return self.newest != before
