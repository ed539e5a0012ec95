"""An installation under load whose processes are killed, each at a random moment, and come back.

Gateway and worker are children under `hutong.host.supervise`, the loader a provider's process, PostgreSQL the embedded
one, durable. Two consumers' threads compare, one follows the feed, one watches the log; everything they are told is
remembered, to be held against what the platform kept.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import delivered
import httpx

from hutong import settings
from hutong.client import Context, Hutong, generate
from hutong.client.keys import Key
from hutong.client.wire import PlatformOutOfReach, Refusal
from hutong.core.errors import Problem
from hutong.db.database import Database
from hutong.db.embedded import Server
from hutong.host import doors
from hutong.host.supervise import Doors
from hutong.installation import opening, schema
from hutong.installation.opening import Installation
from hutong.plane import grants, registers
from hutong.plane.definition import Mode
from hutong.plane.grants import Grant
from ports import free_port

CONSUMER, SYSTEM = "11330100000000002X", "consumer"
COMPARE, SUBSCRIBE = "g-compare", "g-subscribe"
VICTIMS = ("gateway", "worker", "loader", "postgres")
ASKERS = 2
BACK_SECONDS = 90.0
"""How long a killed platform may take until everything moves again; a busy machine starts processes slowly."""

HERE = Path(__file__).parent


@dataclass(slots=True)
class Seen:
    """What those outside were told, and what they sent."""

    sent: Counter[str] = field(default_factory=Counter)
    """Claims and questions that left, by grant, whatever came of them."""
    answered: Counter[str] = field(default_factory=Counter)
    """Claims and questions that were answered, by grant."""
    answers: list[tuple[int, str]] = field(default_factory=list)
    """Entry and leaf of every answer."""
    refused: Counter[str] = field(default_factory=Counter)
    """Refusals by code, and `out of reach`."""
    receipts: dict[int, list[dict[str, object]]] = field(default_factory=dict)
    """What the loaders were told of each delivery, by its number."""
    heard: Counter[str] = field(default_factory=Counter)
    """How often a receipt was heard of a delivery loaded by the provider's process, and of one put to the gateway."""
    followed: delivered.Firms = field(default_factory=dict)
    """The follower's own copy, by its id under the grant."""
    size: int = 0
    """Of the newest checkpoint."""
    faults: list[str] = field(default_factory=list)
    """What nobody outside should have met."""
    killed: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acknowledged(self) -> int:
        """How many deliveries were acknowledged."""
        return len(self.receipts)


@dataclass
class Storm:
    """The installation, its processes and those who use it."""

    opened: Installation
    server: Server
    running: Doors
    seed: int
    seen: Seen = field(default_factory=Seen)
    over: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)
    loader: "subprocess.Popen[str] | None" = None

    def begin(self) -> None:
        """Let everybody begin, and wait until all of it moves."""
        listed: list[Callable[[], None]] = [self._load, self._watch, self._follow]
        listed += [lambda number=number: self._ask(number) for number in range(ASKERS)]  # type: ignore[misc]
        for work in listed:
            self.threads.append(threading.Thread(target=self._guarded, args=(work,)))
            self.threads[-1].start()
        self.moves_again()

    def rage(self, kills: int) -> None:
        """Kill `kills` processes, all kinds alike often, at times two at once; each time all moves again after."""
        chance = random.Random(self.seed)
        waiting: list[str] = []
        while kills > 0 and not self.seen.faults:
            if len(waiting) < 2:
                waiting += chance.sample(VICTIMS, len(VICTIMS))
            together = 2 if kills > 1 and chance.random() < 0.25 and waiting[0] != waiting[1] else 1
            struck, waiting = waiting[:together], waiting[together:]
            self._stay(chance.uniform(0.05, 0.8))
            for victim in struck:
                self._strike(victim, chance)
            kills -= together
            self.moves_again(after=" and ".join(struck))

    def moves_again(self, after: str = "the start") -> None:
        """Return when answers, deliveries and checkpoints go on; notes a fault where one does not."""
        before = self._moved()
        until = time.monotonic() + BACK_SECONDS
        while not all(now > was for now, was in zip(self._moved(), before, strict=True)):
            if time.monotonic() > until or self.seen.faults:
                self.seen.faults.append(f"after {after}: answers, deliveries, log went {before} -> {self._moved()}")
                return
            self._stay(0.1)

    def calm(self) -> None:
        """Let everybody come to an end, and the log to its."""
        self.over.set()
        for thread in self.threads:
            thread.join()
        self.settled()

    def settled(self) -> None:
        """Return once no entry waits for its place in the log."""
        until = time.monotonic() + BACK_SECONDS
        while self._waiting() and time.monotonic() < until:
            self.running.tend()
            time.sleep(0.2)

    def client(self, name: str) -> Hutong:
        """Return a client with a memory of its own."""
        given = self.opened.settings
        return Hutong(
            f"http://{given.host}:{given.gateway_port}",
            keyid=SYSTEM,
            key=KEYS[given.data],
            context=Context("wang", "pc1", "aid", "m1"),
            log_verifier=self.opened.log_signer.verifier,
            platform_key=self.opened.reply_public_key,
            bookmarks=given.data / f"{name}.json",
        )

    def _moved(self) -> tuple[int, int, int]:
        seen = self.seen
        return len(seen.answers), seen.acknowledged, seen.size

    def _stay(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.running.tend()
            time.sleep(min(0.05, left))

    def _strike(self, victim: str, chance: random.Random) -> None:
        if victim == "postgres":
            self._strike_postgres(everything=chance.random() < 0.5)
        elif victim == "loader":
            if self.loader is not None:
                _kill(self.loader.pid)
        else:
            pid = self.running.process(victim).pid
            # Of a gateway, the process that answers falls, or the one that looks after it, or both.
            family = _children(pid)
            for each in chance.choice([[pid], family, [pid, *family]]) or [pid]:
                _kill(each)
        self.seen.killed[victim] += 1

    def _strike_postgres(self, *, everything: bool) -> None:
        pid = self.server.pid
        assert pid is not None
        family = _children(pid)
        for each in [pid, *family] if everything else [pid]:
            _kill(each)

    def _waiting(self) -> int:
        with database(self.opened) as db, db.transaction() as cur:
            return int(cur.execute("select count(*) from audit.pending_leaf").fetchone()[0])  # type: ignore[index]

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as fault:
            self.seen.faults.append(f"{type(fault).__name__}: {fault}")

    def _load(self) -> None:
        folder = self.opened.settings.data / "provider"
        folder.mkdir()
        while not self.over.is_set():
            command = [sys.executable, str(HERE / "loader.py"), str(self.seen.acknowledged), str(self.seed), folder]
            self.loader = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_environ(self.opened)
            )
            errors = threading.Thread(target=self._collect, args=(self.loader,))
            errors.start()
            assert self.loader.stdout is not None
            for line in self.loader.stdout:
                if line.endswith("\n"):  # else it was killed while it spoke
                    told = json.loads(line)
                    self.seen.heard[("here", "over http")[told.pop("way")]] += 1
                    self.seen.receipts.setdefault(told.pop("number"), []).append(told)
                if self.over.is_set():
                    _kill(self.loader.pid)
            status = self.loader.wait()
            errors.join()
            if status != -signal.SIGKILL:
                self.seen.faults.append(f"the loader ended with {status}")

    def _collect(self, loader: "subprocess.Popen[str]") -> None:
        assert loader.stderr is not None
        said = loader.stderr.read()
        if "Traceback" in said:
            self.seen.faults.append(said[-1000:])

    def _ask(self, asker: int) -> None:
        chance = random.Random(f"{self.seed} asker {asker}")
        with self.client(f"asker{asker}") as hutong:
            while not self.over.is_set():
                firms = chance.sample(range(delivered.STEADY), chance.randint(1, 4))
                mark = str(max(0, self.seen.acknowledged - chance.randint(0, 1)))
                claims = [((f"F{firm:05}",), {"name": delivered.name(firm), "mark": mark}) for firm in firms]
                with self.seen.lock:
                    self.seen.sent[COMPARE] += len(claims)
                with self._met():
                    told = hutong.compare(COMPARE, claims)
                    with self.seen.lock:
                        self.seen.answered[COMPARE] += len(claims)
                        self.seen.answers.append((told.entry, told.leaf))
                    if any(each["name"] != "match" for each in told.verdicts):
                        self.seen.faults.append(f"a firm that is always held was told as {told.verdicts}")
                    if len({each["mark"] for each in told.verdicts}) > 1:
                        self.seen.faults.append(f"one answer told of two deliveries: {told.verdicts}")
                time.sleep(0.005)

    def _watch(self) -> None:
        """Watch the log: a checkpoint that did not continue the last one would be raised."""
        with self.client("watcher") as hutong:
            while not self.over.is_set():
                with self._met():
                    self.seen.size = hutong.watch().size
                time.sleep(0.1)

    def _follow(self) -> None:
        with self.client("follower") as hutong:
            while not self.over.is_set():
                with self._met():
                    self.follow(hutong)
                time.sleep(0.1)

    def follow(self, hutong: Hutong) -> None:
        """Bring the follower's copy to the end of the feed."""
        for page in hutong.follow(SUBSCRIBE, limit=50):
            for each in page:
                if each.op == "clear":
                    self.seen.followed.clear()
                elif each.op == "put":
                    self.seen.followed[each.id] = dict(each.values or {})  # type: ignore[arg-type]
                elif each.op == "delete":
                    self.seen.followed.pop(each.id, None)

    @contextmanager
    def _met(self) -> Iterator[None]:
        """Let pass what a client may meet while the platform is down: to come again, told as that."""
        try:
            yield
        except PlatformOutOfReach:
            self.seen.refused["out of reach"] += 1
            time.sleep(0.05)
        except Refusal as refusal:
            told = json.dumps(refusal.facts, ensure_ascii=False, default=str)
            self.seen.refused[str(refusal.facts["code"])] += 1
            again = refusal.status == 503 or refusal.facts["code"] == "LOG_EMPTY"  # until the first checkpoint is there
            if not again or not refusal.facts["advice"] or "Traceback" in told or "psycopg" in told:
                self.seen.faults.append(f"refused with {told}")
            time.sleep(0.05)
        except Problem as problem:
            self.seen.faults.append(f"{problem.code}: {problem}")


KEYS = {}


@contextmanager
def raised(folder: Path, *, seed: int) -> Iterator[Storm]:
    """Yield a storm in `folder`, everything running; ends every process it began."""
    folder.chmod(0o755)  # root's PostgreSQL runs under an account of its own, and has to come through
    given = replace(settings.read({}), data=folder, gateway_port=free_port())
    opening.prepare_folder(given)
    server = opening.own_server(given)
    server.start()
    try:
        schema.migrate(server.url())
        opened = replace(opening.told(replace(given, database_url=server.url()), role="control"), server=server)
        KEYS[given.data] = key = generate(given.data / "client.key")
        _open_grants(opened, key.private.public_key().public_bytes_raw())
        _register_provider(opened, generate(given.data / f"{delivered.SYSTEM}.key"))
        running = doors.open_all(opened, names=("gateway", "worker"))
        running.steady_seconds = 1.0
        storm = Storm(opened, server, running, seed)
        try:
            until_it_answers(opened, running)
            storm.begin()
            yield storm
        finally:
            storm.over.set()
            for thread in storm.threads:
                thread.join()
            running.stop()
    finally:
        server.stop()


def database(opened: Installation, role: str = "owner") -> "_Closing":
    """Return a database to be closed at the end of the block."""
    return _Closing(Database(opened.database_url, role=role, size=1))


@dataclass
class _Closing:
    db: Database

    def __enter__(self) -> Database:
        return self.db

    def __exit__(self, *_: object) -> None:
        self.db.close()


def _open_grants(opened: Installation, public_key: bytes) -> None:
    """Publish, register, deliver the first snapshot, open both grants."""
    from hutong.plane.delivery import loading
    from hutong.plane.keys import Keyring

    now = datetime.now(UTC)
    with database(opened) as db:
        with db.transaction() as cur:
            delivered.publish(cur, consumer=CONSUMER, now=now)
            who = {"unit": CONSUMER, "now": now, "by": "operator"}
            registers.register_user(cur, id="wang", name="王敏", **who)
            registers.register_device(cur, id="pc1", name="窗口", **who)
            registers.register_system(
                cur, id=SYSTEM, name="受理系统", mlps_level=2, mlps_until=date(now.year + 1, 12, 31),
                public_key=public_key, **who,
            )  # fmt: skip
        file = delivered.START.write(opened.settings.data)
        given = {"manifest": delivered.START.manifest(file), "keyring": Keyring.load(opened.keyring_path)}
        loading.load(db, source=file, now=now, by=delivered.SYSTEM, **given)
        with db.transaction() as cur:
            for no, mode in ((COMPARE, Mode.COMPARE), (SUBSCRIBE, Mode.SUBSCRIBE)):
                grants.open_grant(cur, grant=_grant(no, mode, now), now=now, by="operator")


def _register_provider(opened: Installation, key: Key) -> None:
    who = {"unit": delivered.PROVIDER, "now": datetime.now(UTC), "by": "operator"}
    with database(opened) as db, db.transaction() as cur:
        registers.register_user(cur, id="zhao", name="赵磊", **who)
        registers.register_device(cur, id="pc2", name="机房", **who)
        registers.register_system(
            cur, id=delivered.SYSTEM, name="业务系统", mlps_level=2, mlps_until=date(2099, 12, 31),
            public_key=key.private.public_key().public_bytes_raw(), **who,
        )  # fmt: skip


def _grant(no: str, mode: Mode, now: datetime) -> Grant:
    follows = mode is Mode.SUBSCRIBE
    return Grant(
        no=no,
        code=delivered.RESOURCE,
        provider=delivered.PROVIDER,
        consumer=CONSUMER,
        system=SYSTEM,
        mode=mode,
        items=delivered.HEADER if follows else ("name", "mark"),
        conditions=(),
        need=("value_to_be_recorded", "change_to_be_followed") if follows else (),
        purpose="aid",
        matters=("m1",),
        users=("wang",),
        devices=("pc1",),
        fold_absent=False,
        quota=2_000_000_000,
        guesses=2_000_000_000,
        from_at=now - timedelta(days=1),
        until_at=now + timedelta(days=30),
        filing_no="F1",
    )


def _environ(opened: Installation) -> dict[str, str]:
    given = opened.settings
    told = {"HUTONG_DATA": str(given.data), "HUTONG_DATABASE_URL": opened.database_url}
    return {**os.environ, **told, "HUTONG_GATEWAY_PORT": str(given.gateway_port)}


def until_it_answers(opened: Installation, running: Doors) -> None:
    given = opened.settings
    for _ in range(int(BACK_SECONDS / 0.1)):
        running.tend()
        try:
            if httpx.get(f"http://{given.host}:{given.gateway_port}/health").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the gateway did not answer")


def _children(pid: int) -> list[int]:
    """Return the processes that `pid` began and that are still there."""
    try:
        listed = [task / "children" for task in Path(f"/proc/{pid}/task").iterdir()]
        return [int(child) for each in listed for child in each.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
