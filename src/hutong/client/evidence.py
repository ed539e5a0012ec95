"""Both sides of a log that does not continue itself, kept in files: what one signed checkpoint says, and the other.

Each is signed with the log's key. Whoever has both, and the hashes that lead from the one to the other, needs nobody's
word to see that the platform told two stories.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from hutong.core.signed_note import Checkpoint, Verifier, split


@dataclass(frozen=True, slots=True)
class Sides:
    """The signed note that was seen before, the one served now, and the log's keys; None where there is none.

    Where the hashes served prove which root the first entries of the log of now have, `root` is that, `proof` shows it
    (RFC 9162, 2.1.4): the log signed another root for them. `other` is the note that is served of another epoch of the
    log than the pinned one, `other_verifier` its verifier.
    """

    keys: Sequence[Verifier]
    seen: str | None
    served: str | None
    root: bytes | None = None
    proof: Sequence[bytes] = ()
    other: str | None = None
    other_verifier: Verifier | None = None

    def keep(self, beside: Path) -> Path:
        """Write them into a folder of their own beside a file, and return it; the same sides have the same folder."""
        files = {"log.vkey": "".join(f"{each}\n" for each in self.keys)}
        if self.root is not None:
            proof = {"root": self.root.hex(), "hashes": [each.hex() for each in self.proof]}
            files["consistency.json"] = json.dumps(proof) + "\n"
        if self.other_verifier is not None:
            files["epoch.vkey"] = f"{self.other_verifier}\n"
        notes = {"seen": self.seen, "served": self.served, "epoch": self.other}
        files |= {f"{name}.checkpoint": note for name, note in notes.items() if note is not None}
        named = sha256("".join(note or "" for note in notes.values()).encode()).hexdigest()[:12]
        folder = beside.with_name(f"{beside.name}.evidence") / f"{self._sizes()}-{named}"
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8", newline="\n")
        return folder

    def _sizes(self) -> str:
        notes = [note for note in (self.seen, self.served) if note is not None]
        return "-".join(str(Checkpoint.parse(split(note)[0]).size) for note in notes) or "epoch"
