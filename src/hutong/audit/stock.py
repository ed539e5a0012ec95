"""Ids of entries to come, reserved while earlier entries were written, so that appending asks for none."""

import threading
from collections.abc import Sequence

STOCK_SECONDS = 1.0
"""How long a reserved id may wait for its entry: records are shown in the order of their ids."""


class Stock:
    """Reserved ids (`log.reserving`) of one database, used by many threads; an id that is never taken is nobody's.

    `at` is the seconds of any clock that does not go back, always of the same one.
    """

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._kept_at = float("-inf")
        self._lock = threading.Lock()

    def take(self, count: int, *, at: float) -> list[int] | None:
        """Return `count` reserved ids, or None where too few are left or they were reserved too long ago."""
        with self._lock:
            if len(self._ids) < count or at > self._kept_at + STOCK_SECONDS:
                return None
            ids, self._ids = self._ids[:count], self._ids[count:]
        return ids

    def short_of(self, count: int) -> bool:
        """Return whether so many ids are not there."""
        return len(self._ids) < count

    def keep(self, ids: Sequence[int], *, at: float) -> None:
        """Keep these ids, unless more are in stock already; the smaller lot is given up and never used."""
        with self._lock:
            # Lists of several sizes take turns, and a short one's would not do for a long one.
            if len(ids) >= len(self._ids) or at > self._kept_at + STOCK_SECONDS:
                self._ids, self._kept_at = list(ids), at

    def clear(self) -> None:
        """Keep none."""
        with self._lock:
            self._ids = []
