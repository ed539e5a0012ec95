"""Whoever owns the place may put anything there: it is refused as what it is, and nobody waits, runs or fills up."""

import json
import os
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hostile_places import archive, compressed, set_of
from lost_county import ONE, OTHER, Lost
from places import OWNER, real

from hutong.backup import alone, compressing, copying, files, ours, place, reading_back, recovery, timelines, unpacking
from hutong.backup.place import BackupPlace, PlaceUnreadable
from hutong.core import canonical
from hutong.db import cluster

REGULAR, FOLDER = tarfile.REGTYPE, tarfile.DIRTYPE
NEEDED = [("PG_VERSION", REGULAR, b"18\n"), ("backup_label", REGULAR, b"x")]
DEEP = "[" * 100_000
WRONG = (None, "x", -1, [], {}, 1e300, 2**70, True, "9999-12-31T23:59:59-14:00", "2026-11-30T00:00:00")
"""What is no value of any field, but for a text of a field that takes every text."""
TEXTS = {"county", "log_name", "instance", "machine", "folder", "hutong", "archiver", "platform"}


@pytest.mark.parametrize("name", [
    "postgresql.auto.conf", "postgresql.conf", "pg_hba.conf", "pg_ident.conf", "recovery.conf", "other.conf",
    "standby.signal", "recovery.signal", "postmaster.pid", "postmaster.opts", "./postgresql.auto.conf",
])  # fmt: skip
@pytest.mark.clause("SX-11-c")
def test_nothing_of_a_set_says_what_a_server_runs_or_whom_it_lets_in(tmp_path: Path, name: str) -> None:
    said = b"recovery_end_command = 'touch /tmp/x'\nlocal all all trust\n"
    found = set_of(tmp_path / "set", compressed(archive([*NEEDED, (name, REGULAR, said)])))
    data = tmp_path / "data"
    data.mkdir()
    unpacking.unpack(found, data)
    assert {each.name for each in data.iterdir()} == {"PG_VERSION", "backup_label"}
    cluster.configure(data, then={"restore_command": "exit 1"})
    assert (data / "postgresql.auto.conf").read_text() == "restore_command = 'exit 1'\n"
    assert "trust" not in (data / "pg_hba.conf").read_text()


@pytest.mark.parametrize("members", [
    [("tablespace_map", REGULAR, b"16400 /etc\n")], [("pg_tblspc/16400/x", REGULAR, b"")],
    [("a", REGULAR, b""), ("a/b", REGULAR, b"")], [("a", FOLDER, b""), ("a", REGULAR, b"")],
    [("a", REGULAR, b""), ("a", FOLDER, b"")], [("n" * 300, REGULAR, b"")], [("d/" * 2500 + "x", REGULAR, b"")],
    [("n" * 300, FOLDER, b"")], [(".", REGULAR, b"")],
])  # fmt: skip
def test_what_is_no_file_of_a_database_is_refused(tmp_path: Path, members: list[tuple[str, bytes, bytes]]) -> None:
    found = set_of(tmp_path / "set", compressed(archive([*NEEDED, *members])))
    (tmp_path / "data").mkdir()
    with pytest.raises(unpacking.SetHostile):
        unpacking.unpack(found, tmp_path / "data")


def laid(root: Path, name: str, told: object) -> BackupPlace:
    """Return a place one file of which says something else than was written."""
    at = place.begin(root, OWNER, now=real())
    at.note_archived(place.Archived(1, real()))
    at.write_set(set_of(at.sets_folder / "000003-20261130T000000Z", b"x"))
    alone.begin(at, OWNER, now=real())
    path = next(at.folder.rglob(name))
    whole = json.loads(path.read_bytes())
    content = told(whole) if callable(told) else told
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return at


def one_set(at: BackupPlace) -> None:
    """Read the one set there is, as far as it can be."""
    for problem in at.unreadable():
        raise problem


READ: dict[str, Callable[[BackupPlace], object]] = {
    "platform.json": lambda at: at.owner(), "archive.json": lambda at: at.archived(),
    "archiver.json": lambda at: alone.check(at, "x"), "set.json": lambda at: one_set(at),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_file_that_says_nothing_of_its_kind_is_unreadable_and_stops_nothing_else(tmp_path: Path, name: str) -> None:
    (tmp_path / "good").mkdir()
    good = laid(tmp_path / "good", name, lambda whole: whole)
    fields = json.loads(next(good.folder.rglob(name)).read_bytes())
    tries: list[object] = [DEEP, "", "[]", '"x"', "null", "{}", "\ud800".encode("utf-8", "replace").decode() * 9]
    for field in fields:
        tries.append(_without(field))
        tries += [_with(field, wrong) for wrong in WRONG if not (isinstance(wrong, str) and field in TEXTS)]
    for number, told in enumerate(tries):
        root = tmp_path / str(number)
        root.mkdir()
        at = laid(root, name, told)
        with pytest.raises(PlaceUnreadable):
            READ[name](at)
        assert len(at.sets()) == (name != "set.json")


def _without(field: str) -> Callable[[dict[str, Any]], object]:
    return lambda whole: {name: each for name, each in whole.items() if name != field}


def _with(field: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda whole: whole | {field: value}


@pytest.mark.parametrize("change", [
    {"system": "../../etc"}, {"number": 4}, {"stop_lsn": "0/0", "start_lsn": "0/1"}, {"files": [{"name": "x"}]},
    {"files": [{"name": "../../../etc/passwd", "bytes": 1, "sha256": "0" * 64}]},
])  # fmt: skip
def test_a_set_that_leads_elsewhere_is_none(tmp_path: Path, change: dict[str, object]) -> None:
    at = laid(tmp_path, "set.json", lambda whole: whole | change)
    assert at.sets() == [] and len(at.unreadable()) == 1


@pytest.mark.parametrize("instances", [
    [], [{}], "x", [None], [{"instance": "i", "since": "2026-11-30T00:00:00", "machine": "", "folder": ""}],
])  # fmt: skip
def test_instances_that_are_none_make_a_place_unreadable(tmp_path: Path, instances: object) -> None:
    at = laid(tmp_path, "platform.json", lambda whole: whole | {"instances": instances})
    with pytest.raises(PlaceUnreadable):
        at.owner()


@pytest.mark.parametrize("kind", ["pipe", "link", "folder", "device"])
def test_nobody_waits_for_a_pipe_or_follows_a_link(tmp_path: Path, kind: str) -> None:
    found = set_of(tmp_path / "set", compressed(archive(NEEDED)))
    (path,) = found.paths
    segment = place.Segment(path, 1, 1)

    def put(there: Path) -> None:
        there.unlink(missing_ok=True)
        if kind == "pipe":
            os.mkfifo(there)
        elif kind == "link":
            (tmp_path / "elsewhere").write_bytes(b"{}")
            there.symlink_to(tmp_path / "elsewhere")
        elif kind == "device":
            there.symlink_to("/dev/zero")
        else:
            there.mkdir()

    put(path)
    (tmp_path / "data").mkdir()
    refused = IsADirectoryError if kind == "folder" else PlaceUnreadable
    if kind != "folder":  # of which it is told that the place fails
        assert isinstance(reading_back.read(found).problem, PlaceUnreadable)
    with pytest.raises(refused):
        unpacking.unpack(found, tmp_path / "data")
    with pytest.raises(refused):
        reading_back.read_segment(segment, system="1")
    with pytest.raises(PlaceUnreadable):
        files.facts(path, files.ArchiveFacts)
    with pytest.raises(recovery.RecoveryUnreadable):
        recovery.read(path)
    history = tmp_path / "log" / "00000002.history"
    history.parent.mkdir()
    put(history)
    assert timelines.known(history.parent) == {}


def test_a_head_at_the_place_that_is_a_pipe_is_replaced(tmp_path: Path) -> None:
    at = place.begin(tmp_path, OWNER, now=real())
    heads = tmp_path / "heads"
    heads.mkdir()
    (heads / "1.head").write_bytes(b"signed")
    os.mkfifo(at.heads / "1.head")
    assert copying.copy(at, heads=heads, settings=tmp_path / "none") == ["1.head"]
    assert (at.heads / "1.head").read_bytes() == b"signed"


def test_what_is_small_unpacks_piece_by_piece_and_to_no_more_than_was_written(tmp_path: Path) -> None:
    compressor = compressing.compressor()
    bomb = b"".join(compressor.compress(bytes(1 << 20)) for _ in range(200)) + compressor.flush()
    assert len(bomb) < 1 << 20
    (tmp_path / "bomb").write_bytes(bomb)
    with (tmp_path / "bomb").open("rb") as file:
        pieces = [len(each) for each in compressing.content(file, name="bomb", most=200 << 20)]
    assert (sum(pieces), max(pieces)) == (200 << 20, compressing.PIECE)
    segment = place.Segment(tmp_path / "bomb", 1, 1)
    with pytest.raises(compressing.FrameDamaged):
        reading_back.read_segment(segment, system="1")
    (tmp_path / "00000002.history.zst").write_bytes(bomb)
    assert timelines.known(tmp_path) == {}


def test_several_frames_and_what_follows_them_are_read_as_one(tmp_path: Path) -> None:
    (tmp_path / "two").write_bytes(compressed(b"a" * 3_000_000) + compressed(b"") + compressed(b"b"))
    with (tmp_path / "two").open("rb") as file:
        assert b"".join(compressing.content(file, name="", most=3_000_001)) == b"a" * 3_000_000 + b"b"
    for content, refused in ((b"", compressing.FrameCut), (compressed(b"a")[:-1], compressing.FrameCut),
                             (compressed(b"a") + b"x" * 20, compressing.FrameDamaged)):  # fmt: skip
        (tmp_path / "two").write_bytes(content)
        with (tmp_path / "two").open("rb") as file, pytest.raises(refused):
            list(compressing.content(file, name="", most=10))


@pytest.mark.parametrize("change", [
    {"n": 0}, {"n": 3}, {"n": -4}, {"n": "2"}, {"n": None}, {"n": 2.0}, {"n": True}, {"n": 2**20, "r": 32},
    {"n": 2**20, "r": 8}, {"n": 2**14, "r": 8, "p": 2**10}, {"r": 0}, {"r": -1}, {"p": 0}, {"p": 2**30}, {"n": 2**70},
    {"salt": "zz"}, {"nonce": ""}, {"nonce": "00" * 200}, {"cipher": 7}, {"salt": None},
])  # fmt: skip
def test_a_recovery_copy_that_asks_for_too_much_or_nonsense_is_refused_at_once(
    lost: Lost, tmp_path: Path, change: dict[str, object]
) -> None:
    raw = json.loads((lost.place.folder / recovery.FILE).read_bytes())
    raw["shares"] = [raw["shares"][0] | change, raw["shares"][1]]
    with pytest.raises(recovery.RecoveryUnreadable):
        recovery.opened(recovery.read(_written(tmp_path, raw)), passphrases=dict([ONE, OTHER]))


@pytest.mark.parametrize("change", [
    {"wrapped_at": "2030-01-01T00:00:00"}, {"wrapped_at": "9999-12-31T23:59:59-14:00"}, {"officers": ["a", "a"]},
    {"officers": "ab"}, {"shares": [1, 2]}, {"shares": {}}, {"sealed": "zz"}, {"platform": "\ud800"},
])  # fmt: skip
def test_a_recovery_copy_of_another_shape_is_refused(lost: Lost, tmp_path: Path, change: dict[str, object]) -> None:
    raw = json.loads((lost.place.folder / recovery.FILE).read_bytes()) | change
    with pytest.raises(recovery.RecoveryUnreadable):
        recovery.opened(recovery.read(_written(tmp_path, raw)), passphrases=dict([ONE, OTHER]))


def test_a_recovery_copy_nested_without_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "copy").write_text(DEEP)
    with pytest.raises(recovery.RecoveryUnreadable):
        recovery.read(tmp_path / "copy")


def _written(folder: Path, raw: dict[str, Any]) -> Path:
    raw = {name: each for name, each in raw.items() if name != "sha256"}
    try:
        raw["sha256"] = canonical.digest(raw)
    except canonical.NotCanonical:
        raw["sha256"] = ""
    (folder / "copy").write_text(json.dumps(raw))
    return folder / "copy"


@pytest.mark.clause("SX-11-a")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder to another")
@pytest.mark.parametrize("name", ["", "sets", "log", "heads"])
@pytest.mark.parametrize("begun", [False, True])
def test_a_folder_of_another_users_is_not_taken_for_the_place(tmp_path: Path, name: str, begun: bool) -> None:
    folder = tmp_path / place.named(OWNER.platform)
    if begun:
        place.begin(tmp_path, OWNER, now=real())
    else:
        folder.mkdir()
        (folder / name).mkdir(exist_ok=True)
    os.chown(folder / name, 65534, 65534)
    before = sorted(tmp_path.rglob("*"))
    for use in (lambda: place.begin(tmp_path, OWNER, now=real()), lambda: place.own(tmp_path, OWNER)):
        with pytest.raises(ours.PlaceForeign) as refused:
            use()
        assert refused.value.facts["folder"] == str(folder / name)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("name", ["", "sets", "log", "heads"])
def test_a_link_is_not_taken_for_the_place(tmp_path: Path, name: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder = tmp_path / place.named(OWNER.platform)
    if name:
        folder.mkdir()
    (folder / name if name else folder).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ours.PlaceForeign):
        place.begin(tmp_path, OWNER, now=real())
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_of_ours_that_others_could_write_to_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / place.named(OWNER.platform)
    (folder / "log").mkdir(parents=True)
    folder.chmod(0o777)
    (folder / "log").chmod(0o777)
    at = place.begin(tmp_path, OWNER, now=real())
    assert [stat.S_IMODE(each.stat().st_mode) for each in (at.folder, at.folder / "log")] == [0o700, 0o700]
