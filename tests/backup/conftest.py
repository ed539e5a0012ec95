"""A cluster of its own, small and quick, and a second place beside it."""

import fcntl
import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from lost_county import Lost, lose, people
from places import OWNER, real, take

from hutong.backup import place
from hutong.backup.place import BackupPlace
from hutong.backup.programs import Source
from hutong.db import postmaster
from hutong.db.embedded import Server


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running PostgreSQL of the wheel's newest version."""
    running = Server(tmp_path_factory.mktemp("cluster") / "postgres", durable=False)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def source(cluster: Server) -> Source:
    return Source(cluster.superuser_url(), postmaster.find_binaries())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a second disk, on which no platform wrote yet."""
    (tmp_path / "second").mkdir()
    return tmp_path / "second"


@pytest.fixture
def at(root: Path) -> BackupPlace:
    """The place of a platform on a second disk."""
    return place.begin(root, OWNER, now=real())


@pytest.fixture(scope="session")
def taken(cluster: Server, tmp_path_factory: pytest.TempPathFactory) -> BackupPlace:
    """A place with a set, which tests copy and do not change."""
    root = tmp_path_factory.mktemp("second")
    at = place.begin(root, OWNER, now=real())
    take(at, Source(cluster.superuser_url(), postmaster.find_binaries()))
    return at


@pytest.fixture(scope="session")
def lost(tmp_path_factory: pytest.TempPathFactory) -> Lost:
    """A county that was lost: its backup place with a set and the log after it, which tests copy and do not change.

    It is lost once in a run: of several workers the first loses it, and the others wait.
    """
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "lost"
    folder.mkdir(exist_ok=True)
    told = folder / "told"
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            made = lose(folder / "data", folder / "second", rows=people)
            told.write_bytes(pickle.dumps(made))
    found: Lost = pickle.loads(told.read_bytes())
    return found
