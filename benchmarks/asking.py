"""Comparisons 1 to 3: one claim a request over HTTP, everyone in turn, the same rows behind all of them."""

import itertools
import json
import random
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from benchmarks import county, load, signing
from benchmarks import place as places
from benchmarks.load import Run
from benchmarks.place import Place
from hutong.core import identifiers
from hutong.plane import tables
from hutong.plane.answer import compare

WARM_SECONDS = 3
WRONG, NOBODY = (0, 50), 10
"""Which of a hundred claims have a wrong name, and which is about nobody."""
POOL = 8
"""Connections of the plain server; more or fewer were slower."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One server with its way of making requests for so many residents."""

    name: str
    authority: str
    pid: int
    make: Callable[[int], list[bytes]]


class People:
    """Residents drawn at random, and what is claimed of them: three in a hundred are wrong or about nobody.

    What is wrong is nobody's name and comes once: the same value may fail for a few records only (D-25).
    """

    def __init__(self, table: pa.Table) -> None:
        self._table = table.select(["resident_number", "name", "birth_date"])
        self._lot = random.Random(5)
        self._made = itertools.count(1)

    def numbers(self, count: int) -> list[str]:
        """Return resident numbers that are held."""
        return [number for number, _, _ in self._draw(count)]

    def claims(self, count: int) -> list[signing.Claim]:
        """Return claims."""
        claims = self._draw(count)
        for start in WRONG:
            for place in range(start, count, 100):
                number, name, born = claims[place]
                claims[place] = (number, f"{name}{next(self._made)}", born)
        for place in range(NOBODY, count, 100):
            born = date(1900, 1, 1) + timedelta(days=self._lot.randrange(45_000))
            body = f"110101{born:%Y%m%d}{self._lot.randrange(1000):03}"  # of another county than anybody held
            number = body + identifiers.resident_check(body)
            claims[place] = (number, f"某{next(self._made)}", born.isoformat())
        return claims

    def _draw(self, count: int) -> list[signing.Claim]:
        rows = self._table.take([self._lot.randrange(len(self._table)) for _ in range(count)])
        numbers, names, born = (column.to_pylist() for column in rows.columns)
        return [(n, name, day.isoformat()) for n, name, day in zip(numbers, names, born, strict=True)]


def measure(
    contenders: Sequence[Contender], *, place: Place, seconds: float, rounds: int
) -> dict[str, list[Run]]:
    """Let every contender run in turn, so many rounds after a warm-up, and return their runs."""
    rates = {each.name: run_once(each, place, WARM_SECONDS, count=60_000).rate for each in contenders}
    runs: dict[str, list[Run]] = {each.name: [] for each in contenders}
    for _ in range(rounds):
        for each in contenders:
            count = int(rates[each.name] * seconds * 2) + 5_000
            run = run_once(each, place, seconds, count=count)
            rates[each.name] = max(rates[each.name], run.rate)  # a disturbed run is followed by a faster one
            runs[each.name].append(run)
            print(f"  {each.name}: {run.rate:,.0f}/s, p50 {run.p50:.1f} ms, p99 {run.p99:.1f} ms", flush=True)
    return runs


def check_entries(place: Place, *, answers: int) -> None:
    """See that every answer that was counted has its entry in the log."""
    with place.db.transaction() as cur:
        statement = "select count(*) from audit.entry where event = 'plane.compared'"
        ((entries,),) = cur.execute(statement).fetchall()
    print(f"  {answers:,} answers, {entries:,} entries")
    if entries < answers:
        raise load.RunFailed("an answer has no entry")


@contextmanager
def opened(
    place: Place, table: pa.Table, source: Path, python: Path, *, code: str, others: Sequence[tuple[str, str]]
) -> Iterator[list[Contender]]:
    """Run all servers and yield the contenders; `others` are further resources (name, code) that are signed for."""
    people = People(table)
    with ExitStack() as stack:
        authority, pid = stack.enter_context(places.gateway(place))

        def signed(name: str, no: str, **how: bytes) -> Contender:
            signer = signing.Signer(authority, no, **how)
            return Contender(name, authority, pid, lambda n: signing.sign(people.claims(n), signer=signer))

        key = place.key.private_bytes_raw()
        contenders = [
            signed("ed25519", county.GRANT, key=key),
            signed("hmac", county.GRANT, secret=place.secret),
            signed("limited", f"{county.GRANT}-limited", key=key),
        ]
        # Every street: all are inside, so that the same is answered, and what the test itself costs is seen.
        streets = table[county.LIMITS].unique().to_pylist()
        places.grant(place, code, f"{county.GRANT}-limited", streets=streets)
        for name, other in others:
            places.grant(place, other, f"{county.GRANT}-{name}")
            contenders.append(signed(name, f"{county.GRANT}-{name}", key=key))
        contenders.append(stack.enter_context(_datasette(place, source, python, people)))
        for interface in ("asgi", "rsgi"):
            contenders.append(stack.enter_context(_plain(place, code, people, interface=interface)))
        for each in contenders:
            _check(each)
        yield contenders


def _check(contender: Contender) -> None:
    """See that a contender answers as it must before it is measured."""
    for place, request in enumerate(contender.make(21)):
        status, body = load.once(contender.authority, request)
        if status != 200:
            raise load.RunFailed(f"{contender.name}: {status} {body!r}")
        said = json.loads(body)
        if "verdicts" in said:
            expected = "01" if place in WRONG else "00" if place == NOBODY else "11"
            assert said["verdicts"] == [expected], (place, said)


def run_once(contender: Contender, place: Place, seconds: float, *, count: int) -> Run:
    """Prepare `count` requests and let one contender answer them for so long."""
    file = load.write(place.folder / "requests", contender.make(count))
    assert place.server.pid is not None
    programs = {"server": contender.pid, "postgres": place.server.pid}
    return load.run(f"http://{contender.authority}/", file, seconds=seconds, programs=programs)


@contextmanager
def _datasette(place: Place, source: Path, python: Path, people: People) -> Iterator[Contender]:
    script, database = Path(__file__).parent / "peers" / "sqlite_file.py", place.folder / "residents.db"
    subprocess.run([python, script, source, database], check=True)
    port = places.free_port()
    authority = f"127.0.0.1:{port}"
    command = [str(python), str(script.with_name("datasette_quiet.py")), str(database), str(port)]
    with places.running(command, environ={}, probe=f"http://{authority}/-/versions.json") as pid:
        yield Contender(
            "datasette",
            authority,
            pid,
            lambda n: [_get(f"/residents/residents/{k}.json", authority) for k in people.numbers(n)],
        )


@contextmanager
def _plain(place: Place, code: str, people: People, *, interface: str) -> Iterator[Contender]:
    with place.db.transaction() as cur:
        store = tables.version(cur, code=code)
    keys = place.keyring.resource(code, key_id=store.key_id, suite=store.suite)

    def make(count: int) -> list[bytes]:
        rows = [(number,) for number in people.numbers(count)]
        records, _ = compare.record_keys(store, keys, rows)
        return [_get(f"/{k.hex()}", authority) for k in records]

    port = places.free_port()
    authority = f"127.0.0.1:{port}"
    environ = {"BENCH_DATABASE": place.url, "BENCH_RELATION": store.relation, "BENCH_POOL": str(POOL)}
    command = [*places.granian(interface, port), "benchmarks.plain:from_environment"]
    with places.running(command, environ=environ, probe=f"http://{authority}/00") as pid:
        yield Contender(f"plain, {interface}", authority, pid, make)


def _get(path: str, authority: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nhost: {authority}\r\n\r\n".encode()
