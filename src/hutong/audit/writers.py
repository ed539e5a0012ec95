"""Transactions that have written entries and are not over, as who places them sees them.

What such a transaction wrote is older than what is placed meanwhile. Where one lasts, the checkpoints that are signed
meanwhile say that more waits, so that its entries are not too old when they come (`audit.succession`). An entry is
written only of a moment within three quarters of the longest transaction (`audit.timely`); a tenth is left here.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from psycopg import Cursor

from hutong.core import defaults
from hutong.db import sql

statements = sql.load(__package__, "writers.sql")

LONGEST_TRANSACTION = timedelta(minutes=defaults.number("audit.transaction_minutes"))
LASTS = LONGEST_TRANSACTION / 10
"""From when on a transaction counts as one that lasts; who looked longer ago does not know how old one is."""


@dataclass(slots=True)
class Writers:
    """Who writes, and since when each was seen; None where it may have written long before that."""

    _looked_at: datetime | None = None
    _seen: dict[str, datetime | None] = field(default_factory=dict)

    def last(self, cur: Cursor, *, now: datetime) -> bool:
        """Look, before what waits is read, and return whether one lasts: its entries may be older than these."""
        known = self._looked_at is not None and timedelta() <= now - self._looked_at < LASTS
        before, self._looked_at = self._seen, now
        writing = [one for (one,) in cur.execute(statements.writing)]
        self._seen = {each: before.get(each, now if known else None) for each in writing}
        return any(since is None or not timedelta() <= now - since < LASTS for since in self._seen.values())
