"""What tests of identity services share: one of another make, a county that has it, a browser on the way."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from acting import NOW, County
from desks import entered, hire
from django.test import Client
from foreign_provider import CLIENT, SECRET

from hutong.control.signon import operations
from hutong.control.signon.models import IdentityService
from hutong.control.units import queries
from hutong.plane.keys import Keyring
from hutong.web import plane
from ports import free_port

HOST = "localhost"
BACK = f"http://{HOST}/login/back/county/"


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The issuer of an identity service that another make of program is, in a process of its own."""
    port = free_port()
    command = [sys.executable, str(Path(__file__).parent / "foreign_provider.py"), str(port)]
    process = subprocess.Popen([*command, str(tmp_path_factory.mktemp("provider")), BACK])
    found = f"http://127.0.0.1:{port}/o"
    try:
        for _ in range(600):
            try:
                httpx.get(f"{found}/.well-known/openid-configuration")
                break
            except httpx.TransportError:
                assert process.poll() is None, "the provider stopped"
                time.sleep(0.1)
        yield found
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """The key file of a county."""
    ring = Keyring.create(tmp_path / "keyring.json")
    monkeypatch.setattr(plane, "keyring", lambda: ring)
    return ring


@pytest.fixture
def staffed(county: County) -> County:
    """A county with administrators of the platform and of one unit."""
    hire(county, "accounts", "管理", unit=county.police, roles=("system_admin",))
    hire(county, "guard", "安敏", unit=county.police, roles=("security_admin",))
    hire(county, "chief", "单强", unit=county.police, roles=("unit_admin",))
    return county


def fields(issuer: str, **other: str) -> dict[str, str]:
    """Return what the form of a registration posts."""
    told = {"name": "县统一身份认证", "code": "county", "issuer": issuer, "client_id": CLIENT, "secret": SECRET}
    return {**told, "acr": "", **other}


def hidden(page: str, name: str) -> str:
    """Return what stands in a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return unescape(found[1])


def registered(issuer: str, **other: str) -> int:
    """Register a service through its form, and return the registration's number."""
    client = entered("accounts")
    page = client.get("/zh/desk/signon/services/new/").content.decode()
    answer = client.post("/zh/desk/signon/services/new/", {**fields(issuer, **other), "at": hidden(page, "at")})
    assert answer.status_code == 302, answer.content.decode()
    return int(re.search(r"/services/(\d+)/", answer.headers["Location"])[1])


def confirmed(issuer: str, *, keyring: Keyring, **other: str) -> IdentityService:
    """Register a service, and let the security administrator confirm it."""
    number = registered(issuer, **other)
    guard = queries.actor("guard", now=NOW)
    operations.take(number, "confirm", reason="", keyring=keyring, actor=guard, now=NOW)
    return IdentityService.objects.get(pk=number)


class Browser:
    """A browser: our pages in Django's client, and the service's over the network."""

    def __init__(self, who: str = "zhaolei", *, issuer: str, source: str = "10.0.0.1") -> None:
        self.ours = Client(HTTP_HOST=HOST, REMOTE_ADDR=source)
        self.theirs = httpx.Client(timeout=60)
        self.issuer = issuer
        self.subject = self.theirs.get(f"{issuer[:-2]}/who/{who}/").text

    def begin(self, code: str = "county", wanted: str = ""):  # type: ignore[no-untyped-def]
        """Press the button of the login page, and return the answer."""
        return self.ours.post(f"/zh/login/with/{code}/", {"next": wanted})

    def there(self, begun) -> str:  # type: ignore[no-untyped-def]
        """Go to the service, which knows who is there, and return the address it leads back to."""
        assert begun.status_code == 302, begun.content.decode()
        answer = self.theirs.get(begun.headers["Location"])
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def come_back(self, address: str):  # type: ignore[no-untyped-def]
        """Follow the way back, and return our answer."""
        assert address.startswith(BACK), address
        parts = urlsplit(address)
        return self.ours.get(f"{parts.path}?{parts.query}")

    def log_in(self, wanted: str = ""):  # type: ignore[no-untyped-def]
        """Log in by the service, and return our answer."""
        return self.come_back(self.there(self.begin(wanted=wanted)))


def code_of(answer) -> str:  # type: ignore[no-untyped-def]
    """Return the code that is shown to who is bound to no account."""
    assert answer.status_code == 403, answer.status_code
    return re.search(r"<code>([a-z0-9-]+)</code>", answer.content.decode())[1]
