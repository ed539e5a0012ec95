"""The one order in which an installation's schema is made, and the note that says whether Django's tables are made."""

import os
import subprocess
import sys
import tempfile
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import psycopg
from psycopg import Connection, sql

from hutong.audit import training as training_clock
from hutong.core.errors import Unavailable
from hutong.db import database, jobs, rights
from hutong.db import migrate as numbered
from hutong.db.sql import load

statements = load(__package__, "schema.sql")

PACKAGE = Path(str(files("hutong")))
NUMBERED = tuple(PACKAGE / room / "migrations" for room in ("audit", "plane"))
"""Folders of numbered SQL migrations, in their order; every other room's migrations are Django's."""


class SchemaNotMigrated(Unavailable):
    """The pages' tables could not be brought up to date: {reason}"""


def migrate(url: str, *, training: bool = False) -> None:
    """Bring the schema up to date: audit and plane, the queue, Django's tables, and the rights to all of them.

    `url` is the owner's address. With `training` the database is marked as living on a training clock. Old code runs
    on the new schema, so this may run while doors are open. Commands begun at once wait for each other.
    Raises SchemaNotMigrated.
    """
    numbered.migrate(url, folders=NUMBERED)
    schema = django_schema()
    if behind := schema != noted_schema(url):  # Django takes a second to find out that there is nothing to do
        _give_rights(url)  # at once, for doors that are open: Django's tables take longer, and may fail
    jobs.apply_schema(url)
    if behind:
        with numbered.alone(url) as connection:
            _migrate_django(url)
            _note_schema(connection, schema)
    if training:
        with database.connection(url, role="owner") as connection, connection.cursor() as cur:
            training_clock.allow(cur)
    _give_rights(url)


def _give_rights(url: str) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cur:
        rights.apply(cur)


def _migrate_django(url: str) -> None:
    # A process of its own: Django reads its settings once, and this one may already have read others.
    environ = {
        **os.environ,
        "HUTONG_DATABASE_URL": url,
        "HUTONG_WEB_ROLE": "owner",
        # Nothing is uploaded here, and Django looks whether the folder for it is there.
        "HUTONG_WEB_UPLOADS": tempfile.gettempdir(),
        "DJANGO_SETTINGS_MODULE": "hutong.web.conf",
    }
    command = [sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity", "0"]
    done = subprocess.run(command, env=environ, check=False, capture_output=True, text=True, errors="replace")
    if done.returncode and "OperationalError" in done.stderr:
        raise SchemaNotMigrated(reason=done.stderr.strip().splitlines()[-1])
    if done.returncode:  # a fault of ours, with all it has to say
        raise RuntimeError(done.stderr)


def django_schema(package: Path = PACKAGE) -> str:
    """Return what tells one state of Django's tables from another: its release, and the digest of our migrations.

    Every room's migrations count, wherever in `package` it lies, so that no room has to be named here.
    """
    found = sorted(package.glob("**/migrations/*.py"))
    digest = sha256(b"".join([f"{file.relative_to(package)}\n".encode() + file.read_bytes() for file in found]))
    return f"django {version('django')}, hutong {digest.hexdigest()}"


def noted_schema(url: str) -> str | None:
    """Return the state of Django's tables that was noted when they were last made; None where they never were."""
    with database.connection(url) as connection:
        found = connection.execute(statements.noted)
        note: str | None = found.fetchone()[0]  # type: ignore[index]  # one row always
        return note


def _note_schema(owner: Connection, schema: str) -> None:
    owner.execute(sql.SQL("comment on table public.django_migrations is {}").format(sql.Literal(schema)))
