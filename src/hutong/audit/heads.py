"""The head of the log that was signed last, kept in a file beside the key: what the signer remembers by itself.

A database can be set back, a file beside the key stays. What the key has signed is in the file before anybody sees it.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from hutong.core.log_keys import KeyChange
from hutong.core.signed_note import Verifier
from hutong.db import lasting

_FARTHEST_AHEAD = 1 << 16


def ahead() -> int:
    """Return how far ahead the number of a next epoch lies whose signer does not know what others signed.

    Chosen at random: two that come back from one backup, or are copied of one folder, begin no epoch of one number.
    """
    return 1 + secrets.randbelow(_FARTHEST_AHEAD)


@dataclass(frozen=True, slots=True)
class KeptChange:
    """A change of the log's key, and the epoch in which its entry stands."""

    epoch: int
    change: KeyChange


@dataclass(frozen=True, slots=True)
class RestoredLog:
    """That the database was restored from a backup, and what was signed after that nobody here knows.

    Nothing is signed of epochs up to `epoch`. The next takes a number at least `ahead` of it (`heads.ahead`): every
    restore of one backup begins another.
    """

    epoch: int
    ahead: int
    until: str
    """Up to which moment the backup had what was committed, as people read it."""
    lost: int
    """How many entries were signed, as far as is known, and are lost."""


@dataclass(frozen=True, slots=True)
class Heads:
    """The folder of the log's key, where the signed head is kept."""

    folder: Path

    def path(self, epoch: int) -> Path:
        """Return the file of the head of an epoch."""
        return self.folder / ("log.head" if epoch == 1 else f"log.{epoch}.head")

    def read(self, epoch: int) -> bytes | None:
        """Return the signed note of an epoch that was kept last; None where there is none."""
        try:
            return self.path(epoch).read_bytes()
        except FileNotFoundError:
            return None

    def keep(self, epoch: int, note: str) -> None:
        """Keep a signed note of an epoch instead of the one before; after return it outlasts a power cut.

        At every moment the file has the whole of one of the two. It belongs to whom the folder does, whoever keeps it:
        what root signs or begins, the worker signs on.
        """
        lasting.put(self.path(epoch), note.encode(), owner=self.folder.stat())

    def changes(self) -> list[KeptChange]:
        """Return the changes of the log's key that were kept, in their order."""
        try:
            kept = json.loads(self._changes.read_bytes())
        except FileNotFoundError:
            return []
        return [
            KeptChange(
                each["epoch"],
                KeyChange(
                    each["index"], Verifier.parse(each["old"]), Verifier.parse(each["new"]), each["at"], each["until"]
                ),
            )
            for each in kept
        ]

    def keep_changes(self, changes: Sequence[KeptChange]) -> None:
        """Keep the changes of the log's key that are known; as a head is kept."""
        told = [
            {
                "epoch": each.epoch, "index": each.change.index, "old": str(each.change.old),
                "new": str(each.change.new), "at": each.change.at, "until": each.change.until,
            }
            for each in changes
        ]  # fmt: skip
        lasting.put(self._changes, json.dumps(told, indent=1).encode(), owner=self.folder.stat())

    def restored(self) -> RestoredLog | None:
        """Return the mark of a restore that stands, if one does; raises ValueError for one that cannot be read."""
        try:
            told = json.loads(self._restored.read_bytes())
            return RestoredLog(int(told["epoch"]), int(told["ahead"]), str(told["until"]), int(told["lost"]))
        except FileNotFoundError:
            return None
        except (KeyError, TypeError):
            raise ValueError(self._restored) from None

    def note_restored(self, mark: RestoredLog) -> None:
        """Keep the mark of a restore, as a head is kept: from then on nothing is signed until the next epoch."""
        lasting.put(self._restored, json.dumps(asdict(mark), indent=1).encode(), owner=self.folder.stat())

    def forget_restored(self) -> None:
        """Take the mark of a restore away, once an epoch after it has begun."""
        self._restored.unlink(missing_ok=True)

    @property
    def _changes(self) -> Path:
        return self.folder / "log.keys"

    @property
    def _restored(self) -> Path:
        return self.folder / "restored.json"
