"""A purge of records as it is written down: who asked for it, who agreed, what became of it (SX-10-c)."""

from dataclasses import dataclass
from datetime import datetime

from hutong.audit.events import RecordClass
from hutong.core.errors import Missing
from hutong.db import rows, sql
from hutong.db.database import Cur

queries = sql.load(__package__, "purges.sql")


class NoSuchPurge(Missing):
    """There is no purge {purge}."""


@dataclass(frozen=True, slots=True)
class Purge:
    """A request to purge and how far it has come."""

    id: int
    record_class: RecordClass
    before: datetime
    requested_by: str
    requested_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    done_at: datetime | None
    removed: int | None
    certificate: str | None


def read(cur: Cur, *, purge: int, lock: bool = False) -> Purge:
    """Return a purge; raises NoSuchPurge. With `lock` nobody else moves it before this transaction ends."""
    cur.execute(queries.read_locked if lock else queries.read, {"purge": purge})
    row = rows.only(cur)
    if row is None:
        raise NoSuchPurge(purge=purge)
    return Purge(**{**row, "record_class": RecordClass(row["record_class"])})
