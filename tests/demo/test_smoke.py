"""The whole main job through the real doors, as a newcomer starts it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

FIXTURE = Path(__file__).parent.parent / "fixtures" / "streets.csv"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def hutong(*arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "LANG": "zh_CN.UTF-8", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "hutong.cli", *arguments],
        capture_output=True, text=True, timeout=280, check=False, env=environ, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.timeout(600)
def test_the_main_job_is_walked_from_delivery_to_offline_verification_twice_and_with_a_file_of_ones_own(
    tmp_path: Path,
) -> None:
    doors = ("--data", str(tmp_path / "data"), "--port", str(free_port()), "--gateway-port", str(free_port()))
    first = hutong("demo", "--smoke", "--rows", "300", *doors)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "离线核验" in first.stdout

    own = hutong("try", str(FIXTURE), "--key", "code", "--name", "乡镇街道", "--data", str(tmp_path / "data"))
    assert own.returncode == 0, own.stdout + own.stderr
    assert "接收 2000 行，退回 0 行" in own.stdout

    same = hutong("load", "3010001/001", str(FIXTURE), "--data", str(tmp_path / "data"))
    assert same.returncode == 0, same.stdout + same.stderr
    assert "此前已经入库" in same.stdout

    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"".join(FIXTURE.read_bytes().splitlines(keepends=True)[:-1]) + b"torn\n")
    waits = hutong("load", "3010001/001", str(broken), "--data", str(tmp_path / "data"))
    assert waits.returncode == 0, waits.stdout + waits.stderr
    assert "读不出主键；入库后将删除平台现有 2000 条记录中的 1 条" in waits.stdout
    assert "│ 2001       │ —      │ 整行 │" in waits.stdout

    again = hutong("demo", "--smoke", *doors)
    assert again.returncode == 0, again.stdout + again.stderr
