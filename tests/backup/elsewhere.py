"""A PostgreSQL that is not the platform's: somebody else runs it, and archives its log or not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from hutong.db import postmaster
from hutong.db.embedded import Server

FAILS, WORKS = "false", "true"


@contextmanager
def archiving(folder: Path, *, binaries: Path | None = None) -> Iterator[Server]:
    """Yield a running server that may be told by `archive` how it archives its log."""
    server = Server(folder, durable=False, binaries=binaries, group=postmaster.group(postmaster.SOCKET_GROUP))
    server.start()
    _set(server, "archive_mode", "on")
    server.stop()  # it is read at the start alone
    server.start()
    try:
        yield server
    finally:
        server.stop()


def archive(server: Server, *, by: str) -> None:
    """Have a server archive its log by a command from now on."""
    _set(server, "archive_command", by)


def until_tried(server: Server, true: Callable[[psycopg.Connection], object]) -> None:
    """Have a server finish a piece of its log, again and again, until something is so of it."""
    with psycopg.connect(server.superuser_url("hutong"), autocommit=True) as connection:
        while not true(connection):
            connection.execute("select pg_logical_emit_message(true, 'test', 'x'), pg_switch_wal(), pg_sleep(0.1)")


def _set(server: Server, name: str, value: str) -> None:
    with psycopg.connect(server.superuser_url(), autocommit=True) as connection:
        connection.execute(f"alter system set {name} = '{value}'")
        connection.execute("select pg_reload_conf()")
