"""Power that goes in the middle of `hutong upgrade`: the next one finishes what was left, and enters it once."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest

import next_version
from databases import remove
from hutong import settings
from hutong.core import canonical, versions
from hutong.db import postmaster
from hutong.db.embedded import LOGIN, Server
from hutong.installation import opening
from next_version import NextVersion

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]
PLANTED = "audit/0990_planted.sql", "create table audit.planted ()"
NEWEST = postmaster.version(postmaster.find_binaries())
OLDER = max(number for number in postmaster.programs() if number < NEWEST)
STEPS = {
    "the backup set is there": ("hutong.backup.taking:take", "after"),
    "the new cluster is begun": ("hutong.db.cluster:begin_moving", "after"),
    "all is copied": ("hutong.db.moving:_put_former", "before"),
    "the cluster before is named": ("hutong.db.moving:_put_former", "after"),
    "the new cluster is named": ("hutong.db.embedded:Server.lie_in", "after"),
    "the new cluster runs": ("hutong.installation.upgrading:carry_out", "before"),
    "audit and plane are migrated": ("hutong.db.migrate:migrate", "after"),
    "the pages' tables are next": ("hutong.installation.schema:_migrate_django", "before"),
    "the pages' tables are made": ("hutong.installation.schema:_migrate_django", "after"),
    "the schema is whole": ("hutong.installation.opening:make_months", "before"),
    "the entry is written": ("hutong.audit.upgrades:enter", "after"),
    "the entry is committed": ("hutong.installation.upgrading:enter", "after"),
    "the cluster before goes next": ("hutong.db.moving:settle", "before"),
    "the cluster before is gone": ("hutong.db.moving:count_anew", "before"),
}
"""What is so when the power goes → before or after which function that is."""

ALL_DONE = ("the entry is committed", "the cluster before goes next", "the cluster before is gone")
"""After these nothing is left to be done but to let the cluster before go."""

CUT = """
import importlib, os, signal, sys
from hutong import cli

step, when = sys.argv[1:3]
del sys.argv[1:3]
module, _, name = step.partition(":")
*within, last = name.split(".")
place = importlib.import_module(module)
for each in within:
    place = getattr(place, each)
whole = getattr(place, last)

def cut(*given, **named):
    if when == "after":
        whole(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(place, last, cut)
cli.main()
"""


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform of this version on a database of the older PostgreSQL, kept to be put back before each step."""

    given: settings.Settings
    environ: dict[str, str]
    folders: tuple[Path, ...]
    """Its data folder, and where its cluster lies, if that is elsewhere."""
    saved: Path
    entries: list[tuple[int, str]]
    """What was entered before."""

    @property
    def server(self) -> Server:
        return opening.own_server(self.given)

    def save(self) -> None:
        for number, folder in enumerate(self.folders):
            subprocess.run(["cp", "-a", folder, self.saved / str(number)], check=True)

    def put_back(self) -> None:
        """Put everything back into the very folders it was in: a folder made anew counts as a copy."""
        for number, folder in enumerate(self.folders):
            for each in folder.iterdir():
                shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
            subprocess.run(["cp", "-a", f"{self.saved / str(number)}/.", folder], check=True)

    def entered(self) -> list[tuple[int, str, str]]:
        """Return number, event and record of every entry."""
        server = self.server
        server.start()
        try:
            with closing(psycopg.connect(server.superuser_url(LOGIN))) as connection:
                return connection.execute("select id, event, record from audit.entry order by id").fetchall()
        finally:
            server.stop()


@pytest.fixture(scope="module")
def platform(tmp_path_factory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("cut")
    folder.chmod(0o755)
    given = replace(settings.read({}), data=folder / "data")
    server = opening.own_server(given)
    before = Server(server.folder, group=server._group, binaries=postmaster.programs()[OLDER])
    before.start()
    before.stop()
    environ = {"HUTONG_DATA": str(given.data), "HUTONG_DATABASE_URL": "", "LANG": "en_US.UTF-8"}
    command = [sys.executable, "-m", "hutong.cli", "init"]
    subprocess.run(command, env={**os.environ, **environ}, check=True, capture_output=True)
    assert postmaster.major(server.cluster) == OLDER
    elsewhere = () if server.cluster.is_relative_to(given.data) else (server.cluster.parent,)
    (folder / "saved").mkdir()
    made = Platform(given, environ, (given.data, *elsewhere), folder / "saved", [])
    made.entries.extend((number, record) for number, _, record in made.entered())
    made.save()
    yield made
    remove(server.folder)


@pytest.fixture(scope="module")
def following(tmp_path_factory) -> NextVersion:
    """The next version, with a migration of SQL and one of Django's."""
    found = next_version.made(tmp_path_factory.mktemp("following"))
    found.plant(*PLANTED)
    found.plant_django()
    return found


def power_goes(cluster: Path) -> None:
    """End at once what still serves a cluster, and wait until nothing does: no process outlives a power cut."""
    if pid := postmaster.running(cluster):
        os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 60
    while any(_works_in(each, cluster) for each in Path("/proc").iterdir() if each.name.isdigit()):
        assert time.monotonic() < until
        time.sleep(0.05)


def _works_in(process: Path, cluster: Path) -> bool:
    with suppress(OSError):
        return (process / "cwd").readlink() == cluster
    return False


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="processes are looked up in /proc")
@pytest.mark.parametrize("step", STEPS)
def test_the_next_upgrade_finishes_what_a_power_cut_left(platform, following, tmp_path, step):
    platform.put_back()
    environ, (where, when) = dict(platform.environ), STEPS[step]
    if where.startswith("hutong.backup"):
        environ["HUTONG_BACKUP"] = str(tmp_path)
    used = platform.server.cluster
    command = [sys.executable, "-P", "-c", CUT, where, when, "upgrade"]
    cut = subprocess.run(
        command, env={**following.environ, **environ}, cwd=following.package, check=False, capture_output=True,
        text=True,
    )  # fmt: skip
    for cluster in {used, platform.server.cluster}:
        power_goes(cluster)
    assert cut.returncode == -signal.SIGKILL, (step, cut.stdout, cut.stderr)

    done = following.hutong("upgrade", **environ)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert ("nothing to do" in done.stdout) == (step in ALL_DONE)

    server = platform.server
    assert postmaster.major(server.cluster) == NEWEST
    assert [each.name for each in server.cluster.parent.glob("data*")] == [server.cluster.name]
    found = platform.entered()
    assert [(number, record) for number, _, record in found][: len(platform.entries)] == platform.entries
    (upgraded,) = [canonical.loads(record) for _, event, record in found if event == "platform.upgraded"]
    assert upgraded == {
        "from_version": versions.own(), "to_version": next_version.VERSION,
        "migrations": [PLANTED[0], "units/0990_planted"], "from_postgres": OLDER, "to_postgres": NEWEST,
        "backup_set": upgraded["backup_set"], "by": None,
    }  # fmt: skip
