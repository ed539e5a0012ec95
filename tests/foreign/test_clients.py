"""Clients written from docs/profile.md and /openapi.json alone sign and verify, in four languages, at the first try."""

import base64
import json
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from deployed import Site
from gateway_county import SHIFT, County, Door
from tools import HERE, ask, finding

pytestmark = pytest.mark.full
CLIENTS = {
    "python": ("python", str(HERE / "client.py")),
    "node": ("node", str(HERE / "client.mjs")),
    "java": ("java", str(HERE / "Client.java")),
    "curl and openssl": ("sh", str(HERE / "client.sh")),
}
BODY = '{"grant":"g1","claims":[{"key":["330100200001010001"],"values":{"name":"张1","income":"7"}}]}'


def told_of(county: County, url: str, folder: Path) -> dict[str, str]:
    """Return what a client is told of the platform and of itself."""
    key = folder / "system.pem"
    key.write_bytes(county.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return {
        "URL": url, "SYSTEM": "sys-a", "KEY": str(key), "USER": "wang", "DEVICE": "pc1", "PURPOSE": "aid",
        "MATTER": "m1", "PLATFORM_KEY": base64.b64encode(county.reply_public_key).decode(),
        "NOW": str(int(time.time() + SHIFT.total_seconds())), "LC_ALL": "C.UTF-8",
    }  # fmt: skip


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_from_the_pages_alone_signs_and_verifies(door: Door, tmp_path: Path, name: str) -> None:
    asks_and_verifies(CLIENTS[name], told_of(door.county, door.url, tmp_path))


@pytest.mark.parametrize("name", CLIENTS)
def test_it_does_so_by_https_under_the_public_name(site: Site, tmp_path: Path, name: str) -> None:
    told = told_of(site.county, site.at, tmp_path)
    asks_and_verifies(CLIENTS[name], {**told, **finding(site, tmp_path)})
    agreed, said = ask(*CLIENTS[name], **told, METHOD="GET", TARGET="/v1/grants", BODY="")
    assert not agreed, said  # it was the name and the authority of the certificate that let it in


def asks_and_verifies(client: tuple[str, ...], told: dict[str, str]) -> None:
    """See a client ask, follow, be refused, and not believe another platform's key."""

    def asked(method: str, target: str, body: str = "", **changed: str) -> tuple[bool, str]:
        return ask(*client, **{**told, "METHOD": method, "TARGET": target, "BODY": body, **changed})

    agreed, said = asked("POST", "/v1/compare", BODY)
    assert agreed, said
    status, _, content = said.partition(" ")
    assert (status, json.loads(content.partition("\n")[0])["verdicts"]) == ("200", ["10"])

    agreed, said = asked("GET", "/v1/changes?grant=g3&after=0&limit=5")
    assert agreed, said
    assert len(json.loads(said.partition(" ")[2].partition("\n")[0])["changes"]) == 5

    agreed, said = asked("POST", "/v1/compare", BODY.replace("g1", "g9"))  # a refusal is signed too
    assert agreed, said
    assert said.startswith("404 ") and '"GRANT_UNKNOWN"' in said

    agreed, said = asked("GET", "/v1/grants", PLATFORM_KEY=base64.b64encode(bytes(range(32))).decode())
    assert not agreed, said
