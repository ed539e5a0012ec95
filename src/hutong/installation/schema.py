"""The one order in which an installation's schema is made, and what tells a database of another version."""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import Connection, sql
from psycopg.conninfo import make_conninfo
from psycopg.errors import LockNotAvailable

from hutong.audit import training as training_clock
from hutong.audit import upgrades
from hutong.core import versions
from hutong.core.errors import Conflicting, Unavailable
from hutong.db import database, jobs, rights
from hutong.db import migrate as numbered
from hutong.db.sql import load

statements = load(__package__, "schema.sql")

PACKAGE = Path(str(files("hutong")))
NUMBERED = tuple(PACKAGE / room / "migrations" for room in ("audit", "plane"))
"""Folders of numbered SQL migrations, in their order; every other room's migrations are Django's."""


class SchemaNotMigrated(Unavailable):
    """The pages' tables could not be brought up to date: {reason}"""


class DatabaseOlder(Unavailable):
    """The database is of version {found}, the software of version {version}; it was left as it is."""


class DatabaseNewer(Conflicting):
    """The database is of version {found}, the software of version {version}, which does not know it."""


@dataclass(frozen=True, slots=True)
class SchemaState:
    """What a database has, beside what this version of the software wants of it."""

    version: str | None
    """The version it is of; None where it is empty or was never made to its end."""
    missing: tuple[str, ...]
    """Migrations of audit, plane and the queue it lacks, in their order."""
    django: bool
    """Whether the pages' tables are as this version has them."""
    rights: bool
    """Whether the rights are."""

    @property
    def whole(self) -> bool:
        """Whether it is all that this version of the software wants, by whichever version it was made."""
        return not self.missing and self.django and self.rights


def look(url: str) -> SchemaState:
    """Return what the database at `url`, the owner's address, has; nothing is changed, and nobody is waited for.

    Raises DatabaseNewer where a newer version of the software made what it has, and MigrationUnknown or
    MigrationChanged where another state of development did.
    """
    with database.connection(url) as connection, connection.cursor() as cur:
        ((made,),) = cur.execute(numbered.statements.made).fetchall()
        if not made:
            return SchemaState(None, tuple(each.name for each in _migrations()), django=False, rights=False)
        cur.execute(numbered.statements.own)
        version = upgrades.version(cur)
        newer = version is not None and versions.newer(version, than=versions.own())
        try:
            missing = tuple(each.name for each in numbered.missing(connection, _migrations()))
        except numbered.MigrationUnknown:
            if newer:
                raise DatabaseNewer(found=version, version=versions.own()) from None
            raise
        ((django, rights_noted),) = cur.execute(statements.noted).fetchall()
        state = SchemaState(version, missing, django=django == django_schema(), rights=rights_noted == _rights_note())
        if newer and not state.whole:
            raise DatabaseNewer(found=version, version=versions.own())
        return state


def expect_current(url: str) -> SchemaState:
    """Return what the database has; raises DatabaseOlder where that is not what this version wants.

    One that is empty or was never made to its end is not refused. Raises what `look` raises.
    """
    state = look(url)
    if state.version is not None and (not state.whole or versions.newer(versions.own(), than=state.version)):
        raise DatabaseOlder(found=state.version, version=versions.own())
    return state


def expect_no_older(url: str, *, role: str) -> None:
    """Raise DatabaseOlder where the database is of an older version than the door that asks, by its own login.

    One that a newer version upgraded is fit: old code runs on the new schema. Where the database is away nothing is
    known, and the door itself will say so.
    """
    with contextlib.suppress(psycopg.OperationalError), database.connection(url, role=role) as connection:
        with connection.cursor() as cur:
            version = upgrades.version(cur)
        if version is not None and versions.newer(versions.own(), than=version):
            raise DatabaseOlder(found=version, version=versions.own())


def allow_training(url: str) -> None:
    """Mark the database at `url`, the owner's address, as living on a training clock."""
    with database.connection(url, role="owner") as connection, connection.cursor() as cur:
        training_clock.allow(cur)


def note_version(url: str, *, now: datetime) -> None:
    """Note that this version of the software made the database at `url`, the owner's address, where none is noted."""
    with numbered.alone(url) as connection, connection.transaction(), connection.cursor() as cur:
        if upgrades.version(cur) is None:
            upgrades.note(cur, version=versions.own(), migrations=upgrades.unnoted(cur), now=now)


def migrate(url: str, *, training: bool = False) -> None:
    """Bring the schema up to date: audit and plane, the queue, Django's tables, and the rights to all of them.

    `url` is the owner's address. With `training` the database is marked as living on a training clock. Old code runs
    on the new schema, so this may run while doors are open: no lock is waited for longer than they can wait. Commands
    begun at once wait for each other. Raises SchemaNotMigrated and SchemaBusy.
    """
    numbered.migrate(url, folders=NUMBERED)
    schema = django_schema()
    if behind := schema != noted_schema(url):  # Django takes a second to find out that there is nothing to do
        _give_rights(url)  # at once, for doors that are open: Django's tables take longer, and may fail
    jobs.apply_schema(url)
    if behind:
        with numbered.alone(url) as connection:
            numbered.patiently(lambda: _migrate_django(url), name="django")
            _note(connection, statements.note_schema, schema)
    if training:
        allow_training(url)
    _give_rights(url)


def _migrations() -> list[numbered.Migration]:
    return [*numbered.read(NUMBERED), *jobs.migrations()]


def _give_rights(url: str) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cur:
        rights.apply(cur)
    with numbered.alone(url) as owner:
        _note(owner, statements.note_rights, _rights_note())


def _rights_note() -> str:
    return f"rights {rights.digest()}"


def _migrate_django(url: str) -> None:
    # A process of its own: Django reads its settings once, and this one may already have read others.
    bounded = make_conninfo(url, options=f"-c lock_timeout={round(numbered.LOCK_SECONDS * 1000)}")
    environ = {
        **os.environ,
        "HUTONG_DATABASE_URL": bounded,
        "HUTONG_WEB_ROLE": "owner",
        # Nothing is uploaded here, and Django looks whether the folder for it is there.
        "HUTONG_WEB_UPLOADS": tempfile.gettempdir(),
        "DJANGO_SETTINGS_MODULE": "hutong.web.conf",
    }
    command = [sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity", "0"]
    done = subprocess.run(command, env=environ, check=False, capture_output=True, text=True, errors="replace")
    if done.returncode and re.search(r"errors\.(LockNotAvailable|DeadlockDetected)", done.stderr):
        raise LockNotAvailable
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
        ((noted, _),) = connection.execute(statements.noted).fetchall()
        return None if noted is None else str(noted)


def _note(owner: Connection, statement: LiteralString, note: str) -> None:
    numbered.patiently(lambda: owner.execute(sql.SQL(statement).format(note=sql.Literal(note))), name=note)
