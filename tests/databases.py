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
    connection.execute(
        sql.SQL("create database {} owner hutong template {}").format(sql.Identifier(name), sql.Identifier(template))
    )


@contextlib.contextmanager
def fresh_database(server: Server, *, template: str = "template1") -> Iterator[str]:
    """Yield the address of a new database and drop it afterwards."""
    name = f"test_{os.getpid()}_{os.urandom(4).hex()}"
    with psycopg.connect(server.superuser_url(), autocommit=True) as connection:
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
        with psycopg.connect(server.superuser_url(), autocommit=True) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
