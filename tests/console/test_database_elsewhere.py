"""A platform whose database is somebody else's starts whole, and tells what is seen of that one's archive."""

import signal
from pathlib import Path

import httpx
import pytest
from elsewhere import FAILS, WORKS, archive, archiving, until_tried
from operating import staffed
from test_enrol import Desk

from conftest import debian_binaries

CODE = "FOREIGN_ARCHIVE_FAILS"
SAID = "归档日志失败"


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("whose", ["of the wheel", "debian"])
def test_an_archive_that_fails_is_told_by_every_door_and_no_more_once_it_works(tmp_path: Path, whose: str) -> None:
    if whose == "debian" and debian_binaries() is None:
        pytest.skip("Debian's PostgreSQL is not installed")
    tmp_path.chmod(0o755)
    (tmp_path / "second").mkdir()
    binaries = debian_binaries() if whose == "debian" else None
    with archiving(tmp_path / "elsewhere", binaries=binaries) as server:
        archive(server, by=FAILS)
        shell = staffed(tmp_path, HUTONG_BACKUP=str(tmp_path / "second"), HUTONG_DATABASE_URL=server.url())
        platform = shell.up()
        try:
            desk = Desk(shell.pages, "li.operator", shell.operator)

            def told() -> tuple[bool, bool, bool]:
                health = httpx.get(f"http://127.0.0.1:{shell.gateway}/health", timeout=120).json()
                return (
                    CODE in {each["code"] for each in health["warnings"]}, SAID in desk.read("/zh/desk/"),
                    "archiving of the log" in shell.refused("backup"),
                )  # fmt: skip

            until_tried(server, lambda _: told() == (True, True, True))
            place = next((tmp_path / "second").iterdir())
            assert (place / "settings.json").exists() and not list((place / "sets").iterdir())
            health = httpx.get(f"http://127.0.0.1:{shell.gateway}/health", timeout=120).json()
            assert [each["code"] for each in health["warnings"] if each["code"].startswith("BACKUP_")] == []
            archive(server, by=WORKS)
            until_tried(server, lambda _: told() == (False, False, False))
        finally:
            platform.send_signal(signal.SIGINT)
            platform.wait()
    assert not (tmp_path / "data" / "postgres").exists()
