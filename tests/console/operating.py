"""An operator's shell: commands of a platform, and its doors, as processes of their own."""

import re
import subprocess
import time
from pathlib import Path

import httpx

from ports import free_port
from test_cli import begin, finished, hutong

PASSWORD = "correct horse 互通"


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
        until = time.monotonic() + 300
        while time.monotonic() < until and process.poll() is None:
            try:
                health = httpx.get(f"http://127.0.0.1:{ports[1]}/health", timeout=2)
                if health.status_code < 500:
                    self.health, self.pages, self.gateway = health.text, ports[0], ports[1]
                    return process
            except httpx.HTTPError:
                time.sleep(0.2)
        raise AssertionError(finished(process))


def staffed(folder: Path, **environ: str) -> Shell:
    """Make a platform in a folder, with its three administrators and an operator, and return its operator's shell."""
    own = Shell(
        folder, HUTONG_DATA=str(folder / "data"), HUTONG_LOG_NAME="log.qinghe.example/hutong",
        HUTONG_COUNTY="青禾县", **environ,
    )  # fmt: skip
    own("init")
    file = own("enrol", "--example")
    file = file[: file.index("# 使用方系统")]
    file = file.replace('# password_file = "system.admin.password"\n', "")
    file = re.sub(r'(roles = \["[a-z_]+"\])', r'\1\npassword_file = "password"', file)
    (folder / "county.toml").write_text(file)
    (folder / "password").touch(0o600)
    (folder / "password").write_text(PASSWORD)
    own("enrol", str(folder / "county.toml"), by="system.admin")
    told = own("officer", "add", "li.operator", "李强", "示范县信息中心", by="system.admin")
    own("officer", "give", "li.operator", "operator", by="security.admin")
    made, own.operator = told.partition("li.operator: password ")[2].split()[0], "operators own 口令"
    given = {"HUTONG_OFFICER_PASSWORD": made, "HUTONG_NEW_PASSWORD": own.operator}
    own("officer", "change-password", by="li.operator", **given)
    return own
