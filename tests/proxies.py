"""nginx and Caddy before the doors, with the very configurations that docs/deploy.md has."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ports import free_port

NAME, GATEWAY = "county.example", "gateway.county.example"
"""Names of the pages and of the gateway on the page."""
PAGE = (Path(__file__).parents[1] / "docs" / "deploy.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Behind:
    """What stands behind a proxy: its certificate, and the ports of the doors; a door that is not there has none."""

    pem: Path
    key: Path
    pages: int = 1
    gateway: int = 1


def given() -> dict[str, str]:
    """Return the settings that the page gives doors behind a proxy."""
    behind = PAGE.partition("## Behind a reverse proxy")[2].partition("hutong up")[0]
    return dict(re.findall(r"(HUTONG_(?:TRUSTED_PROXIES|WEB_NAMES|GATEWAY_NAMES))=(\S+)", behind))


def block(language: str) -> str:
    """Return the only block of the page in this language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return found


@contextmanager
def running(*command: str | Path, port: int, home: Path) -> Iterator[None]:
    own = {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}
    process = subprocess.Popen(list(map(str, command)), env={**os.environ, **own})
    try:
        for _ in range(200):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, "the proxy stopped"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def put(text: str, behind: Behind) -> str:
    """Put a test's files and ports in the places of the page's; each of them has to be there."""
    places = {
        "/etc/hutong/county.pem": str(behind.pem), "/etc/hutong/county.key": str(behind.key),
        "127.0.0.1:8000": f"127.0.0.1:{behind.pages}", "127.0.0.1:8001": f"127.0.0.1:{behind.gateway}",
    }  # fmt: skip
    assert [old for old in places if old not in text] == []
    return re.sub("|".join(map(re.escape, places)), lambda found: places[found[0]], text)


@contextmanager
def nginx(folder: Path, behind: Behind, *, port: int) -> Iterator[None]:
    own = folder / "nginx"
    own.mkdir()
    servers = put(block("nginx"), behind)
    assert servers.count("listen 443 ssl;") == 2
    kept = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    kinds = "\n".join(f"{kind}_temp_path {own}/{kind};" for kind in kept)
    user = "user root;" if os.geteuid() == 0 else ""
    servers = servers.replace("listen 443 ssl", f"listen {port} ssl")
    conf = own / "nginx.conf"
    conf.write_text(
        f"daemon off; pid {own}/pid; error_log stderr; {user}\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{kinds}\n{servers}\n}}\n"
    )
    with running(shutil.which("nginx") or "", "-e", "stderr", "-p", own, "-c", conf, port=port, home=own):
        yield


@contextmanager
def caddy(folder: Path, behind: Behind, *, port: int) -> Iterator[None]:
    own = folder / "caddy"
    own.mkdir()
    conf = own / "Caddyfile"
    ports = f"https_port {port}\nhttp_port {free_port()}\nauto_https disable_redirects"
    conf.write_text(f"{{\n{ports}\nadmin off\nstorage file_system {own}\n}}\n{put(block('caddyfile'), behind)}")
    with running(shutil.which("caddy") or "", "run", "--adapter", "caddyfile", "--config", conf, port=port, home=own):
        yield


PROXIES: Mapping[str, Callable[..., AbstractContextManager[None]]] = {"nginx": nginx, "caddy": caddy}
SITES = ("nginx", *(pytest.param(name, marks=pytest.mark.full) for name in ("own", "caddy")))
"""Behind what a door stands: one proxy by `make test`; the other, and none, by `make full` too."""


def here(name: str) -> str:
    """Return the name of a proxy that is on this machine; skips where it is not."""
    if name in PROXIES and shutil.which(name) is None:
        pytest.skip(f"there is no {name} on this machine")
    return name
