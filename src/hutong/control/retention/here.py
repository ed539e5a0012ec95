"""Django's connection as functions of `audit` take one that are a whole transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from django.db import connection, transaction

from hutong.db import database
from hutong.db.database import Cur, Database


class _Here:
    """Each transaction is one of Django's."""

    @contextmanager
    def transaction(self) -> Iterator[Cur]:
        """Yield a cursor; what is written commits when the block ends."""
        with transaction.atomic(), database.joined(connection) as cur:
            yield cur


def here() -> Database:
    """Return it; nothing but `transaction` is there to be called."""
    return cast(Database, _Here())
