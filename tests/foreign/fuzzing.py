"""Hooks of schemathesis: what it makes up is signed by the profile, and names the grants that are there, mostly."""

import base64
import hashlib
import os
import secrets
import time
from urllib.parse import urlsplit

import requests
import schemathesis
from cryptography.hazmat.primitives.serialization import load_pem_private_key

COVERED = ("@method", "@authority", "@path", "@query", "content-digest")
CONTEXT = {"hutong-user": "wang", "hutong-device": "pc1", "hutong-purpose": "aid", "hutong-matter": "m1"}
GRANTS = {"/v1/compare": "g1", "/v1/query": "g2", "/v1/snapshot": "g3", "/v1/changes": "g3"}
with open(os.environ["KEY"], "rb") as file:
    KEY = load_pem_private_key(file.read(), None)


class Signed(requests.auth.AuthBase):
    """Signs a request as it goes over the wire; one that lacks a header that is signed is sent without it."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Return the request, signed."""
        url = urlsplit(request.url)
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        request.headers["content-digest"] = digest
        there = [name for name in CONTEXT if name in request.headers]
        values = {"@method": request.method, "@authority": url.netloc, "@path": url.path, "@query": f"?{url.query}",
                  "content-digest": digest, **{name: request.headers[name] for name in there}}  # fmt: skip
        values = {name: each.decode("latin-1") if isinstance(each, bytes) else each for name, each in values.items()}
        now = int(time.time()) + int(os.environ["SHIFT"])
        nonce = base64.b64encode(secrets.token_bytes(16)).decode()
        covered = " ".join(f'"{name}"' for name in values)
        parameters = f'({covered});created={now};expires={now + 60};nonce="{nonce}";keyid="sys-a";tag="hutong-v1"'
        lines = [f'"{name}": {value.strip()}' for name, value in values.items()]
        base = "\n".join([*lines, f'"@signature-params": {parameters}'])
        signature = base64.b64encode(KEY.sign(base.encode("latin-1", "replace"))).decode()
        request.headers["signature-input"] = f"sig1={parameters}"
        request.headers["signature"] = f"sig1=:{signature}:"
        return request


schemathesis.auth.set_from_requests(Signed()).apply_to(path_regex="^/v1/(?!proof)")


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Take away what is added by signing, which no one makes up."""
    for methods in raw_schema["paths"].values():
        for operation in methods.values():
            operation["parameters"] = [
                each for each in operation["parameters"] if each["name"] != "content-digest"
            ]  # fmt: skip


def _known(context, given, names):
    """Put what is there for what is made up, where that is of the right form."""
    for name, there in names.items():
        if isinstance(given, dict) and isinstance(given.get(name), str) and len(given[name]) % 4:
            given[name] = there
    return given


@schemathesis.hook
def map_query(context, query):
    """Name the grant that is there."""
    return _known(context, query, {"grant": GRANTS.get(context.operation.path, "g1")})


@schemathesis.hook
def map_body(context, body):
    """Name the grant that is there."""
    return _known(context, body, {"grant": GRANTS.get(context.operation.path, "g1")})


@schemathesis.hook
def map_headers(context, headers):
    """Name the user, device, purpose and matter that are there."""
    return _known(context, headers, CONTEXT)
