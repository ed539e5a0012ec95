"""The numbers of the rulebook that deliveries and answers read: as changed by the authority, else as delivered.

`control.rulebook` decides them and keeps each change here, in the transaction that makes it a version.
"""

from collections.abc import Mapping
from datetime import date

from psycopg import Cursor

from hutong.core import defaults
from hutong.core.limits import Value
from hutong.db import sql

queries = sql.load(__package__, "rulebook.sql")


def keep(cur: Cursor, changed: Mapping[str, Value], *, version: int, from_day: date) -> None:
    """Keep the numbers a version of the rulebook changed for the whole platform; switches and letters are not read."""
    for name, value in changed.items():
        if type(value) is int:
            cur.execute(queries.keep, {"name": name, "value": value, "version": version, "from_day": from_day})


def number(cur: Cursor, name: str, *, day: date) -> int:
    """Return the number called `name` that is in force on a day; raises `core.limits.LimitUnknown`."""
    found = cur.execute(queries.in_force, {"name": name, "day": day}).fetchone()
    return found[0] if found else defaults.number(name)
