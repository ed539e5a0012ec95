"""An identity service that answers as a test asks it to: wrong, late, endless, or in the name of another."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

Page = Callable[[BaseHTTPRequestHandler], None]


def plain(data: bytes) -> str:
    """Return bytes as a token has them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    """Return a number as a key has it."""
    return plain(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class Hostile:
    """The service: its issuer, its key, and what it says in the next token."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.others = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, dict[str, list[str]], str]] = []
        self.described: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.kid = "one"
        self.signed: Callable[[bytes], bytes] = self.by_its_key

    def by_its_key(self, data: bytes) -> bytes:
        """Sign as it should."""
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def by_another(self, data: bytes) -> bytes:
        """Sign by a key that it does not publish."""
        return self.others.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def by_what_is_public(self, data: bytes) -> bytes:
        """Sign with the public key as a shared secret."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        public = self.key.public_key().public_bytes(serialization.Encoding.PEM, form)
        return hmac.digest(public, data, hashlib.sha256)

    def discovery(self) -> dict[str, Any]:
        """Return what it says of itself."""
        told = {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }  # fmt: skip
        return {name: value for name, value in {**told, **self.described}.items() if value is not None}

    def keys(self) -> dict[str, Any]:
        """Return its keys."""
        public = self.key.public_key().public_numbers()
        return {"keys": [{"kty": "RSA", "kid": self.kid, "use": "sig", "n": number(public.n), "e": number(public.e)}]}

    def token(self) -> str:
        """Return the next token."""
        now = int(time.time())
        told = {"iss": self.issuer, "sub": "7001", "aud": "hutong", "iat": now, "exp": now + 300, **self.claims}
        said = {name: value for name, value in told.items() if value is not None}
        parts = [plain(json.dumps(part).encode()) for part in (self.header, said)]
        return ".".join([*parts, plain(self.signed(".".join(parts).encode()))])

    def answer(self, asked: BaseHTTPRequestHandler) -> None:
        """Answer a request."""
        path = asked.path.partition("?")[0]
        body = asked.rfile.read(int(asked.headers.get("Content-Length", 0))).decode()
        self.asked.append((path, parse_qs(body), asked.headers.get("Authorization", "")))
        if path in self.pages:
            self.pages[path](asked)
            return
        told = {
            "/.well-known/openid-configuration": self.discovery, "/keys": self.keys,
            "/token": lambda: {"access_token": "a", "token_type": "Bearer", "id_token": self.token()},
        }.get(path)  # fmt: skip
        send(asked, json.dumps(told()).encode() if told else b"", status=200 if told else 404)


def send(asked: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, **headers: str) -> None:
    """Answer with a body."""
    asked.send_response(status)
    for name, value in headers.items():
        asked.send_header(name, value)
    asked.send_header("Content-Length", str(len(body)))
    asked.end_headers()
    asked.wfile.write(body)


def endless(asked: BaseHTTPRequestHandler) -> None:
    """Answer without an end."""
    asked.send_response(200)
    asked.end_headers()
    for _ in range(10_000):
        asked.wfile.write(b" " * 4096)


def dripping(asked: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, always in time for the next."""
    asked.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(600):
        asked.wfile.write(b"a")
        asked.wfile.flush()
        time.sleep(0.1)


def leading(address: str) -> Page:
    """Return a page that leads elsewhere."""
    return lambda asked: send(asked, b"", status=302, Location=address)


@contextmanager
def hostile() -> Iterator[Hostile]:
    """Open such a service."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.answer(self)

        do_POST = do_GET

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            """Say nothing of who hangs up."""

    server = Server(("127.0.0.1", 0), Handler)
    service = Hostile(server.server_address[1])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
