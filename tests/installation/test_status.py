"""What lies where is said without starting, locking or writing anything, of a copy too, and never with a secret."""

import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from hutong import settings
from hutong.audit import backups
from hutong.backup.standing import BackupNotSet
from hutong.console import status
from hutong.db import database, postmaster
from hutong.installation import address, belonging, clusters, identity, keys, opening, whereabouts
from hutong.installation.identity import EMBEDDED
from hutong.terminal.screen import Screen

NOW = datetime(2026, 11, 30, 1, tzinfo=UTC)


def seen(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.lstat().st_mtime_ns, path.lstat().st_ctime_ns) for path in sorted(folder.rglob("*"))}


@pytest.fixture
def given(database_url, tmp_path):
    found = replace(settings.read({}), data=tmp_path / "orig", database_url=database_url)
    opening.prepare_folder(found)
    belonging.settle(database_url, database_url, found, now=NOW)
    return found


def test_says_what_it_is_and_where_everything_lies_with_a_database_elsewhere(given):
    before = seen(given.data)
    found = whereabouts.look(given, now=NOW)
    assert seen(given.data) == before
    assert found.identity == identity.read(given.data)
    assert (found.state, found.original, found.running, found.training) == ("stayed", None, None, False)
    assert found.database == belonging.address(given.database_url)
    lie = {piece.what: piece for piece in found.pieces}
    assert {what for what, piece in lie.items() if not piece.inside} == {"database"}
    assert (lie["database"].where, lie["database"].bytes) == (found.database, None)
    assert set(lie) == {"data", "keys", "spool", "database"}
    assert lie["keys"].bytes == whereabouts.size(given.keys) > 0


def test_asks_the_database_where_it_is_named_and_else_the_head_beside_the_key(given):
    named = whereabouts.look(given, now=NOW)
    note = "hutong.example/log\n7\n" + "A" * 43 + "=\nat 2026-11-30T00:00:00.000000Z\n\n— hutong.example/log AAAA\n"
    (given.keys / keys.HEADS / "log.head").write_text(note)
    alone = whereabouts.look(replace(given, database_url=None), now=NOW)
    assert alone.log is not None
    assert (alone.log.size, alone.log.from_database, alone.database) == (7, False, named.database)
    (given.keys / keys.HEADS / "log.2.head").write_text(note.replace("/log\n", "/log/2\n").replace("\n7\n", "\n9\n"))
    second = whereabouts.look(replace(given, database_url=None), now=NOW).log
    assert second is not None and (second.name, second.size) == ("hutong.example/log/2", 9)


def test_how_backups_stand_is_told_where_the_database_answers(given):
    assert whereabouts.look(given, now=NOW).backup is None
    with database.connection(given.database_url, role="owner") as connection, connection.cursor() as cur:
        told = {"embedded": True, "received_at": NOW, "waiting": 0, "wanting": (), "seen_at": NOW}
        backups.note_archiving(cur, folder="/mnt/second", **told)
    found = whereabouts.look(given, now=NOW, wanting=lambda cur, now: [BackupNotSet()])
    assert found.backup == whereabouts.LastBackup("/mnt/second", None, None, None, NOW)
    assert found.problems[-1].code == "BACKUP_NOT_SET"
    assert whereabouts.look(replace(given, database_url=None), now=NOW).backup is None


def test_a_copy_can_be_looked_at_and_is_said_to_be_one(given):
    copy = replace(given, data=given.data.with_name("copy"))
    shutil.copytree(given.data, copy.data)
    found = whereabouts.look(copy, now=NOW)
    assert (found.state, found.original) == ("copied", str(given.data))


@contextmanager
def looked_after(data: Path) -> Iterator[None]:
    with open(data / address.FILE, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(address.lines(replace(settings.read({}), data=data, port=8123, gateway_port=8124)))
        lock.flush()
        yield


@pytest.mark.skipif(sys.platform != "linux", reason="locks are read from /proc")
def test_who_looks_after_the_doors_is_told_while_they_do(given):
    with looked_after(given.data):
        found = whereabouts.look(given, now=NOW).running
        assert found == whereabouts.Running(os.getpid(), "127.0.0.1", 8123, 8124, ())
    assert whereabouts.look(given, now=NOW).running is None


def test_an_embedded_database_outside_the_folder_is_named_and_what_is_left_of_one_too(tmp_path, monkeypatch):
    monkeypatch.setattr(postmaster, "SHARED", tmp_path / "shared")
    data, cluster = tmp_path / "data", tmp_path / "shared" / "one" / "data"
    opening.prepare_folder(replace(settings.read({}), data=data))
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("18\n")
    (data / "postgres").mkdir()
    (data / "postgres" / "place").write_text(str(cluster))
    own = replace(identity.begin(data, verifier="log+1+key"), database=EMBEDDED)
    identity.write(data, own)
    clusters.claim(cluster, own)
    found = whereabouts.look(replace(settings.read({}), data=data), now=NOW)
    (lies,) = [piece for piece in found.pieces if piece.what == "database"]
    assert (lies.where, lies.inside, found.left) == (str(cluster), False, ())
    shutil.copytree(data, tmp_path / "other")
    shutil.rmtree(data)
    (tmp_path / "other" / identity.FILE).unlink()
    orphan = whereabouts.look(replace(settings.read({}), data=tmp_path / "other"), now=NOW)
    assert orphan.left == (str(cluster),)
    assert orphan.state == "copied"


@pytest.mark.parametrize("as_json", [True, False])
def test_never_prints_a_secret(given, capsys, as_json):
    secrets = [str(conninfo_to_dict(given.database_url)["password"]), (given.keys / keys.WEB_SECRET).read_text()]
    secrets += list(keys.logins(given).values())
    status.show(given, as_json=as_json, console=Screen(width=200))
    printed = capsys.readouterr().out
    assert not any(secret in printed for secret in secrets)
    found = identity.read(given.data)
    assert found is not None
    assert str(found.instance) in printed
    if as_json:
        told = json.loads(printed)
        assert (told["instance"], told["folder"]) == (str(found.instance), {"state": "stayed", "original": None})


def test_where_there_is_no_platform_that_is_told(tmp_path):
    with pytest.raises(opening.PlatformMissing):
        whereabouts.look(replace(settings.read({}), data=tmp_path / "none"), now=NOW)
