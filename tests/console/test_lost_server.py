"""An operator who has lost the server holds the backup place and two passphrases, and docs/operating.md."""

import json
import re
import shutil
import signal
import time
from pathlib import Path

import httpx
import pytest
from operating import PASSWORD, Shell, staffed

from hutong.db import receiving
from hutong.db.embedded import Server

SPOKEN = {"HUTONG_PASSPHRASE_1": "correct horse battery", "HUTONG_PASSPHRASE_2": "主席台上有一盏绿灯一直亮着"}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A county with its three administrators and an operator, on a machine with a second disk."""
    (tmp_path / "second").mkdir()
    return staffed(tmp_path, HUTONG_BACKUP=str(tmp_path / "second"))


@pytest.mark.full
@pytest.mark.timeout(1500)
@pytest.mark.clause("SX-11-c")
def test_an_operator_with_the_backup_place_and_two_passphrases_opens_the_doors_again(
    shell: Shell, tmp_path: Path
) -> None:
    keepers = ("--for", "li.operator", "--for", "auditor")
    operator = {"HUTONG_OFFICER_PASSWORD": shell.operator}
    keeper = operator | {"HUTONG_KEEPER_PASSWORD_2": PASSWORD}
    assert "HUTONG_KEEPER_PASSWORD_2" in shell.refused(
        "backup", "keys", *keepers, "--to", str(tmp_path / "usb" / "keys"), by="li.operator", **operator, **SPOKEN
    )
    assert not (tmp_path / "usb").exists(), "who keeps the keys signs in"
    shell("backup", "keys", *keepers, "--to", str(tmp_path / "usb" / "keys"), by="li.operator", **SPOKEN, **keeper)
    assert (tmp_path / "usb" / "keys").exists()
    before = shell.up()
    shell("backup")
    before.send_signal(signal.SIGINT)
    before.wait()
    new = {"HUTONG_DATA": str(tmp_path / "new")}
    receiving.discard(Server(tmp_path / "data" / "postgres"))  # the server is lost
    shutil.rmtree(tmp_path / "data")

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
    begun = re.search(r"Epoch (\d+) began", told)  # its number is of no other restore (audit/heads.py)
    assert begun and int(begun[1]) > 1

    report = tmp_path / "drill.json"
    given = ("--in", str(tmp_path / "drill"), "--report", str(report))
    told = shell("drill", "--from", str(tmp_path / "second"), *given, by="li.operator", **new, **operator, **SPOKEN)
    found = json.loads(report.read_text())
    assert [each["name"] for each in found["steps"] if not each["ok"]] == []
    assert re.search(r"\bYL\d{8}-\d{4}\b", told)  # and it is filed as a case
