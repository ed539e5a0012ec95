"""One entry of the log, on the transaction that Django has open."""

from collections.abc import Mapping
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
) -> None:
    """Append one entry; if it cannot be written the caller's transaction fails with it."""
    with database.joined(connection) as cur:
        log.append(cur, [log.Entry(event, now, fields, org, counterpart)])
