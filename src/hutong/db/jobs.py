"""The queue: procrastinate's tables in the same PostgreSQL, filled on the caller's cursor."""

from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from hutong.db import migrate, sql
from hutong.db.migrate import Migration

statements = sql.load(__package__, "jobs.sql")


def defer(
    cur: psycopg.Cursor[Any],
    *,
    task: str,
    args: Mapping[str, Any],
    queue: str = "default",
    lock: str | None = None,
    queueing_lock: str | None = None,
    at: datetime | None = None,
    priority: int = 0,
) -> int:
    """Defer a job on the caller's transaction and return its number; it exists only if that commits.

    Jobs of one `lock` run one after another; of one `queueing_lock` only one may wait, a second raises
    psycopg.errors.UniqueViolation.
    """
    cur.execute(
        statements.defer,
        {
            "queue": queue,
            "task": task,
            "priority": priority,
            "lock": lock,
            "queueing_lock": queueing_lock,
            "args": Jsonb(dict(args)),
            "at": at,
        },
    )
    return int(cur.fetchone()[0][0])  # type: ignore[index]


def apply_schema(url: str) -> list[str]:
    """Make procrastinate's tables, or bring them to the installed version; return what was applied."""
    with migrate.alone(url) as connection:
        return migrate.patiently(lambda: _bring_up(connection), name="procrastinate")


def _bring_up(connection: psycopg.Connection[Any]) -> list[str]:
    with connection.transaction():
        noted = {name for name, _ in connection.execute(migrate.statements.applied).fetchall()}
        fresh = connection.execute(statements.made).fetchone() == (None,)
        missing = [migration for migration in migrations() if migration.name not in noted]
        if fresh:
            connection.execute((files("procrastinate") / "sql" / "schema.sql").read_bytes())
        for migration in missing:
            if not fresh:
                connection.execute(migration.text.encode())
            migrate.note(connection, migration)
        return [migration.name for migration in missing]


def migrations() -> list[Migration]:
    """Return procrastinate's own migrations; its schema is the sum of them."""
    folder = files("procrastinate") / "sql" / "migrations"
    found = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name
    )
    return [Migration(f"procrastinate/{file.name}", file.read_text(encoding="utf-8")) for file in found]
