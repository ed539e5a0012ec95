"""How each door is opened: in this process, or all of them as children that are looked after."""

import atexit
import errno
import fcntl
import os
import resource
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import psycopg
from granian import Granian
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels

from hutong import settings as settings_room
from hutong.audit import tree
from hutong.backup import standing
from hutong.core.errors import Conflicting, Problem, Unavailable
from hutong.db import database, logins
from hutong.host import archiver, users
from hutong.host.renewing import Renewing
from hutong.host.supervise import SUPERVISOR, Doors, end_with
from hutong.installation import address, certificates, identity, opening, protection, watching
from hutong.installation.opening import Installation
from hutong.messages import logger
from hutong.plane.delivery import spool_folder
from hutong.settings import Settings

ARCHIVER = "archiver"
COMMANDS = {"web": ["serve"], "gateway": ["gateway"], "worker": ["work"], ARCHIVER: ["archive"]}
LOGINS = {"web": logins.WEB, "gateway": logins.GATEWAY, "worker": logins.WORKER, ARCHIVER: logins.COMMAND}
"""Door → as whom it logs in to the database."""
ROLES = {name: logins.LOGINS[login][0] for name, login in LOGINS.items()}
"""Door → the group role in which it looks which version the database is of."""

PORT_SECONDS = 8.0
"""How long a port may still be held by one that is about to end: whose supervisor was killed, for example."""
STOP_SECONDS = 15
"""How long a server that was asked to stop may still take for the requests it has."""
IDLE_SECONDS = 10
"""How long a connection may be open without the whole head of a request: a stop waits for one half sent."""
CONNECTIONS = 8192
"""Connections a process of the gateway holds at once, idle ones too, where it may open as many files."""
OTHER_FILES = 256
"""Files a process of the gateway opens besides: its connections to PostgreSQL, deliveries, libraries."""
HEAD_BYTES = 32 << 10
"""Bytes of a request's head after which the gateway reads no more: the server has read up to 16 KiB further by then.

As many callers may send as much, and no more, all at once.
"""
DOOR = "HUTONG_DOOR"
"""Names the process that looks after a server's worker."""


class AlreadyUp(Conflicting):
    """The platform in {data} is up already; process {process} looks after it."""


class PortTaken(Unavailable):
    """Another program listens on {host}:{port}."""


class AddressNotOurs(Unavailable):
    """This machine cannot listen on {host}:{port}: {reason}."""


@contextmanager
def only(settings: Settings) -> Iterator[None]:
    """Be the only one to look after the doors of this data folder in the block; raises AlreadyUp.

    Of a folder that is a copy nobody looks after the doors: raises what `identity.check` raises.
    """
    identity.check(settings.data)
    settings.data.mkdir(parents=True, exist_ok=True)
    with open(settings.data / address.FILE, "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # let go of when this process ends, however it ends
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyUp(data=settings.data, process=lock.readline().strip() or "?") from None
        lock.truncate(0)
        lock.write(address.lines(settings))
        lock.flush()
        yield


def open_all(
    installation: Installation, *, names: Iterable[str] = COMMANDS, at_once: Iterable[str] | None = None
) -> Doors:
    """Start web, gateway and worker, or those of `names`, as children of this process and return them.

    With `at_once` only those of them; `Doors.start` starts the others. Children learn the installation from their
    environment, so that each can also be started alone. Raises PortTaken, AddressNotOurs and CertificateUnusable before
    anything is started.
    """
    settings = installation.settings
    certificates.check(settings.network)
    commands = {name: COMMANDS[name] for name in names if name != ARCHIVER or settings.backup is not None}
    archiver.settle(installation)
    ports = ports_of(settings)
    wait_for_ports(settings.host, [port for name, port in ports.items() if name in commands])
    environ = {
        "HUTONG_DATA": str(settings.data),
        "HUTONG_HOST": settings.host,
        "HUTONG_PORT": str(settings.port),
        "HUTONG_GATEWAY_PORT": str(settings.gateway_port),
        "HUTONG_WEB_WORKERS": str(settings.web_workers),
        "HUTONG_GATEWAY_WORKERS": str(settings.gateway_workers),
        "HUTONG_DATABASE_FOLDER": str(settings.database_folder or ""),
        "HUTONG_TIME_SERVERS": ",".join(settings.time_servers),
        "HUTONG_BACKUP": str(settings.backup or ""),
        "HUTONG_LOG_NAME": settings.log_name,
        "HUTONG_COUNTY": settings.county,
        "HUTONG_NAME": settings.platform.zh,
        "HUTONG_NAME_EN": settings.platform.en,
        **settings.contact.environ(),
        **settings.network.environ(),
    }
    # Each is handed its own address, and no other.
    own = {name: {"HUTONG_DATABASE_URL": installation.address(login)} for name, login in LOGINS.items()}
    as_users = users.made(settings)
    if as_users is not None:
        own |= {name: {**own[name], **as_users.environ(login, settings)} for name, login in users_of_doors().items()}
    running = Doors(
        commands=commands,
        environ=environ,
        own=own,
        become=None if as_users is None else partial(_become, as_users),
        chores=_chores(installation),
        server=installation.server,
    )
    if settings.network.key is not None:
        running.chores.append(_renewing(settings, as_users, running))
    running.start(at_once)
    return running


def users_of_doors() -> dict[str, str]:
    """Return the doors that run as system users of their own, by name: the archiver runs as who starts the platform."""
    return {name: login for name, login in LOGINS.items() if login in users.USERS}


def _become(as_users: users.Users, name: str, command: Sequence[str]) -> Sequence[str]:
    return as_users.command(LOGINS[name], command) if name in users_of_doors() else command


def _renewing(settings: Settings, as_users: users.Users | None, running: Doors) -> Renewing:
    """Return what has the doors show a renewed certificate."""
    hand_over = partial(as_users.renew_certificate, settings) if as_users else partial(tuple)
    return Renewing(settings.network, hand_over, partial(running.renew, ports_of(settings)))


def ports_of(settings: Settings) -> dict[str, int]:
    """Return the port of each door that listens on one."""
    return {"web": settings.port, "gateway": settings.gateway_port}


def _chores(installation: Installation) -> list[Callable[[], object]]:
    """Return what is done beside the doors: what killed processes left goes, and a log that grew is put aside."""
    settings, server = installation.settings, installation.server
    spools = [settings.spool, *map(settings.spool_of, users.USERS)]
    chores: list[Callable[[], object]] = [partial(spool_folder.sweep, each) for each in spools]
    return chores if server is None else [*chores, server.put_log_aside]


def all_wanting(installation: Installation, running: Doors) -> tuple[Problem, ...]:
    """Return all that is wanting as the doors open, the log that is not signed first."""
    found = (wanting(installation, running), wanting_of_machine(installation))
    return (*wanting_of_log(installation), *found[0], *found[1])


def wanting_of_log(installation: Installation) -> tuple[Problem, ...]:
    """Return why the log is signed by nobody until somebody decides, as after a restore; nothing without a database."""
    url = installation.address(logins.WORKER)
    try:
        with database.connection(url, role="logkeeper") as connection, connection.cursor() as cur:
            found = tree.stopped(cur, signer=installation.log_keys, heads=installation.log_heads)
            return () if found is None else (found,)
    except psycopg.OperationalError as fault:  # the doors say so themselves
        logger.warning("log.not_looked_at", error=type(fault).__name__)
        return ()


def wanting(installation: Installation, running: Doors) -> tuple[Problem, ...]:
    """Return what is wanting of the protection of evidence from the processes that were started, to be told."""
    found = protection.of(separate_logins=installation.separate, separate_users=running.become is not None)
    return tuple(protection.WARNINGS[code]() for code in found)


def wanting_of_machine(installation: Installation) -> tuple[Problem, ...]:
    """Return what is wanting of this machine and of the backups, to be told; nothing without a database."""
    watched, clock = watching.watched(installation.settings), settings_room.clock()
    try:
        with database.connection(installation.database_url, role="plane") as connection, connection.cursor() as cur:
            now, machine = installation.clock(), socket.gethostname()
            seen = watching.look(watched, cur, now=now, clock=clock, machine=machine)
            return (*seen.problems, *standing.wanting(cur, now=clock()))
    except psycopg.OperationalError as fault:  # the doors say so themselves
        logger.warning("machine.not_looked_at", error=type(fault).__name__)
        return ()


def wait_for_ports(host: str, ports: Sequence[int], *, patience_seconds: float = PORT_SECONDS) -> None:
    """Return once every one of `ports` is free; raises PortTaken where one is not in time, AddressNotOurs."""
    until = time.monotonic() + patience_seconds
    while True:
        try:
            _see_free(host, ports)
            return
        except PortTaken:
            if time.monotonic() > until:
                raise
        time.sleep(0.2)


def _see_free(host: str, ports: Sequence[int]) -> None:
    """Raise PortTaken where another listens on one of `ports`, or one is there twice; AddressNotOurs.

    Nothing listens here: who came to a port in that moment would be let in, and cut off.
    """
    for nth, port in enumerate(ports):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((host, port))
            except (OSError, OverflowError) as error:
                if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                    raise PortTaken(host=host, port=port) from None
                raise AddressNotOurs(host=host, port=port, reason=str(error)) from None
        if port in ports[:nth]:
            raise PortTaken(host=host, port=port)


def inherited(door: str) -> Installation:
    """Return the installation this process, a `door`, was told of by its environment; nothing is prepared or migrated.

    A door that has a supervisor ends with it. What a process that was killed left in the spool is removed.
    """
    if SUPERVISOR in os.environ:
        end_with(int(os.environ[SUPERVISOR]))
    installation = opening.told(settings_room.read(), role=ROLES[door])
    spool_folder.sweep(installation.settings.spool)
    return installation


def serve(installation: Installation) -> None:
    """Serve the pages until asked to stop."""
    settings = installation.settings
    os.environ["DJANGO_SETTINGS_MODULE"] = "hutong.web.conf"
    os.environ.pop("HUTONG_STATEMENT_SECONDS", None)  # of a command that may take longer, and started this
    os.environ["HUTONG_WEB_SECRET"] = installation.web_secret
    os.environ["HUTONG_CLOCK_SHIFT"] = str(shift(installation).total_seconds())
    os.environ["HUTONG_LOG_VKEY"] = " ".join(installation.log_keys.vkeys)
    listen_for_people(settings)


def listen_for_people(settings: Settings) -> None:
    """Serve the pages until asked to stop; what they are told stands in the environment already."""
    workers = settings.web_workers
    _listen(pages, settings, port=settings.port, interface=Interfaces.ASGI, workers=workers)


def gateway(installation: Installation) -> None:
    """Answer machines until asked to stop."""
    from hutong.gateway import config  # each door loads its own room alone

    settings = installation.settings
    measures = settings.measures
    measures.mkdir(mode=0o700, parents=True, exist_ok=True)
    for counted in measures.iterdir():  # what ended processes counted is nobody's
        counted.unlink()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(measures)
    given = partial(
        config.GatewayConfig,
        database_url=installation.database_url,
        keyring_path=installation.keyring_path,
        log_name=settings.log_name,
        log_vkey=installation.log_keys.vkeys[0],
        reply_key_path=installation.reply_key_path,
        keys=settings.keys,
        spool=settings.spool,
        measures=measures,
        network=settings.network,
        disks=watching.disks(settings),
        certificate=settings.network.certificate,
        warnings=protection.wanting(settings, door=logins.GATEWAY),
    )

    def tell() -> None:  # a renewed certificate may be made out to other names
        names = address.authorities(settings)
        os.environ[config.VARIABLE] = given(authorities=names).dump(shift=shift(installation))

    tell()
    _listen(
        machines,
        settings,
        port=settings.gateway_port,
        interface=Interfaces.RSGI,
        workers=settings.gateway_workers,
        before_renewing=tell,
        # Each connection counts, not each request.
        backpressure=_files(CONNECTIONS + OTHER_FILES) - OTHER_FILES,
        http1_settings=HTTP1Settings(header_read_timeout=IDLE_SECONDS * 1000, max_buffer_size=HEAD_BYTES),
    )


def _files(wanted: int) -> int:
    """Let this process and its children open `wanted` files, or as many as they may, and return how many those are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unbounded = resource.RLIM_INFINITY
    allowed = wanted if hard == unbounded else min(wanted, hard)
    if soft != unbounded and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed


def _listen(
    application: Callable[[], Any], settings: Settings, *, port: int,
    before_renewing: Callable[[], object] = tuple, **special: Any,
) -> None:  # fmt: skip
    wait_for_ports(settings.host, [port])
    certificates.check(settings.network)
    certificate, key = settings.network.certificate, settings.network.key
    os.environ[DOOR] = str(os.getpid())
    special = {"http1_settings": HTTP1Settings(header_read_timeout=IDLE_SECONDS * 1000), **special}
    server = Granian(
        f"{__name__}:{application.__name__}",
        factory=True,
        address=settings.host,
        port=port,
        ssl_cert=certificate,
        ssl_key=key,
        ssl_protocol_min=SSLProtocols.tls12,
        log_access=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,  # one that dies takes no other along
        websockets=False,
        # Where HTTP/2 is taken too, one that says nothing at all may stay for ever: nobody knows yet which it will be.
        http=HTTPModes.http1,
        **special,
    )
    server.on_reload(before_renewing)
    # Behind a name of the files may lie others by now: the server keeps where they were when it began.
    server.on_reload(lambda: server.build_ssl_context(certificate, key, None, SSLProtocols.tls12, None, [], False))
    server.serve()


def pages() -> Any:
    """Return the pages' application, in one of the server's worker processes; uploads wait in a folder of its own.

    The folder is locked while the process lives, so the sweep takes what a killed one left, and nothing else.
    """
    end_with(int(os.environ[DOOR]))
    uploads = ExitStack()
    settings = settings_room.read()
    folder = uploads.enter_context(spool_folder.working(settings.spool))
    atexit.register(uploads.close)
    os.environ["HUTONG_WEB_UPLOADS"] = str(folder)

    # Django reads its settings as it is loaded, and they are in the environment now.
    from hutong.web.front.buffering import Buffered
    from hutong.web.wsgi import application

    return Buffered(application, folder=folder, network=settings.network)


def machines() -> Any:
    """Return the gateway's RSGI application, in the server's worker process."""
    from hutong.gateway.app import from_environment  # each door loads its own room alone

    end_with(int(os.environ[DOOR]))
    return from_environment()


def work(installation: Installation) -> None:
    """Do what moments bring until asked to stop."""
    from hutong.worker import app  # each door loads its own room alone

    app.run(installation)


def shift(installation: Installation) -> timedelta:
    """Return how far the installation's clock runs from the real one, in whole seconds."""
    return timedelta(seconds=round((installation.clock() - datetime.now(UTC)).total_seconds()))
