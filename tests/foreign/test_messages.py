"""What we sign of a request is verified by other people's libraries of RFC 9421, and what was changed is refused."""

import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tools import HERE, PLACE, ask

from hutong.core import signatures
from hutong.core.signatures import Request

pytestmark = pytest.mark.full
KEY = Ed25519PrivateKey.from_private_bytes(b"a" * 32)
BODY = '{"x":1}'
CONTEXT = {"hutong-user": "u-01", "hutong-device": "d-01", "hutong-purpose": "P03", "hutong-matter": "M-2026/7"}


@pytest.fixture
def given() -> dict[str, object]:
    """A signed request, as other libraries take it, with the key it was signed by."""
    now = int(time.time())  # other libraries read the clock themselves
    request = Request("POST", "share.example", "/v1/compare", "a=1&b=2", CONTEXT, BODY.encode())
    named = {"keyid": "sys-1", "created": now, "expires": now + 300, "nonce": b"n" * 16}
    headers = {**CONTEXT, **signatures.sign_request(request, key=KEY, **named)}
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    url = "https://share.example/v1/compare?a=1&b=2"
    return {"request": {"method": "POST", "url": url, "headers": headers}, "body": BODY, "key": pem}


ASKED = {
    "node": (str(HERE / "message.mjs"), str(PLACE / "node" / "package.json")),
    "python": (str(HERE / "message.py"),),
}


@pytest.mark.parametrize("name", ASKED)
def test_another_library_verifies_what_we_signed(given, name):
    agreed, said = ask(name, *ASKED[name], given=given)

    assert agreed, said


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("changed", ["method", "url", "headers"])
def test_another_library_refuses_what_was_changed(given, name, changed):
    request = given["request"]
    others = {
        "method": "PUT", "url": "https://share.example/v1/query?a=1&b=2",
        "headers": {**request["headers"], "hutong-user": "u-02"},
    }  # fmt: skip
    agreed, said = ask(name, *ASKED[name], given={**given, "request": {**request, changed: others[changed]}})

    assert not agreed, said
