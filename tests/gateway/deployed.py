"""The gateway of a county in a network: by its own HTTPS, and behind the proxies as docs/deploy.md has them.

Its public name and the proxy are said once, to `hutong init`; the gateway is started with neither in its environment.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from gateway_county import SHIFT, County, now

import ports
import proxies
from certifying import Authority
from hutong.client.keys import Key
from hutong.client.wire import PlatformConnection
from proxies import GATEWAY, PROXIES, Behind


@dataclass(frozen=True)
class Site:
    """The gateway of a county under its name."""

    at: str
    port: int
    authority: Authority
    county: County

    def transport(self, *, source: str = "127.0.0.1") -> httpx.HTTPTransport:
        """Return what trusts the tests' authority, and comes from an address."""
        return httpx.HTTPTransport(verify=self.authority.context(), local_address=source)

    def client(self, at: str | None = None) -> PlatformConnection:
        """Return our own client before the platform."""
        county = self.county
        return PlatformConnection(
            at or self.at, keyid="sys-a", key=Key(county.key), now=now,
            platform_key=b64encode(county.reply_public_key).decode(),
        )  # fmt: skip


def kept(county: County, data: Path, **said: str) -> None:
    """Say it once to `hutong init`, in the folder of a county whose keys and clock are there already."""
    keys = data / "keys"
    keys.mkdir(parents=True)
    shutil.copy(county.given.keyring_path, keys / "keyring.json")
    shutil.copy(county.given.reply_key_path, keys / "reply.seed")
    (data / "training.json").write_text(json.dumps({"shift_seconds": SHIFT.total_seconds()}))
    command = [sys.executable, "-m", "hutong.cli", "init", "--data", data]
    environ = {**os.environ, **said, "HUTONG_DATABASE_URL": county.database_url, "HUTONG_LANG": "en"}
    subprocess.run(command, env=environ, check=True, capture_output=True)


@contextmanager
def open_gateway(county: County, data: Path, *, port: int, workers: int = 1) -> Iterator["subprocess.Popen[bytes]"]:
    """Open the gateway on a data folder, told of nothing but its database."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HUTONG_")}
    environ |= {"HUTONG_DATABASE_URL": county.database_url, "HUTONG_DATA": str(data)}
    environ |= {"HUTONG_GATEWAY_PORT": str(port), "HUTONG_GATEWAY_WORKERS": str(workers)}
    process = subprocess.Popen([sys.executable, "-m", "hutong.cli", "gateway"], env=environ)
    try:
        for _ in range(600):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, "the gateway stopped"
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(params=proxies.SITES)
def site(request, county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The gateway under its public name: of its own, or behind a proxy."""
    proxies.here(request.param)
    named_here(monkeypatch)
    authority = Authority.made(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))  # as docs/deploy.md has it for our client
    pem, key = authority.certify(GATEWAY, proxies.NAME)
    data, port = tmp_path / "data", ports.free_port()
    made = Site(f"https://{GATEWAY}:{port}", port, authority, county)
    if request.param == "own":
        kept(county, data, HUTONG_TLS_CERTIFICATE=str(pem), HUTONG_TLS_KEY=str(key))
        with open_gateway(county, data, port=port):
            yield made
        return
    said = proxies.given()
    assert said["HUTONG_GATEWAY_NAMES"] == GATEWAY
    kept(county, data, **{**said, "HUTONG_GATEWAY_NAMES": f"{GATEWAY}:{port}"})
    inner = ports.free_port()
    with (
        open_gateway(county, data, port=inner),
        PROXIES[request.param](tmp_path, Behind(pem, key, gateway=inner), port=port),
    ):
        yield made


def named_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the names of the page be found on this machine."""
    found = socket.getaddrinfo
    here = (proxies.NAME, GATEWAY, GATEWAY.encode(), proxies.NAME.encode())

    def getaddrinfo(host, *given, **named):
        return found("127.0.0.1" if host in here else host, *given, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
