"""A copy that somebody knowingly opens: another instance with a database of its own, or the only one there is."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from databases import fresh_database, remove
from hutong import settings
from hutong.audit import epochs, instance, signing
from hutong.core import canonical
from hutong.db import postmaster
from hutong.db.database import Database
from hutong.db.embedded import Server
from hutong.installation import belonging, clusters, copies, identity, opening
from hutong.installation.opening import Installation
from hutong.settings import Settings

NOW = datetime(2026, 11, 30, 1, tzinfo=UTC)


def entries(url: str, event: str) -> list[dict]:
    with closing(Database(url, role="owner", size=1)) as db, db.transaction() as cur:
        rows = cur.execute("select record from audit.entry where event = %s order by id", [event]).fetchall()
    return [canonical.loads(record) for (record,) in rows]


def seen(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.lstat().st_mtime_ns, path.lstat().st_ctime_ns) for path in sorted(folder.rglob("*"))}


@pytest.fixture
def given(database_url, tmp_path) -> Settings:
    found = replace(settings.read({}), data=tmp_path / "orig", database_url=database_url)
    opening.prepare_folder(found)
    belonging.settle(database_url, database_url, found, now=NOW)
    return found


def knowingly(given: Settings) -> Installation:
    """Return a copy as a command opens it."""
    belonging.check(str(given.database_url), given, knowingly=True)
    return Installation(given, str(given.database_url), clock=lambda: NOW, training=False)


@pytest.fixture
def copy(given, server) -> Iterator[Settings]:
    """A copy of the folder, beside a copy of the database that its administrator made."""
    shutil.copytree(given.data, given.data.with_name("copy"))
    template = str(psycopg.conninfo.conninfo_to_dict(given.database_url)["dbname"])
    with fresh_database(server, template=template) as other:
        yield replace(given, data=given.data.with_name("copy"), database_url=other)


def test_a_copy_becomes_another_instance_of_the_platform_and_signs_nothing(given, copy):
    before, own = seen(given.data), identity.read(given.data)
    secret = (copy.keys / "web.secret").read_text()
    (copy.data / "up.lock").write_text("1\nlocalhost\n8000\n8001\n")
    copies.check_copy(copy)
    copies.bring_database(copy, None)
    made = copies.begin(knowingly(copy), reason="测试机", by="周强")
    assert own is not None
    assert (made.platform, made.instance != own.instance) == (own.platform, True)
    assert identity.check(copy.data) == made
    installation = opening.told(copy, role="plane")
    assert installation.identity == made
    belonging.check(copy.database_url, copy)
    with psycopg.connect(copy.database_url) as connection, connection.cursor() as cur:
        cur.execute("set role hutong_owner")
        told = instance.read(cur)
        stopped = signing.examine(cur, epochs.current(cur), signer=installation.log_keys, heads=installation.log_heads)
    assert isinstance(stopped, signing.LogRestored)
    assert told is not None
    assert (told.platform, told.instance) == (made.platform, made.instance)
    (entered,) = entries(copy.database_url, "platform.copied")
    assert (entered["by"], entered["reason"], entered["instance"]) == ("周强", "测试机", str(made.instance))
    assert entered["from_instance"] == str(own.instance)
    assert (copy.keys / "web.secret").read_text() != secret
    assert not (copy.data / "up.lock").exists()
    assert (seen(given.data), identity.check(given.data)) == (before, own)
    with pytest.raises(belonging.DatabaseOfAnother):  # that of the other is not its own
        belonging.check(given.database_url, copy)
    belonging.check(given.database_url, given)
    assert entries(given.database_url, "platform.copied") == []


def test_an_original_is_no_copy_and_its_database_none_of_a_copy(given, copy):
    with pytest.raises(copies.NoCopy):
        copies.check_copy(given)
    with pytest.raises(copies.NoCopy):
        copies.check_only(given)
    with pytest.raises(copies.OriginalsDatabase):
        copies.bring_database(replace(copy, database_url=given.database_url), None)
    with pytest.raises(identity.FolderCopied):
        copies.check_only(copy)


@pytest.mark.parametrize("act", [copies.begin, copies.keep])
def test_without_a_reason_nothing_happens(copy, act):
    own = identity.read(copy.data)
    with pytest.raises(copies.CopyWithoutReason):
        act(knowingly(copy), reason=" ", by="周强")
    assert identity.read(copy.data) == own
    assert not list((copy.keys / "heads").iterdir())


def test_a_copy_whose_original_is_gone_is_kept_as_what_that_was(given):
    own = identity.read(given.data)
    assert own is not None
    elsewhere = replace(own.folder, machine="", host="another", inode=1)
    identity.write(given.data, replace(own, folder=elsewhere))
    with pytest.raises(identity.FolderFromElsewhere):
        opening.opened(given).__enter__()
    copies.check_only(given)
    assert copies.keep(knowingly(given), reason="旧机已报废", by="周强") == own
    assert opening.told(given, role="plane").identity == own
    (entered,) = entries(given.database_url, "platform.kept")
    assert (entered["from_machine"], entered["reason"], entered["by"]) == ("another", "旧机已报废", "周强")


def test_a_folder_that_has_lost_what_it_is_becomes_what_its_database_is(given):
    own = identity.read(given.data)
    (given.data / identity.FILE).unlink()
    copies.check_only(given)
    with pytest.raises(belonging.IdentityLost):
        belonging.check(given.database_url, given)
    assert copies.keep(knowingly(given), reason="文件误删", by="周强") == own
    belonging.check(given.database_url, given)


@pytest.fixture
def embedded(tmp_path, monkeypatch) -> Iterator[Settings]:
    """A folder whose cluster lies elsewhere, made by hand: nothing of it is started."""
    data, cluster = tmp_path / "orig", tmp_path / "elsewhere" / "one" / "data"
    monkeypatch.setattr(postmaster, "SHARED", tmp_path / "elsewhere")
    given = replace(settings.read({}), data=data, database_url=None)
    opening.prepare_folder(given)
    (cluster / "global").mkdir(parents=True)
    (cluster / "global" / "pg_control").write_bytes(b"shut down")
    (data / "postgres").mkdir()
    (data / "postgres" / "passwords.json").write_text("{}")
    (data / "postgres" / "place").write_text(str(cluster))
    own = replace(identity.begin(data, verifier="log+1+key"), database=identity.EMBEDDED)
    identity.write(data, own)
    clusters.claim(cluster, own)
    yield given
    remove(data / "postgres")


@pytest.mark.parametrize("linked", ["place", "cluster", "folder"])
def test_the_database_of_the_original_is_copied_wherever_it_lies_and_however_it_is_named(embedded, tmp_path, linked):
    shutil.copytree(embedded.data, tmp_path / "copy", symlinks=True)
    copy = replace(embedded, data=tmp_path / "copy")
    folder, original = copy.data / "postgres", Server(embedded.data / "postgres").cluster
    if linked == "cluster":
        (folder / "place").unlink()
        (folder / "data").symlink_to(original)
    elif linked == "folder":
        shutil.rmtree(folder)
        folder.symlink_to(embedded.data / "postgres")
    before = seen(embedded.data) | seen(original.parent)
    copies.bring_database(copy, Server(folder))
    own = Server(folder).cluster
    assert (own / "global" / "pg_control").read_bytes() == b"shut down"
    assert not own.samefile(original)
    found = clusters.belongs(own)
    assert found is not None
    assert found.folder == identity.located(copy.data)
    assert (folder / "passwords.json").read_text() == "{}"
    assert seen(embedded.data) | seen(original.parent) == before
    copies.bring_database(copy, Server(folder))  # again, where it was broken off
    assert Server(folder).cluster == own


def test_a_database_that_runs_or_ran_when_it_was_copied_is_not_taken_for_a_copy(embedded, tmp_path):
    shutil.copytree(embedded.data, tmp_path / "copy", symlinks=True)
    copy = replace(embedded, data=tmp_path / "copy")
    cluster = Server(embedded.data / "postgres").cluster
    (cluster / "postmaster.pid").write_text("4711\n/data\n")
    with pytest.raises(copies.OriginalRuns) as refused:
        copies.bring_database(copy, Server(copy.data / "postgres"))
    assert refused.value.facts == {"process": 4711, "cluster": str(cluster)}
    (copy.data / "postgres" / "place").unlink()
    shutil.copytree(cluster, copy.data / "postgres" / "data")
    with pytest.raises(copies.CopiedWhileRunning):
        copies.bring_database(copy, Server(copy.data / "postgres"))
    shutil.rmtree(copy.data / "postgres" / "data")
    with pytest.raises(clusters.DatabaseGone):
        copies.bring_database(copy, Server(copy.data / "postgres"))
