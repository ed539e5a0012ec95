"""`python -m benchmarks.backup`: a backup set beside pgbackrest (Debian's), and beside bare pg_basebackup.

--gib (default 10) is the size of the database, --turns how often each is measured (the medians are compared), --folder
where all of it lies. pgbackrest is to be installed (Debian's) for its half: one process, zstd, checksums on both sides.
The other half is the embedded server, beside `pg_basebackup` as tar to a file, uncompressed.
A row has fields as people's records have: numbers, names, addresses, and a keyed digest that nothing compresses.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import psycopg

from benchmarks import machine
from hutong.backup import place, taking
from hutong.backup.place import BackupPlace, Owner
from hutong.backup.programs import Source
from hutong.db import postmaster
from hutong.db.embedded import Server

DEBIAN = Path("/usr/lib/postgresql/15/bin")
MOST = {"pgbackrest": 1.5, "pg_basebackup": 1.3}
STANZA = "county"
ROW_BYTES = 205
FILL = """
insert into person select i, '41172619' || lpad((i %% 1000000)::text, 10, '0'), 'name ' || md5(i::text),
       'county ' || i %% 97 || ', road ' || i %% 4099 || ', house ' || i %% 311, sha256(i::text::bytea)
from generate_series(%s::bigint, %s::bigint) i
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One half: seconds of ours and of the peer, turn by turn, and the bytes each wrote."""

    peer: str
    ours: list[float]
    theirs: list[float]
    our_bytes: int
    their_bytes: int

    @property
    def ratio(self) -> float:
        """By how much ours takes longer."""
        return statistics.median(self.ours) / statistics.median(self.theirs)

    def line(self) -> str:
        """Return the figures in a line."""
        ours, theirs = (statistics.median(each) for each in (self.ours, self.theirs))
        size = f"{self.our_bytes / 2**20:.0f} MiB beside {self.their_bytes / 2**20:.0f} MiB"
        said = f"{self.peer}: ours {ours:.1f} s, theirs {theirs:.1f} s, {self.ratio:.2f}x (at most {MOST[self.peer]}x)"
        return f"{said}; {size}; turns {_turns(self.ours)} beside {_turns(self.theirs)}"


def main() -> int:
    """Measure both halves, print the ratios, and return 1 where one is above its bound."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--gib", type=float, default=10)
    asked.add_argument("--turns", type=int, default=3)
    asked.add_argument("--folder", type=Path)
    asked.add_argument("--only", choices=MOST, action="append")
    given = asked.parse_args()
    print(machine.busy())
    halves = {"pg_basebackup": _beside_bare, "pgbackrest": _beside_pgbackrest}
    found = []
    for name in given.only or halves:
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            os.chmod(folder, 0o711)
            measured = halves[name](Path(folder), gib=given.gib, turns=given.turns)
        if measured is not None:
            print(measured.line(), flush=True)
            found.append(measured)
    return int(any(each.ratio > MOST[each.peer] for each in found))


def _beside_bare(folder: Path, *, gib: float, turns: int) -> Measured:
    with _server(Server(folder / "postgres"), gib=gib) as server:
        source = Source(server.superuser_url(), postmaster.binaries_of(server.cluster))
        bare = folder / "bare"

        def theirs() -> None:
            postmaster.remove(bare)
            arguments = [f"--pgdata={bare}", "--format=tar", "--wal-method=fetch", "--checkpoint=fast"]
            with source.begin("pg_basebackup", arguments, stderr=sys.stderr.fileno()) as process:
                assert process.wait() == 0

        ours, at = _ours(folder, source)
        first, second = _in_turns(ours, theirs, turns=turns)
        return Measured("pg_basebackup", first, second, at.set().bytes, _bytes(bare))


def _beside_pgbackrest(folder: Path, *, gib: float, turns: int) -> Measured | None:
    if shutil.which("pgbackrest") is None or not DEBIAN.exists():
        print("pgbackrest: not measured, for it or Debian's PostgreSQL 15 is not installed")
        return None
    account = postmaster.account()
    repository, log = folder / "repository", folder / "log"
    for each in (repository, log):
        each.mkdir(mode=0o700)
        account.give(each)
    server = Server(folder / "postgres", binaries=DEBIAN)
    config = folder / "pgbackrest.conf"
    with _server(server, gib=gib):
        config.write_text(
            f"[global]\nrepo1-path={repository}\nlog-path={log}\nlock-path={log}\nspool-path={log}\n"
            "process-max=1\ncompress-type=zst\ncompress-level=3\nstart-fast=y\nrepo1-retention-full=1\n"
            "checksum-page=y\nlog-level-console=warn\narchive-check=n\narchive-copy=n\n"
            f"[{STANZA}]\npg1-path={server.cluster}\npg1-socket-path={server.socket_folder}\npg1-user=postgres\n"
        )
        config.chmod(0o644)
        password = server.superuser_url().split(":")[2].split("@")[0]

        def pgbackrest(*command: str) -> None:
            told = ["env", f"PGPASSWORD={password}", "pgbackrest", f"--config={config}", f"--stanza={STANZA}", *command]
            account.run(told)

        pgbackrest("stanza-create")
        source = Source(server.superuser_url(), DEBIAN)
        ours, at = _ours(folder, source)
        first, second = _in_turns(ours, lambda: pgbackrest("--type=full", "backup"), turns=turns)
        return Measured("pgbackrest", first, second, at.set().bytes, _bytes(repository))


def _ours(folder: Path, source: Source) -> tuple[Callable[[], None], BackupPlace]:
    (folder / "second").mkdir()
    owner = Owner("benchmark", "first", "county", "log.example", "m1", str(folder / "data"))
    at = place.begin(folder / "second", owner, now=datetime.now(UTC))

    def take() -> None:
        for former in at.sets():
            postmaster.remove(former.folder)
        lock = folder / "lock"
        taking.take(at, source, head=None, hutong="benchmark", lock=lock, clock=lambda: datetime.now(UTC))

    return take, at


def _in_turns(
    ours: Callable[[], None], theirs: Callable[[], None], *, turns: int
) -> tuple[list[float], list[float]]:
    """Measure one after the other, each time what was written gone from memory; the first of each is not counted."""
    found: tuple[list[float], list[float]] = ([], [])
    for turn in range(turns + 1):
        for which, act in enumerate((ours, theirs)):
            os.sync()
            began = perf_counter()
            act()
            if turn:
                found[which].append(perf_counter() - began)
    return found


@contextmanager
def _server(server: Server, *, gib: float) -> Iterator[Server]:
    server.start()
    try:
        with psycopg.connect(server.superuser_url(), autocommit=True) as connection:
            connection.execute("create table person (id bigint, number text, name text, address text, digest bytea)")
            rows, step = int(gib * 2**30 / ROW_BYTES), 500_000
            for first in range(0, rows, step):
                connection.execute(FILL, (first, min(first + step, rows) - 1))
            connection.execute("vacuum freeze person")
            connection.execute("checkpoint")
        yield server
    finally:
        server.stop()
        if server.cluster.exists():
            postmaster.remove(server.cluster if server.cluster.parent == server.folder else server.cluster.parent)


def _bytes(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


def _turns(seconds: list[float]) -> str:
    return ", ".join(f"{each:.1f}" for each in seconds)


if __name__ == "__main__":
    sys.exit(main())
