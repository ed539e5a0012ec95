"""Databases for tests: which migrations make the schema, and a fresh database that is dropped afterwards."""

import contextlib
import os
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import psycopg
from psycopg import sql

from hutong.db.embedded import Server

FOLDERS = [Path(str(files("hutong.audit") / "migrations")), Path(str(files("hutong.plane") / "migrations"))]


def make(connection: psycopg.Connection, *, name: str, template: str = "template1") -> None:
    """Make a database, copying the files of `template`: writing each page to the log too took three times as long."""
    statement = sql.SQL("create database {} owner hutong template {} strategy file_copy")
    connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


_connections: dict[str, psycopg.Connection] = {}


def superuser(server: Server) -> psycopg.Connection:
    """Return this process's one connection as superuser: to open one takes longer than what most tests do with it."""
    url = server.superuser_url()
    if url not in _connections or _connections[url].closed:
        _connections[url] = psycopg.connect(url, autocommit=True)
    return _connections[url]


def a_name() -> str:
    """Return a name no other database has; the number in it is that of the process that drops it."""
    return f"test_{os.getpid()}_{os.urandom(4).hex()}"


@contextlib.contextmanager
def fresh_database(server: Server, *, template: str = "template1", name: str | None = None) -> Iterator[str]:
    """Yield the address of a new database and drop it afterwards.

    Who is connected to a database of a `name` given before is cut off when it goes, and finds the next one there.
    """
    name = name or a_name()
    connection = superuser(server)
    make(connection, name=name, template=template)
    if template != "template1":  # rights on a database itself are not copied with it
        for statement in (
            "revoke temporary on database {} from public",
            "grant temporary on database {} to hutong_plane",
            "grant temporary, create on database {} to hutong_owner",
        ):
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
    try:
        yield server.url(name)
    finally:
        superuser(server).execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
