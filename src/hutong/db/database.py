"""Transactions: on a database of one's own, or inside Django's."""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection, Cursor
from psycopg.adapt import AdaptersMap
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool, PoolTimeout

from hutong.core.errors import Unavailable
from hutong.db import trips
from hutong.db.rights import ROLES
from hutong.db.trips import Row

Cur = Cursor[Row]

RETRY_SECONDS = 1.0
"""After how long a connection that cannot be made is tried again, all the while somebody waits for it."""


class TakesTooLong(Unavailable):
    """The database took longer over what was asked for than any statement may, and it was given up."""


def given_up(fault: BaseException | None) -> bool:
    """Return whether a fault, or what caused it, is that a statement was given up: it took too long."""
    while fault is not None and not isinstance(fault, psycopg.errors.QueryCanceled):
        fault = fault.__cause__
    return fault is not None


class Database:
    """A pool of connections that act as one role.

    `role` is one of `rights.ROLES` ("plane", "control", ...); without it the login's own rights count. A statement that
    takes longer than `statement_seconds` is given up (QueryCanceled), and so is one that waits for what another has
    longer than `lock_seconds` (LockNotAvailable). Whoever gets no connection within `patience_seconds` fails
    (OperationalError); after that others wait no longer than `RETRY_SECONDS`, until a connection can be made again. The
    first connection is made when the first transaction begins.
    """

    def __init__(
        self,
        url: str,
        *,
        role: str | None = None,
        size: int = 4,
        statement_seconds: float | None = None,
        lock_seconds: float | None = None,
        patience_seconds: float = 30.0,
    ) -> None:
        if role is not None and role not in ROLES:
            raise ValueError(f"there is no role {role!r}; there are {', '.join(ROLES)}")
        self.url = url
        self.role = role
        self._patience = patience_seconds
        self._in_vain = False
        self._pool = ConnectionPool(
            conninfo_as(url, role=role, statement_seconds=statement_seconds, lock_seconds=lock_seconds),
            min_size=0,
            max_size=size,
            open=False,
            # Not longer: the pool doubles the time between its attempts, up to minutes after PostgreSQL is back.
            reconnect_timeout=RETRY_SECONDS,
            # What psycopg prepared by itself it would deallocate after a rollback, and what `trips` prepared along.
            kwargs={"prepare_threshold": None},
            name=f"hutong-{role or 'login'}",
        )

    @contextmanager
    def transaction(self) -> Iterator[Cur]:
        """Yield a cursor; commit when the block ends, roll back when it raises. Rows are tuples.

        What is left to the commit (`trips.leave`) is done with it, in one trip.

        Raises psycopg.OperationalError where no connection can be had in time.
        """
        if self._pool.closed:
            self._pool.open()
        connection = self._connection()
        try:
            with connection, connection.cursor() as cur, trips.leaving(cur):
                yield cur
                if connection.closed:  # psycopg would say nothing
                    raise psycopg.OperationalError("the connection was lost before the commit")
        finally:
            self._pool.putconn(connection)

    def _connection(self) -> Connection[Row]:
        """Return a connection that was not cut; those that were are let go of at once, however many there are.

        The pool's own check sleeps after each, twice as long as before: a restart of PostgreSQL cost half a minute.
        """
        began = time.monotonic()
        while True:
            left = self._longest() - (time.monotonic() - began)
            try:
                connection = self._pool.getconn(timeout=min(RETRY_SECONDS, max(left, 0.01)))
            except PoolTimeout:
                if time.monotonic() - began >= self._longest():
                    self._in_vain = True
                    raise
                continue
            try:
                _check(connection)
            except psycopg.Error:
                connection.close()
                self._pool.putconn(connection)
            else:
                self._in_vain = False
                return connection

    def _longest(self) -> float:
        return min(self._patience, RETRY_SECONDS) if self._in_vain else self._patience

    def hasten(self) -> None:
        """Let nobody wait for a connection longer than `RETRY_SECONDS` from now on, those who wait already included."""
        self._patience = min(self._patience, RETRY_SECONDS)

    def close(self) -> None:
        """Close every connection; those in use are closed when they come back."""
        if not self._pool.closed:
            self._pool.close(timeout=RETRY_SECONDS)


def _check(connection: Connection[Any]) -> None:
    """Raise where the connection was cut. PostgreSQL is asked only where something has arrived: a trip costs."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        ConnectionPool.check_connection(connection)


def conninfo_as(
    url: str, *, role: str | None, statement_seconds: float | None = None, lock_seconds: float | None = None
) -> str:
    """Return the connection string for `url` acting as `role`, one of `rights.ROLES`."""
    options = [str(conninfo_to_dict(url).get("options") or "")]
    if role is not None:
        options.append(f"-c role=hutong_{role}")
    if statement_seconds is not None:
        options.append(f"-c statement_timeout={round(statement_seconds * 1000)}")
    if lock_seconds is not None:
        options.append(f"-c lock_timeout={round(lock_seconds * 1000)}")
    return make_conninfo(url, options=" ".join(filter(None, options))) if any(options) else url


@contextmanager
def connection(url: str, *, role: str | None = None) -> Iterator[Connection[Row]]:
    """Yield one connection outside any pool, for migrating and the like; commits when the block ends."""
    with psycopg.connect(conninfo_as(url, role=role), prepare_threshold=None) as opened:
        yield opened


class _PlainCursor(Cursor[Row]):
    """A cursor with psycopg's own adapters, whatever its connection's are."""

    def __init__(self, connection: Connection[Any]) -> None:
        super().__init__(connection, row_factory=tuple_row)
        self._adapters = AdaptersMap(psycopg.adapters)


@contextmanager
def joined(django_connection: Any) -> Iterator[Cur]:
    """Yield a cursor that is part of the transaction open on a Django connection.

    It behaves as on a plain psycopg connection; Django's own reads jsonb as text. Raises RuntimeError outside
    `atomic()`: what is written here commits with the caller's work or not at all.
    """
    if not django_connection.in_atomic_block:
        raise RuntimeError("joined() needs an open atomic() block")
    django_connection.ensure_connection()
    with _PlainCursor(django_connection.connection) as cur:
        yield cur
