"""What a client keeps between runs: one JSON file, replaced in one step, changed by one process at a time."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hutong.core.errors import Malformed


class BookmarksUnreadable(Malformed):
    """The client's file {path} cannot be read; it is JSON that this client wrote."""


class Bookmarks:
    """A small file of state: the last checkpoint seen, and how far each feed was followed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Any]:
        """Return what is kept, an empty mapping where there is nothing yet; raises BookmarksUnreadable."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (ValueError, OSError):
            raise BookmarksUnreadable(path=str(self.path)) from None
        if not isinstance(kept, dict):
            raise BookmarksUnreadable(path=str(self.path))
        return kept

    @contextmanager
    def changing(self) -> Iterator[dict[str, Any]]:
        """Yield what is kept and write it back whole when the block ends well; others wait."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path.with_name(self.path.name + ".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            kept = self.read()
            yield kept
            self._write(kept)

    def _write(self, kept: dict[str, Any]) -> None:
        beside = self.path.with_name(self.path.name + ".new")
        with open(
            os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as file:
            json.dump(kept, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)
