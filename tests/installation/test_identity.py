"""A copy of a data folder never works on the original's database, and a folder that was moved goes on."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from databases import fresh_database, remove
from hutong import settings
from hutong.core import canonical
from hutong.db import postmaster
from hutong.db.database import Database
from hutong.db.embedded import Server
from hutong.installation import belonging, clusters, identity, opening
from hutong.installation.identity import EMBEDDED, FolderState, Identity, Location

HERE = Location("/srv/hutong", 5, 77, "one", "aaaa")
OWN = Identity(identity.platform_of("log+1+key"), identity.begin(Path("/tmp"), verifier="x").instance, HERE)


@pytest.mark.parametrize(
    ("here", "became"),
    [
        (HERE, FolderState.STAYED),
        (replace(HERE, device=6), FolderState.STAYED),  # its disk has another number since the machine was started
        (replace(HERE, host="two"), FolderState.STAYED),
        (replace(HERE, host="two", machine=""), FolderState.STAYED),  # a container that was made anew
        (replace(HERE, machine="bbbb"), FolderState.ELSEWHERE),  # its disk was carried over, or copied block by block
        (replace(HERE, machine="bbbb", host="two"), FolderState.ELSEWHERE),
        (replace(HERE, device=6, machine="bbbb", host="two"), FolderState.ELSEWHERE),
        (replace(HERE, path="/srv/other"), FolderState.MOVED),
        (replace(HERE, path="/mnt/hutong", device=6, inode=9), FolderState.MOVED),
        (replace(HERE, inode=9), FolderState.MOVED),
        (replace(HERE, path="/mnt/hutong", device=6, inode=9, machine="bbbb"), FolderState.ELSEWHERE),
        (replace(HERE, inode=9, machine="", host="two"), FolderState.ELSEWHERE),
        (replace(HERE, inode=9, machine="bbbb"), FolderState.ELSEWHERE),
    ],
)
def test_what_became_of_a_folder_whose_original_is_not_there_is_read_from_where_it_lay(here, became):
    assert identity.state(OWN, here) == (became, None)


def begun(folder: Path) -> Identity:
    folder.mkdir()
    own = identity.begin(folder, verifier="log+1+key")
    identity.write(folder, own)
    return own


def test_what_a_folder_says_of_itself_is_read_as_it_was_written(tmp_path):
    own = begun(tmp_path / "orig")
    assert identity.check(tmp_path / "orig") == own
    assert (tmp_path / "orig" / identity.FILE).stat().st_mode & 0o777 == 0o644
    assert identity.check(tmp_path / "none") is None


def test_a_copy_is_one_wherever_its_original_is_called_now(tmp_path):
    begun(tmp_path / "orig")
    shutil.copytree(tmp_path / "orig", tmp_path / "copy")
    with pytest.raises(identity.FolderCopied) as refused:
        identity.check(tmp_path / "copy")
    assert refused.value.facts == {"data": str(tmp_path / "copy"), "original": str(tmp_path / "orig")}
    (tmp_path / "orig").rename(tmp_path / "set aside")
    with pytest.raises(identity.FolderCopied) as refused:
        identity.check(tmp_path / "copy")
    assert refused.value.facts["original"] == str(tmp_path / "set aside")
    (tmp_path / "copy").rename(tmp_path / "orig")  # put in its place
    with pytest.raises(identity.FolderCopied):
        identity.check(tmp_path / "orig")
    assert identity.check(tmp_path / "set aside") is not None
    shutil.rmtree(tmp_path / "set aside")
    assert identity.check(tmp_path / "orig") is not None


def copytree(source: Path, to: Path) -> None:
    shutil.copytree(source, to, symlinks=True)


def cp(source: Path, to: Path) -> None:
    subprocess.run(["cp", "-a", source, to], check=True)


def rsync(source: Path, to: Path) -> None:
    subprocess.run(["rsync", "-a", f"{source}/", to], check=True)


def tar(source: Path, to: Path) -> None:
    to.mkdir()
    packed = subprocess.run(["tar", "-C", source, "-c", "."], check=True, capture_output=True).stdout
    subprocess.run(["tar", "-C", to, "-xp"], check=True, input=packed)


@pytest.fixture(params=["another disk", "the same disk"])
def there(request, tmp_path) -> Iterator[Path]:
    """A folder for copies, on the disk of the original and on another."""
    if request.param == "the same disk":
        (tmp_path / "there").mkdir()
        yield tmp_path / "there"
        return
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second disk")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.mark.parametrize("copying", [copytree, cp, tar, *([rsync] if shutil.which("rsync") else [])])
def test_a_copy_is_told_though_its_original_was_renamed_away_and_that_goes_on(tmp_path, there, copying):
    own = begun(tmp_path / "orig")
    copying(tmp_path / "orig", there / "copy")
    for away in (tmp_path / "old" / "of last year" / "orig", tmp_path / "elsewhere"):
        away.parent.mkdir(parents=True, exist_ok=True)
        before, lay = identity.read(there / "copy"), tmp_path / "orig"
        lay.rename(away)
        with pytest.raises(identity.FolderCopied) as refused:
            identity.check(there / "copy")
        assert refused.value.facts == {"data": str(there / "copy"), "original": str(away)}
        assert identity.state(own, identity.located(away)) == (FolderState.MOVED, None)
        assert (identity.check(away), identity.read(there / "copy")) == (own, before)
        away.rename(lay)
    shutil.rmtree(tmp_path / "orig")
    assert identity.check(there / "copy") == own


def test_a_renamed_folder_is_looked_for_on_its_disk_alone_nearest_first_and_not_for_ever(tmp_path):
    lay, away = tmp_path / "a" / "orig", tmp_path / "b" / "c" / "orig"
    for folder in (lay, away.parent):
        folder.mkdir(parents=True)
    inode = lay.stat().st_ino
    lay.rename(away)
    (lay.parent / "link").symlink_to(away)
    assert next(identity.renamed(lay, inode=inode)) == away
    assert [*identity.renamed(lay, inode=inode, most=1)] == []
    assert [*identity.renamed(Path("/proc/none/orig"), inode=inode, most=100)] == []


def test_a_snapshot_of_the_whole_machine_is_the_same_to_every_file_in_it(tmp_path):
    """What decision 0085 says is not seen here: `tests/backup/test_alone.py` sees it where the two meet."""
    own = begun(tmp_path / "orig")
    assert identity.state(own, identity.located(tmp_path / "orig")) == (FolderState.STAYED, None)
    assert identity.state(own, replace(own.folder, device=own.folder.device + 1)) == (FolderState.STAYED, None)


def test_a_folder_reached_by_a_link_is_the_same(tmp_path):
    begun(tmp_path / "orig")
    (tmp_path / "link").symlink_to(tmp_path / "orig")
    own = identity.check(tmp_path / "link")
    assert own is not None
    assert identity.state(own, identity.located(tmp_path / "link")) == (FolderState.STAYED, None)


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", '{"format": "hutong-identity-9"}', "\xff"])
def test_what_cannot_be_read_is_told(tmp_path, content):
    (tmp_path / identity.FILE).write_bytes(content.encode("latin-1"))
    with pytest.raises(identity.IdentityUnreadable):
        identity.check(tmp_path)


def seen(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return all files below a folder, with when each was changed last, and their contents."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_mtime_ns, path.lstat().st_ctime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def entries(url: str, event: str) -> list[dict]:
    with closing(Database(url, role="owner", size=1)) as db, db.transaction() as cur:
        rows = cur.execute("select record from audit.entry where event = %s order by id", [event]).fetchall()
    return [canonical.loads(record) for (record,) in rows]


@pytest.mark.full
def test_copied_and_moved_folders_on_a_database_that_lies_elsewhere(database_url, tmp_path, monkeypatch):
    given = replace(settings.read({}), data=tmp_path / "orig", database_url=database_url)
    with opening.opened(given) as made:
        own = made.identity
    assert own is not None
    assert own.database is not None
    assert (made.moved_from, "password" in own.database) == (None, False)
    shutil.copytree(tmp_path / "orig", tmp_path / "copy", symlinks=True)
    before = seen(tmp_path)
    copy = replace(given, data=tmp_path / "copy")
    for door in (lambda: opening.opened(copy).__enter__(), lambda: opening.told(copy, role="plane")):
        with pytest.raises(identity.FolderCopied):
            door()
    assert seen(tmp_path) == before

    shutil.rmtree(tmp_path / "orig")
    with opening.opened(copy) as moved:
        assert moved.identity == replace(own, folder=identity.located(tmp_path / "copy"))
        assert moved.moved_from == own.folder
    with opening.opened(copy) as again:
        assert again.moved_from is None
    (moves,) = entries(database_url, "platform.moved")
    assert (moves["from_folder"], moves["to_folder"]) == (str(tmp_path / "orig"), str(tmp_path / "copy"))

    with pytest.raises(belonging.DatabaseLeftOut):  # it made an empty one before
        opening.opened(replace(copy, database_url=None)).__enter__()
    assert not (tmp_path / "copy" / "postgres").exists()
    with pytest.raises(belonging.DatabaseOfAnother):
        opening.opened(replace(given, data=tmp_path / "another")).__enter__()
    (tmp_path / "copy" / identity.FILE).unlink()
    with pytest.raises(belonging.IdentityLost):
        opening.opened(copy).__enter__()


def test_a_database_without_the_platform_is_not_begun_anew(database_url, tmp_path, server):
    given = replace(settings.read({}), data=tmp_path / "orig", database_url=database_url)
    opening.prepare_folder(given)
    belonging.settle(database_url, database_url, given, now=datetime(2026, 11, 30, tzinfo=UTC))
    with fresh_database(server) as empty:
        with pytest.raises(belonging.DatabaseStrange):
            opening.opened(replace(given, database_url=empty)).__enter__()
        with psycopg.connect(empty) as connection:
            assert connection.execute("select to_regclass('audit.entry')").fetchone() == (None,)


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> Iterator[Path]:
    """A data folder with an embedded database that was opened once and is closed again."""
    folder = tmp_path_factory.mktemp("lived")
    with opening.opened(replace(settings.read({}), data=folder / "orig")):
        pass
    yield folder / "orig"
    remove(folder / "orig" / "postgres")


def copied(lived: Path, to: Path) -> Path:
    shutil.copytree(lived, to, symlinks=True)
    return to


def test_the_embedded_database_is_the_folders_own_and_nobody_elses(lived, tmp_path):
    server = Server(lived / "postgres")
    own = identity.check(lived)
    assert own is not None
    assert (own.database, clusters.belongs(server.cluster)) == (
        EMBEDDED, clusters.Belongs(own.platform, own.instance, own.folder)
    )  # fmt: skip
    copy = copied(lived, tmp_path / "copy")
    if not clusters.is_elsewhere(server):
        os.symlink(server.cluster, copy / "postgres" / "elsewhere")
        (copy / "postgres" / "place").write_text(str(copy / "postgres" / "elsewhere"))
    given = replace(settings.read({}), data=copy)
    before = seen(lived)
    running = opening.own_server(replace(given, data=lived))
    running.start()
    try:
        with pytest.raises(identity.FolderCopied):  # at once, though the original runs
            opening.opened(given).__enter__()
        (copy / identity.FILE).unlink()
        with pytest.raises(identity.FolderCopied):
            opening.opened(given).__enter__()
        identity.write(copy, identity.anew(own, copy))
        with pytest.raises(clusters.ClusterOfAnother) as refused:
            opening.opened(given).__enter__()
        assert refused.value.facts["original"] == str(lived)
    finally:
        running.stop()
    assert {name: told for name, told in seen(lived).items() if "postgres" not in name} == {
        name: told for name, told in before.items() if "postgres" not in name
    }


def test_a_database_that_is_gone_is_told_and_none_is_made_in_its_place(lived):
    server = Server(lived / "postgres")
    cluster = server.cluster
    aside = cluster.with_name("aside")
    cluster.rename(aside)
    try:
        with pytest.raises(clusters.DatabaseGone) as told:
            opening.opened(replace(settings.read({}), data=lived)).__enter__()
        assert told.value.facts == {"data": str(lived), "cluster": str(cluster)}
        assert not cluster.exists()
    finally:
        aside.rename(cluster)


def test_a_folder_that_was_moved_while_its_database_runs_waits_for_that(lived):
    running = opening.own_server(replace(settings.read({}), data=lived))
    running.start()
    moved = lived.with_name("moved")
    lived.rename(moved)
    try:
        with pytest.raises(clusters.DatabaseStillRuns) as told:
            opening.opened(replace(settings.read({}), data=moved)).__enter__()
        assert told.value.facts["process"] == postmaster.noted(Server(moved / "postgres").cluster)
    finally:
        moved.rename(lived)
        running.stop()


def test_a_moved_folder_goes_on_with_its_database(lived):
    moved = lived.with_name("moved")
    lived.rename(moved)
    try:
        with opening.opened(replace(settings.read({}), data=moved)) as installation:
            assert installation.moved_from is not None
            assert installation.moved_from.path == str(lived)
            assert installation.server is not None
            told = json.loads(clusters.reference(installation.server.cluster).read_text())
            assert told["folder"]["path"] == str(moved)
    finally:
        moved.rename(lived)
