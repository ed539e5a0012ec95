"""The embedded server's life: who reaches it, who stops it, and that killing it loses nothing."""

import contextlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from hutong.db import embedded, postmaster
from hutong.db.embedded import DatabaseDidNotStart, Server, SocketFolderTaken


@pytest.fixture
def tmp_path():
    """A folder every account can reach; pytest's own is closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def made():
    """The folder of a cluster that was made and let go: to make one takes longer than what most tests do with it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        running = Server(Path(folder) / "postgres", patience_seconds=120)
        running.start()
        running.stop()
        yield running.folder


@pytest.fixture
def own(made, tmp_path):
    """A server that is really durable, in a folder of its own."""
    subprocess.run(["cp", "-a", made, tmp_path / "postgres"], check=True)
    running = Server(tmp_path / "postgres", patience_seconds=120)
    running.start()
    yield running
    running.start()
    running.stop()


def wait_until_dead(pid):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    raise AssertionError(f"{pid} still runs")


def test_asks_for_a_password_and_listens_only_in_a_private_folder(own):
    assert stat.S_IMODE((own.folder / "passwords.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(own.socket_folder.stat().st_mode) == 0o700
    assert own.socket_folder.stat().st_uid == postmaster.account().uid
    with psycopg.connect(own.url()) as connection:
        shown = connection.execute(
            "select current_setting('listen_addresses'), current_setting('fsync'),"
            " (select bool_or(rolsuper) from pg_roles where rolname = current_user)"
        ).fetchone()
        assert shown == ("", "on", False)
    for user in ("hutong", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(
                host=str(own.socket_folder), user=user, dbname="postgres", passfile="/nonexistent"
            )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it under another account")
def test_runs_under_an_account_of_its_own_for_root(own):
    assert os.stat(f"/proc/{own.pid}").st_uid == postmaster.account().uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it under another account")
def test_opens_no_folder_above_its_own(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    running = Server(closed / "postgres", durable=False, patience_seconds=60)
    running.start()
    place = running._data()
    try:
        with psycopg.connect(running.url()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert postmaster.SHARED in place.parents
    finally:
        running.stop()
        postmaster.remove(place.parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it under another account")
def test_what_was_begun_where_its_account_can_come_and_never_finished_is_not_left_there(tmp_path, monkeypatch):
    monkeypatch.setattr(postmaster, "SHARED", tmp_path / "shared")
    own, other = tmp_path / "own" / "postgres", tmp_path / "other" / "postgres"
    begun, finished = postmaster.shared_for(own), postmaster.shared_for(own)
    assert not begun.exists()  # nothing was in it
    (finished / "data").mkdir()
    cut_short = postmaster.shared_for(own)
    (cut_short / "data.new").mkdir()
    of_another = postmaster.shared_for(other)
    (of_another / "data.new").mkdir()
    made = postmaster.shared_for(own)
    assert {*postmaster.SHARED.iterdir()} == {finished, of_another, made}
    assert (made / postmaster.WHOSE).read_text() == str(own)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it under another account")
def test_copies_programs_its_account_cannot_reach(tmp_path, monkeypatch):
    shared = tmp_path / "shared"
    monkeypatch.setattr(postmaster, "SHARED", shared)
    closed = tmp_path / "site"
    closed.mkdir(mode=0o700)
    wheel = postmaster.find_binaries().parents[1]
    for name in (wheel.name, f"{wheel.name}.libs"):
        if (wheel.parent / name).exists():
            (closed / name).symlink_to(wheel.parent / name)
    binaries = closed / wheel.name / postmaster.find_binaries().parent.name / "bin"

    copied = postmaster.reachable_binaries(binaries, account=postmaster.account())

    assert shared in copied.parents
    assert postmaster.account().answers([copied / "initdb", "--version"])
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


SECRET = "110101199003070018"
FAILING = (
    "select '{}'::int", "insert into kept values ('{}', 1)", "insert into kept values ('x{}', -1)",
    "do $$ begin raise exception 'of {}'; end $$", "do $$ begin raise warning 'of {}'; end $$", "select {}/0 from kept",
    "select * from no_table where a = '{}'",
)  # fmt: skip


def test_its_log_is_closed_and_holds_no_value_of_what_was_asked_or_failed(own):
    with psycopg.connect(own.url(), autocommit=True) as connection:
        connection.execute("create table kept (a text primary key, b int check (b > 0))")
        connection.execute("insert into kept values (%s, 1)", [SECRET])
        for statement in FAILING:
            with contextlib.suppress(psycopg.Error):
                connection.execute(statement.format(SECRET))
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into kept values (%s, 1)", [SECRET])
    log = own.folder / "log" / "postgres.log"
    assert "database system is ready" in log.read_text()
    assert SECRET not in log.read_text()
    assert (stat.S_IMODE(log.stat().st_mode), stat.S_IMODE(log.parent.stat().st_mode)) == (0o600, 0o700)
    assert log.parent.stat().st_uid == os.geteuid()


def test_a_log_that_grew_is_put_aside_while_it_runs_and_goes_on(own, monkeypatch):
    log, aside = (own.folder / "log" / name for name in ("postgres.log", "postgres.log.1"))
    own.put_log_aside()
    assert not aside.exists()
    before = log.read_text()
    monkeypatch.setattr(embedded, "LOG_BYTES", 10)
    own.put_log_aside()
    assert (aside.read_text(), log.read_text(), stat.S_IMODE(aside.stat().st_mode)) == (before, "", 0o600)
    with psycopg.connect(own.superuser_url(), autocommit=True) as connection:
        connection.execute("checkpoint")
    assert "checkpoint" in log.read_text()
    own.put_log_aside()
    assert "checkpoint" in aside.read_text()


def test_the_last_user_out_stops_it(own):
    second = Server(own.folder)
    second.start()
    pid = own.pid
    assert second.pid == pid

    own.stop()
    with psycopg.connect(second.url()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    second.stop()

    assert second.pid is None
    wait_until_dead(pid)
    assert not own.socket_folder.exists()


def test_what_was_committed_outlives_kill_9_of_everything(own):
    with psycopg.connect(own.url()) as connection:
        connection.execute("create table kept (n int)")
    program = (
        "import sys, psycopg; from hutong.db.embedded import Server; from pathlib import Path\n"
        "server = Server(Path(sys.argv[1])); server.start()\n"
        "with psycopg.connect(server.url(), autocommit=True) as c:\n"
        "    for n in range(10**9):\n"
        "        c.execute('insert into kept values (%s)', [n]); print(n, flush=True)\n"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", program, str(own.folder)], stdout=subprocess.PIPE, text=True
    )
    told = [int(writer.stdout.readline()) for _ in range(50)]
    pid = own.pid
    os.kill(pid, signal.SIGKILL)
    writer.kill()
    told += [int(line) for line in writer.stdout.read().split()]
    writer.wait()
    wait_until_dead(pid)

    again = Server(own.folder, patience_seconds=120)
    again.start()
    with psycopg.connect(again.url()) as connection:
        kept = {n for (n,) in connection.execute("select n from kept")}
    again.stop()

    assert set(told) <= kept


def test_is_started_again_under_its_users_where_it_was_killed_and_left_alone_where_it_runs(own):
    killed = own.pid
    assert own.revive() is False
    assert own.pid == killed

    os.kill(killed, signal.SIGKILL)
    while own.pid is not None:  # still dying: its number is taken for a moment longer
        time.sleep(0.001)

    assert own.revive() is True
    assert own.pid not in (None, killed)
    with psycopg.connect(own.url()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


@pytest.mark.full
def test_takes_over_a_server_whose_users_were_killed(tmp_path):
    program = (
        "import sys, os, signal; from hutong.db.embedded import Server; from pathlib import Path\n"
        "server = Server(Path(sys.argv[1])); server.start(); print(server.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "postgres")]
    killed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    heir = Server(tmp_path / "postgres")
    heir.start()

    assert heir.pid == int(killed.stdout)

    heir.stop()
    wait_until_dead(int(killed.stdout))


def test_a_process_number_that_another_program_has_now_is_no_hindrance(own):
    account = postmaster.account()
    noted = (own._data() / "postmaster.pid").read_text()
    own.stop()
    with open(os.devnull, "wb") as nowhere:
        other = account.begin(["sleep", "60"], log=nowhere)
    try:
        lines = noted.split("\n")
        (own._data() / "postmaster.pid").write_text("\n".join([str(other.pid), *lines[1:]]))
        account.give(own._data() / "postmaster.pid")
        own.start()

        assert own.pid != other.pid
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_says_why_it_did_not_start(own):
    own.stop()
    conf = own._data() / "postgresql.conf"
    before = conf.read_text()
    conf.write_text("no_such_setting = 1\n")
    with pytest.raises(DatabaseDidNotStart, match="no_such_setting"):
        own.start()
    conf.write_text(before)


def test_refuses_a_socket_folder_of_someone_else(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "SOCKETS", tmp_path)
    squatted = Server(tmp_path / "postgres", durable=False)
    squatted.socket_folder.mkdir()
    squatted.socket_folder.chmod(0o777)

    with pytest.raises(SocketFolderTaken):
        squatted.start()
