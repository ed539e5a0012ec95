"""One process of a machine signs with a log's key: a copy of the platform that is started beside it signs nothing.

Two that have one key and one database sign the same of one size (`audit.signing`). Two that have one key and a database
each, as a data folder that was copied, would tell two stories; on one machine the second is told apart by this, on two
by witnesses alone.
"""

import hashlib
import os
import socket
import struct
import sys
import time

from hutong.audit.signing import AnotherSigns
from hutong.core.signed_note import Verifier
from hutong.messages import logger

PATIENCE_SECONDS = 30.0
"""For how long one that comes waits for one that goes: a worker that is started again may meet the one before it."""


class OnlySigner:
    """Holds, for as long as this process lives, that it signs with a key; who comes second never does."""

    def __init__(self, key: Verifier, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        named = hashlib.sha256(key.public_key).hexdigest()[:32]
        self._address = f"\0hutong-signer-{named}"
        self._until = time.monotonic() + patience_seconds
        self._held: socket.socket | None = None
        self._barred: AnotherSigns | None = None

    def other(self) -> AnotherSigns | None:
        """Return who signs with this key, where it is another process of this machine."""
        if self._held is not None or sys.platform != "linux":
            return None
        if self._barred is None:
            found = self._take()
            if found is None or time.monotonic() < self._until:
                return found
            self._barred = found  # for good: the other may be away for a moment, and its database is not this one
        return self._barred

    def close(self) -> None:
        """Let another sign."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def _take(self) -> AnotherSigns | None:
        """Take the key's place, which the system frees when its process ends; else return whose it is."""
        own = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            own.bind(self._address)
            own.listen(1)
        except OSError:
            own.close()
        else:
            self._held = own
            return None
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
            asked.settimeout(1)
            try:
                asked.connect(self._address)
                told = asked.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            except OSError:  # it has ended, or is asked by too many: it is looked at again
                return AnotherSigns(process="?")
        process, user, _ = struct.unpack("3i", told)
        if user not in (0, os.geteuid()):  # a stranger has no say in who signs
            logger.warning("integrator.place_taken", process=process, user=user)
            return None
        return AnotherSigns(process=process)
