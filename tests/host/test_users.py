"""Where root starts the platform: from each door's process everything of the others is tried, and nothing is had."""

import json
import os
import pwd
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import probing
import pytest
from psycopg.conninfo import conninfo_to_dict
from standing import children, command, descendants, up, wait_for

from certifying import Authority, read, shown, shown_soon
from hutong import settings
from hutong.db import logins, postmaster
from hutong.db.embedded import Server
from hutong.host import users
from hutong.installation import keys, opening
from ports import free_port

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root gives each door a system user of its own"),
    pytest.mark.timeout(400),
]
DOORS = {"serve": logins.WEB, "gateway": logins.GATEWAY, "work": logins.WORKER}


@dataclass(frozen=True, slots=True)
class Standing:
    """A platform that root has opened: its settings, and the processes of doors, supervisor and PostgreSQL."""

    given: settings.Settings
    found: dict[str, list[int]]
    made: users.Users
    ports: tuple[int, int]
    authority: Authority


@pytest.fixture(scope="module")
def standing(tmp_path_factory) -> Iterator[Standing]:
    folder, closed = tmp_path_factory.mktemp("users"), tmp_path_factory.mktemp("certificates")
    closed.chmod(0o700)
    authority = Authority.made(closed)
    pem, key = authority.certify("county.example")
    files = {"HUTONG_TLS_CERTIFICATE": str(pem), "HUTONG_TLS_KEY": str(key)}
    given = replace(settings.read(files), data=folder)
    opening.prepare_folder(given)
    made = users.made(given)
    if made is None:
        pytest.skip("no system users can be made here that reach the programs")
    ports = free_port(), free_port()
    with up(folder, *ports, scheme="https", **files) as supervisor:
        found: dict[str, list[int]] = {"supervisor": [supervisor.pid], "postgres": []}
        for pid in descendants(supervisor.pid):
            words = command(pid).split()
            door = DOORS.get(words[-1]) if "hutong.cli" in words else None
            if door:
                found[door] = [pid, *descendants(pid)]
            elif words[0].endswith("postgres"):
                found["postgres"] = [pid, *descendants(pid)]
        assert set(found) == {"supervisor", "postgres", *users.USERS}
        yield Standing(given, found, made, ports, authority)


def tried(standing: Standing, door: str) -> dict:
    """Let a process of the door's user, in the door's view, try everything, and return what it could do."""
    others = [pid for name, pids in standing.found.items() if name != door for pid in pids]
    data, outside = standing.given.data, Server(standing.given.data / "postgres")
    folders = [str(Path(root) / name) for root, names, _ in os.walk(data) for name in names]
    files = [str(Path(root) / name) for root, _, names in os.walk(data) for name in names]
    cluster = outside._data()
    folders += [str(cluster), str(cluster / "base"), "/root"]
    files += [str(standing.given.network.certificate), str(standing.given.network.key)]
    files += [str(cluster / "PG_VERSION"), "/etc/shadow", *map(str, Path("/root").glob(".bash*"))]
    told = {
        "pids": others, "files": files, "folders": [*folders, str(data)],
        "uids": [account.uid for name, account in standing.made.accounts.items() if name != door],
    }  # fmt: skip
    probe = [sys.executable, "-c", Path(probing.__file__).read_text(), json.dumps(told)]
    environ = {"PATH": os.defpath, **standing.made.environ(door, standing.given)}
    done = subprocess.run(
        standing.made.command(door, probe), env={**os.environ, **environ}, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("door", users.USERS)
def test_a_door_has_no_sight_of_the_other_processes_their_files_or_their_keys(standing, door):
    could = tried(standing, door)
    assert could["uid"] == pwd.getpwnam(users.USERS[door]).pw_uid
    assert (could["seen"], could["struck"], could["become"]) == ([], [], [])
    data = standing.given.data
    own = {
        logins.WEB: {keys.KEYRING, keys.WEB_SECRET},
        logins.GATEWAY: {keys.KEYRING, keys.REPLY_SEED},
        logins.WORKER: {keys.LOG_SEED},
    }
    sight = {Path(path) for path in could["read"]}
    in_keys = {path.name for path in sight if path.parent == standing.given.keys}
    assert in_keys == own[door] | {"log.name", keys.VERIFIER, "reply.vkey"}
    folders = {standing.given.spool_of(door)}
    folders |= {standing.given.measures} if door == logins.GATEWAY else set()
    folders |= {standing.given.keys / keys.HEADS} if door == logins.WORKER else set()
    folders |= {data / f"tls.{door}"} if door in users.SPEAKING else set()
    assert {path for path in sight if path.parent.name.startswith("tls.")} == certificate(standing, door)
    told = {data / name for name in ("up.lock", "said", "settings.json", "identity.json", "postgres/place")}
    assert {path for path in sight if path.parent != standing.given.keys and not folders & {*path.parents}} <= told
    assert {path for path in map(Path, could["written"]) if not folders & {*path.parents}} == set()
    changed = {Path(path) for path in could["changed"]}
    assert {path for path in changed if not folders & {path, *path.parents}} == set()
    assert folders <= changed


def certificate(standing: Standing, door: str) -> set[Path]:
    """Return where a door has its copy of the certificate and of its key."""
    folder = standing.given.data / f"tls.{door}"
    return {folder / "certificate.pem", folder / "key.pem"} if door in users.SPEAKING else set()


@pytest.mark.parametrize("door", users.USERS)
def test_every_process_of_a_door_is_its_users_and_gains_nothing(standing, door):
    account = pwd.getpwnam(users.USERS[door])
    for pid in standing.found[door]:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        said = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        assert said["Uid"].split() == [str(account.pw_uid)] * 4, command(pid)
        assert said["Gid"].split() == [str(account.pw_gid)] * 4
        assert said["NoNewPrivs"] == "1"
        assert int(said["CapEff"], 16) == int(said["CapPrm"], 16) == 0


@pytest.mark.parametrize("door", users.USERS)
def test_a_door_is_told_of_its_own_address_and_of_no_secret_but_its_own(standing, door):
    passwords = keys.logins(standing.given)
    secret = (standing.given.keys / keys.WEB_SECRET).read_text()
    for pid in standing.found[door]:
        environ = Path(f"/proc/{pid}/environ").read_bytes().decode()
        told = dict(each.split("=", 1) for each in environ.split("\0") if "=" in each)
        address = conninfo_to_dict(told["HUTONG_DATABASE_URL"])
        assert address["user"] == logins.name(door, database="hutong")
        assert {who for who, password in passwords.items() if password in environ} == {door}
        assert (secret in environ) <= (door == logins.WEB)


def test_the_log_of_the_database_is_closed_to_all_of_them(standing):
    folder = standing.given.data / "postgres" / "log"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


@pytest.mark.full
def test_a_renewed_certificate_is_shown_by_the_doors_that_stand_and_read_by_no_other(standing):
    pem, key = standing.given.network.certificate, standing.given.network.key
    before, old = read(pem), key.read_bytes()
    supervisor, said = standing.found["supervisor"][0], standing.given.data / "said"
    began = {pid: children(pid) for pid in children(supervisor) if command(pid).split()[-1] in ("serve", "gateway")}
    assert [shown(port) for port in standing.ports] == [before, before]
    key.write_text("of no use")  # half of a renewal
    wait_for(lambda: "certificate.not_renewed" in said.read_text(), standing.given.data)
    assert [shown(port) for port in standing.ports] == [before, before]
    key.write_bytes(old)
    standing.authority.certify("county.example")
    while any({*servers} & {*children(pid)} for pid, servers in began.items()):
        assert {shown_soon(port) for port in standing.ports} <= {before, read(pem)}  # the doors never close
    assert [shown(port) for port in standing.ports] == [read(pem), read(pem)]
    assert read(pem) != before
    assert began.keys() <= {*children(supervisor)}  # none was begun anew
    assert "door.fell" not in said.read_text()
    for door in users.USERS:
        in_sight = {Path(path) for path in tried(standing, door)["read"]}
        assert {path for path in in_sight if path.parent.name.startswith("tls.")} == certificate(standing, door)
        assert pem not in in_sight


def test_a_platform_in_a_current_folder_that_only_root_may_enter_is_in_the_sight_of_its_doors(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.chdir(closed)
    monkeypatch.syspath_prepend(str(closed))  # as `python -m` has it
    given = replace(settings.read({}), data=closed / "data")
    opening.prepare_folder(given)
    if None in map(postmaster.made, users.USERS.values()):
        pytest.skip("no system users can be made here")
    made = users.made(given)
    assert made is not None
    look = [sys.executable, "-c", "import os, sys, hutong.cli; print(os.listdir(sys.argv[1]))"]
    for door in users.USERS:
        asked = made.command(door, [*look, str(given.spool_of(door))])
        environ = {**os.environ, **made.environ(door, given)}
        done = subprocess.run(asked, env=environ, check=False, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
