"""Where it is measured: a PostgreSQL with its shipped settings (fsync on), a migrated database, a gateway process."""

import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg.sql import SQL, Identifier

from benchmarks import county
from hutong.core import signed_note
from hutong.db import jobs, migrate, rights
from hutong.db.database import Database
from hutong.db.embedded import LOGIN, Server
from hutong.gateway import config
from hutong.plane import grants, registers, tables
from hutong.plane.keys import Keyring

PATIENCE_SECONDS = 60
WORKERS = os.cpu_count() or 1


def granian(interface: str, port: int) -> list[str]:
    """Return how Granian is started, Hutong's and the plain one alike; `hutong up` too has one process a core."""
    command = [sys.executable, "-m", "granian", "--interface", interface, "--workers", str(WORKERS)]
    return [*command, "--http", "1", "--log-level", "warning", "--port", str(port), "--factory"]



class ServerDidNotStart(RuntimeError):
    """A server that is to be measured did not answer."""


@dataclass(frozen=True, slots=True)
class Place:
    """What all measurements share."""

    folder: Path
    server: Server
    url: str
    db: Database
    keyring: Keyring
    key: Ed25519PrivateKey
    secret: bytes
    log: signed_note.LogSigner

    @property
    def tcp_less_url(self) -> str:
        """The database's address for programs that insist on a host before they look at the socket's."""
        return self.url.replace("@/", "@localhost/")


@contextmanager
def opened(folder: Path) -> Iterator[Place]:
    """Yield a place in `folder`, which is emptied before and afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    server = Server(folder / "postgres")
    server.start()
    try:
        with psycopg.connect(server.superuser_url(), autocommit=True) as connection:
            connection.execute(SQL("grant pg_checkpoint to {}").format(Identifier(LOGIN)))
        url = server.url()
        _migrate(url)
        keyring = Keyring.create(folder / "keyring.json")
        log = signed_note.LogSigner.from_seed("bench.example/log", secrets.token_bytes(32))
        (folder / "reply.seed").write_bytes(secrets.token_bytes(32))
        db = Database(url, role="owner")
        made = Place(
            folder, server, url, db, keyring, Ed25519PrivateKey.generate(), secrets.token_bytes(32), log
        )
        _register(made)
        yield made
        db.close()
    finally:
        data = server._data()
        server.stop()
        shutil.rmtree(data.parent if data.parent != server.folder else data, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def publish(place: Place, code: str, *, suite: str = "international", limited: bool = False) -> None:
    """Publish a register of residents under `code`; with `limited`, grants may be limited by the street."""
    definition = county.definition(code, suite=suite, limited=limited)
    with place.db.transaction() as cur:
        tables.publish(cur, definition=definition, now=datetime.now(UTC))


def grant(place: Place, code: str, no: str, *, streets: Sequence[str] = ()) -> None:
    """Open the grant `no` on a resource that holds data, limited to `streets` where some are named."""
    now = datetime.now(UTC)
    with place.db.transaction() as cur:
        grants.open_grant(cur, grant=county.grant(code, no, now=now, streets=streets), now=now, by="bench")


def settle(place: Place) -> None:
    """Do at once what PostgreSQL does by and by after large loads, so that it is not at it while we measure."""
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")


@contextmanager
def gateway(place: Place) -> Iterator[tuple[str, int]]:
    """Run one gateway process and yield its authority and process id."""
    port = free_port()
    authority = f"127.0.0.1:{port}"
    given = config.GatewayConfig(
        database_url=place.url,
        keyring_path=place.folder / "keyring.json",
        log_name=place.log.name,
        log_vkey=place.log.verifier,
        reply_key_path=place.folder / "reply.seed",
        authorities=(authority,),
    )
    command = [*granian("rsgi", port), "hutong.gateway.app:from_environment"]
    with running(command, environ={config.VARIABLE: given.dump()}, probe=f"http://{authority}/health") as pid:
        yield authority, pid


@contextmanager
def running(command: list[str], *, environ: Mapping[str, str], probe: str) -> Iterator[int]:
    """Run a server until the block ends; yields its process id once `probe` answers."""
    process = subprocess.Popen(command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL)
    try:
        _wait(probe, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def free_port() -> int:
    """Return a port nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def sha256(path: Path) -> str:
    """Return the digest of a file, as a manifest names it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _wait(probe: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(probe, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise ServerDidNotStart(" ".join(process.args))  # type: ignore[arg-type]


def _migrate(url: str) -> None:
    rooms = ("hutong.audit", "hutong.plane")
    migrate.migrate(url, folders=[Path(str(files(room) / "migrations")) for room in rooms])
    jobs.apply_schema(url)
    with psycopg.connect(url) as connection, connection.cursor() as cur:
        rights.apply(cur)


def _register(place: Place) -> None:
    """Register the asking system with both signature profiles, its person and its device."""
    now, unit = datetime.now(UTC), county.CONSUMER
    with place.db.transaction() as cur:
        registers.register_system(
            cur,
            id=county.SYSTEM,
            unit=unit,
            name="bench",
            mlps_level=2,
            mlps_until=county.MLPS_UNTIL,
            now=now,
            by="bench",
            public_key=place.key.public_key().public_bytes_raw(),
            secret=place.secret,
            keyring=place.keyring,
            profiles=("rfc9421", "gjgxjhpt"),
        )
        user, device = county.CONTEXT["hutong-user"], county.CONTEXT["hutong-device"]
        registers.register_user(cur, id=user, unit=unit, name="bench", now=now, by="bench")
        registers.register_device(cur, id=device, unit=unit, name="bench", now=now, by="bench")
