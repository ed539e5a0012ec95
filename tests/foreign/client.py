"""A client of the gateway in Python, written from docs/profile.md and /openapi.json alone.

Asks METHOD TARGET with BODY at URL, prints status and body once the reply is verified, and fails where it is not.
"""

import base64
import hashlib
import os
import re
import secrets
import sys
import urllib.error
import urllib.request

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

COVERED = (
    '("@method" "@authority" "@path" "@query" "content-digest" '
    '"hutong-user" "hutong-device" "hutong-purpose" "hutong-matter")'
)
told = os.environ
method, target, body = told["METHOD"], told["TARGET"], told["BODY"].encode()
path, _, query = target.partition("?")
now = int(told["NOW"])


def base64_of(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def digest_of(content: bytes) -> str:
    return f"sha-256=:{base64_of(hashlib.sha256(content).digest())}:"


context = {f"hutong-{name}": told[name.upper()] for name in ("user", "device", "purpose", "matter")}
parameters = (
    f'{COVERED};created={now};expires={now + 60};nonce="{base64_of(secrets.token_bytes(16))}"'
    f';keyid="{told["SYSTEM"]}";alg="ed25519";tag="hutong-v1"'
)
lines = {
    "@method": method, "@authority": told["URL"].partition("://")[2].lower(), "@path": path, "@query": f"?{query}",
    "content-digest": digest_of(body), **context, "@signature-params": parameters,
}  # fmt: skip
base = "\n".join(f'"{name}": {value}' for name, value in lines.items())
with open(told["KEY"], "rb") as file:
    key = load_pem_private_key(file.read(), None)
signature = f":{base64_of(key.sign(base.encode()))}:"
headers = {
    **context, "content-digest": digest_of(body), "signature-input": f"sig1={parameters}",
    "signature": f"sig1={signature}", "accept-language": "en",
}  # fmt: skip
if body:
    headers["content-type"] = "application/json"
request = urllib.request.Request(told["URL"] + target, data=body or None, headers=headers, method=method)
try:
    reply = urllib.request.urlopen(request)
except urllib.error.HTTPError as refusal:
    reply = refusal
content = reply.read()

if reply.headers["content-digest"] != digest_of(content):
    sys.exit("the body is not the one that was signed")
answered = reply.headers["signature-input"].removeprefix("sig1=")
covered = '("@status" "content-digest" "signature";req;key="sig1");'
if not answered.startswith(covered) or ';tag="hutong-v1-reply"' not in answered:
    sys.exit("something else was signed")
base = (
    f'"@status": {reply.status}\n"content-digest": {digest_of(content)}\n'
    f'"signature";req;key="sig1": {signature}\n"@signature-params": {answered}'
)
(signed,) = re.fullmatch("sig1=:(.*):", reply.headers["signature"]).groups()
public = Ed25519PublicKey.from_public_bytes(base64.b64decode(told["PLATFORM_KEY"]))
public.verify(base64.b64decode(signed), base.encode())
print(reply.status, content.decode())
