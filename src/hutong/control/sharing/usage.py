"""Reads of the log by the parties of a use: reading leaves an entry too, so this is a transaction."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from hutong.audit import reading
from hutong.audit.events import RecordClass
from hutong.control.orgs.rules import Actor
from hutong.core import canonical
from hutong.db import database


@dataclass(frozen=True, slots=True)
class Use:
    """One usage record as a page shows it."""

    entry_id: int
    placed: int | None
    at: datetime
    event: str
    org: str | None
    record: dict


def page(*, actor: Actor, now: datetime, before: int | None = None) -> tuple[list[Use], int | None]:
    """Return usage records the actor's unit is a party of (all, for the auditor), the newest first (SX-10-b)."""
    reader = reading.Reader(by=actor.person, org=actor.org, auditor=actor.holds("auditor"))
    with transaction.atomic(), database.joined(connection) as cur:
        found = reading.page(cur, reader=reader, now=now, record_class=RecordClass.USAGE, before=before, limit=50)
    uses = [Use(r.entry_id, r.seq, r.at, r.event, r.org, canonical.loads(r.record)) for r in found.records]
    return uses, found.before
