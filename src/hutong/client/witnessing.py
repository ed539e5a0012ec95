"""A witness: it watches a log, cosigns what continues all it saw before, and hands that in (C2SP tlog-cosignature).

What it saw is kept before anything is cosigned, so that whoever is killed in between cosigns nothing else afterwards. A
log that does not continue is cosigned no more: both sides are kept, and the witness ends and says why.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from hutong.client.keys import load
from hutong.client.logkeys import OpenPlaces
from hutong.client.watching import Watch
from hutong.core import signed_note
from hutong.core.cosignature import WitnessSigner
from hutong.core.errors import Malformed
from hutong.core.signed_note import Checkpoint

PLACE = "/log/cosignatures"


class WitnessNameMisshaped(Malformed):
    """{name} is no name of a witness: it has neither spaces nor a plus, like witness.county.example."""


class Handing(OpenPlaces, Protocol):
    """A line at which something may be handed in as well."""

    def open_post(self, path: str, content: str) -> bytes:
        """Return the reply to a text that is handed in."""


class Cosigner:
    """Watches one log and cosigns it."""

    def __init__(self, line: Handing, *, watch: Watch, signer: WitnessSigner, now: Callable[[], datetime]) -> None:
        self._line = line
        self._watch = watch
        self._signer = signer
        self._now = now
        self._handed: Checkpoint | None = None

    def look(self) -> Checkpoint:
        """Return the newest checkpoint, which continues the last one seen, cosigned and handed in where it is new.

        Raises as Watch.look, and what the platform says to a cosignature that it does not take.
        """
        note = self._line.open_get("/log/checkpoint").decode(errors="replace")
        head = self._watch.accept(note)
        if head != self._handed:
            own = signed_note.without_signatures(note, but=head.origin)
            self._line.open_post(PLACE, own + self._signer.cosign(own, at=int(self._now().timestamp())))
            self._handed = head
        return head


def signer(name: str, key: Path) -> WitnessSigner:
    """Return a witness's signer, by its name and key file; raises WitnessNameMisshaped, ClientKeyUnreadable."""
    if not signed_note.is_name(name):
        raise WitnessNameMisshaped(name=name)
    return WitnessSigner(name, load(key).private)
