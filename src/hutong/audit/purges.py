"""A purge of records: the officer who asked for it, the officer who approved it, and its outcome (SX-10-c)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hutong.audit.events import RecordClass
from hutong.core.errors import Missing
from hutong.db import rows, sql
from hutong.db.database import Cur

statements = sql.load(__package__, "purges.sql")


class NoSuchPurge(Missing):
    """There is no purge {purge}."""


@dataclass(frozen=True, slots=True)
class Purge:
    """A request to purge and how far it has come; `state` is one of `lifecycle.PURGE`."""

    id: int
    state: str
    record_class: RecordClass
    before_at: datetime
    requested_by: str
    requested_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    done_at: datetime | None
    removed: int | None
    certificate: str | None
    dropped_by: str | None
    dropped_at: datetime | None
    drop_reason: str | None

    @property
    def acted(self) -> dict[str, set[str]]:
        """Who has requested and who has approved it, by action."""
        taken = {"request": self.requested_by, "approve": self.approved_by}
        return {action: {officer} for action, officer in taken.items() if officer is not None}


@dataclass(frozen=True, slots=True)
class PurgeFilters:
    """Which purges are listed: those in a state, of a class of records; empty for all."""

    state: str = ""
    record_class: str = ""


def page(
    cur: Cur, filters: PurgeFilters, *, after: int | None = None, oldest: bool = False, limit: int
) -> list[Purge]:
    """Return purges, the newest first or the oldest, at most `limit` that follow the purge `after`."""
    cur.execute(statements.page, {**_asked(filters), "after": after, "oldest": oldest, "limit": limit})
    return [_value(row) for row in rows.named(cur)]


def counted(cur: Cur, filters: PurgeFilters, *, most: int) -> int:
    """Return how many purges fit, counted up to `most`."""
    ((many,),) = cur.execute(statements.count, {**_asked(filters), "most": most})
    return int(many)


def reached(cur: Cur, *, record_class: RecordClass, before: datetime, most: int) -> int:
    """Return how many records of a class there are from before a moment, counted up to `most`."""
    ((many,),) = cur.execute(statements.reached, {"class": record_class, "before": before, "most": most})
    return int(many)


def read(cur: Cur, *, purge: int, lock: bool = False) -> Purge:
    """Return a purge; raises NoSuchPurge. With `lock` nobody else moves it before this transaction ends."""
    cur.execute(statements.read_locked if lock else statements.read, {"purge": purge})
    row = rows.only(cur)
    if row is None:
        raise NoSuchPurge(purge=purge)
    return _value(row)


def _asked(filters: PurgeFilters) -> dict[str, str | None]:
    return {"state": filters.state or None, "class": filters.record_class or None}


def _value(row: Mapping[str, Any]) -> Purge:
    return Purge(**{**row, "record_class": RecordClass(row["record_class"])})
