"""The whole main job through the real doors, as a newcomer starts it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hutong.demo import founding
from ports import free_port

FIXTURE = Path(__file__).parent.parent / "fixtures" / "streets.csv"


def hutong(*arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "LANG": "zh_CN.UTF-8", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "hutong.cli", *arguments],
        capture_output=True, text=True, check=False, env=environ, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def walked(folder: Path) -> None:
    """Walk the main job in a folder, with a small county where there is none yet."""
    doors = ("--data", str(folder), "--port", str(free_port()), "--gateway-port", str(free_port()))
    told = hutong("demo", "--smoke", *(() if folder.exists() else ("--rows", "300")), *doors)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "离线核验" in told.stdout


def with_a_file_of_ones_own(folder: Path) -> str:
    """Publish a file under a name of its own and return the code of its resource."""
    own = hutong("try", str(FIXTURE), "--key", "code", "--name", "乡镇街道", "--data", str(folder))
    assert own.returncode == 0, own.stdout + own.stderr
    assert "接收 2000 行，退回 0 行" in own.stdout
    return own.stdout.split()[1]


def loaded_again_and_torn(folder: Path, code: str) -> None:
    editor = ("--officer", "civil.editor", "--password", founding.PASSWORD)
    same = hutong("load", code, str(FIXTURE), *editor, "--data", str(folder))
    assert same.returncode == 0, same.stdout + same.stderr
    assert "未重复入库" in same.stdout

    broken = folder.with_name("broken.csv")
    broken.write_bytes(b"".join(FIXTURE.read_bytes().splitlines(keepends=True)[:-1]) + b"torn\n")
    waits = hutong("load", code, str(broken), *editor, "--data", str(folder))
    assert waits.returncode == 3, waits.stdout + waits.stderr
    assert "读不出主键；入库后将删除平台现有 2000 条记录中的 1 条" in waits.stdout
    assert "│ 2001       │ —      │ 整行 │" in waits.stdout


@pytest.mark.timeout(300)
def test_the_main_job_is_walked_from_delivery_to_offline_verification(tmp_path: Path) -> None:
    walked(tmp_path / "data")


@pytest.mark.full
@pytest.mark.timeout(600)
def test_it_is_walked_twice_and_with_a_file_of_ones_own_between(tmp_path: Path) -> None:
    walked(tmp_path / "data")
    loaded_again_and_torn(tmp_path / "data", with_a_file_of_ones_own(tmp_path / "data"))
    walked(tmp_path / "data")
