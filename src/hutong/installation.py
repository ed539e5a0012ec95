"""An installation: its folder, its keys, its database and the one order in which its schema is made."""

import json
import os
import secrets
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from hutong.core.errors import Conflicting, Invalid, Missing, Unavailable
from hutong.core.notes import LogSigner
from hutong.settings import LOG_NAME, Clock, Settings, clock

if TYPE_CHECKING:
    from psycopg import Connection

    from hutong.db.embedded import Server


class PlatformMissing(Missing):
    """There is no platform in {data}."""


class TrainingClockRefused(Conflicting):
    """A training clock is set, but the database of {data} is not marked as training."""


class LogNamed(Conflicting):
    """The log is called {name}, not {given}: consumers have pinned its name, and it stays."""


class DatabaseNotNamed(Invalid):
    """This door was started alone, and HUTONG_DATABASE_URL names no database."""


class SchemaNotMigrated(Unavailable):
    """The pages' tables could not be brought up to date: {reason}"""


@dataclass(frozen=True, slots=True)
class Installation:
    """A prepared installation; everything a door needs to open."""

    settings: Settings
    database_url: str
    clock: Clock
    training: bool
    server: "Server | None" = None
    """The embedded PostgreSQL, where this process runs or shares one."""

    @property
    def keyring_path(self) -> Path:
        """File of the root secret from which every resource's keys are derived."""
        return self.settings.keys / "keyring.json"

    @property
    def log_signer(self) -> LogSigner:
        """The key that signs checkpoints."""
        return LogSigner.from_seed(self.settings.log_name, (self.settings.keys / "log.seed").read_bytes())

    @property
    def reply_key_path(self) -> Path:
        """File of the 32-byte seed with which the gateway signs replies."""
        return self.settings.keys / "reply.seed"

    @property
    def reply_public_key(self) -> str:
        """The gateway's public key as consumers pin it: 32 bytes in Base64."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        private = Ed25519PrivateKey.from_private_bytes(self.reply_key_path.read_bytes())
        return b64encode(private.public_key().public_bytes_raw()).decode()

    @property
    def web_secret(self) -> str:
        """The secret of sessions and forms."""
        return (self.settings.keys / "web.secret").read_text()


def prepare_folder(settings: Settings) -> Settings:
    """Make the folder and the keys that are not there yet, and return the settings under the log's own name.

    What is there stays as it is; what killed processes left in the spool goes. The log keeps the name it was first
    given; raises LogNamed where it is to be called otherwise.
    """
    from hutong.plane.delivery import spool_folder
    from hutong.plane.keys import Keyring

    settings.data.mkdir(parents=True, exist_ok=True)
    settings.keys.mkdir(mode=0o700, exist_ok=True)
    settings.spool.mkdir(mode=0o700, exist_ok=True)
    spool_folder.sweep(settings.spool)
    if not (settings.keys / "keyring.json").exists():
        Keyring.create(settings.keys / "keyring.json")
    for name in ("log.seed", "reply.seed"):
        _keep_secret(settings.keys / name, secrets.token_bytes(32))
    _keep_secret(settings.keys / "web.secret", secrets.token_urlsafe(48).encode())
    _keep_secret(settings.keys / "log.name", settings.log_name.encode())
    return _named(settings)


def _named(settings: Settings) -> Settings:
    """Return the settings with the log's name as it is kept, which nobody has to say again."""
    kept = settings.keys / "log.name"
    name = kept.read_text(encoding="utf-8") if kept.exists() else settings.log_name
    if settings.log_name not in (name, LOG_NAME):
        raise LogNamed(name=name, given=settings.log_name)
    return replace(settings, log_name=name)


def _keep_secret(path: Path, content: bytes) -> None:
    if path.exists():
        return
    beside = path.with_name(path.name + ".new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)


def migrate(url: str) -> None:
    """Bring the schema up to date: audit and plane, the queue, Django's tables, and the rights to all of them.

    Old code runs on the new schema, so this may run while doors are open. Commands begun at once wait for each other.
    """
    import psycopg

    from hutong.db import jobs, rights
    from hutong.db import migrate as numbered

    numbered.migrate(
        url,
        folders=[
            Path(str(files("hutong.audit") / "migrations")),
            Path(str(files("hutong.plane") / "migrations")),
        ],
    )
    with psycopg.connect(url) as connection, connection.cursor() as cur:
        rights.apply(cur)  # at once, for doors that are open: Django's tables take longer, and may fail
    jobs.apply_schema(url)
    schema = _django_schema()
    if schema != _noted_schema(url):  # Django takes a second to find out that there is nothing to do
        with numbered.alone(url) as connection:
            _migrate_django(url)
            _note_schema(connection, schema)
    with psycopg.connect(url) as connection, connection.cursor() as cur:
        rights.apply(cur)


def _migrate_django(url: str) -> None:
    import subprocess
    import sys
    import tempfile

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


def _django_schema() -> str:
    """Return what tells one state of Django's tables from another: its release, and the digest of our migrations."""
    from hashlib import sha256
    from importlib.metadata import version

    ours = Path(str(files("hutong.control")))
    found = sorted(ours.glob("*/migrations/*.py"))
    digest = sha256(b"".join([f"{file.relative_to(ours)}\n".encode() + file.read_bytes() for file in found]))
    return f"django {version('django')}, hutong.control {digest.hexdigest()}"


def _noted_schema(url: str) -> str | None:
    from hutong.db import database

    with database.connection(url) as connection:
        found = connection.execute("select obj_description(to_regclass('public.django_migrations'), 'pg_class')")
        note: str | None = found.fetchone()[0]  # type: ignore[index]  # one row always
        return note


def _note_schema(owner: "Connection", schema: str) -> None:
    from psycopg import sql

    owner.execute(sql.SQL("comment on table public.django_migrations is {}").format(sql.Literal(schema)))


def join_django(installation: Installation) -> None:
    """Let control's operations act on this installation's database, in the role the pages have."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "hutong.web.conf"
    os.environ["HUTONG_DATABASE_URL"] = installation.database_url
    os.environ["HUTONG_WEB_SECRET"] = installation.web_secret
    django.setup()


def catch_up(installation: Installation) -> None:
    """Do what an upgrade may have made possible: deadlines that waited for a calendar now known are computed (D-20)."""
    join_django(installation)
    from django.db import connection

    from hutong.control.calendars import operations as calendars
    from hutong.control.sharing import operations as sharing
    from hutong.core.workdays import Calendar

    calendars.catch_up(Calendar.official(), also=sharing.recompute_deadlines)
    connection.close()


@contextmanager
def opened(settings: Settings, *, training: bool = False) -> Iterator[Installation]:
    """Open the installation: start the embedded PostgreSQL where no other is named, migrate, hand it over.

    `training` marks a new installation as one whose clock may be moved (architecture 3.8).
    """
    settings = prepare_folder(settings)
    server = None
    if settings.database_url is None:
        from hutong.db.embedded import Server

        server = Server(settings.data / "postgres")
        server.start()
    try:
        url = settings.database_url or server.url()  # type: ignore[union-attr]
        migrate(url)
        with_clock, is_training = _clock(settings, training=training)
        yield Installation(
            settings=settings, database_url=url, clock=with_clock, training=is_training, server=server
        )
    finally:
        if server is not None:
            server.stop()


def told(settings: Settings) -> Installation:
    """Return the installation a parent process has opened: nothing is started, prepared or migrated.

    Raises DatabaseNotNamed, LogNamed.
    """
    settings = _named(settings)
    if settings.database_url is None:
        raise DatabaseNotNamed
    with_clock, training = _clock(settings, training=False)
    return Installation(settings=settings, database_url=settings.database_url, clock=with_clock, training=training)


def _clock(settings: Settings, *, training: bool) -> tuple[Clock, bool]:
    mark = settings.data / "training.json"
    if mark.exists():
        return clock(shift=timedelta(seconds=json.loads(mark.read_text())["shift_seconds"])), True
    if not training:
        if settings.now is not None:
            raise TrainingClockRefused(data=str(settings.data))
        return clock(), False
    start = settings.now or datetime.now(UTC)
    mark.write_text(json.dumps({"shift_seconds": (start - datetime.now(UTC)).total_seconds()}))
    return clock(starting=start), True
