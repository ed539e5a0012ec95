"""An integrator that dies after one step of its work, as `kill -9` would have it: run as a program of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from hutong.audit import tree
from hutong.audit.heads import Heads
from hutong.audit.keyfiles import KeyFiles
from hutong.core.signed_note import LogSigner
from hutong.db.database import Cur, Database

STEPS = ("placing", "placed", "read back", "signed", "kept", "published")
"""After which it dies; `placing` is just before what was placed is committed."""
KEY_STEPS = (*STEPS, "remembered", "emptying", "emptied")
"""Those of a round in which the log's key changes: `remembered` is that it does, `emptied` the seed of the old one."""
SEED = bytes(range(32))
NAME = "log.county.example"


def die_at(step: str, reached: str) -> None:
    """End this process at once where it has come to the step it is to die after, or PostgreSQL, where that is named."""
    if step == reached:
        if postmaster := os.environ.get("POSTMASTER"):
            os.kill(int(postmaster), signal.SIGKILL)
            del os.environ["POSTMASTER"]
        else:
            os.kill(os.getpid(), signal.SIGKILL)


class DyingDatabase(Database):
    """Counts its transactions: the first places, the second reads back, the third publishes."""

    def __init__(self, url: str, *, step: str) -> None:
        super().__init__(url, role="logkeeper", size=1)
        self.step = step
        self.count = 0

    @contextmanager
    def transaction(self) -> Iterator[Cur]:
        with super().transaction() as cur:
            yield cur
            if self.count == 0:
                die_at(self.step, "placing")
        self.count += 1
        die_at(self.step, ("", "placed", "read back", "published")[self.count])


class DyingHeads(Heads):
    """Dies before or after it keeps a head."""

    def keep(self, epoch: int, note: str) -> None:
        die_at(os.environ["DIES_AFTER"], "signed")
        super().keep(epoch, note)
        die_at(os.environ["DIES_AFTER"], "kept")

    def keep_changes(self, changes: Any) -> None:
        super().keep_changes(changes)
        die_at(os.environ["DIES_AFTER"], "remembered")


class DyingKeys(KeyFiles):
    """Dies before or after it puts a key away."""

    def empty(self, number: int) -> None:
        die_at(os.environ["DIES_AFTER"], "emptying")
        super().empty(number)
        die_at(os.environ["DIES_AFTER"], "emptied")


def integrate(
    url: str, folder: Path, *, step: str, now: datetime, postmaster: int | None = None, keys: Path | None = None
) -> int:
    """Run one round in a process that dies after `step`, or kills a PostgreSQL then, and return how it ended.

    It signs with the keys in a folder, where one is named.
    """
    command = [sys.executable, __file__, url, str(folder), step, now.isoformat(), str(keys or "")]
    killing = {"POSTMASTER": str(postmaster)} if postmaster else {}
    return subprocess.run(
        command, env={**os.environ, "DIES_AFTER": step, **killing}, check=False, stderr=subprocess.DEVNULL
    ).returncode


if __name__ == "__main__":
    url, folder, step, now, keys = sys.argv[1:]
    tree.integrate(
        DyingDatabase(url, step=step), now=datetime.fromisoformat(now), heads=DyingHeads(Path(folder)), limit=300,
        signer=DyingKeys(Path(keys), "log", NAME) if keys else LogSigner.from_seed(NAME, SEED),
    )  # fmt: skip
