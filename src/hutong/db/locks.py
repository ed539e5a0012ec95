"""Locks that have a name and last until the transaction ends."""

from typing import Any, Protocol

from hutong.db import sql

statements = sql.load(__package__, "locks.sql")


class Cursor(Protocol):
    """What statements are carried out with: a cursor of psycopg's, or one of Django's."""

    def execute(self, query: Any, params: Any = None, /) -> Any:
        """Carry out a statement."""


def take(cur: Cursor, name: str, *, shared: bool = False) -> None:
    """Wait for the lock `name` and have it until this transaction ends: alone, or `shared` with others."""
    cur.execute(statements.share if shared else statements.take, {"name": name})
