"""A cluster goes on with the PostgreSQL that made it, and moves to the newest: checked, copied, and never lost."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from databases import remove
from hutong.db import moving, postmaster
from hutong.db.embedded import Server, ServerInUse
from hutong.db.postmaster import DatabaseProgramsOther

OLD, NEW = min(postmaster.programs()), postmaster.version(postmaster.find_binaries())
IN_THE_WHEEL = sorted(
    number for number, place in postmaster.programs().items() if postmaster.INSTALLED not in place.parents
)
OF_THE_OLDEST = pytest.mark.skipif(OLD in IN_THE_WHEEL, reason="no PostgreSQL is installed that the wheel has not")
KEPT = "110101199003070018"
PARTS = ["make", "check", "copy", "switch"]
"""The parts of a move, as it tells them."""
MOVE = """
import os, signal, sys
from pathlib import Path
from hutong.db import moving
from hutong.db.embedded import Server

server = Server(Path(sys.argv[1]), durable=False)
def tell(part):
    print(part, flush=True)
    if part == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
moving.move(server, moving.wanted(server), tell=tell)
"""


@pytest.fixture
def folder(tmp_path, major):
    """The folder of a server whose cluster an older PostgreSQL made, with a table in it; nobody runs it."""
    server = Server(tmp_path / "postgres", durable=False, binaries=postmaster.programs()[major])
    server.start()
    try:
        with psycopg.connect(server.url()) as connection:
            connection.execute("create table kept (value text primary key)")
            connection.execute("insert into kept values (%s)", [KEPT])
    finally:
        server.stop()
    yield server.folder
    remove(server.folder)


@pytest.fixture
def major() -> int:
    """The older of the two PostgreSQL of the wheel."""
    return IN_THE_WHEEL[0]


def served(folder: Path) -> tuple[int, str, str]:
    """Start what lies in a folder and return its major version, what is kept, and whether checksums are on."""
    server = Server(folder, durable=False)
    server.start()
    try:
        with psycopg.connect(server.url()) as connection:
            ((value,),) = connection.execute("select value from kept").fetchall()
            ((checksums,),) = connection.execute("show data_checksums").fetchall()
            return connection.info.server_version // 10_000, value, checksums
    finally:
        server.stop()


def moved(folder: Path) -> list[str]:
    """Move what lies in a folder and return the parts that were told."""
    told: list[str] = []
    server = Server(folder, durable=False)
    moving.move(server, moving.wanted(server), tell=told.append)
    return told


def half_made(folder: Path) -> Path:
    """Return where the new cluster is made: beside the one that is used, which may lie outside the folder."""
    return Server(folder).cluster.with_name(f"data-{NEW}")


@pytest.mark.full
def test_a_cluster_goes_on_with_its_own_programs_and_moves_when_it_is_asked_to(folder, major):
    assert served(folder) == (major, KEPT, "on")

    with_user = Server(folder, durable=False)
    with_user.start()
    with pytest.raises(ServerInUse):
        moved(folder)
    with_user.stop()
    before = with_user.cluster

    assert moved(folder) == PARTS
    assert before.exists(), "it stays until the new one was opened"
    assert served(folder) == (NEW, KEPT, "on")
    server = Server(folder, durable=False)
    assert moving.wanted(server) is None
    assert moving.settle(server) == before
    assert (before.exists(), moving.settle(server)) == (False, None)
    assert served(folder) == (NEW, KEPT, "on")


@OF_THE_OLDEST
@pytest.mark.full
@pytest.mark.parametrize("major", [OLD])
def test_so_does_that_of_the_oldest_there_is(folder, major):
    assert served(folder) == (major, KEPT, "on")
    moved(folder)
    assert served(folder) == (NEW, KEPT, "on")


@pytest.mark.full
@pytest.mark.parametrize(
    ("major", "part"),
    [
        *((IN_THE_WHEEL[0], part) for part in PARTS),
        *(pytest.param(OLD, part, marks=OF_THE_OLDEST) for part in PARTS),
    ],
)
def test_whoever_is_killed_meanwhile_loses_nothing_and_begins_again(folder, major, part):
    killed = subprocess.run([sys.executable, "-c", MOVE, folder, part], check=False, capture_output=True, text=True)
    assert (killed.returncode, killed.stdout.split()[-1]) == (-signal.SIGKILL, part)

    assert served(folder) == (major, KEPT, "on")
    assert not half_made(folder).exists(), "what was half made is gone"
    moved(folder)
    assert served(folder) == (NEW, KEPT, "on")


@pytest.mark.full
@pytest.mark.parametrize("major", [IN_THE_WHEEL[0], pytest.param(OLD, marks=OF_THE_OLDEST)])
def test_whoever_is_killed_while_pg_upgrade_works_leaves_nothing_running(folder, major):
    begun = subprocess.Popen([sys.executable, "-c", MOVE, folder, "never"], stdout=subprocess.DEVNULL)
    works = half_made(folder) / "pg_upgrade_output.d"
    while not works.exists():
        assert begun.poll() is None, "it ended before anybody could kill it"
        time.sleep(0.01)
    begun.kill()
    begun.wait()

    assert served(folder) == (major, KEPT, "on")
    assert postmaster.running(Server(folder).cluster) is None
    assert not half_made(folder).exists()
    moved(folder)
    assert served(folder) == (NEW, KEPT, "on")


def test_a_cluster_that_cannot_be_moved_stays_as_it_is(folder, major):
    server = Server(folder, durable=False)
    server.start()
    with psycopg.connect(server.superuser_url()) as connection:
        # pg_upgrade refuses what refers to things by numbers of the server before.
        connection.execute("create table public.refers (to_a_function regproc)")
    server.stop()
    with pytest.raises(moving.ClusterNotMoved) as refused:
        moved(folder)
    assert "reg" in refused.value.facts["reason"]
    assert (refused.value.facts["before"], refused.value.facts["after"]) == (major, NEW)
    assert served(folder) == (major, KEPT, "on")


def test_a_cluster_whose_programs_are_not_here_is_refused_by_their_number(tmp_path):
    (tmp_path / "PG_VERSION").write_text("9\n")
    with pytest.raises(DatabaseProgramsOther) as refused:
        postmaster.binaries_of(tmp_path)
    assert refused.value.facts["wanted"] == 9
    assert str(NEW) in refused.value.facts["found"].split(", ")
