"""Databases for tests: which migrations make the schema, and a fresh database that is dropped afterwards."""

import base64
import contextlib
import fcntl
import getpass
import hashlib
import hmac
import os
import shutil
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from hutong.db import postmaster
from hutong.db.embedded import LOGIN, SUPERUSER, Server

FOLDERS = [Path(str(files("hutong.audit") / "migrations")), Path(str(files("hutong.plane") / "migrations"))]

SHARED_KEPT = 12  # other runs may be at work on other states of the migrations

LEAVING_SECONDS = 1.0
"""How long who is connected to a database may take to go before PostgreSQL itself waits for them."""

_CUT_OFF = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
_RIGHTS = sql.SQL(
    "revoke temporary on database {database} from public; grant temporary on database {database} to hutong_plane;"
    " grant temporary, create on database {database} to hutong_owner"
)


def folder_name(tests: Path, kind: str) -> str:
    """Return what the folder of a server is called that the tests lying in `tests` use."""
    return f"hutong-test-{hashlib.sha256(f'{tests} {getpass.getuser()} {kind}'.encode()).hexdigest()[:10]}"


def make(connection: psycopg.Connection, *, name: str, template: str = "template1") -> None:
    """Make a database, copying the files of `template`: writing each page to the log too took three times as long."""
    statement = sql.SQL("create database {} owner hutong template {} strategy file_copy")
    connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def remove(folder: Path) -> None:
    """Remove the server in a folder, with its cluster and socket wherever they had to be; one that runs is ended."""
    server = Server(folder)
    postmaster.end(server.cluster, patience_seconds=30)
    if (folder / "place").exists():
        shutil.rmtree(server.cluster.parent, ignore_errors=True)
    shutil.rmtree(server.socket_folder, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def left_by(tests: Path) -> list[Path]:
    """Return where clusters lie that were made for servers in a folder of tests, whether that is there or not."""
    return [said.parent for said in _said() if tests in Path(_read(said)).parents]


def left_by_killed_sessions() -> list[Path]:
    """Return where clusters lie that were made for tests whose session was killed before it cleared up."""
    found = []
    for said in _said():
        sessions = [each for each in Path(_read(said)).parents if each.parent.name.startswith("pytest-of-")]
        if sessions and not _goes_on(sessions[0]):
            found.append(said.parent)
    return found


def remove_cluster(folder: Path) -> None:
    """Remove the folder of a cluster that lies by itself; a server that still runs on it is ended."""
    for data in folder.glob("data*"):
        if data.is_dir():  # beside it lies whose it is
            postmaster.end(data, patience_seconds=30)
    shutil.rmtree(folder, ignore_errors=True)


def processes_of(tests: Path) -> dict[int, str]:
    """Return the processes other than our own that name a folder of tests in their command."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes()
            if bytes(tests / "_")[:-1] in words and int(process.name) not in (os.getpid(), os.getppid()):
                found[int(process.name)] = words.replace(b"\0", b" ").decode(errors="replace")
    return found


def _goes_on(session: Path) -> bool:
    try:
        return _running(int((session / ".lock").read_text()))
    except (OSError, ValueError):  # pytest takes its lock away as it ends
        return False


def _said() -> list[Path]:
    return [*postmaster.SHARED.glob(f"*/{postmaster.WHOSE}")]


def _read(said: Path) -> str:
    with contextlib.suppress(OSError):  # another session clears up too
        return said.read_text()
    return ""


_connections: dict[str, psycopg.Connection] = {}


def superuser(server: Server) -> psycopg.Connection:
    """Return this process's one connection as superuser: to open one takes longer than what most tests do with it."""
    url = server.superuser_url()
    if url not in _connections or _connections[url].closed:
        _connections[url] = psycopg.connect(url, autocommit=True)
    return _connections[url]


def ask_less_of_logins(server: Server) -> None:
    """Keep the passwords, hashed once instead of 4096 times: that took longer than all else there is to connecting."""
    for user in (LOGIN, SUPERUSER):
        password = conninfo_to_dict(server._url(user, "postgres"))["password"]
        alter = sql.SQL("alter role {} password {}").format(sql.Identifier(user), sql.Literal(verifier(str(password))))
        superuser(server).execute(alter)


def verifier(password: str, *, rounds: int = 1) -> str:
    """Return what PostgreSQL keeps of a password (RFC 5802, RFC 7677)."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    client, server = (hmac.digest(salted, key, "sha256") for key in (b"Client Key", b"Server Key"))
    stored = hashlib.sha256(client).digest()
    told = [base64.b64encode(each).decode() for each in (salt, stored, server)]
    return f"SCRAM-SHA-256${rounds}:{told[0]}${told[1]}:{told[2]}"


def a_name() -> str:
    """Return a name no other database has; the number in it is that of the process that drops it."""
    return f"test_{os.getpid()}_{os.urandom(4).hex()}"


def _give_rights(connection: psycopg.Connection, *, name: str, template: str) -> None:
    if template != "template1":  # rights on a database itself are not copied with it
        connection.execute(_RIGHTS.format(database=sql.Identifier(name)))


@contextlib.contextmanager
def fresh_database(server: Server, *, template: str = "template1", name: str | None = None) -> Iterator[str]:
    """Yield the address of a new database and drop it afterwards.

    Who is connected to a database of a `name` given before is cut off when it goes, and finds the next one there.
    """
    name = name or a_name()
    connection = superuser(server)
    make(connection, name=name, template=template)
    _give_rights(connection, name=name, template=template)
    try:
        yield server.url(name)
    finally:
        drop(superuser(server), name=name)


@contextlib.contextmanager
def one_at_a_time(server: Server) -> Iterator[None]:
    """Keep the other workers from changing what all databases share in the block."""
    with open(server.folder / "template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def shared(server: Server, *, name: str, fill: Callable[[str], None], template: str = "template1") -> str:
    """Return `name`, that of a database all runs share: a copy of `template` that `fill` was given the address of.

    It is made once, and given up when there are newer ones: what it is made of is to be in its name.
    """
    connection = superuser(server)
    with one_at_a_time(server):
        names = {row[0] for row in connection.execute("select datname from pg_database").fetchall()}
        if name not in names:
            _drop_stale(connection)
            make(connection, name=f"{name}_new", template=template)
            _give_rights(connection, name=f"{name}_new", template=template)
            fill(server.url(f"{name}_new"))
            renamed = sql.SQL("alter database {} rename to {}")
            connection.execute(renamed.format(sql.Identifier(f"{name}_new"), sql.Identifier(name)))
    return name


def _drop_stale(connection: psycopg.Connection) -> None:
    """Drop what no run uses: databases of runs that have ended, half-made and long outdated templates."""
    rows = connection.execute("select datname from pg_database order by oid desc").fetchall()
    tests = [name for (name,) in rows if name.startswith("test_")]
    templates = [name for (name,) in rows if name.startswith("template_")]
    halves = [name for name in templates if name.endswith("_new")]
    ended = [name for name in tests if not _running(int(name.split("_")[1]))]
    for name in {*ended, *halves, *templates[SHARED_KEPT:]}:
        with contextlib.suppress(psycopg.Error):
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def drop(connection: psycopg.Connection, *, name: str) -> None:
    """Drop a database, cutting off who is connected to it.

    PostgreSQL cuts them off too, but then sleeps a tenth of a second before it looks whether they have gone.
    """
    until = time.monotonic() + LEAVING_SECONDS
    while connection.execute(_CUT_OFF, [name]).fetchone() and time.monotonic() < until:
        time.sleep(0.001)
    connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


class Kept:
    """Filled databases for tests to copy, each made once for a server though pytest goes to and fro between servers."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack
        self._names: dict[tuple[Path, str], str] = {}

    def __call__(self, server: Server, what: str, *, template: str, fill: Callable[[str], None]) -> str:
        """Return the name of the database `what`, a copy of `template` that `fill` was given the address of."""
        if (server.folder, what) not in self._names:
            name = a_name()
            fill(self._stack.enter_context(fresh_database(server, template=template, name=name)))
            self._names[server.folder, what] = name
        return self._names[server.folder, what]
