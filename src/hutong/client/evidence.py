"""Both sides of a log that does not continue itself, kept in files: what one signed checkpoint says, and the other.

Each is signed with the log's key. Whoever has both, and the hashes that lead from the one to the other, needs nobody's
word to see that the platform told two stories.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from hutong.core.signed_note import Checkpoint, Verifier


@dataclass(frozen=True, slots=True)
class Sides:
    """The signed note that was seen before, the one served now, and the log's verifier.

    Where the hashes served prove which root the first entries of the log of now have, `root` is that, `proof` shows it
    (RFC 9162, 2.1.4): the log signed another root for them.
    """

    verifier: Verifier
    seen: str
    served: str
    root: bytes | None = None
    proof: Sequence[bytes] = ()

    def keep(self, beside: Path) -> Path:
        """Write them into a folder of their own beside a file, and return it; the same sides have the same folder."""
        sizes = "-".join(str(Checkpoint.parse(self.verifier.open(note)).size) for note in (self.seen, self.served))
        named = sha256((self.seen + self.served).encode()).hexdigest()[:12]
        folder = beside.with_name(f"{beside.name}.evidence") / f"{sizes}-{named}"
        folder.mkdir(parents=True, exist_ok=True)
        files = {"log.vkey": f"{self.verifier}\n", "seen.checkpoint": self.seen, "served.checkpoint": self.served}
        if self.root is not None:
            proof = {"root": self.root.hex(), "hashes": [each.hex() for each in self.proof]}
            files["consistency.json"] = json.dumps(proof) + "\n"
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8", newline="\n")
        return folder
