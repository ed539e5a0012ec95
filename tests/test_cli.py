"""What the command line says when something below it fails: what is wrong and what to do, never a stack trace."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from django.db.utils import OperationalError
from psycopg_pool import PoolTimeout

from certifying import Authority
from hutong import settings
from hutong.console import failures
from hutong.installation import opening

NOWHERE = "postgresql://hutong:swordfish@127.0.0.1:1/hutong"


PROGRAM = ("-m", "hutong.cli")
IMPATIENT = (
    "-c",
    "from hutong import cli; from hutong.host import doors;"
    "doors.wait_for_ports.__kwdefaults__['patience_seconds'] = 0.3; cli.main()",
)
"""The program that gives up on a port at once: it would wait for seconds whether who has it is about to end."""


def begin(*arguments: str, program: tuple[str, str] = PROGRAM, **environ: str) -> "subprocess.Popen[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HUTONG_", "LC_"))}
    return subprocess.Popen(
        [sys.executable, *program, *arguments],
        env={**clean, "LANG": "en_US.UTF-8", "COLUMNS": "200", **environ},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # What a shell starts in the background ignores Ctrl-C, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def hutong(*arguments: str, **environ: str) -> tuple[int | None, str]:
    return finished(begin(*arguments, **environ))


def finished(process: "subprocess.Popen[str]") -> tuple[int | None, str]:
    out, err = process.communicate(timeout=600)
    assert "Traceback" not in out + err
    return process.returncode, out + err


def wrapped(fault: Exception, cause: Exception) -> Exception:
    fault.__cause__ = cause
    return fault


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (OSError(errno.ENOSPC, "No space left", "/d/spool/rows"), failures.DiskFull, "/d/spool/rows"),
        (OSError(errno.EROFS, "Read-only", "/d/keys"), failures.NotAllowedHere, "/d/keys"),
        (PermissionError(errno.EACCES, "Permission denied", "/d"), failures.NotAllowedHere, "Permission denied"),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "/d"), failures.FileFault, "Is a directory"),
        (psycopg.OperationalError("gone\nwith more"), failures.DatabaseOutOfReach, "gone"),
        (PoolTimeout("no connection in 30 s"), failures.DatabaseOutOfReach, "30 s"),
        (psycopg.errors.DeadlockDetected("deadlock detected"), failures.LockedByOthers, "deadlock"),
        (psycopg.errors.LockNotAvailable("lock timeout"), failures.LockedByOthers, "timeout"),
        (psycopg.errors.InternalError_("tuple concurrently updated"), failures.LockedByOthers, "tuple"),
        (wrapped(OperationalError("x"), psycopg.errors.DeadlockDetected("dead")), failures.LockedByOthers, "dead"),
        (psycopg.errors.DiskFull("could not extend file"), failures.DatabaseFull, "extend"),
        (wrapped(OperationalError("x"), psycopg.OperationalError("gone")), failures.DatabaseOutOfReach, "gone"),
    ],
)
def test_knows_what_a_fault_from_below_amounts_to(fault, kind, said):
    problem = failures.known(fault)

    assert type(problem) is kind
    assert said in str(problem)
    assert "\n" not in str(problem)


def test_does_not_hide_a_fault_of_ours():
    assert failures.known(KeyError("x")) is None
    assert failures.known(psycopg.errors.UndefinedTable("x")) is None
    assert failures.known(psycopg.errors.InternalError_("cache lookup failed")) is None


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh_CN.UTF-8", "无法连接数据库"), ("en_US.UTF-8", "The database cannot be reached")],
)
def test_a_database_out_of_reach_is_told_in_the_readers_language(tmp_path, language, said):
    status, told = hutong("init", "--data", str(tmp_path), HUTONG_DATABASE_URL=NOWHERE, LANG=language)

    assert status == 1
    assert said in told
    assert "→" in told
    assert "swordfish" not in told


def test_an_address_that_cannot_be_read_is_not_repeated_with_its_password(tmp_path):
    status, told = hutong("init", "--data", str(tmp_path), HUTONG_DATABASE_URL="hutong:swordfish@db")

    assert status == 1
    assert "HUTONG_DATABASE_URL cannot be read" in told
    assert "swordfish" not in told


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    status, told = hutong("init", "--data", str(tmp_path / "file" / "data"))

    assert status == 1
    assert str(tmp_path / "file" / "data") in told
    assert "--data" in told


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_of_somebody_else_is_named(tmp_path):
    tmp_path.chmod(0o500)
    status, told = hutong("init", "--data", str(tmp_path / "data"))

    assert status == 1
    assert "cannot be read or written by this user" in told


def test_a_port_in_use_is_named_with_the_way_to_another(tmp_path):
    opening.prepare_folder(replace(settings.read({}), data=tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        given = {"HUTONG_DATA": str(tmp_path), "HUTONG_DATABASE_URL": NOWHERE, "HUTONG_GATEWAY_PORT": port}
        status, told = finished(begin("gateway", program=IMPATIENT, **given))

    assert status == 1
    assert f"127.0.0.1:{port}" in told
    assert "--gateway-port" in told


@pytest.mark.parametrize("taken", ["--port", "--gateway-port"])
def test_a_port_in_use_is_told_before_anything_of_a_platform_is_made(tmp_path, taken):
    with socket.create_server(("127.0.0.1", 0)) as other, socket.create_server(("127.0.0.1", 0)) as free:
        also = "--port" if taken == "--gateway-port" else "--gateway-port"
        ports = {taken: str(other.getsockname()[1]), also: str(free.getsockname()[1])}
        free.close()
        given = [word for pair in ports.items() for word in pair]
        (tmp_path / "new" / "keys").mkdir(parents=True)
        arguments = ("up", "--data", str(tmp_path / "new"), *given)
        status, told = finished(begin(*arguments, program=IMPATIENT, HUTONG_DATABASE_URL=NOWHERE))

    assert (status, ports[taken] in told) == (1, True)
    assert {each.name for each in (tmp_path / "new").iterdir()} == {"up.lock", "keys"}


@pytest.mark.parametrize(
    "command",
    [
        "up",
        "backup",
        *(
            pytest.param(each, marks=pytest.mark.full)
            for each in ("runs", "status", "backup list", "backup check", "upgrade")
        ),
    ],
)
def test_where_no_platform_is_none_is_made_and_one_that_lies_near_is_named(tmp_path, command):
    opening.prepare_folder(replace(settings.read({}), data=tmp_path / "srv" / "hutong"))
    lonely = tmp_path / "elsewhere" / "here"
    lonely.mkdir(parents=True)
    for named, near in (("srv/hutnog", True), ("srv", True), (lonely, False)):
        before = sorted(tmp_path.rglob("*"))
        status, told = hutong(*command.split(), HUTONG_DATA=str(tmp_path / named), LANG="en_US.UTF-8")
        assert (status, sorted(tmp_path.rglob("*"))) == (1, before), told
        assert "There is no platform in" in told
        assert "hutong init" in told
        assert (f"there is one in {tmp_path / 'srv' / 'hutong'}" in told) is near


def test_no_new_platform_is_made_around_or_inside_of_another(tmp_path):
    opening.prepare_folder(replace(settings.read({}), data=tmp_path / "srv" / "hutong"))
    before = sorted(tmp_path.rglob("*"))
    for data in (tmp_path / "srv", tmp_path / "srv" / "hutong" / "spool" / "deep"):
        status, told = hutong("init", "--data", str(data))
        assert (status, str(tmp_path / "srv" / "hutong") in told) == (1, True)
        assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(("data", "second"), [("srv", "srv/second"), ("mnt/second/srv", "mnt/second"), ("srv", "srv")])
def test_a_platform_does_not_begin_where_it_and_its_backup_place_lie_one_inside_the_other(tmp_path, data, second):
    (tmp_path / second).mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    status, told = hutong("init", "--data", str(tmp_path / data), HUTONG_BACKUP=str(tmp_path / second))
    assert (status, str(tmp_path / second) in told) == (1, True)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_setting_that_cannot_be_read_is_named(tmp_path):
    status, told = hutong("up", "--data", str(tmp_path), HUTONG_PORT="eighty")

    assert status == 1
    assert "HUTONG_PORT" in told
    assert "eighty" in told


def test_a_door_started_alone_without_a_database_says_so():
    status, told = hutong("work")

    assert status == 1
    assert "HUTONG_DATABASE_URL" in told


def test_ctrl_c_ends_quietly_and_nothing_is_left_running(tmp_path):
    tmp_path.chmod(0o755)
    process = begin("init", "--data", str(tmp_path / "data"))
    until = time.monotonic() + 60
    while not (tmp_path / "data" / "postgres" / "start.lock").exists() and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 130, out + err
    assert "Interrupted" in err
    assert "Traceback" not in out + err
    assert not left_running(tmp_path)


def left_running(folder: Path) -> list[str]:
    said = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in said.splitlines() if str(folder) in line]


def test_the_client_needs_nothing_of_the_platform():
    program = (
        "import sys; sys.modules['psycopg'] = None; sys.modules['django'] = None; sys.modules['pyarrow'] = None;"
        "sys.argv = ['hutong', 'client', 'keygen', '/dev/null/key']; from hutong import cli; cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "/dev/null/key" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.full
def test_a_platform_is_made_where_data_says_whatever_else_is_named(tmp_path):
    ran = begin("init", "--data", str(tmp_path / "here"), HUTONG_DATA=str(tmp_path / "nowhere"))
    told, wrong = ran.communicate(timeout=600)

    assert (ran.returncode, wrong) == (0, "")
    assert str(tmp_path / "here") in told
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "command",
    [
        *("calendar show", "load 1 rows.csv", "upgrade"),
        *(pytest.param(c, marks=pytest.mark.full) for c in ("audit hold list", "audit export out", "enrol c.toml")),
    ],
)
def test_a_command_makes_no_platform_where_there_is_none(tmp_path, command):
    for name in ("rows.csv", "c.toml"):
        (tmp_path / name).write_text("")
    files = [str(tmp_path / word) if "." in word else word for word in command.split()]
    ran = begin(*files, HUTONG_DATA=str(tmp_path / "mistyped"), LANG="zh_CN.UTF-8")
    _, told = ran.communicate(timeout=60)
    assert ran.returncode != 0
    assert "没有平台" in told
    assert not (tmp_path / "mistyped").exists()


@pytest.mark.parametrize("given", ["\udcff", "x" * 5000])
def test_what_cannot_be_kept_is_refused_at_the_command_line_too(tmp_path, given):
    status, told = hutong("audit", "hold", "place", "--reason", given, "--data", str(tmp_path))

    assert status == 1
    assert "--reason" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("given", ["\udcff\udcfe", "x" * 5000])
@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("HUTONG_OFFICER", "officer rename editor 周敏"), ("HUTONG_OFFICER_PASSWORD", "officer rename editor 周敏"),
        ("HUTONG_COUNTY", "init"), ("HUTONG_DATA", "init"), ("HUTONG_SYSTEM_KEY", "load a.csv"),
        ("HUTONG_CLIENT_URL", "client grants"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_in_the_environment_too(tmp_path, name, command, given):
    status, told = hutong(*command.split(), **{"HUTONG_DATA": str(tmp_path / "new"), name: given})

    assert (status, name in told) == (1, True)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("given", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1999-12-31"])
def test_a_moment_that_no_day_has_a_place_for_is_refused_in_the_environment_too(tmp_path, given):
    status, told = hutong("demo", "--data", str(tmp_path), HUTONG_NOW=given)
    assert (status, "HUTONG_NOW" in told) == (1, True)


@pytest.mark.parametrize(
    "command",
    [
        "audit hold lift 99999999999999999999", "audit export a --epoch 99999999999999999999",
        "demo --rows 999999999999",
        "client query g a=b --limit 99999999999999999999", "client prove 00 --wait nan", "client watch --every inf",
    ],
)  # fmt: skip
def test_a_number_that_no_column_or_clock_takes_is_wrong_usage(tmp_path, command):
    status, told = hutong(*command.split(), HUTONG_DATA=str(tmp_path))
    assert (status, "Traceback" in told) == (2, False)


def test_what_was_not_seen_to_work_is_not_kept_for_the_next_start(tmp_path):
    (one, _), (_, other) = (Authority.made(made(tmp_path / name)).certify("county.example") for name in "ab")
    data, named = tmp_path / "new", {"HUTONG_TLS_CERTIFICATE": str(one), "HUTONG_TLS_KEY": str(other)}
    for command in ("init", "up"):
        if command == "up":
            opening.prepare_folder(replace(settings.read({}), data=data))
            named["HUTONG_DATABASE_URL"] = NOWHERE
        status, told = hutong(command, "--data", str(data), HUTONG_COUNTY="青禾县", **named)
        assert (status, str(other) in told) == (1, True)
        assert settings.kept(data) == {}

    nowhere = "postgresql://hutong@127.0.0.1:1/hutong"
    status, _ = hutong("init", "--data", str(data), HUTONG_COUNTY="青禾县", HUTONG_DATABASE_URL=nowhere)
    assert (status, settings.kept(data)) == (1, {})


def made(folder):
    folder.mkdir()
    return folder


def test_the_demonstration_county_says_what_it_leaves_out_of_the_network(tmp_path):
    one, key = Authority.made(tmp_path).certify("county.example")
    named = {"HUTONG_TLS_CERTIFICATE": str(one), "HUTONG_TLS_KEY": str(key), "HUTONG_TRUSTED_PROXIES": "127.0.0.1"}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        data = ("--data", str(tmp_path / "new"), "--port", port)
        told = [finished(begin("demo", *data, program=IMPATIENT, **more))[1] for more in (named, {})]

    names = ", ".join(["HUTONG_TLS_CERTIFICATE", "HUTONG_TLS_KEY", "HUTONG_TRUSTED_PROXIES"])
    assert [names in each for each in told] == [True, False]
    assert "HUTONG_WEB_NAMES" not in told[0]


def test_what_a_command_makes_nobody_else_may_write_to_however_the_shell_was_set() -> None:
    script = "import os, sys; os.umask(int(sys.argv.pop(1), 8))\nfrom hutong import cli\ntry:\n    cli.main()\n"
    script += "finally:\n    print(f'umask {os.umask(0):03o}')"
    for shell, wanted in (("000", "022"), ("002", "022"), ("022", "022"), ("077", "077")):
        done = subprocess.run([sys.executable, "-c", script, shell, "--version"], capture_output=True, text=True)
        assert done.stdout.splitlines()[-1] == f"umask {wanted}"
