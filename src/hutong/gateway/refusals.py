"""Refusals before a caller is known: counted, and entered by source every five seconds (architecture 3.6).

Garbage can so fill neither the log nor memory: sources beyond a bound are counted together.
"""

from collections import Counter
from datetime import datetime

from hutong.audit import log
from hutong.db.database import Database

MOST_SOURCES = 1_000
"""So many sources are told apart between two times of writing."""
OTHERS = "others"


class Refusals:
    """Counts refusals until they are written."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, datetime], Counter[str]] = {}

    def count(self, *, source: str, code: str, at: datetime) -> None:
        """Count one refusal from `source`."""
        key = (source, at.replace(second=0, microsecond=0))
        if key not in self._counts and len(self._counts) >= MOST_SOURCES:
            key = (OTHERS, key[1])
        self._counts.setdefault(key, Counter())[code] += 1

    def take(self) -> dict[tuple[str, datetime], Counter[str]]:
        """Return and forget what was counted."""
        due, self._counts = self._counts, {}
        return due

    def restore(self, counts: dict[tuple[str, datetime], Counter[str]]) -> None:
        """Put back what could not be written."""
        for key, codes in counts.items():
            self._counts.setdefault(key, Counter()).update(codes)


def write(db: Database, *, counts: dict[tuple[str, datetime], Counter[str]], now: datetime) -> None:
    """Append an entry per source and minute for what was counted since the last time, all in one transaction."""
    if not counts:
        return
    entries = [
        log.LogEntry(
            "plane.unknown_refused",
            now,
            {"source": source, "minute_at": minute.isoformat(), "count": codes.total(), "codes": dict(codes)},
        )
        for (source, minute), codes in counts.items()
    ]
    with db.transaction() as cur:
        log.append(cur, entries)
