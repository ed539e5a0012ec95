"""The embedded PostgreSQL: the binaries of a wheel, run with passwords, on a private socket, patiently.

Whoever starts a server uses it until stopping; the last user out stops it. A second start therefore attaches,
and a server that outlived its killed users is taken over.
"""

import contextlib
import fcntl
import grp
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
from psycopg import sql

from hutong.core.errors import Conflicting, Unavailable
from hutong.db import cluster, lasting, logins, postmaster
from hutong.db.postmaster import SystemAccount
from hutong.db.sql import load

statements = load(__package__, "embedded.sql")

SOCKETS = Path("/tmp")  # noqa: S108 - a socket's path must be short; the folder in it is 0700, its owner checked
SUPERUSER = "postgres"
LOGIN = "hutong"

LOG_BYTES = 10_000_000
"""A longer log is put aside; the one put aside before goes."""

EXIT_SECONDS = 30.0
"""How long a killed server's process may still be there: PostgreSQL takes it for a living one until then."""

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "wal_buffers": "64MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    # What is asked and answered holds people's data, and so do the messages of statements that fail: whoever asked is
    # told. The log is of the server itself.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "1GB",
    "shared_buffers": "64MB",
}


class DatabaseDidNotStart(Unavailable):
    """The embedded PostgreSQL in {folder} did not start: {reason}"""


class ServerInUse(Conflicting):
    """The database in {folder} is in use."""


class SocketFolderTaken(Conflicting):
    """The folder {folder} for the database's socket belongs to someone else."""


class Server:
    """One embedded PostgreSQL; everything it owns lies in `folder`.

    `durable=False` gives up safety against power cuts for speed, for tests alone. `binaries` is the folder of
    another PostgreSQL's programs. Where root starts it, it runs under a system user of its own, and the system users in
    `group` reach its socket.
    """

    def __init__(
        self,
        folder: Path,
        *,
        durable: bool = True,
        binaries: Path | None = None,
        group: int | None = None,
        patience_seconds: float = 600,
    ) -> None:
        self.folder = Path(folder).resolve()
        self.durable = durable
        self.patience_seconds = patience_seconds
        self.socket_folder = SOCKETS / f"hutong-{hashlib.sha256(bytes(self.folder)).hexdigest()[:12]}"
        self._binaries = binaries
        self._group = group
        self._users: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server, or attach to it where it runs already; returns once it answers.

        Raises DatabaseDidNotStart with the end of its log, SocketFolderTaken.
        """
        if self._users is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            users = os.open(self.folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(users, fcntl.LOCK_SH)
                self._start()
            except BaseException:
                os.close(users)
                raise
            self._users = users

    def revive(self) -> bool:
        """Start the server again where its process has ended under its users; return whether it had.

        Raises DatabaseDidNotStart.
        """
        with self._alone():
            if self._users is None or self.pid is not None:
                return False
            if self._process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(EXIT_SECONDS)
            self._start()
            return True

    def stop(self) -> None:
        """Let go of the server; the last of its users stops it and waits until it has ended."""
        if self._users is None:
            return
        with self._alone():
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                self._end()
            os.close(self._users)
            self._users = None

    def url(self, database: str = LOGIN) -> str:
        """Return the address of `database` for the platform's own login, password included."""
        return self._url(LOGIN, database)

    def admit(self, passwords: Mapping[str, str]) -> dict[str, str]:
        """Make the logins of the platform's doors, each with its password, and return the address of each.

        The one login there was before lets nobody in any more: `url` is of no use from then on. Where they were made so
        before, that is seen and nothing is given again: commands begun beside each other would be in each other's way.
        """
        note = logins.note(passwords)
        with self._alone(), psycopg.connect(self.superuser_url(), autocommit=True) as connection:
            found = connection.execute(logins.statements.admitted, {"database": LOGIN}).fetchone()
            if found != (note,):
                for statement in logins.on_the_server(passwords, database=LOGIN):
                    connection.execute(statement)
                connection.execute(logins.retire(LOGIN))
                with psycopg.connect(self.superuser_url(LOGIN), autocommit=True) as inside:
                    inside.execute(logins.in_the_database())
                names = {"database": sql.Identifier(LOGIN), "note": sql.Literal(note)}
                connection.execute(sql.SQL(logins.statements.note_admitted).format(**names))
        return logins.addresses(f"postgresql:///{LOGIN}?host={self.socket_folder}", passwords)

    def superuser_url(self, database: str = "postgres") -> str:
        """Return the address for the superuser: for making databases and restoring, never for a door."""
        return self._url(SUPERUSER, database)

    @contextmanager
    def unused(self) -> Iterator[None]:
        """Keep the server stopped in the block, with nobody to start it; raises ServerInUse where somebody uses it."""
        with self._alone():
            users = os.open(self.folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                self._only_user(users)
                yield
            finally:
                os.close(users)

    def _only_user(self, users: int) -> None:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServerInUse(folder=str(self.folder)) from None
        cluster.end_moving(self.folder, used=self._data())
        self._end()  # one that outlived its users

    def account(self) -> SystemAccount:
        """Return the account the server runs under."""
        found = postmaster.account()
        return found if self._group is None else replace(found, groups=(self._group,))

    def make_socket_folder(self) -> None:
        """Make the folder of the socket, for the account; raises SocketFolderTaken."""
        self._make_socket_folder(self.account())

    def superuser_password(self) -> str:
        """Return the password of the cluster's superuser."""
        return self._passwords()[SUPERUSER]

    def lie_in(self, whole: Path) -> None:
        """Let the cluster in the folder `whole` be this server's from the next start on: all at once or not at all."""
        named = whole.name if whole.parent == self.folder else str(whole)
        lasting.put(self.folder / "place", named.encode(), owner=None)

    @property
    def cluster(self) -> Path:
        """The folder the database lies in, once it was started: here, or where its account could come."""
        return self._data()

    @property
    def pid(self) -> int | None:
        """The process of the running server, if it runs."""
        return postmaster.running(self._data())

    def _url(self, user: str, database: str) -> str:
        return f"postgresql://{user}:{self._passwords()[user]}@/{database}?host={self.socket_folder}"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = os.open(self.folder / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def put_log_aside(self) -> None:
        """Put a log that grew aside, while the server writes: what it writes in that moment may be lost."""
        log = self._log()
        with contextlib.suppress(FileNotFoundError):
            if log.stat().st_size <= LOG_BYTES:
                return
            aside = log.with_suffix(".log.1")
            aside.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # on a full disk the log has to go all the same
                number = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with open(number, "wb") as to, log.open("rb") as whole:
                    shutil.copyfileobj(whole, to)
            os.truncate(log, 0)

    def _log(self) -> Path:
        """Return the log's file, in a folder for its owner alone."""
        folder = self.folder / "log"
        folder.mkdir(mode=0o700, exist_ok=True)
        former = self.folder / "postgres.log"
        if former.exists():  # as it was kept before, for everybody to read
            former.chmod(0o600)
            former.replace(folder / former.name)
        return folder / "postgres.log"

    def _passwords(self) -> dict[str, str]:
        path = self.folder / "passwords.json"
        if not path.exists():
            made = {user: secrets.token_urlsafe(24) for user in (SUPERUSER, LOGIN)}
            lasting.put(path, json.dumps(made).encode(), owner=None)
        return json.loads(path.read_text())  # type: ignore[no-any-return]

    def _data(self) -> Path:
        """Return the cluster's folder: here, or where `place` says, for the account cannot come here."""
        place = self.folder / "place"
        return self.folder / place.read_text() if place.exists() else self.folder / "data"

    def _start(self) -> None:
        cluster.end_moving(self.folder, used=self._data())
        account = self.account()
        binaries = postmaster.reachable_binaries(
            self._binaries or postmaster.binaries_of(self._data()), account=account
        )
        if not self._data().exists():
            self._make(binaries, account)
        self._make_socket_folder(account)
        if self.pid is None:
            postmaster.forget_reused_pid(self._data())
            self._run(binaries, account)
        else:
            self._wait(binaries, account, None)
        self._make_database()

    def new_place(self, account: SystemAccount) -> Path:
        """Return where a cluster is made: here, or where the account can come."""
        if postmaster.can_enter(self.folder, account=account):
            return self.folder / "data"
        return postmaster.shared_for(self.folder) / "data"

    def _make(self, binaries: Path, account: SystemAccount) -> None:
        """Make the cluster beside its place and move it there: a half-made one is never taken for one."""
        data = self.new_place(account)
        new = data.with_name("data.new")
        self.initialise(new, binaries)
        new.rename(data)
        if data.parent != self.folder:
            lasting.put(self.folder / "place", str(data).encode(), owner=None)

    def initialise(self, new: Path, binaries: Path) -> None:
        """Make an empty cluster in the folder `new`; what is there goes first. Raises DatabaseDidNotStart."""
        account = self.account()
        self._make_socket_folder(account)
        try:
            cluster.initialise(
                new, binaries=binaries, account=account, beside=self.socket_folder, durable=self.durable,
                superuser=SUPERUSER, password=self.superuser_password(),
            )  # fmt: skip
        except subprocess.CalledProcessError as error:
            raise DatabaseDidNotStart(folder=str(self.folder), reason=error.stderr.strip()) from None

    def _make_socket_folder(self, account: SystemAccount) -> None:
        mode = 0o700 if self._group is None else 0o710
        try:
            self.socket_folder.mkdir(mode=0o700)
        except FileExistsError:
            found = self.socket_folder.lstat()
            if self.socket_folder.is_symlink() or found.st_uid != account.uid or found.st_mode & 0o067:
                raise SocketFolderTaken(folder=str(self.socket_folder)) from None
        account.give(self.socket_folder)
        if self._group is not None:
            os.chown(self.socket_folder, account.uid, self._group)
        self.socket_folder.chmod(mode)

    def _run(self, binaries: Path, account: SystemAccount) -> None:
        settings = SETTINGS if self.durable else SETTINGS | NOT_DURABLE
        if self._group is not None:
            settings = settings | {
                "unix_socket_permissions": "0770",
                "unix_socket_group": grp.getgrgid(self._group).gr_name,
            }
        command: list[str | Path] = [binaries / "postgres", "-D", self._data(), "-k", self.socket_folder]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        begun = time.monotonic()
        while True:
            log_path = self._log()
            self.put_log_aside()
            with open(os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
                began = log.seek(0, os.SEEK_END)
                process = account.begin(command, log=log)
            if self._wait(binaries, account, process):
                self._process = process
                return
            said = log_path.read_bytes()[began:].decode(errors="replace").strip()
            # Backends of a killed server need a moment to notice that it is gone, and itself one to be gone.
            patience = {"shared memory block": self.patience_seconds, "lock file": EXIT_SECONDS}
            if time.monotonic() > begun + max((seconds for why, seconds in patience.items() if why in said), default=0):
                raise DatabaseDidNotStart(folder=str(self.folder), reason=said[-2000:])
            time.sleep(0.3)

    def _wait(self, binaries: Path, account: SystemAccount, process: "subprocess.Popen[bytes] | None") -> bool:
        """Wait until the server answers and return True; False where its process has ended instead."""
        until = time.monotonic() + self.patience_seconds
        while time.monotonic() < until:
            if account.answers([binaries / "pg_isready", "-q", "-t", "3", "-h", self.socket_folder]):
                return True
            if (process.poll() is not None) if process else (self.pid is None):
                return False
            time.sleep(0.05)
        raise DatabaseDidNotStart(
            folder=str(self.folder), reason=f"no answer in {self.patience_seconds:.0f} seconds"
        )

    def _make_database(self) -> None:
        """Make the platform's login and its database where they are missing."""
        password = self._passwords()[LOGIN]
        with psycopg.connect(self.superuser_url(), autocommit=True) as connection:
            names = {"login": sql.Identifier(LOGIN), "password": sql.Literal(password)}
            if not connection.execute(statements.login, {"name": LOGIN}).fetchone():
                connection.execute(
                    sql.SQL("create role {login} login createrole password {password}").format(**names)
                )
            if not connection.execute(statements.database, {"name": LOGIN}).fetchone():
                connection.execute(sql.SQL("create database {login} owner {login}").format(**names))

    def _end(self) -> None:
        postmaster.end(self._data(), patience_seconds=self.patience_seconds)
        if self._process is not None:
            self._process.poll()
            self._process = None
        with contextlib.suppress(OSError):
            self.socket_folder.rmdir()
