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
from standing import command, descendants, free_port, up

from hutong import settings
from hutong.db import logins
from hutong.db.embedded import Server
from hutong.host import users
from hutong.installation import keys, opening

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


@pytest.fixture(scope="module")
def standing(tmp_path_factory) -> Iterator[Standing]:
    folder = tmp_path_factory.mktemp("users")
    given = replace(settings.read({}), data=folder)
    opening.prepare_folder(given)
    made = users.made(given)
    if made is None:
        pytest.skip("no system users can be made here that reach the programs")
    with up(folder, free_port(), free_port()) as supervisor:
        found: dict[str, list[int]] = {"supervisor": [supervisor.pid], "postgres": []}
        for pid in descendants(supervisor.pid):
            words = command(pid).split()
            door = DOORS.get(words[-1]) if "hutong.cli" in words else None
            if door:
                found[door] = [pid, *descendants(pid)]
            elif words[0].endswith("postgres"):
                found["postgres"] = [pid, *descendants(pid)]
        assert set(found) == {"supervisor", "postgres", *users.USERS}
        yield Standing(given, found, made)


def tried(standing: Standing, door: str) -> dict:
    """Let a process of the door's user, in the door's view, try everything, and return what it could do."""
    others = [pid for name, pids in standing.found.items() if name != door for pid in pids]
    data, outside = standing.given.data, Server(standing.given.data / "postgres")
    folders = [str(Path(root) / name) for root, names, _ in os.walk(data) for name in names]
    files = [str(Path(root) / name) for root, _, names in os.walk(data) for name in names]
    cluster = outside._data()
    folders += [str(cluster), str(cluster / "base"), "/root"]
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
    read = {Path(path) for path in could["read"]}
    in_keys = {path.name for path in read if path.parent == standing.given.keys}
    assert in_keys == own[door] | {"log.name", keys.VERIFIER}
    folders = {standing.given.spool_of(door)}
    folders |= {standing.given.measures} if door == logins.GATEWAY else set()
    folders |= {standing.given.keys / keys.HEADS} if door == logins.WORKER else set()
    told = {data / name for name in ("up.lock", "said", "settings.json", "postgres/place")}
    assert {path for path in read if path.parent != standing.given.keys and not folders & {*path.parents}} <= told
    assert {path for path in map(Path, could["written"]) if not folders & {*path.parents}} == set()
    changed = {Path(path) for path in could["changed"]}
    assert {path for path in changed if not folders & {path, *path.parents}} == set()
    assert folders <= changed


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
