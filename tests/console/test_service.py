"""The units of systemd are such that systemd takes them, and say what this platform was started with."""

import getpass
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from hutong import settings
from hutong.console import service
from hutong.console.unit_parts import UnitPart
from test_cli import hutong

VERIFY = shutil.which("systemd-analyze")
USERS = ("root", "daemon")


def given(folder: Path, **more: str) -> settings.Settings:
    return settings.read({"HUTONG_DATA": str(folder), **more})


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("name", ["data", "the data of 100% $HOME; \"x\""], ids=["plain", "odd"])
def test_systemd_finds_nothing_wrong_with_any_unit(tmp_path, user, name):
    if VERIFY is None:
        pytest.skip("there is no systemd-analyze on this machine")
    (tmp_path / name).mkdir()
    (tmp_path / "units").mkdir()
    found = given(tmp_path / name, HUTONG_BACKUP=str(tmp_path), HUTONG_PORT="80")
    for part in UnitPart:
        text = service.unit(part, found, user=user, environ={"LANG": "zh_CN.UTF-8"})
        (tmp_path / "units" / service.NAMES[part]).write_text(text)
    files = [str(tmp_path / "units" / each) for each in service.NAMES.values()]
    told = subprocess.run(
        [VERIFY, "verify", "--recursive-errors=no", "--man=no", *files], capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")


def test_a_unit_says_what_the_folder_does_not_keep_and_no_password(tmp_path):
    secret = {"HUTONG_DATABASE_URL": "postgresql://hutong:swordfish@db.county/hutong", "HUTONG_WEB_WORKERS": "3"}
    told = service.unit(UnitPart.UP, given(tmp_path), user=getpass.getuser(), environ=secret)
    assert "swordfish" not in told
    assert "Environment=HUTONG_WEB_WORKERS=3\n" in told
    assert f"EnvironmentFile=-{service.SECRETS}\n" in told
    named = {"HUTONG_DATABASE_URL": "postgresql://db.county/hutong"}
    told = service.unit(UnitPart.UP, given(tmp_path), user=getpass.getuser(), environ=named)
    assert "Environment=HUTONG_DATABASE_URL=postgresql://db.county/hutong\n" in told
    with pytest.raises(service.NoSuchUser):
        service.unit(UnitPart.UP, given(tmp_path), user="nobody.of.this.name", environ={})


def test_who_is_no_root_writes_to_the_platforms_folders_alone_and_listens_below_1024_only_where_that_is_set(tmp_path):
    found = replace(given(tmp_path), backup=Path("/mnt/second"))
    told = service.unit(UnitPart.UP, found, user="daemon", environ={}).splitlines()
    assert f"ReadWritePaths={tmp_path} /mnt/second /tmp" in told
    assert "CapabilityBoundingSet=" in told
    assert "User=daemon" in told
    low = service.unit(UnitPart.UP, replace(found, port=443), user="daemon", environ={}).splitlines()
    assert "AmbientCapabilities=CAP_NET_BIND_SERVICE" in low


def test_the_command_prints_a_unit_of_a_platform_that_is_there(tmp_path):
    status, told = hutong("service", "--data", str(tmp_path / "none"))
    assert (status, "PLATFORM_MISSING" in told or "PLATFORM_NEARBY" in told) == (1, True)
    (tmp_path / "keys").mkdir()
    (tmp_path / "identity.json").touch()
    for part in UnitPart:
        status, told = hutong("service", part, "--data", str(tmp_path))
        assert (status, service.NAMES[part] in told) == (0, True), told
