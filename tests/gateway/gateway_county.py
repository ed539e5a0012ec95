"""A gateway as agencies meet it: a process of its own on a port of its own, before a small county."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).parent.parent / "plane"))

import answering

from hutong.core import notes, signatures
from hutong.db.database import Database
from hutong.gateway import config
from hutong.gateway.tick import Bounds
from hutong.plane.definition import Mode
from hutong.plane.keys import Keyring

SHIFT = answering.NOW - datetime.now(UTC)
"""The county lives in March; its clock runs beside the real one."""


def now() -> datetime:
    """Return the county's moment."""
    return datetime.now(UTC) + SHIFT


@dataclass
class County:
    """What the tests know of the county behind the gateways."""

    database_url: str
    db: Database
    folder: Path
    key: Ed25519PrivateKey
    log: notes.LogSigner
    reply_public_key: bytes
    keyring: Keyring
    given: config.GatewayConfig
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, **changes: object) -> "Door":
        """Start one more gateway process and return it when it answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        given = replace(self.given, authorities=(f"127.0.0.1:{port}",))
        given = replace(given, **changes)
        environ = {**os.environ, config.VARIABLE: given.dump(shift=SHIFT)}
        command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--factory"]
        command += ["--port", str(port), "--log-level", "warning"]
        # Granian loses a stop that comes while its worker starts.
        command += ["--workers-kill-timeout", "20", "hutong.gateway.app:from_environment"]
        process = subprocess.Popen(command, env=environ)
        self.running.append(process)
        door = Door(f"http://127.0.0.1:{port}", f"127.0.0.1:{port}", self, process)
        for _ in range(300):
            try:
                if httpx.get(f"{door.url}/health").status_code == 200:
                    return door
            except httpx.TransportError:
                assert process.poll() is None, "the gateway stopped"
            time.sleep(0.1)
        raise AssertionError("the gateway did not answer")

    def entries(self) -> int:
        """Return how many usage entries there are."""
        with self.db.transaction() as cur:
            return cur.execute("select count(*) from audit.entry where class = 'usage'").fetchone()[0]


CONTEXT = {
    "hutong-user": "wang",
    "hutong-device": "pc1",
    "hutong-purpose": "aid",
    "hutong-matter": "m1",
}


@dataclass
class Door:
    """One gateway process."""

    url: str
    authority: str
    county: County
    process: subprocess.Popen[bytes]

    def signed(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        query: str = "",
        age: float = 0,
        life: int = 60,
        authority: str | None = None,
        nonce: bytes | None = None,
        **context: str,
    ) -> dict[str, str]:
        """Return the headers of a signed request."""
        headers = {**CONTEXT, **{f"hutong-{name}": value for name, value in context.items()}}
        request = signatures.Request(method, authority or self.authority, path, query, headers, body)
        created = int(now().timestamp() - age)
        return headers | signatures.sign_request(
            request,
            key=self.county.key,
            keyid="sys-a",
            created=created,
            expires=created + life,
            nonce=nonce or secrets.token_bytes(16),
        )

    def post(self, path: str, body: bytes, headers: dict[str, str] | None = None, **how: object) -> httpx.Response:
        """Send a signed POST."""
        headers = headers or self.signed("POST", path, body, **how)  # type: ignore[arg-type]
        return httpx.post(f"{self.url}{path}", content=body, headers=headers, timeout=30)

    def get(self, path: str, query: str = "", **how: object) -> httpx.Response:
        """Send a signed GET."""
        headers = self.signed("GET", path, query=query, **how)  # type: ignore[arg-type]
        return httpx.get(f"{self.url}{path}" + (f"?{query}" if query else ""), headers=headers, timeout=30)

    def compare(self, name: str = "张1", *, grant: str = "g1", number: int = 1, **how: object) -> httpx.Response:
        """Ask one comparison."""
        return self.post("/v1/compare", claim(name, grant=grant, number=number), **how)  # type: ignore[arg-type]


def claim(name: str = "张1", *, grant: str = "g1", number: int = 1) -> bytes:
    """Return the body of one comparison."""
    return (
        f'{{"grant":"{grant}","claims":[{{"key":["33010020000101{number:04}"],"values":{{"name":"{name}"}}}}]}}'
    ).encode()


@pytest.fixture
def county(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[County]:
    """A county with a registered system and three grants."""
    keyring = Keyring.create(tmp_path / "keyring.json")
    monkeypatch.setattr(answering, "KEYRING", keyring)
    monkeypatch.setattr(answering, "NOW", now())
    key = Ed25519PrivateKey.generate()
    log = notes.LogSigner.from_seed("county.example/log", secrets.token_bytes(32))
    reply_seed = secrets.token_bytes(32)
    (tmp_path / "reply.seed").write_bytes(reply_seed)
    db = Database(database_url, role="owner")
    answering.establish(db)
    answering.supply(db, [answering.person(number) for number in range(20)])
    modes = zip(("g1", "g2", "g3"), Mode, strict=True)
    answering.opened(db, *(answering.a_grant(no, mode=mode) for no, mode in modes))
    with db.transaction() as cur:
        cur.execute("update plane.holding set key_id = %s", (keyring.current,))
        cur.execute(
            "update plane.system set public_key = %s where id = 'sys-a'",
            (key.public_key().public_bytes_raw(),),
        )
    given = config.GatewayConfig(
        database_url=database_url,
        keyring_path=tmp_path / "keyring.json",
        log_name=log.name,
        log_vkey=log.verifier,
        reply_key_path=tmp_path / "reply.seed",
        bounds=Bounds(),
    )
    public = Ed25519PrivateKey.from_private_bytes(reply_seed).public_key().public_bytes_raw()
    made = County(database_url, db, tmp_path, key, log, public, keyring, given)
    yield made
    for process in made.running:
        process.terminate()
    for process in made.running:
        process.wait(30)
    db.close()


@pytest.fixture
def door(county: County) -> Door:
    """One gateway before the county."""
    return county.start()


Start = Callable[..., Door]
