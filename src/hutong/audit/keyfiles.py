"""The files of one of the platform's own keys: its seeds, numbered as they followed, and beside each its public half.

The first lies in `log.seed`, the second in `log.2.seed`, and so on. A key that signs no more has an empty file: it was
put away. No number comes twice.
"""

import os
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from hutong.core.signed_note import LogSigner
from hutong.db import lasting


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The files of a key that begin with `stem` in a folder; `name` is what its signatures are called."""

    folder: Path
    stem: str
    name: str

    def seed(self, number: int) -> Path:
        """Return the file of a seed."""
        return self.folder / (f"{self.stem}.seed" if number == 1 else f"{self.stem}.{number}.seed")

    def public(self, number: int) -> Path:
        """Return the file of a public key, which anyone may read."""
        return self.folder / (f"{self.stem}.vkey" if number == 1 else f"{self.stem}.{number}.vkey")

    @property
    def numbers(self) -> range:
        """Which there are, put away or not."""
        last = 0
        while self.seed(last + 1).exists():
            last += 1
        return range(1, last + 1)

    @property
    def signers(self) -> tuple[LogSigner, ...]:
        """The keys there are to sign with, in their order; those put away are none."""
        return tuple(each for each in map(self.signer, self.numbers) if each is not None)

    def signer(self, number: int) -> LogSigner | None:
        """Return the key of a number; None where it was put away or there is none."""
        try:
            seed = self.seed(number).read_bytes()
        except FileNotFoundError:
            return None
        return LogSigner.from_seed(self.name, seed) if seed else None

    @property
    def vkeys(self) -> list[str]:
        """The public halves there are, in their order."""
        found: list[str] = []
        while (path := self.public(len(found) + 1)).exists():
            found.append(path.read_text(encoding="utf-8").strip())
        return found

    @property
    def in_use(self) -> str:
        """The public half of the oldest key that was not put away, which anyone may know; the first where all were."""
        known = self.vkeys
        sizes = {number: self.seed(number).stat().st_size for number in self.numbers}
        return next((vkey for number, vkey in enumerate(known, start=1) if sizes.get(number)), known[0])

    def make(self) -> tuple[int, LogSigner]:
        """Make the next key and return its number and it: it lies there for good, and belongs to whom the first does.

        A key whose making was cut short keeps its number and is never used.
        """
        number = 1
        while self.seed(number).exists():
            if (found := self.signer(number)) and not self.public(number).exists():
                lasting.put(self.public(number), found.verifier.encode(), owner=None, mode=0o644)
            number += 1
        seed = secrets.token_bytes(32)
        owner = self.seed(1).stat()
        lasting.put(self.seed(number), seed, owner=owner)
        signer = LogSigner.from_seed(self.name, seed)
        lasting.put(self.public(number), signer.verifier.encode(), owner=None, mode=0o644)
        return number, signer

    def put_away(self, keys: Collection[bytes]) -> None:
        """Empty the files of keys that sign no more, by their public halves."""
        for number in self.numbers:
            found = self.signer(number)
            if found is not None and found.public.public_key in keys:
                self.empty(number)

    def empty(self, number: int) -> None:
        """Overwrite a seed, so that nobody signs with it again; its public half stays."""
        path = self.seed(number)
        path.chmod(0o600)
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
            file.truncate(0)
            os.fsync(file.fileno())
