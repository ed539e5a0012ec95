"""A real PostgreSQL for every test that asks for one, shared by all workers; a fresh database for each test.

Tests of db, audit, plane and installation also run on Debian's PostgreSQL where it is installed: those of db each in
its first case, unless it is marked `slow_on_debian`, and all of them where `full` ones are asked for (`make full`).
`HUTONG_TEST_SERVERS` (default `embedded,debian`) chooses.
"""

import contextlib
import functools
import gc
import hashlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django import conf
from django.utils import translation
from hypothesis import HealthCheck, settings

import databases
import examples
from databases import (
    FOLDERS,
    Kept,
    ask_less_of_logins,
    folder_name,
    fresh_database,
    one_at_a_time,
    remove,
    shared,
    superuser,
)  # fmt: skip
from hutong.db import jobs, migrate, rights
from hutong.db.database import Cur, Database
from hutong.db.embedded import DatabaseDidNotStart, Server

ON_EVERY_SERVER = ("db", "audit", "plane", "installation")
HERE = Path(__file__).parent
IN_MEMORY = Path("/dev/shm")
MEMORY_BYTES = 2 << 30
ENDING_SECONDS = 30.0
"""How long what a test has killed or stopped may take to be gone."""

settings.register_profile(
    "time decides nothing", deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
settings.load_profile("time decides nothing")


LONG = (
    "tests/demo/test_newcomer.py", "tests/faults/", "tests/demo/test_smoke.py", "tests/web/test_desk_walk.py",
    "tests/test_adding_an_application.py", "tests/console/test_who_acts.py", "tests/demo/test_past.py",
    "tests/installation/", "tests/console/test_upgrade.py", "tests/host/test_upgrading_beside_doors.py",
    "tests/host/test_users.py", "tests/web/test_accessibility.py", "tests/backup/test_restoring.py",
    "tests/backup/test_drilling.py", "tests/backup/test_archiving.py", "tests/gateway/test_processes.py",
    "tests/web/test_keyboard.py", "tests/web/test_hostile_values.py",
    "tests/control/procedures/test_every_lifecycle.py", "tests/plane/delivery/test_loading.py",
    "tests/db/test_embedded.py",
    "tests/console/test_enrol.py", "tests/web/test_widths.py", "tests/gateway/test_refusing.py", "tests/test_cli.py",
    "tests/host/test_doors.py", "tests/control/procedures/test_turns.py", "tests/web/test_attachments_of_cases.py",
    "tests/db/test_migrate.py", "tests/plane/delivery/test_spooling.py", "tests/web/test_second_factor.py",
    "tests/web/test_together.py", "tests/web/test_rulebook_pages.py", "tests/test_base_install.py",
    "tests/gateway/test_stops.py", "tests/gateway/test_idle.py", "tests/web/test_slow_senders.py",
)  # fmt: skip
"""Files that take long or wait long, the longest first: a worker that came to one at the end would end alone."""


GARBAGE = (100_000, 20, 50)
"""How much is made before it is looked for what nobody needs: a process of the tests is short-lived, and has room."""


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(*GARBAGE)
    small = config.getoption("markexpr") == "not full"
    examples.one_in = (2 if config.pluginmanager.hasplugin("judging") else 4) if small else 1


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Begin with the long files; Debian's server is asked the first case of each test of db, all by `make full`."""
    asked: set[str] = set()
    for item in items:
        if _on_debian(item):
            test = item.nodeid.partition("[")[0]
            if not test.startswith("tests/db/") or test in asked or item.get_closest_marker("slow_on_debian"):
                item.add_marker(pytest.mark.full)
            asked.add(test)
    yield
    items.sort(key=lambda item: _place(item.nodeid))


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: nobody looks whether it is needed."""
    gc.freeze()


def _place(nodeid: str) -> int:
    """Return the place of a test's file among those that take long; all others come after them."""
    return next((place for place, name in enumerate(LONG) if nodeid.startswith(name)), len(LONG))


def _on_debian(item: pytest.Item) -> bool:
    return hasattr(item, "callspec") and item.callspec.params.get("server") == "debian"


@functools.cache
def debian_binaries() -> Path | None:
    """Return the folder of Debian's newest PostgreSQL, if there is one."""
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    return max((program.parent for program in found), key=lambda p: int(p.parent.name), default=None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "server" not in metafunc.fixturenames:
        return
    wanted = os.environ.get("HUTONG_TEST_SERVERS", "embedded,debian").split(",")
    room = Path(metafunc.definition.path).relative_to(HERE).parts[0]
    alone = metafunc.definition.get_closest_marker("newest_server") is not None
    kinds = wanted if room in ON_EVERY_SERVER and not alone else ["embedded"]
    absent = pytest.mark.skipif(debian_binaries() is None, reason="Debian's PostgreSQL is not installed")
    marks = {"embedded": (), "debian": (absent,)}
    metafunc.parametrize(
        "server", [pytest.param(kind, marks=marks[kind]) for kind in kinds], indirect=True, scope="session"
    )


@pytest.fixture(autouse=True)
def _language_of_nobody() -> None:
    """No test reads in the language of the page that another asked for before it."""
    if conf.settings.configured:
        translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def nothing_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where root runs the tests, databases in the tests' folders lie elsewhere: they go with these, however they end.

    So do those whose platform a test has killed, or whose folder it took away, and those of a session that was killed
    itself. What still stays is told: a process that nobody ends.
    """
    for each in databases.left_by_killed_sessions():
        databases.remove_cluster(each)
    yield
    base = tmp_path_factory.getbasetemp()
    for lock in [*base.rglob("start.lock")]:  # their folders go
        remove(lock.parent)
    for each in databases.left_by(base):
        databases.remove_cluster(each)
    until = time.monotonic() + ENDING_SECONDS
    while (processes := databases.processes_of(base)) and time.monotonic() < until:
        time.sleep(0.2)
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert (processes, databases.left_by(base)) == ({}, [])


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, Server]]:
    """The servers this run uses, by kind: they stay up to its end, though pytest goes to and fro between them."""
    running: dict[str, Server] = {}
    yield running
    for each in running.values():
        superuser(each).close()
        each.stop()
        _leave_no_memory_taken(each)


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, servers: dict[str, Server]) -> Server:
    """A running PostgreSQL that forgets in a power cut; the last run that uses it stops it."""
    kind = request.param
    if kind not in servers:
        servers[kind] = _started(kind)
    return servers[kind]


def _started(kind: str) -> Server:
    folder = _room() / folder_name(HERE, kind)
    binaries = debian_binaries() if kind == "debian" else None
    running = Server(folder, durable=False, binaries=binaries, patience_seconds=120)
    try:
        running.start()
    except DatabaseDidNotStart:  # a cluster that a power cut or another version has left behind
        shutil.rmtree(running._data())
        running.start()
    with one_at_a_time(running):
        ask_less_of_logins(running)
    return running


def _room() -> Path:
    """Return where databases are made and dropped most quickly: in memory, where there is plenty of it."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        available = next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
        if os.access(IN_MEMORY, os.W_OK) and min(available // 4, shutil.disk_usage(IN_MEMORY).free) > MEMORY_BYTES:
            return IN_MEMORY
    return Path(tempfile.gettempdir())


def _leave_no_memory_taken(server: Server) -> None:
    with server._alone():
        if server.folder.parent == IN_MEMORY and server.pid is None:
            shutil.rmtree(server._data())


@pytest.fixture(scope="session")
def kept(servers: dict[str, Server]) -> Iterator[Kept]:
    """The filled databases that tests of this process copy; they go before their servers do."""
    with contextlib.ExitStack() as stack:
        yield Kept(stack)


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """The name of a database with the whole schema, made once for each state of the migrations and rights."""
    return shared(server, name=schema_name(), fill=migrated)


@functools.cache
def schema_name() -> str:
    """Return the name that only this state of the migrations and rights has."""
    steps = [*migrate.read(FOLDERS), *jobs.migrations()]
    files = [Path(str(module.__file__)) for module in (migrate, rights, jobs)]
    code = "".join(each.read_text() for file in files for each in (file, file.with_suffix(".sql")))
    digest = hashlib.sha256("".join([code, *(step.digest for step in steps)]).encode()).hexdigest()[:16]
    return f"template_{digest}"


def migrated(url: str) -> None:
    """Bring an empty database to the whole schema with its rights."""
    migrate.migrate(url, folders=FOLDERS)
    jobs.apply_schema(url)
    with psycopg.connect(url) as connection, connection.cursor() as cur:
        rights.apply(cur)
    with psycopg.connect(url, options="-c role=hutong_owner") as connection:  # tests tell the moment it is
        connection.execute("insert into audit.training_clock default values")


@pytest.fixture
def empty_url(server: Server) -> Iterator[str]:
    """The address of a fresh database without any schema."""
    with fresh_database(server) as url:
        yield url


@pytest.fixture
def database_url(server: Server, template: str) -> Iterator[str]:
    """The address of a fresh database with the whole schema (without Django's tables)."""
    with fresh_database(server, template=template) as url:
        yield url


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A fresh database, acting as its owner."""
    database = Database(database_url, role="owner")
    yield database
    database.close()


@pytest.fixture
def cur(db: Database) -> Iterator[Cur]:
    """A cursor in a transaction of its own on a fresh database."""
    with db.transaction() as cursor:
        yield cursor
