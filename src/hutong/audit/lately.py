"""What was entered lately about something, for who is told what a colleague did while a page lay open."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Cursor
from psycopg.types.json import Jsonb

from hutong.db import rows, sql

statements = sql.load(__package__, "lately.sql")

MOST = 20
"""As many entries are looked at: whoever is told is told of the last one."""


@dataclass(frozen=True, slots=True)
class Entered:
    """One entry: the event, when, by whom, and what its record says."""

    event: str
    at: datetime
    by: str
    record: Mapping[str, Any]


def about(
    cur: Cursor, *, events: Collection[str], said: Collection[Mapping[str, object]], since: datetime
) -> list[Entered]:
    """Return what was entered of these events since a moment, the newest first, where the record says one of `said`."""
    asked = {"events": sorted(events), "since": since, "about": Jsonb([dict(each) for each in said]), "limit": MOST}
    cur.execute(statements.about, asked)
    return [
        Entered(row["event"], row["at"], str(record.get("by", "")), record)
        for row in rows.named(cur)
        for record in [json.loads(row["record"])]
    ]
