"""Refusals before a caller is known: counted, one entry per source and minute (architecture 3.6).

Garbage can so fill neither the log nor memory: sources beyond a bound are counted together.
"""

from collections import Counter
from datetime import datetime

from hutong.audit import log
from hutong.db.database import Database

MOST_SOURCES = 10_000
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

    def take(self, *, before: datetime | None) -> dict[tuple[str, datetime], Counter[str]]:
        """Return and forget what was counted in minutes before that of `before`, or everything."""
        minute = before and before.replace(second=0, microsecond=0)
        due = {key: codes for key, codes in self._counts.items() if minute is None or key[1] < minute}
        for key in due:
            del self._counts[key]
        return due

    def restore(self, counts: dict[tuple[str, datetime], Counter[str]]) -> None:
        """Put back what could not be written."""
        for key, codes in counts.items():
            self._counts.setdefault(key, Counter()).update(codes)


def write(db: Database, *, counts: dict[tuple[str, datetime], Counter[str]], now: datetime) -> None:
    """Append one entry per source and minute, all in one transaction."""
    if not counts:
        return
    entries = [
        log.LogEntry(
            "plane.unknown_refused",
            now,
            {"source": source, "minute": minute.isoformat(), "count": codes.total(), "codes": dict(codes)},
        )
        for (source, minute), codes in counts.items()
    ]
    with db.transaction() as cur:
        log.append(cur, entries)
