"""A gateway as units meet it: a process of its own on a port of its own, before a small county."""

import contextlib
import itertools
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import answering
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg.conninfo import conninfo_to_dict

from databases import a_name, fresh_database
from hutong.core import signatures, signed_note
from hutong.db.database import Database
from hutong.db.embedded import Server
from hutong.gateway import config
from hutong.gateway.tick import Bounds
from hutong.plane.definition import Mode
from hutong.plane.keys import Keyring
from ports import free_port

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
    log: signed_note.LogSigner
    reply_public_key: bytes
    keyring: Keyring
    given: config.GatewayConfig
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, **changes: object) -> "Door":
        """Start one more gateway process and return it when it answers."""
        port = free_port()
        given = replace(self.given, authorities=(f"127.0.0.1:{port}",))
        given = replace(given, **changes)
        environ = {**os.environ, config.VARIABLE: given.dump(shift=SHIFT)}
        command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--factory"]
        command += ["--port", str(port), "--log-level", "warning"]
        # Granian loses a stop that comes while its worker starts.
        command += ["--workers-kill-timeout", "20", "hutong.gateway.app:from_environment"]
        process = subprocess.Popen(command, env=environ, process_group=0)
        self.running.append(process)
        door = Door(f"http://127.0.0.1:{port}", f"127.0.0.1:{port}", self, process)
        for _ in range(300):
            try:
                if httpx.get(f"{door.url}/health", verify=False).status_code == 200:
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

    @property
    def by_tls(self) -> bool:
        """Whether there is a certificate to verify: to read whom one trusts takes longer than most requests."""
        return self.url.startswith("https:")

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
        return httpx.post(f"{self.url}{path}", content=body, headers=headers, timeout=30, verify=self.by_tls)

    def get(self, path: str, query: str = "", **how: object) -> httpx.Response:
        """Send a signed GET."""
        headers = self.signed("GET", path, query=query, **how)  # type: ignore[arg-type]
        asked = f"{self.url}{path}" + (f"?{query}" if query else "")
        return httpx.get(asked, headers=headers, timeout=30, verify=self.by_tls)

    def compare(self, name: str = "张1", *, grant: str = "g1", number: int = 1, **how: object) -> httpx.Response:
        """Ask one comparison."""
        return self.post("/v1/compare", claim(name, grant=grant, number=number), **how)  # type: ignore[arg-type]


def claim(name: str = "张1", *, grant: str = "g1", number: int = 1) -> bytes:
    """Return the body of one comparison."""
    return (
        f'{{"grant":"{grant}","claims":[{{"key":["33010020000101{number:04}"],"values":{{"name":"{name}"}}}}]}}'
    ).encode()


@dataclass(frozen=True)
class Prepared:
    """A county made once, for each test to have a copy of."""

    template: str
    folder: Path
    key: Ed25519PrivateKey
    log: signed_note.LogSigner
    reply_seed: bytes
    keyring: Keyring

    def at(self, database_url: str, folder: Path) -> County:
        """Return the county whose database stands at an address; `folder` is for what a test puts beside."""
        given = config.GatewayConfig(
            database_url=database_url,
            keyring_path=self.folder / "keyring.json",
            log_name=self.log.name,
            log_vkey=self.log.verifier,
            reply_key_path=self.folder / "reply.seed",
            bounds=Bounds(),
        )
        public = Ed25519PrivateKey.from_private_bytes(self.reply_seed).public_key().public_bytes_raw()
        db = Database(database_url, role="owner")
        return County(database_url, db, folder, self.key, self.log, public, self.keyring, given)


@pytest.fixture(scope="session")
def prepared(server: Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """A county with a registered system and three grants."""
    folder = tmp_path_factory.mktemp("county")
    keyring = Keyring.create(folder / "keyring.json")
    key = Ed25519PrivateKey.generate()
    log = signed_note.LogSigner.from_seed("county.example/log", secrets.token_bytes(32))
    reply_seed = secrets.token_bytes(32)
    (folder / "reply.seed").write_bytes(reply_seed)
    with fresh_database(server, template=template) as url:
        with pytest.MonkeyPatch.context() as patched:  # which ends before any test begins: others have another keyring
            patched.setattr(answering, "KEYRING", keyring)
            patched.setattr(answering, "NOW", now())
            _make(url, key=key, key_id=keyring.current)
        yield Prepared(str(conninfo_to_dict(url)["dbname"]), folder, key, log, reply_seed, keyring)


def _make(url: str, *, key: Ed25519PrivateKey, key_id: str) -> None:
    db = Database(url, role="owner")
    answering.establish(db)
    answering.supply(db, [answering.person(number) for number in range(20)])
    modes = zip(("g1", "g2", "g3"), Mode, strict=True)
    answering.opened(db, *(answering.a_grant(no, mode=mode) for no, mode in modes))
    with db.transaction() as cur:
        cur.execute("update plane.store set key_id = %s", (key_id,))
        cur.execute(
            "update plane.system set public_key = %s where id = 'sys-a'",
            (key.public_key().public_bytes_raw(),),
        )
    db.close()


_copies = itertools.count(1)


@pytest.fixture(scope="module")
def place() -> str:
    """The name of the database of every test of a module: one after another, each a fresh copy of the county."""
    return a_name()


@contextlib.contextmanager
def standing_at(name: str, *, server: Server, prepared: Prepared, folder: Path) -> Iterator[County]:
    """Yield a copy of the county in the database `name`; every gateway it started is ended after."""
    with pytest.MonkeyPatch.context() as patched, fresh_database(server, template=prepared.template, name=name) as url:
        patched.setattr(answering, "KEYRING", prepared.keyring)
        patched.setattr(answering, "NOW", now())
        made = prepared.at(url, folder)
        with made.db.transaction() as cur:  # ids a gateway that stands has reserved in an earlier copy stay free here
            cur.execute("select setval('audit.entry_id', %s)", (10_000 * next(_copies),))
        yield made
        made.db.close()
        _ended(made.running)


@pytest.fixture
def county(server: Server, prepared: Prepared, place: str, tmp_path: Path) -> Iterator[County]:
    """A county of the test's own, in the place of the one before: a gateway that stands finds it there."""
    with standing_at(place, server=server, prepared=prepared, folder=tmp_path) as made:
        yield made


@pytest.fixture
def county_apart(server: Server, prepared: Prepared, tmp_path: Path) -> Iterator[County]:
    """A county that no gateway of other tests writes to: what one still counted would be entered here."""
    with standing_at(a_name(), server=server, prepared=prepared, folder=tmp_path) as made:
        yield made


@dataclass
class Standing:
    """One gateway for the tests of a module: it takes what the next test puts in the place of its database."""

    spool: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    door: Door | None = None

    def before(self, county: County) -> Door:
        """Return the gateway, which begins before the first county."""
        if self.door is None:
            first = replace(county, running=self.running)
            self.door = first.start(spool=self.spool)
        return replace(self.door, county=county)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """The gateway that the tests of a module share."""
    made = Standing(tmp_path_factory.mktemp("spool"))
    yield made
    _ended(made.running)


@pytest.fixture
def door(county: County, standing: Standing) -> Door:
    """One gateway before the county; who changes what it keeps in memory starts one of its own."""
    return standing.before(county)


def _ended(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in running:
        process.terminate()
    for process in running:
        process.wait(30)
        with contextlib.suppress(ProcessLookupError):  # the workers of one that was killed
            os.killpg(process.pid, signal.SIGKILL)


Start = Callable[..., Door]
