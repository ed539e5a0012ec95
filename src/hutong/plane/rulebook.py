"""The numbers of the rulebook that deliveries and answers read: as changed by the authority, else as delivered.

`control.rulebook` decides them and keeps each change here, in the transaction that makes it a version.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from psycopg import Cursor

from hutong.core import defaults
from hutong.core.limits import Value
from hutong.db import sql, trips

statements = sql.load(__package__, "rulebook.sql")


def keep(cur: Cursor, changed: Mapping[str, Value], *, version: int, from_date: date) -> None:
    """Keep the numbers a version of the rulebook changed for the whole platform; switches and letters are not read."""
    for name, value in changed.items():
        if type(value) is int:
            cur.execute(statements.keep, {"name": name, "value": value, "version": version, "from_date": from_date})


def number(cur: Cursor, name: str, *, day: date) -> int:
    """Return the number called `name` that is in force on a day; raises `core.limits.LimitUnknown`."""
    return read(name, cur.execute(*reading(name, day=day)).fetchall())


def reading(name: str, *, day: date) -> trips.Statement:
    """Return the statement that reads a number, to go with others (`db.trips`); `read` takes its rows."""
    return statements.in_force, {"name": name, "day": day}


def read(name: str, rows: Sequence[trips.Row]) -> int:
    """Return the number of a name from the rows of its statement; raises `core.limits.LimitUnknown`."""
    delivered = defaults.number(name)
    return int(rows[0][0]) if rows else delivered
