"""An operator who has lost the server holds the backup place and two passphrases, and docs/operating.md."""

import json
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from test_cli import begin, finished, hutong

PASSWORD = "correct horse 互通"
SPOKEN = {"HUTONG_PASSPHRASE_1": "correct horse battery", "HUTONG_PASSPHRASE_2": "主席台上有一盏绿灯一直亮着"}


class Shell:
    """An operator's shell: what was said once holds."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder, self.environ = folder, environ

    def __call__(self, *words: str, by: str = "", **environ: str) -> str:
        who = ("--officer", by) if by else ()
        status, told = hutong(*words, *who, **self._given(environ))
        assert status == 0, told
        return told

    def refused(self, *words: str, by: str = "", **environ: str) -> str:
        status, told = hutong(*words, *(("--officer", by) if by else ()), **self._given(environ))
        assert status == 1, told
        return told

    def _given(self, environ: dict[str, str]) -> dict[str, str]:
        return self.environ | {"HUTONG_OFFICER_PASSWORD": PASSWORD} | environ

    def up(self, **environ: str) -> "subprocess.Popen[str]":
        """Open the doors, and return once the pages answer."""
        ports = [free_port(), free_port()]
        given = {"HUTONG_PORT": str(ports[0]), "HUTONG_GATEWAY_PORT": str(ports[1])} | environ
        process = begin("up", **self._given(given))
        until = time.monotonic() + 120
        while time.monotonic() < until and process.poll() is None:
            try:
                health = httpx.get(f"http://127.0.0.1:{ports[1]}/health", timeout=2)
                if health.status_code < 500:
                    self.health, self.gateway = health.text, ports[1]
                    return process
            except httpx.HTTPError:
                time.sleep(0.2)
        raise AssertionError(finished(process))


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A county with its three administrators and an operator, on a machine with a second disk."""
    (tmp_path / "second").mkdir()
    own = Shell(
        tmp_path, HUTONG_DATA=str(tmp_path / "data"), HUTONG_LOG_NAME="log.qinghe.example/hutong",
        HUTONG_BACKUP=str(tmp_path / "second"), HUTONG_COUNTY="青禾县",
    )  # fmt: skip
    own("init")
    file = own("enrol", "--example")
    file = file[: file.index("# 使用方系统")]
    file = file.replace('# password_file = "system.admin.password"\n', "")
    file = re.sub(r'(roles = \["[a-z_]+"\])', r'\1\npassword_file = "password"', file)
    (tmp_path / "county.toml").write_text(file)
    (tmp_path / "password").touch(0o600)
    (tmp_path / "password").write_text(PASSWORD)
    own("enrol", str(tmp_path / "county.toml"), by="system.admin")
    told = own("officer", "add", "li.operator", "李强", "示范县信息中心", by="system.admin")
    own("officer", "give", "li.operator", "operator", by="security.admin")
    own.operator = told.partition("li.operator: password ")[2].split()[0]
    return own


@pytest.mark.full
@pytest.mark.timeout(1500)
@pytest.mark.clause("SX-11-c")
def test_an_operator_with_the_backup_place_and_two_passphrases_opens_the_doors_again(
    shell: Shell, tmp_path: Path
) -> None:
    keepers = ("--for", "li.operator", "--for", "auditor")
    operator = {"HUTONG_OFFICER_PASSWORD": shell.operator}
    shell("backup", "keys", *keepers, "--to", str(tmp_path / "usb" / "keys"), by="li.operator", **operator, **SPOKEN)
    assert (tmp_path / "usb" / "keys").exists()
    before = shell.up()
    shell("backup")
    before.send_signal(signal.SIGINT)
    before.wait()
    new = {"HUTONG_DATA": str(tmp_path / "new")}
    postgres = list(Path("/var/lib/hutong").glob("*")) if (place := tmp_path / "data/postgres/place").exists() else []
    assert not postgres or Path(place.read_text()).exists()
    shutil.rmtree(tmp_path / "data")  # the server is lost

    restore = ("restore", "--from", str(tmp_path / "second"), "--data", str(tmp_path / "new"))
    wrong = SPOKEN | {"HUTONG_PASSPHRASE_2": "not what it was"}
    assert "auditor" in shell.refused(*restore, **wrong)
    told = shell(*restore, **SPOKEN)
    assert "青禾县" in told and "hutong up" in told
    assert "again" in shell.refused("restore", "--from", str(tmp_path / "second"), "--data", str(tmp_path / "two"))

    process = shell.up(**new)
    try:
        until = time.monotonic() + 60
        port = shell.gateway
        while "LOG_RESTORED" not in shell.health and time.monotonic() < until:
            time.sleep(0.5)
            shell.health = httpx.get(f"http://127.0.0.1:{port}/health", timeout=5).text
        assert "LOG_RESTORED" in shell.health
        given = new | operator
        shell("audit", "epoch", "request", "--reason", "机房火灾", by="li.operator", **given)
        shell("audit", "epoch", "approve", "1", "--yes", by="auditor", **new)
        while "LOG_RESTORED" in shell.health and time.monotonic() < until + 60:
            time.sleep(0.5)
            shell.health = httpx.get(f"http://127.0.0.1:{port}/health", timeout=5).text
        assert "LOG_RESTORED" not in shell.health
        shell("backup", **new)
        shell("audit", "export", str(tmp_path / "evidence"), by="auditor", **new)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
    told = shell("audit", "verify", str(tmp_path / "evidence"))
    assert "Epoch 2" in told

    report = tmp_path / "drill.json"
    given = ("--in", str(tmp_path / "drill"), "--report", str(report))
    shell("drill", "--from", str(tmp_path / "second"), *given, **SPOKEN)
    found = json.loads(report.read_text())
    assert [each["name"] for each in found["steps"] if not each["ok"]] == []
