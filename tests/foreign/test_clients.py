"""Clients written from docs/profile.md and /openapi.json alone sign and verify, in four languages, at the first try."""

import base64
import json
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from gateway_county import SHIFT, Door
from tools import HERE, ask

pytestmark = pytest.mark.full
CLIENTS = {
    "python": ("python", str(HERE / "client.py")),
    "node": ("node", str(HERE / "client.mjs")),
    "java": ("java", str(HERE / "Client.java")),
    "curl and openssl": ("sh", str(HERE / "client.sh")),
}
BODY = '{"grant":"g1","claims":[{"key":["330100200001010001"],"values":{"name":"张1","income":"7"}}]}'


@pytest.fixture
def told(door: Door, tmp_path: Path) -> dict[str, str]:
    """What a client is told of the platform and of itself."""
    key = tmp_path / "system.pem"
    key.write_bytes(door.county.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return {
        "URL": door.url, "SYSTEM": "sys-a", "KEY": str(key), "USER": "wang", "DEVICE": "pc1", "PURPOSE": "aid",
        "MATTER": "m1", "PLATFORM_KEY": base64.b64encode(door.county.reply_public_key).decode(),
        "NOW": str(int(time.time() + SHIFT.total_seconds())), "LC_ALL": "C.UTF-8",
    }  # fmt: skip


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_from_the_pages_alone_signs_and_verifies(told: dict[str, str], name: str) -> None:
    def asked(method: str, target: str, body: str = "", **changed: str) -> tuple[bool, str]:
        return ask(*CLIENTS[name], **{**told, "METHOD": method, "TARGET": target, "BODY": body, **changed})

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
