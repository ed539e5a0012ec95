"""Doors begin clean and leave nothing behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from standing import answers, command, descendants, up, wait_for

from certifying import Authority
from hutong import settings
from hutong.audit import tree
from hutong.audit.heads import RestoredLog
from hutong.console import opening as console_opening
from hutong.db.embedded import Server
from hutong.host import doors
from hutong.host.supervise import Doors
from hutong.installation import address, identity, opening
from hutong.plane import rulebook
from hutong.plane.delivery import spool_folder
from ports import free_port


def left_by_a_killed_loader(spool: Path) -> Path:
    folder = spool / f"{spool_folder.PREFIX}dead"
    folder.mkdir()
    (folder / "rows").write_text("110101199003070000")
    return folder


def test_a_door_that_starts_removes_what_a_killed_one_left_of_peoples_rows(tmp_path, monkeypatch):
    given = replace(settings.read({}), data=tmp_path)
    opening.prepare_folder(given)
    first = left_by_a_killed_loader(given.spool)
    monkeypatch.setenv("HUTONG_DATA", str(tmp_path))
    monkeypatch.setenv("HUTONG_DATABASE_URL", "postgresql:///nowhere")

    doors.inherited("gateway")

    assert not first.exists()


def test_so_does_a_command_that_opens_the_installation(tmp_path):
    given = replace(settings.read({}), data=tmp_path)
    opening.prepare_folder(given)
    left = left_by_a_killed_loader(given.spool)

    opening.prepare_folder(given)

    assert not left.exists()


def test_a_port_that_is_taken_is_told_with_its_number():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(doors.PortTaken) as told:
            doors.wait_for_ports("127.0.0.1", [port], patience_seconds=0.3)

    assert told.value.facts == {"host": "127.0.0.1", "port": port}


def test_two_doors_are_not_given_the_same_port():
    port = free_port()
    with pytest.raises(doors.PortTaken):
        doors.wait_for_ports("127.0.0.1", [port, port], patience_seconds=0)


def test_who_comes_while_a_port_is_seen_to_be_free_is_not_let_in_and_cut_off():
    port, ended = free_port(), threading.Event()

    def look() -> None:
        while not ended.is_set():
            doors.wait_for_ports("127.0.0.1", [port])

    with ThreadPoolExecutor(1) as pool:
        looked = pool.submit(look)
        try:
            for _ in range(3000):
                with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                    pass
        finally:
            ended.set()
        looked.result()


def test_an_address_of_another_machine_is_told_as_that():
    with pytest.raises(doors.AddressNotOurs, match=r"192\.0\.2\.1:8000"):
        doors.wait_for_ports("192.0.2.1", [8000])


def test_a_command_beside_the_doors_knows_where_they_are_open_and_a_second_who_looks_after_them(tmp_path):
    here = replace(settings.read({}), data=tmp_path)
    elsewhere = replace(here, host="127.0.0.2", port=8123, gateway_port=8124)
    assert address.where(here) == here
    with doors.only(elsewhere):
        assert address.where(here) == elsewhere
        with pytest.raises(doors.AlreadyUp) as up_already, doors.only(here):
            pass
    assert up_already.value.facts["process"] == str(os.getpid())


def taken(*ports: int) -> bool:
    try:
        doors.wait_for_ports("127.0.0.1", ports, patience_seconds=0)
    except doors.PortTaken:
        return True
    return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked up in /proc")
@pytest.mark.full
@pytest.mark.timeout(400)
def test_a_killed_postgres_is_started_again_and_a_killed_supervisor_leaves_no_door_behind(tmp_path, monkeypatch):
    for name in ("HUTONG_WEB_WORKERS", "HUTONG_GATEWAY_WORKERS"):
        monkeypatch.setenv(name, "1")  # each takes a second to begin
    tmp_path.chmod(0o755)  # root's PostgreSQL runs under an account of its own, and has to come through
    ports = free_port(), free_port()
    server = Server(tmp_path / "postgres")
    with up(tmp_path, *ports) as first:
        struck = server.pid
        assert struck is not None
        os.kill(struck, signal.SIGKILL)
        wait_for(lambda: server.pid not in (None, struck) and all(answers(port) for port in ports), tmp_path)

        second = subprocess.run(
            [sys.executable, "-m", "hutong.cli", "up", "--data", str(tmp_path)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert second.returncode == 1
        assert str(first.pid) in second.stderr

        family = [pid for pid in descendants(first.pid) if "hutong.cli" in command(pid)]
        given = settings.read()
        assert len(family) >= 3 + given.web_workers + given.gateway_workers  # three doors, two with a server's workers
        first.kill()
        first.wait()
        with up(tmp_path, *ports):  # at once: it waits for the ports
            wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), tmp_path, seconds=20)
            wait_for(lambda: all(answers(port) for port in ports), tmp_path)  # until then the old ones may have

    assert not taken(*ports)
    assert server.pid is None


def test_what_is_wanting_of_the_protection_of_evidence_is_told_at_the_start(tmp_path, capsys):
    given = replace(settings.read({}), data=tmp_path)
    one = opening.Installation(given, "postgresql://hutong:x@db.county/county", settings.clock(), False)
    each = replace(one, addresses={"web": "postgresql://county_web_login:x@db.county/county"})
    same = Doors(commands={}, environ={})
    apart = Doors(commands={}, environ={}, become=lambda name, command: command)
    told = {
        (of.separate, running is apart): [problem.code for problem in doors.wanting(of, running)]
        for of in (one, each) for running in (same, apart)
    }  # fmt: skip
    assert told == {
        (False, False): ["ONE_LOGIN", "ONE_SYSTEM_USER"], (False, True): ["ONE_LOGIN"],
        (True, False): ["ONE_SYSTEM_USER"], (True, True): [],
    }  # fmt: skip
    for problem in doors.wanting(one, same):
        console_opening.warn(problem)
    said = capsys.readouterr().err
    assert "存证不防平台自身的进程" in said and "hutong init --print-sql" in said


def test_a_disk_that_fills_and_a_certificate_that_ends_are_told_at_the_start(tmp_path, db, database_url, capsys):
    with db.transaction() as cur:
        limits = {"watch.disk_percent": 100, "watch.disk_bytes": 0, "watch.certificate_days": 3}
        rulebook.keep(cur, limits, version=1, from_date=date(2020, 1, 1))
    pem, key = Authority.made(tmp_path).certify("county.example", days=2)
    named = {"HUTONG_TLS_CERTIFICATE": str(pem), "HUTONG_TLS_KEY": str(key)}
    given = opening.prepare_folder(settings.read(named, data=tmp_path))
    found = doors.wanting_of_machine(opening.Installation(given, database_url, settings.clock(), False))
    assert [each.code for each in found] == ["DISK_FILLING", "CERTIFICATE_ENDING"]
    for problem in found:
        console_opening.warn(problem)
    said = capsys.readouterr().err
    assert "数据文件夹、待装载文件夹所在磁盘剩余" in said and "CN=county.example" in said and "HUTONG_TLS_KEY" in said


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize(
    ("language", "said"), [("zh_CN.UTF-8", "存证日志由备份恢复"), ("en_US.UTF-8", "The log was restored")]
)
def test_a_log_that_is_not_signed_since_a_restore_is_told_at_the_start(
    tmp_path, db, database_url, capsys, monkeypatch, language, said
):
    given = opening.prepare_folder(settings.read({}, data=tmp_path))
    installation = opening.Installation(given, database_url, settings.clock(), False)
    tree.integrate(db, now=installation.clock(), signer=installation.log_keys, heads=installation.log_heads)
    assert doors.wanting_of_log(installation) == ()
    installation.log_heads.note_restored(RestoredLog(epoch=1, ahead=1, until="2026-11-29 08:30:00", lost=3))
    (found, *_) = doors.all_wanting(installation, Doors(commands={}, environ={}))
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", language)
    console_opening.warn(found)
    told = capsys.readouterr().err
    assert said in told
    assert "[LOG_RESTORED]" in told


def test_a_start_is_not_held_up_where_the_machine_cannot_be_looked_at(tmp_path):
    given = replace(settings.read({}), data=tmp_path)
    away = opening.Installation(given, "postgresql://hutong:x@127.0.0.1:9/county", settings.clock(), False)
    assert doors.wanting_of_machine(away) == ()


def test_nobody_looks_after_the_doors_of_a_copy_and_nothing_is_written_there(tmp_path):
    data, copy = tmp_path / "orig", tmp_path / "copy"
    data.mkdir()
    identity.write(data, identity.begin(data, verifier="log+1+key"))
    shutil.copytree(data, copy)
    with pytest.raises(identity.FolderCopied), doors.only(replace(settings.read({}), data=copy)):
        pass
    assert [each.name for each in copy.iterdir()] == [identity.FILE]
