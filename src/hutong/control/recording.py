"""One entry of the log, on the transaction that Django has open."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection

from hutong.audit import log
from hutong.db import database


def record(
    event: str,
    fields: Mapping[str, object],
    *,
    now: datetime,
    org: str | None = None,
    counterpart: str | None = None,
    others: Iterable[str | None] = (),
) -> None:
    """Append one entry; its parties are `org`, `counterpart` and the units among `others`.

    If it cannot be written the caller's transaction fails with it.
    """
    with database.joined(connection) as cur:
        further = tuple(unit for unit in others if unit)
        log.append(cur, [log.Entry(event, now, fields, org, counterpart, further)])
