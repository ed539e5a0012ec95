"""What a worker finds wanting of the machine it runs on: kept for the doors, which tell it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hutong.core import canonical
from hutong.core.errors import Problem
from hutong.db import rows, sql
from hutong.db.database import Cur

statements = sql.load(__package__, "machines.sql")

OF_LATE = timedelta(minutes=10)
"""What was not found again for so long is told no more: its machine is gone, and that is told by itself."""


@dataclass(frozen=True, slots=True)
class FoundWanting:
    """What is wanting of a machine: the code of a failure, its facts, and since when it is so."""

    machine: str
    code: str
    facts: Mapping[str, Any]
    since_at: datetime


def read(cur: Cur, *, now: datetime) -> list[FoundWanting]:
    """Return what was found of late, by machine and code."""
    cur.execute(statements.read, {"since": now - OF_LATE})
    return [FoundWanting(**row) for row in rows.named(cur)]


def note(
    cur: Cur, found: Collection[Problem], *, machine: str, looked_for: Collection[type[Problem]], now: datetime
) -> None:
    """Keep what was found of a machine; what was `looked_for` and not found is kept no longer."""
    codes = [each.code for each in found]
    named = {"machine": machine[:100], "now": now}
    cur.execute(statements.clear, {**named, "looked_for": [each.code for each in looked_for], "found": codes})
    for each in found:
        cur.execute(statements.note, {**named, "code": each.code, "facts": canonical.dumps(each.facts).decode()})
